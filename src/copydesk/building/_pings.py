"""Notify search engines (IndexNow) and WebSub hubs of the pages that an upload changed.

A failed ping is sent again after later deploys, for at most a week.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson

from copydesk import channels, fetch
from copydesk.config import Settings
from copydesk.fetch.web import Web
from copydesk.kit import dates, urls
from copydesk.memory import Memory
from copydesk.news import Page, Refused

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

GIVEN_UP_AFTER = timedelta(days=7)
_MOST_PATHS = 10_000
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)


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
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(self.tries - 1, 10))
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
        return None if kept is None else _decode(kept)

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
        if owed is None or self._now - owed.since <= GIVEN_UP_AFTER:
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


def _decode(kept: bytes) -> PendingPing | None:
    """Parse a stored notification; return None if it is not in our format."""
    try:
        said = orjson.loads(kept)
        since, tried = dates.parse(said["since"]), dates.parse(said["tried"])
        paths, tries = tuple(map(str, said["paths"])), int(said["tries"])
    except (ValueError, KeyError, TypeError):
        return None
    if since is None or tried is None:
        return None
    return PendingPing(paths=paths, since=since, tried=tried, tries=tries)
