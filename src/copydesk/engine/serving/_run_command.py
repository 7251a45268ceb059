"""Run command: a command of copydesk in a new process."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence


async def run_command(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; ended with SIGTERM and waited for when cancelled."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "copydesk", *arguments, stdout=sys.stderr
    )
    try:
        return await process.wait()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise
