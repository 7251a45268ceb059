"""A round: the whole line once, alone in its newsroom, and the site brought up to it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from copydesk.engine import _line
from copydesk.engine._line import RoundOptions
from copydesk.engine.build import build
from copydesk.engine.newsroom import Newsroom, alone
from copydesk.engine.progress import Progress
from copydesk.engine.report import Failure, RoundReport

__all__ = ["RoundOptions", "run_round"]


def run_round(newsroom: Newsroom, options: RoundOptions, progress: Progress) -> RoundReport:
    """Run one round and publish what it changed; a dry run only says what it would do.

    Raises BusyError where another round is at work, ConfigError, RecordingError,
    MemoryStoreError. What goes wrong with one source, page, record or picture is in the report.
    """
    began = time.monotonic()
    with alone(newsroom):
        report = _in_loop(newsroom, options, progress)
        stages = dict(report.stages)
        if not options.dry_run:
            built = build(newsroom, progress)
            stages["publish"] = built.seconds
            report = replace(report, failed=_once(*report.failed, *built.failed))
    return replace(report, seconds=round(time.monotonic() - began, 3), stages=stages)


def _once(*failed: Failure) -> tuple[Failure, ...]:
    """Drop what the round and the build both met, such as a record that cannot be read."""
    return tuple(dict.fromkeys(failed))


def _in_loop(newsroom: Newsroom, options: RoundOptions, progress: Progress) -> RoundReport:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_line.run(newsroom, options, progress))
