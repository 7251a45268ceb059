"""Notify others of changed stories and pages: webhooks, search engines, WebSub hubs. Does no I/O.

`Webhook` has the options of its block in beat.toml and makes its requests, signed by the rules of
Standard Webhooks. Each service that is told of a deploy is one row of `PINGS`. `PostChannel` has
the settings of an account that stories are posted to, and when they allow a post. What is pending,
and when it is sent again, is the work of the room `building`.

IndexNow (https://www.indexnow.org/documentation) takes one list of at most 10,000 URLs, with a
key that is also in a file of the site. WebSub hubs (W3C 2018, section 7) take one request for each
feed, in the form of their predecessor (`hub.mode=publish`), which every public hub understands.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Literal, get_args
from urllib.parse import quote
from zoneinfo import ZoneInfo

from copydesk.kit import dates, kinds, text, urls
from copydesk.kit.options import Unfit, ValueKind, from_variable, option, required
from copydesk.news import Beat

SiteEventKind = Literal["published", "corrected", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP POST request to a channel such as a webhook: its URL, JSON body and headers."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


_EVENTS: tuple[SiteEventKind, ...] = get_args(SiteEventKind)
_PREFIX = "whsec_"


def _read_events(value: object) -> tuple[str, ...]:
    names = kinds.WORDS.read(value)
    for name in names:
        if name not in _EVENTS:
            near = text.find_nearest(name, _EVENTS)
            hint = f'did you mean "{near}"?' if near else f"the events are: {', '.join(_EVENTS)}"
            raise Unfit(hint=hint, what=f"unknown event: {name[:80]}")
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A URL that is called when a story is published, corrected or removed.

    `secret` is the value of the variable `secret_env`, "" if it is not set: then there is no call.
    """

    about: ClassVar[str] = (
        "A URL that is called when stories are published, corrected or removed. Write one "
        "`[[webhook]]` block for each URL. The guide on webhooks explains how to check the "
        "signature of a call."
    )
    url: str = field(
        metadata=required("URL that is called. Redirects are not followed.", kinds.ADDRESS)
    )
    secret_env: str = field(
        metadata=required(
            "Environment variable that holds the secret for signing calls (Standard Webhooks): "
            "`whsec_` and base64, or any text. If the variable is not set, the webhook is not "
            "called.",
            kinds.VARIABLE,
        )
    )
    events: tuple[str, ...] = option(
        _EVENTS,
        "Events for which the webhook is called: `published`, `corrected`, `removed`. By default "
        "all three.",
        ValueKind(name=kinds.WORDS.name, read=_read_events),
    )
    secret: str = from_variable("secret_env", "the webhook is not called")

    @property
    def is_ready(self) -> bool:
        """Whether the environment variable with the secret is set."""
        return bool(self.secret)

    def hears(self, kind: SiteEventKind) -> bool:
        """Return whether the settings want calls about this kind of event."""
        return kind in self.events

    def make_request(self, call_id: str, event: bytes, now: datetime) -> Request:
        """Return the request of a call, signed in its headers (Standard Webhooks 1.0, symmetric).

        The signature covers ID, time and body, so none of them can be exchanged. `call_id` is the
        same at each try. `event` is JSON: `type` ("story.published"), `timestamp`, and `data` with
        the story's `name` and, unless it was removed, `title`, `url`, `page`, `source`,
        `published_at`, `topics`.
        """
        moment = str(int(now.timestamp()))
        content = b".".join((call_id.encode(), moment.encode(), event))
        signature = hmac.new(_read_secret(self.secret), content, hashlib.sha256).digest()
        headers = {
            "webhook-id": call_id,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
        }
        return Request(url=self.url, body=event, headers=headers)


def _read_secret(secret: str) -> bytes:
    """Return the bytes of a webhook's secret: base64 after `whsec_`, any other text as it is."""
    if secret.startswith(_PREFIX):
        with contextlib.suppress(binascii.Error, ValueError):
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    return secret.encode()


