"""Slots: one request at a time a host, a pause between two, and what a host asked of us kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from copydesk.fetch._clock import Clock
from copydesk.fetch._options import FetchOptions


@dataclass(slots=True)
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: datetime | None = None
    retry_at: datetime | None = None
    delay_seconds: float = 0.0


class Slots:
    """The manners towards hosts: who may be asked when."""

    def __init__(self, options: FetchOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._slots: dict[str, _Slot] = {}
        self._room = asyncio.Semaphore(options.concurrency)

    def retry_at(self, host: str) -> datetime | None:
        """Give the time until which a host wants to be left alone, None where it does not."""
        retry_at = self._of(host).retry_at
        return None if retry_at is None or retry_at <= self._clock.now() else retry_at

    def slower(self, host: str, seconds: float) -> None:
        """Heed a host's own pause where it is longer than ours, up to the longest of ours."""
        slot = self._of(host)
        slot.delay_seconds = min(seconds, self._options.penalty_seconds)
        self._free(slot, self._delay(slot))

    def _of(self, host: str) -> _Slot:
        return self._slots.setdefault(host.rstrip("."), _Slot())

    def _delay(self, slot: _Slot) -> float:
        return max(self._options.delay_seconds, slot.delay_seconds)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's slot and its pause, hold it for the block."""
        slot = self._of(host)
        async with slot.lock:
            await self._pause(slot)
            try:
                async with self._room:
                    yield
            finally:
                self._free(slot, self._delay(slot))

    async def _pause(self, slot: _Slot) -> None:
        """Sleep until the slot is free; a clock set back cannot make it sleep for long."""
        if slot.free_at is None:
            return
        seconds = (slot.free_at - self._clock.now()).total_seconds()
        longest = max(self._options.delay_seconds, self._options.penalty_seconds)
        if seconds > 0:
            await self._clock.sleep(min(seconds, longest))

    def _free(self, slot: _Slot, seconds: float) -> None:
        free_at = self._clock.now() + timedelta(seconds=seconds)
        slot.free_at = free_at if slot.free_at is None else max(slot.free_at, free_at)

    def note(self, host: str, status: int, retry_at: datetime | None) -> None:
        """Remember what an answer asks of us: to come later, or to come less often."""
        slot = self._of(host)
        if retry_at is not None:
            slot.retry_at = retry_at
        if status in {403, 429}:
            self._free(slot, self._options.penalty_seconds)
