"""The clock of a sending: it goes on evenly whatever somebody does to the machine's."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta


class SteadyClock:
    """Tell the time from a moment on, by what has passed since; a clock set back costs nothing."""

    def __init__(self, begin: datetime) -> None:
        self._begin = begin
        self._at = time.monotonic()

    def now(self) -> datetime:
        """Return the moment."""
        return self._begin + timedelta(seconds=time.monotonic() - self._at)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