PostNetwork = Literal["mastodon", "bluesky", "discord", "slack", "telegram", "matrix", "apprise"]
PostVisibility = Literal["public", "unlisted", "private"]
POST_FIELDS = ("headline", "line", "link", "tags")
_PLAIN_FIELDS = {(name, "", None) for name in POST_FIELDS}  # without a format
_NEEDED = {
    "mastodon": ("server",),
    "bluesky": ("account",),
    "telegram": ("account",),
    "matrix": ("server", "account"),
}
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def _read_template(value: object) -> str:
    hint = f"write a text with some of: {', '.join(f'{{{name}}}' for name in POST_FIELDS)}"
    if not isinstance(value, str):
        raise Unfit(hint=hint, what="the template is not a text")
    try:
        named = [part[1:] for part in string.Formatter().parse(value) if part[1] is not None]
    except ValueError as error:
        raise Unfit(hint=hint, what=f"the template is not valid: {error}") from error
    unknown = [part for part in named if part not in _PLAIN_FIELDS]
    if unknown or not named:
        what = f"unknown part: {str(unknown[0][0])[:80]}" if unknown else "no part of the story"
        raise Unfit(hint=hint, what=f"the template names {what}")
    return value


def _read_quiet(value: object) -> str:
    if value != "" and not (isinstance(value, str) and _QUIET.fullmatch(value)):
        raise Unfit('two times of day such as "22:00-07:00", or an empty text')
    return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostChannel:
    """An account or chat that is posted to, as `[[post]]` in beat.toml.

    `secret` is the value of the variable `secret_env`, "" if it is not set.
    """

    about: ClassVar[str] = (
        "An account or chat in which stories are posted. Write one `[[post]]` block for each. "
        "The guide on posts explains what each network needs."
    )
    id: str = field(metadata=required("Name in commands and on the desk.", kinds.ID))
    to: PostNetwork = field(
        metadata=required("Network or chat. `apprise` is for others: it tells only a little.")
    )
    mode: Literal["rehearse", "send"] = option(
        "rehearse", "`rehearse`: write every post, but send none. `send`: send them."
    )
    server: str = option(
        "",
        "Address of the server, for Mastodon and Matrix, and for a PDS of your own at Bluesky.",
        kinds.PUBLIC,
    )
    account: str = option(
        "",
        "Handle at Bluesky, chat at Telegram (`@name`), room at Matrix (`!id:server`), channel at "
        "Slack if the secret is the token of a bot.",
    )
    secret_env: str = field(
        metadata=required(
            "Environment variable with the secret: the token (Mastodon, Matrix, Telegram, a bot "
            "at Slack), the app password (Bluesky), or the webhook's URL (Discord, Slack).",
            kinds.VARIABLE,
        )
    )
    stories: Literal["published", "approved", "edition"] = option(
        "published",
        "`published`: every published story. `approved`: only stories that an editor published. "
        "`edition`: one post a day, on the digest of the day before.",
    )
    least_heat: int = option(0, "Least heat of a story.", kinds.whole())
    least_quality: int = option(0, "Least quality of a story.", kinds.whole(maximum=100))
    topics: tuple[str, ...] = option((), "Names of topics. By default stories of all topics.")
    newest_hours: int = option(
        12,
        "Hours after its publication until which a story is posted; older ones are no news.",
        kinds.whole(minimum=1, maximum=168),
    )
    at: str = option("08:00", "Time of day of an `edition` post.", kinds.CLOCK)
    template: str = option(
        "{headline}\n\n{line}\n\n{link}\n\n{tags}",
        "Text of a post, with `{headline}`, `{line}` (one sentence), `{link}` and `{tags}`.",
        ValueKind(name="text with fields", read=_read_template),
    )
    language: str = option("", "Language of the posts. By default the story's.", kinds.LANGUAGE)
    picture: Literal["card", "picture", "none"] = option(
        "card", "`card`: the network shows the page's card. `picture`: attach the page's picture."
    )
    visibility: PostVisibility = option("public", "Who sees a post at Mastodon.")
    corrections: Literal["reply", "replace"] = option(
        "reply",
        "How a changed headline is told at Bluesky, which cannot edit: by a `reply`, or `replace` "
        "(the post is deleted, and a new one made).",
    )
    mentions: tuple[str, ...] = option(
        (), "Accounts that a post may mention, such as `@us@example.social`. By default nobody."
    )
    most_a_day: int = option(12, "Most posts in 24 hours.", kinds.whole(minimum=1, maximum=200))
    pause_minutes: int = option(20, "Minutes between two posts.", kinds.whole(maximum=1_440))
    quiet: str = option(
        "",
        "Hours without posts, in the site's time zone: `22:00-07:00`.",
        ValueKind(name="two times of day or empty", read=_read_quiet),
    )
    secret: str = from_variable("secret_env", "nothing is posted")

    @property
    def missing(self) -> str:
        """The option that this network needs and that is not set, "" for none."""
        return next((name for name in _NEEDED.get(self.to, ()) if not getattr(self, name)), "")

    @property
    def is_ready(self) -> bool:
        """Whether posts can be made: a rehearsal needs no secret."""
        return self.mode == "rehearse" or bool(self.secret)

    def find_time(self, sent: Sequence[datetime], now: datetime, zone: ZoneInfo) -> datetime:
        """Return when the next post may go out, not before `now`; `sent` are earlier posts' times.

        Times of posts in the future do not count: the clock was set back.
        """
        known = sorted(at for at in sent if at <= now)
        free = now
        if known:
            free = max(free, known[-1] + timedelta(minutes=self.pause_minutes))
        if len(known) >= self.most_a_day:
            free = max(free, known[-self.most_a_day] + timedelta(days=1))
        return self._leave_quiet(free, zone)

    def _leave_quiet(self, at: datetime, zone: ZoneInfo) -> datetime:
        """Return the end of the quiet hours around a time, or the time itself."""
        if not self.quiet:
            return at
        begin, end = self.quiet.split("-")
        local = dates.utc(at).astimezone(zone)
        clock = f"{local:%H:%M}"
        is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
        if begin == end or not is_quiet:
            return at
        day = local.date() + timedelta(days=1 if clock >= end else 0)
        hour, minute = map(int, end.split(":"))
        until = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
        return dates.utc(until)


