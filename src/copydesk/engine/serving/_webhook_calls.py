"""Webhook calls: what editors' words and failed tries left owed is sent while the server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing

from copydesk.engine.serving._due import NewsroomFolder
from copydesk.engine.webhooks import call_webhooks
from copydesk.errors import CopydeskError
from copydesk.fetch import Clock

_EVERY_SECONDS = 5.0


class WebhookCalls:
    """Call webhooks of what is owed; `say` tells the operator what was given up."""

    def __init__(self, folder: NewsroomFolder, clock: Clock, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._clock = clock
        self._say = say
        self._said = ""

    async def go_on(self) -> None:
        """Look every few seconds until cancelled."""
        while True:
            await self._clock.sleep(_EVERY_SECONDS)
            if self._folder.last.webhooks:
                await self.call()

    async def call(self) -> None:
        """Send what is due; where the memory is busy or broken it is sent the next time."""
        try:
            with closing(await asyncio.to_thread(self._folder.memory)) as memory:
                notes = await call_webhooks(self._folder.last, memory, self._clock.now())
        except CopydeskError as error:
            notes = (f"webhooks were not called: {error}",)
        for note in notes:
            if note != self._said:
                self._said = note
                self._say(note)
