"""Action starter: what editors did is filed by a process of its own, beside whatever round."""

from __future__ import annotations

import asyncio
from pathlib import Path

from copydesk.engine.serving._round_starter import RoundStarter
from copydesk.engine.serving._run_command import run_command


class ActionStarter:
    """File what waits at the desk of the newsroom at `root`, by forks as rounds are.

    A fork server of its own, of half the size: that of rounds waits for the one that is at work.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._starter = RoundStarter(root, "actions")
        self._turn = asyncio.Lock()

    async def prepare(self) -> None:
        """Be ready to file within a tenth of a second."""
        async with self._turn:
            await self._starter.prepare()

    async def file_actions(self) -> int:
        """File until nothing waits, and return the exit code; cancelled, end it by SIGTERM."""
        async with self._turn:
            return await self._starter.file_actions()

    async def refresh_catalogue(self) -> int:
        """Bring the catalogue up to date, and return the exit code; actions are filed meanwhile."""
        return await run_command(("-C", str(self._root), "catalogue"))

    async def close(self) -> None:
        """End the fork server."""
        await self._starter.close()