INDEX_NOW_MOST = 10_000
_FEEDS = ("feed.xml", "rss.xml", "feed.json")
_PAGE = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One POST that notifies a search engine or hub of changed `paths`, by JSON or a form."""

    url: str
    paths: tuple[str, ...]
    body: bytes = b""
    form: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PingService:
    """A kind of service to notify after an upload: how to get its URL ("" if unused) and requests.

    Both are asked with the site's settings and with the URL of IndexNow.
    """

    address: Callable[[Beat, str], str]
    make: Callable[[Beat, str, list[str]], list[Ping]]


def listeners(beat: Beat, endpoint: str) -> list[str]:
    """Return the URLs of the search engines and hubs to notify of changes on the site."""
    return list(dict.fromkeys(filter(None, (row.address(beat, endpoint) for row in PINGS))))


def pings(beat: Beat, endpoint: str, changed: Iterable[str]) -> list[Ping]:
    """Return the requests that notify search engines and hubs of new, changed or deleted paths.

    Without `beat.index_now_key` and `beat.hub` there are none; `endpoint` is the URL of IndexNow.
    """
    paths = list(dict.fromkeys(changed))
    wanted = [row for row in PINGS if row.address(beat, endpoint)]
    return [ping for row in wanted for ping in row.make(beat, endpoint, paths)]


def _index_now(beat: Beat, endpoint: str, paths: list[str]) -> list[Ping]:
    pages = _pages(paths)[:INDEX_NOW_MOST]
    fields = {
        "host": urls.host(beat.url),
        "key": beat.index_now_key,
        "keyLocation": f"{beat.url}/{beat.index_now_key}.txt",
        "urlList": [_address(beat, path.removesuffix(_PAGE)) for path in pages],
    }
    body = json.dumps(fields).encode()
    return [Ping(url=endpoint, paths=tuple(pages), body=body)] if pages else []


def _publish(beat: Beat, _endpoint: str, paths: list[str]) -> list[Ping]:
    feeds = [path for path in paths if path.rpartition("/")[2] in _FEEDS]
    topics = [(path, _address(beat, path)) for path in feeds]
    return [
        Ping(
            url=beat.hub,
            paths=(path,),
            form={"hub.mode": "publish", "hub.topic": topic, "hub.url": topic},
        )
        for path, topic in topics
    ]


PINGS = (
    PingService(
        address=lambda beat, endpoint: endpoint if beat.index_now_key else "", make=_index_now
    ),
    PingService(address=lambda beat, _: beat.hub, make=_publish),
)


def _pages(paths: Iterable[str]) -> list[str]:
    """Return the paths of pages only: the front page, then stories, the newest first."""
    pages = [path for path in paths if path == _PAGE or path.endswith(f"/{_PAGE}")]
    stories = [path for path in pages if path.startswith("news/")]
    rest = sorted(set(pages) - set(stories), key=lambda path: (path.count("/"), path))
    return [*rest[:1], *sorted(stories, reverse=True), *rest[1:]]


def _address(beat: Beat, path: str) -> str:
    return f"{beat.url}/{quote(path, safe='/-_.~')}"
