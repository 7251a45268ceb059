"""PendingPings: what a search engine or hub has not heard yet, kept in memory until it has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson

from copydesk.kit import dates
from copydesk.memory import Memory

GIVEN_UP_AFTER = timedelta(days=7)
_MOST_PATHS = 10_000
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPing:
    """What one listener is still to hear: paths of the site, since when, after how many tries."""

    paths: tuple[str, ...] = ()
    since: datetime
    tried: datetime
    tries: int = 0

    def is_due(self, now: datetime) -> bool:
        """Decide whether it is time to try again, though nothing changed: ever more seldom.

        A clock that was set back makes nobody wait.
        """
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(self.tries - 1, 10))
        return not self.tried <= now < self.tried + wait


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedPing:
    """A listener that has not heard of so many pages yet, since when."""

    url: str
    pages: int
    since: datetime


def list_owed_pings(memory: Memory, now: datetime) -> list[OwedPing]:
    """Return what search engines and hubs are owed, those that wait longest first."""
    pending = PendingPings(memory, now)
    owed = [(url, pending.of(url)) for url in set(memory.pending_pings.keys())]
    pings = [
        OwedPing(url=url, pages=len(ping.paths), since=ping.since) for url, ping in owed if ping
    ]
    return sorted(pings, key=lambda ping: (ping.since, ping.url))


class PendingPings:
    """What listeners are owed, by their address."""

    def __init__(self, memory: Memory, now: datetime) -> None:
        self._kept = memory.pending_pings
        self._now = now

    def of(self, url: str) -> PendingPing | None:
        """Return what a listener is owed, None for nothing."""
        kept = self._kept.get(url)
        return None if kept is None else _decode(kept)

    def note_attempt(self, url: str, paths: Iterable[str]) -> None:
        """Note that a listener is about to be told of these paths; of 10,000 at most."""
        before = self.of(url)
        since = before.since if before else self._now
        tries = before.tries + 1 if before else 1
        self._put(url, PendingPing(paths=tuple(paths), since=since, tried=self._now, tries=tries))

    def note_unheard(self, url: str, paths: Iterable[str]) -> None:
        """Note of which paths a listener has not heard now: the others are owed no longer."""
        owed, paths = self.of(url), tuple(paths)
        if owed is None or not paths:
            self._kept.forget(url)
        else:
            self._put(url, replace(owed, paths=paths))

    def is_given_up(self, url: str) -> bool:
        """Decide whether a listener has not listened for a week: then it is owed nothing more."""
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
        """Owe nothing to any but these."""
        for url in set(self._kept.keys()) - set(urls):
            self._kept.forget(url)


def _decode(kept: bytes) -> PendingPing | None:
    """Read what was kept; nothing is owed where that is not what we write."""
    try:
        said = orjson.loads(kept)
        since, tried = dates.parse(said["since"]), dates.parse(said["tried"])
        paths, tries = tuple(map(str, said["paths"])), int(said["tries"])
    except (ValueError, KeyError, TypeError):
        return None
    if since is None or tried is None:
        return None
    return PendingPing(paths=paths, since=since, tried=tried, tries=tries)
