"""Round status: where the round that is at work stands, and what the last one did.

One small file, for whoever shows it: the server's first page, its metrics, later the desk. It is
disposable, and written at most a few times a second.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

from copydesk.engine.newsroom._missing import MissingCount
from copydesk.engine.newsroom._progress import Progress
from copydesk.engine.newsroom._report import RoundReport
from copydesk.kit import files

_FILE = "round.json"
_GAP_SECONDS = 0.2  # between two writes of a stage's steps
_MOST_BYTES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStatus:
    """A round, at work or over; `began` and `pid` tell it from every other one.

    `done` of `total` steps of its `stage` are done, None where nobody can know how many there are.
    Once it `is_over`, the rest says what it did. One that was killed is not over, but its process
    is gone.
    """

    pid: int
    began: datetime
    stage: str = ""
    done: int = 0
    total: int | None = None
    is_over: bool = False
    seconds: float = 0.0
    filed: int = 0
    updated: int = 0
    held: int = 0
    dropped: int = 0
    failed: int = 0
    complete: bool = False
    missing: MissingCount | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether its process is still there, and it is not over."""
        if self.is_over:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True


def read_round_status(private: Path) -> RoundStatus | None:
    """Return how the last round of a newsroom stands, None where none is known."""
    try:
        with (private / _FILE).open("rb") as file:
            return msgspec.json.decode(file.read(_MOST_BYTES), type=RoundStatus)
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return None


class RoundTeller:
    """Pass a round's progress on, and write it down for others to read.

    What cannot be written is not told: a round does not fail for that.
    """

    def __init__(self, private: Path, now: datetime, progress: Progress) -> None:
        self._path = private / _FILE
        self._progress = progress
        self._began = time.monotonic()
        self._written = 0.0
        self._status = RoundStatus(pid=os.getpid(), began=now)
        self._write()

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage."""
        self._progress.stage(name, total)
        self._status = replace(self._status, stage=name, done=0, total=total)
        self._write()

    def step(self, count: int = 1) -> None:
        """Note that `count` steps are done."""
        self._progress.step(count)
        self._status = replace(self._status, done=self._status.done + count)
        if time.monotonic() - self._written >= _GAP_SECONDS:
            self._write()

    def end(self, report: RoundReport | None) -> None:
        """Write down what the round did, None where it failed."""
        report = report or RoundReport(complete=False)
        self._status = replace(
            self._status,
            is_over=True,
            seconds=round(time.monotonic() - self._began, 3),
            filed=len(report.filed),
            updated=len(report.updated),
            held=len(report.held),
            dropped=sum(report.dropped.values()),
            failed=len(report.failed),
            complete=report.complete,
            missing=report.missing,
        )
        self._write()

    def _write(self) -> None:
        self._written = time.monotonic()
        with contextlib.suppress(OSError):
            files.write_atomic(self._path, msgspec.json.encode(self._status), durable=False)
