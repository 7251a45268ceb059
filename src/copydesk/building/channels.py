"""Notify search engines (IndexNow) and WebSub hubs of the pages that an upload changed.

A failed ping is sent again after later deploys, for at most a week.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
import orjson

from copydesk import channels, fetch
from copydesk.archive import record
from copydesk.channels import SiteEventKind, Webhook
from copydesk.config import Settings
from copydesk.errors import RecordError
from copydesk.fetch.web import Web
from copydesk.kit import dates, git, urls
from copydesk.memory import Memory
from copydesk.news import Page, Refused, Story
from copydesk.news.story import is_backfilled
from copydesk.newsroom import PRIVATE, Newsroom, hold_lock
from copydesk.placement.addresses import quote_path, story_folder

_ANSWER_BYTES = 65_536
_RESERVED = (".test", ".example", ".invalid")


def send_pings(
    settings: Settings, memory: Memory, now: datetime, changed: Iterable[str]
) -> tuple[int, tuple[str, ...]]:
    """Notify search engines and hubs of changed pages; return how many were notified, and notes.

    Nothing is sent if no contact is set or the site is not public. A site whose host is in
    `fetch.allow_hosts` counts as public.
    """
    pending = PendingPings(memory, now)
    endpoint = settings.deploy.index_now_endpoint
    pending.forget_others(channels.listeners(settings.beat, endpoint))
    wanted = list(_pings_to_send(settings, now, pending, tuple(changed)))
    if not wanted:
        return 0, ()
    if not settings.fetch.contact:
        return 0, ("nobody was notified: [fetch] contact is not set",)
    if not _is_public(settings):
        return 0, (f"nobody was notified: site.url is not public: {settings.beat.url}",)
    for url, paths in _by_listener(wanted).items():  # noted first, so that a kill loses no ping
        pending.note_attempt(url, paths)
    heard, silent = asyncio.run(_send(settings, wanted))
    left = _by_listener(ping for ping in wanted if ping not in heard)
    for url in _by_listener(wanted):
        pending.note_unheard(url, left.get(url, ()))
    notes = []
    for url, why in silent.items():
        note = f"{url} was not notified: {why}"
        if pending.is_given_up(url):
            note += (
                "; it could not be notified for a week, so the pending notifications were deleted"
            )
        notes.append(note)
    return len(heard), tuple(notes)


def _by_listener(pings: Iterable[channels.Ping]) -> dict[str, tuple[str, ...]]:
    """Return the changed paths to notify each search engine or hub of, by its URL."""
    found: dict[str, tuple[str, ...]] = {}
    for ping in pings:
        found[ping.url] = (*found.get(ping.url, ()), *ping.paths)
    return found


def _pings_to_send(
    settings: Settings, now: datetime, pending: PendingPings, changed: tuple[str, ...]
) -> Iterator[channels.Ping]:
    """Yield the notifications (pings) to send: for changed paths, and pending ones that are due."""
    beat, endpoint = settings.beat, settings.deploy.index_now_endpoint
    news = channels.pings(beat, endpoint, changed)
    for url in channels.listeners(beat, endpoint):
        owed = pending.of(url)
        has_news = any(ping.url == url for ping in news)
        if has_news or (owed is not None and owed.is_due(now)):
            paths = (*changed, *(owed.paths if owed else ()))
            yield from (ping for ping in channels.pings(beat, endpoint, paths) if ping.url == url)


def _is_public(settings: Settings) -> bool:
    host = urls.host(settings.beat.url)
    if host.strip("[]") in settings.fetch.allow_hosts:
        return True
    is_own = urls.is_machine(host) or urls.is_local(host) or host.endswith(_RESERVED)
    return bool(host) and not is_own


async def _send(
    settings: Settings, wanted: Sequence[channels.Ping]
) -> tuple[list[channels.Ping], Mapping[str, str]]:
    """Send all notifications; return those that succeeded, and each failure's reason by URL."""
    heard = []
    silent: dict[str, str] = {}
    options = replace(settings.fetch, max_bytes=_ANSWER_BYTES)
    async with Web(options, fetch.WallClock()) as web:
        for ping in wanted:
            if ping.url in silent:
                continue
            if ping.form is None:
                answer = await web.post_json(ping.url, ping.body)
            else:
                answer = await web.post(ping.url, ping.form)
            if why := find_trouble(answer):
                silent[ping.url] = why
            else:
                heard.append(ping)
    return heard, silent


