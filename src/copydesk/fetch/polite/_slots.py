"""Slots: one request at a time a host, a pause after each answer, what a host asked of us kept.

A host is a name: all its ports and both schemes share one slot, because they are one machine to
whoever reads its logs.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType

from copydesk.fetch._clock import Clock
from copydesk.fetch.polite._limits import DEFAULT_LIMITS, MemoryLimits
from copydesk.fetch.polite._notes import HostRecord, Notes
from copydesk.news import FetchOptions

FORBIDDEN_BURST = 3  # the third 403 in a row speaks of us; a single one of its page
LONGEST_CRAWL_DELAY = 30.0  # what a robots.txt may ask for; real ones ask for 10 seconds
_LONGEST_RETRY = timedelta(days=1)


@dataclass(slots=True)
class Slot:
    """A host's place in the queue, and what it said."""

    host: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    answered_at: datetime | None = None
    penalty_until: datetime | None = None
    retry_at: datetime | None = None
    crawl_seconds: float = 0.0
    forbidden: int = 0


class Slots:
    """The manners towards hosts: who may be asked when."""

    def __init__(
        self,
        options: FetchOptions,
        clock: Clock,
        notes: Notes,
        limits: MemoryLimits = DEFAULT_LIMITS,
    ) -> None:
        self._options = options
        self._limits = limits
        self._clock = clock
        self._notes = notes
        self._slots: dict[str, Slot] = {}

    def retry_at(self, host: str) -> datetime | None:
        """Return the time until which a host wants to be left alone, None where it does not."""
        retry_at = self._slot_of(host).retry_at
        return None if retry_at is None or retry_at <= self._clock.now() else retry_at

    def slow_down(self, host: str, seconds: float) -> None:
        """Heed a host's own pause where it is longer than ours, up to the longest of all."""
        self._slot_of(host).crawl_seconds = min(seconds, LONGEST_CRAWL_DELAY)

    def turn(self, host: str) -> Turn:
        """Return the host's turn: `async with` waits for its slot and pause, and holds the slot."""
        return Turn(self, self._slot_of(host))

    def note(self, host: str, status: int, retry_at: datetime | None) -> None:
        """Remember what an answer asks of us: to come later, or to come less often."""
        slot = self._slot_of(host)
        if retry_at is not None:
            slot.retry_at = retry_at
        slot.forbidden = slot.forbidden + 1 if status == 403 else 0
        if status == 429 or slot.forbidden >= FORBIDDEN_BURST:
            penalty = timedelta(seconds=self._options.penalty(host))
            slot.penalty_until = self._clock.now() + penalty

    def _slot_of(self, host: str) -> Slot:
        slot = self._slots.get(host)
        if slot is None:
            if len(self._slots) >= self._limits.hosts:
                self._put_away()
            slot = self._slots[host] = self._recall(host)
        return slot

    def _put_away(self) -> None:
        """Drop the older half of the slots that nobody uses; their notes stay."""
        for host in list(self._slots)[: self._limits.hosts // 2]:
            if not self._slots[host].users:
                del self._slots[host]

    def _recall(self, host: str) -> Slot:
        known = self._notes.read(f"host {host}", HostRecord)
        if known is None:
            return Slot(host)
        now = self._clock.now()
        retry_at = known.retry_at
        if retry_at is not None and retry_at > now + _LONGEST_RETRY:
            retry_at = None  # nobody may ask for so much: written under another clock
        return Slot(
            host,
            answered_at=known.answered_at,
            penalty_until=known.penalty_until,
            retry_at=retry_at,
            crawl_seconds=min(max(known.crawl_seconds, 0.0), LONGEST_CRAWL_DELAY),
            forbidden=known.forbidden,
        )

    async def wait(self, slot: Slot) -> None:
        """Sleep until the slot is free; a clock set back cannot make it sleep for long."""
        delay = max(self._options.delay(slot.host), slot.crawl_seconds)
        now = self._clock.now()
        seconds = 0.0
        if slot.answered_at is not None:
            seconds = delay - (now - slot.answered_at).total_seconds()
        if slot.penalty_until is not None:
            seconds = max(seconds, (slot.penalty_until - now).total_seconds())
            slot.penalty_until = None  # served once, whatever a clock does meanwhile
        if seconds > 0:
            await self._clock.sleep(min(seconds, max(delay, self._options.penalty(slot.host))))

    def end(self, slot: Slot) -> None:
        """Begin the pause: the answer has come."""
        slot.answered_at = self._clock.now()
        record = HostRecord(
            answered_at=slot.answered_at,
            penalty_until=slot.penalty_until,
            retry_at=slot.retry_at,
            crawl_seconds=slot.crawl_seconds,
            forbidden=slot.forbidden,
        )
        self._notes.write(f"host {slot.host}", record)


class Turn:
    """One turn of a host."""

    __slots__ = ("_slot", "_slots")

    def __init__(self, slots: Slots, slot: Slot) -> None:
        self._slots = slots
        self._slot = slot

    async def __aenter__(self) -> None:
        self._slot.users += 1
        try:
            await self._slot.lock.acquire()
            try:
                await self._slots.wait(self._slot)
            except BaseException:
                self._slot.lock.release()
                raise
        except BaseException:
            self._slot.users -= 1
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._slots.end(self._slot)
        self._slot.lock.release()
        self._slot.users -= 1
