"""Interfaces for fetching: a clock, and a fetcher that can resolve a host name before a request."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from copydesk.kit import dates
from copydesk.news import Refused, Request


class Clock(Protocol):
    """The current time, and a way to wait."""

    def now(self) -> datetime:
        """Return the current time, aware and in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for a number of seconds."""
        ...


class WallClock:
    """The real clock of this machine."""

    def now(self) -> datetime:
        """Return the current time of this machine in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for that many real seconds."""
        await asyncio.sleep(seconds)


class VirtualClock:
    """A clock that always shows the same time and never waits, so that replays give equal
    results.
    """

    def __init__(self, start: datetime) -> None:
        self._now = dates.utc(start)

    def now(self) -> datetime:
        """Return the time that the clock was made with."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Let other tasks run, then return at once."""
        await asyncio.sleep(0)


@runtime_checkable
class Finder(Protocol):
    """A fetcher that can resolve the host name of a request by DNS before it is sent."""

    async def find(self, request: Request) -> Refused | None:
        """Return why the host of a request cannot be resolved, None if it can."""
        ...