def find_trouble(answer: Page | Refused) -> str:
    """Return the reason why a POST request failed, "" if it did not."""
    if isinstance(answer, Refused):
        return f"{answer.reason} ({answer.detail})" if answer.detail else answer.reason
    return "" if 200 <= answer.status < 300 else f"the response has status {answer.status}"


# Pending pings, stored in the memory until the listener has heard them.

PING_GIVEN_UP_AFTER = timedelta(days=7)
_MOST_PATHS = 10_000
_FIRST_PING_WAIT = timedelta(minutes=5)
_LONGEST_PING_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPing:
    """Changed paths that one search engine or hub was not yet notified of, and the tries so far."""

    paths: tuple[str, ...] = ()
    since: datetime
    tried: datetime
    tries: int = 0

    def is_due(self, now: datetime) -> bool:
        """Return whether to repeat the failed notification now; the wait doubles with each try.

        If the clock was set back, the ping is due.
        """
        wait = min(_LONGEST_PING_WAIT, _FIRST_PING_WAIT * 2 ** min(self.tries - 1, 10))
        return not self.tried <= now < self.tried + wait


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedPing:
    """A search engine or hub with a pending notification: the number of pages, and since when."""

    url: str
    pages: int
    since: datetime


def list_owed_pings(memory: Memory, now: datetime) -> list[OwedPing]:
    """Return the pending notifications of search engines and hubs, longest pending first."""
    pending = PendingPings(memory, now)
    owed = [(url, pending.of(url)) for url in set(memory.pending_pings.keys())]
    pings = [
        OwedPing(url=url, pages=len(ping.paths), since=ping.since) for url, ping in owed if ping
    ]
    return sorted(pings, key=lambda ping: (ping.since, ping.url))


class PendingPings:
    """The stored pending notifications of changed pages, by URL of the search engine or hub."""

    def __init__(self, memory: Memory, now: datetime) -> None:
        self._kept = memory.pending_pings
        self._now = now

    def of(self, url: str) -> PendingPing | None:
        """Return the pending notification of a search engine or hub, None if there is none."""
        kept = self._kept.get(url)
        with contextlib.suppress(ValueError):  # not in our format
            return msgspec.json.decode(kept or b"", type=PendingPing)
        return None

    def note_attempt(self, url: str, paths: Iterable[str]) -> None:
        """Store that a search engine or hub is now being notified of paths, at most 10,000."""
        before = self.of(url)
        since = before.since if before else self._now
        tries = before.tries + 1 if before else 1
        self._put(url, PendingPing(paths=tuple(paths), since=since, tried=self._now, tries=tries))

    def note_unheard(self, url: str, paths: Iterable[str]) -> None:
        """Store the paths that a search engine or hub still misses; delete its other paths."""
        owed, paths = self.of(url), tuple(paths)
        if owed is None or not paths:
            self._kept.forget(url)
        else:
            self._put(url, replace(owed, paths=paths))

    def is_given_up(self, url: str) -> bool:
        """Return whether notifying failed for a week; if so, delete the pending notification."""
        owed = self.of(url)
        if owed is None or self._now - owed.since <= PING_GIVEN_UP_AFTER:
            return False
        self._kept.forget(url)
        return True

    def _put(self, url: str, owed: PendingPing) -> None:
        said = {
            "paths": owed.paths[:_MOST_PATHS],
            "since": dates.rfc3339(owed.since),
            "tried": dates.rfc3339(owed.tried),
            "tries": owed.tries,
        }
        self._kept.put(url, orjson.dumps(said))

    def forget_others(self, urls: Iterable[str]) -> None:
        """Delete the pending notifications of all but these search engines and hubs."""
        for url in set(self._kept.keys()) - set(urls):
            self._kept.forget(url)


