"""Count how often the page of each story or newsletter issue is read.

Stored is one number per page and day. No cookie is set and no address is written down. A keyed hash
limits how often one client counts; it never leaves the process, and its key is thrown away at
midnight (UTC).
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path

from copydesk.errors import MailStoreError, MemoryStoreError
from copydesk.fetch import Clock
from copydesk.mail_store import open_mail
from copydesk.memory import Memory

A_CLIENT = 3  # reads of one story by one client that count on one day
AN_ADDRESS = 30  # reads of one story from one address that count on one day, over all its browsers
EVERY_SECONDS = 60.0
KEPT_DAYS = 90
CLIENTS_AT_MOST = 200_000  # pairs of client and story per day, about 40 MB; then no more

Counts = Mapping[tuple[date, str], int]
"""How often the page of each name was read on each day."""
KeepCounts = Callable[[Counts], None]
"""Write counts; raises MemoryStoreError or MailStoreError where that cannot be done now."""


def keep_reads(open_memory: Callable[[], Memory]) -> KeepCounts:
    """Return a function that adds page views of stories to the memory and deletes old counts.

    `open_memory` opens the memory for one thread and a short time.
    """

    def keep(counts: Counts) -> None:
        with closing(open_memory()) as memory, memory.together():
            for (day, name), count in counts.items():
                memory.reads.add(day, {name: count})
            memory.reads.forget(before=max(day for day, _ in counts) - timedelta(days=KEPT_DAYS))

    return keep


def keep_issue_views(private: Path) -> KeepCounts:
    """Return a function that adds page views of newsletter issues to the mail store."""

    def keep(counts: Counts) -> None:
        with closing(open_mail(private)) as store, store.at_once():
            for (day, name), count in counts.items():
                store.views.add({name: count}, day)

    return keep


class AudienceCounts:
    """Counts page views of stories or newsletter issues, and stores the counts at intervals.

    `keep` writes them, in a thread. Counts that cannot be written now are written later.
    """

    def __init__(
        self,
        keep: KeepCounts,
        clock: Clock,
        make_key: Callable[[], bytes] = lambda: secrets.token_bytes(32),
        clients_at_most: int = CLIENTS_AT_MOST,
    ) -> None:
        self._clients_at_most = clients_at_most
        self._keep = keep
        self._clock = clock
        self._make_key = make_key
        self._day = date.min
        self._key = b""
        self._clients: Counter[bytes] = Counter()
        self._addresses: Counter[bytes] = Counter()
        self._counts: Counter[tuple[date, str]] = Counter()

    def note(self, address: str, browser: str, name: str) -> None:
        """Count a view of the page `name` from an IP address; `browser` is the user agent."""
        day = self._clock.now().date()
        if day != self._day:
            self._day, self._key = day, self._make_key()
            self._clients.clear()
            self._addresses.clear()
        client, place = self._hash(address, browser, name), self._hash(address, name)
        if client not in self._clients and len(self._clients) >= self._clients_at_most:
            return
        if self._clients[client] >= A_CLIENT or self._addresses[place] >= AN_ADDRESS:
            return
        self._clients[client] += 1
        self._addresses[place] += 1
        self._counts[day, name] += 1

    def _hash(self, *said: str) -> bytes:
        words = "\n".join(said).encode("utf-8", "replace")
        return blake2b(words, key=self._key, digest_size=8).digest()

    async def go_on(self) -> None:
        """Store the page view counts every minute until cancelled, and once more at the end."""
        try:
            while True:
                await self._clock.sleep(EVERY_SECONDS)
                await self.write()
        finally:
            await self.write()

    async def write(self) -> None:
        """Store the page view counts; if the file is busy or broken they wait for the next time."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            await asyncio.to_thread(self._keep, counts)
        except (MemoryStoreError, MailStoreError):
            self._counts.update(counts)
