"""Interfaces of the fetchers: a clock, and a fetcher that looks a host up before asking it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from copydesk.kit import dates
from copydesk.news import Refused, Request


class Clock(Protocol):
    """Whoever knows the time and can wait."""

    def now(self) -> datetime:
        """Return the time, aware and UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class WallClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Return the time of this machine in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for so many real seconds."""
        await asyncio.sleep(seconds)


class VirtualClock:
    """One instant that lasts: waiting takes no time, so that bytes do not depend on waits."""

    def __init__(self, start: datetime) -> None:
        self._now = dates.utc(start)

    def now(self) -> datetime:
        """Return the instant it was made with."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Let others run, and go on at once."""
        await asyncio.sleep(0)


@runtime_checkable
class Finder(Protocol):
    """A raw fetcher that can find a host before it asks it, which takes time but no room."""

    async def find(self, request: Request) -> Refused | None:
        """Return why the host of a request cannot be found, None where it can."""
        ...