# Webhooks for stories: queue a call for each story published, corrected or removed, and send it.
#
# Who is told, and how, is in the room `channels`. Pending calls are stored in the memory. Each is
# tried until it succeeds or a day has passed.

# Calls: pending ones are sent, and noted as heard or failed.

_AT_ONCE = 50  # calls of one channel in one go
_SECONDS = 15.0  # timeout of one call


async def send_calls(settings: Settings, memory: Memory, now: datetime) -> tuple[str, ...]:
    """Send the pending webhook calls that are due; return a sentence for each call given up.

    Each channel gets its calls in order: if one fails, the later ones wait. Private addresses are
    refused, except those of hosts in `fetch.allow_hosts`. Redirects are not followed. Raises
    MemoryStoreError.
    """
    owed = OwedCalls(memory, now)
    channels = {channel.url: channel for channel in settings.channels if channel.is_ready}
    due = _find_due(owed, channels, now)
    if not due:
        return ()
    with hold_lock(settings.root / PRIVATE / "webhooks.lock") as is_free:
        if not is_free:  # another process is sending
            return ()
        due = _find_due(owed, channels, now)  # without what another process has sent meanwhile
        options = replace(settings.fetch, max_bytes=_ANSWER_BYTES)
        async with Web(options, fetch.WallClock()) as web:
            calls = [_call(web, owed, channels[url], due[url], now) for url in due]
            notes = await asyncio.gather(*calls)
    return tuple(note for note in notes if note)


def _find_due(
    owed: OwedCalls, channels: Mapping[str, Webhook], now: datetime
) -> Mapping[str, list[OwedCall]]:
    """Return the calls to send to each channel now; calls behind a waiting one also wait."""
    due: dict[str, list[OwedCall]] = {}
    late: set[str] = set()
    for call in owed.list():
        if call.url not in channels:
            owed.forget(call)
        elif call.url in late or not call.is_due(now):
            late.add(call.url)
        else:
            due.setdefault(call.url, []).append(call)
    return due


async def _call(
    web: Web, owed: OwedCalls, channel: Webhook, calls: Sequence[OwedCall], now: datetime
) -> str:
    """Send a channel its calls until one fails; return a sentence if that one is given up."""
    for call in calls[:_AT_ONCE]:
        request = channel.make_request(call.id, call.body, now)
        try:
            async with asyncio.timeout(_SECONDS):
                answer = await web.post_json(request.url, request.body, request.headers)
            why = find_trouble(answer)
        except TimeoutError:
            why = f"no answer within {_SECONDS:g} seconds"
        if not why:
            owed.forget(call)
            continue
        if owed.note_failure(call, why):
            return f"the webhook {call.url} could not receive {call.id} for a day: {why}"
        return ""
    return ""


# Site events: stories that commits put on the site, corrected, or took off it.
#
# the last commit examined ── git: record files changed since ──> before and after
#
# So it makes no difference who changed a record: a round, an editor, the command line, a pull.

Blob = bytes | None  # content of a file, None if it does not exist
_FOLDERS = ("_news", "_archive/_news")
_MOST_RECORDS = 1_000  # records reported in one look
_DELETED = "0" * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvent:
    """A story published, corrected or removed; `commit` is the last git commit examined."""

    kind: SiteEventKind
    commit: str
    story: Story


def note_site_events(newsroom: Newsroom) -> int:
    """Queue a webhook call for each story that changed on the site since the last examined commit.

    Returns how many were added. The first time, and after history was rewritten, only later events
    count. Raises GitError, MemoryStoreError.
    """
    channels = [channel for channel in newsroom.settings.channels if channel.is_ready]
    owed = OwedCalls(newsroom.memory, newsroom.now)
    if not channels:
        owed.forget_all()
        return 0
    head = _find_head(newsroom)
    before = owed.read_mark()
    if not head or before == head:
        return 0
    events = list(_find_events(newsroom, before, head)) if before else []
    with newsroom.memory.together():  # after a kill, the next look starts at the same commit
        calls = [(event, to) for event in events for to in channels if to.hears(event.kind)]
        for event, channel in calls:
            about = f"{event.commit} {event.story.path}"
            owed.add(channel.url, f"story.{event.kind}", about, _describe(newsroom, event))
        owed.keep_mark(head)
    return len(calls)


