"""Posts: the settings of a channel to a network or chat, and when they allow a post."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from copydesk.kit import dates, kinds
from copydesk.kit.options import Unfit, ValueKind, from_variable, option, required

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