def _find_head(newsroom: Newsroom) -> str:
    answer = git.ask(newsroom.root, "rev-parse", "-q", "--verify", "HEAD")
    return "" if answer.code else answer.out.decode().strip()


def _find_events(newsroom: Newsroom, before: str, head: str) -> Iterator[SiteEvent]:
    changes = _list_changes(newsroom, before, head)
    ids = {blob for _, *pair in changes for blob in pair} - {_DELETED}
    blobs = git.read_blobs(newsroom.root, sorted(ids))
    kept = {path.rsplit("/", 1)[-1] for path, _, now in changes if now != _DELETED}
    for path, was, now in changes:
        if is_backfilled(path):
            continue
        if now == _DELETED and path.rsplit("/", 1)[-1] in kept:
            continue  # it was archived
        event = _find_event(head, path, blobs.get(was), blobs.get(now))
        if event is not None:
            yield event


def _find_event(head: str, path: str, was: Blob, now: Blob) -> SiteEvent | None:
    """Return the event that a changed record means for the site, None if there is none."""
    with contextlib.suppress(RecordError):
        old, new = _read_site_story(path, was), _read_site_story(path, now)
        kind, story = _compare(old, new), new or old
        if kind is not None and story is not None:
            return SiteEvent(kind=kind, commit=head, story=story)
    return None


def _list_changes(newsroom: Newsroom, before: str, head: str) -> list[tuple[str, str, str]]:
    """Return the records that differ between two commits; [] if a commit does not exist."""
    arguments = ("diff", "--raw", "-z", "--no-renames", "--abbrev=40", "--relative", before, head)
    answer = git.ask(newsroom.root, *arguments, "--", *_FOLDERS)
    return [] if answer.code else list(_read_changes(answer.out))[:_MOST_RECORDS]


def _read_changes(out: bytes) -> Iterator[tuple[str, str, str]]:
    """Parse git's raw diff: yield the path of each file, its old blob id and its new one."""
    parts = out.split(b"\0")
    for info, name in zip(parts[::2], parts[1::2], strict=False):
        _, _, was, now, _ = info.decode("ascii", "replace").split(" ")
        yield os.fsdecode(name), was, now


def _read_site_story(path: str, blob: Blob) -> Story | None:
    """Return the story in a record's bytes if it is on the site, else None; raises RecordError."""
    story = None if blob is None else record.parse_story(path, blob)
    return story if story is not None and story.published else None


def _compare(old: Story | None, new: Story | None) -> SiteEventKind | None:
    if old is None or new is None:
        return None if old is new else "published" if new is not None else "removed"
    return "corrected" if _readable(old) != _readable(new) else None


def _readable(story: Story) -> tuple[object, ...]:
    """Return the fields of a story that site visitors see and that fetching runs do not change."""
    return story.title, story.excerpt, story.web_url, story.note, story.history


def _describe(newsroom: Newsroom, event: SiteEvent) -> Mapping[str, object]:
    """Return the data of a webhook call about a story; for a removed story only its name."""
    story, site = event.story, newsroom.beat.url.rstrip("/")
    folder = story_folder(story.path)
    told: dict[str, object] = {"name": story.path.rsplit("/", 1)[-1].removesuffix(".md")}
    if event.kind == "removed":
        return told
    return {
        **told,
        "title": story.title,
        "url": story.web_url or story.original_url,
        "page": f"{site}/{quote_path(folder)}" if site else "",
        "source": (story.provider.name or story.provider.domain) if story.provider else "",
        "published_at": story.published_at.isoformat() if story.published_at else None,
        "topics": list(story.topics),
    }


# Pending calls, stored in the memory until the channel has heard them.

GIVEN_UP_AFTER = timedelta(days=1)
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)
_MOST_OWED = 10_000
_MARK = "mark"
_CALL = "call "


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedCall:
    """A pending webhook call: its URL, its body, since when it waits, and how often it was tried.

    `number` is its place in the order. `id` is the same at each try, so that a receiver can
    recognize a repeated call. `why` is the reason of the last failure.
    """

    number: int
    id: str
    url: str
    body: bytes
    since: datetime
    tried: datetime | None = None
    tries: int = 0
    why: str = ""

    def is_due(self, now: datetime) -> bool:
        """Return whether to send the webhook call now; the wait grows with each failed try."""
        if self.tried is None:
            return True
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(self.tries - 1, 10))
        return not self.tried <= now < self.tried + wait


class OwedCalls:
    """The stored pending webhook calls in order, and the last git commit examined for changes."""

    def __init__(self, memory: Memory, now: datetime) -> None:
        self._kept = memory.webhooks
        self._now = now

    def read_mark(self) -> str:
        """Return the last git commit that was examined for changed stories, "" if there is none."""
        return (self._kept.get(_MARK) or b"").decode("ascii", "replace")

    def keep_mark(self, commit: str) -> None:
        """Store the last git commit that was examined for changed stories."""
        self._kept.put(_MARK, commit.encode())

    def add(self, url: str, kind: str, about: str, data: Mapping[str, object]) -> None:
        """Add a pending webhook call at the end, unless 10,000 are pending."""
        keys = [key for key, _ in self._kept.items(_CALL)]
        if len(keys) >= _MOST_OWED:
            return
        number = int(keys[-1].removeprefix(_CALL)) + 1 if keys else 0
        mark = hashlib.blake2b(f"{url}\n{kind}\n{about}".encode("utf-8", "replace"), digest_size=16)
        call_id = f"evt_{mark.hexdigest()}"
        body = msgspec.json.encode(
            {"type": kind, "timestamp": dates.rfc3339(self._now), "data": dict(data)}
        )
        self.keep(OwedCall(number=number, id=call_id, url=url, body=body, since=self._now))

    def list(self) -> Iterator[OwedCall]:
        """Yield the pending webhook calls, oldest first; delete those in an outdated format."""
        for key, kept in self._kept.items(_CALL):
            try:
                yield msgspec.msgpack.decode(kept, type=OwedCall)
            except msgspec.DecodeError:
                self._kept.forget(key)

    def keep(self, call: OwedCall) -> None:
        """Store a new or changed pending webhook call."""
        self._kept.put(_key(call), msgspec.msgpack.encode(call))

    def note_failure(self, call: OwedCall, why: str) -> bool:
        """Store that a webhook call failed; return True if it failed for a day and is given up."""
        if self._now - call.since >= GIVEN_UP_AFTER:
            self.forget(call)
            return True
        self.keep(replace(call, tried=self._now, tries=call.tries + 1, why=why))
        return False

    def forget(self, call: OwedCall) -> None:
        """Delete a pending webhook call."""
        self._kept.forget(_key(call))

    def forget_all(self) -> None:
        """Delete all pending webhook calls and the last examined commit."""
        if self._kept.keys():
            self._kept.forget_all()


def _key(call: OwedCall) -> str:
    return f"{_CALL}{call.number:012d}"


def describe_owed_calls(newsroom: Newsroom) -> Sequence[str]:
    """Return a sentence on the pending calls of each webhook; raises MemoryStoreError."""
    by_url: dict[str, list[OwedCall]] = {}
    for call in OwedCalls(newsroom.memory, newsroom.now).list():
        by_url.setdefault(call.url, []).append(call)
    return [
        (
            f"the webhook {url} has "
            f"{len(calls):,} pending call{'s' * (len(calls) != 1)} since "
            f"{calls[0].since:%Y-%m-%d %H:%M} UTC"
        )
        + (f": {calls[0].why}" if calls[0].why else "")
        for url, calls in by_url.items()
    ]
