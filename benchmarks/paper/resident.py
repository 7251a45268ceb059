"""What a build costs in a process that goes on: copydesk's engine, and `hugo --watch`.

    python benchmarks/paper/resident.py NEWSROOM CLOCK

builds once for every line that comes in, and answers with a line of CPU and wall seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

Took = tuple[float, float]  # CPU and wall seconds
_QUIET = 2.0  # seconds without work after which `hugo --watch` is taken to be done
_TICKS = os.sysconf("SC_CLK_TCK")


def copydesk(newsroom: Path, clock: str, edits: Sequence[Callable[[], None]]) -> list[Took]:
    """Build, then edit and build again: give what the first build and each later one took."""
    command = [sys.executable, __file__, str(newsroom), clock]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as desk:
        assert desk.stdin
        assert desk.stdout
        found = []
        for edit in (lambda: None, *edits):
            edit()
            print(file=desk.stdin, flush=True)
            cpu, wall = map(float, desk.stdout.readline().split())
            found.append((cpu, wall))
        desk.stdin.close()
    return found


def hugo(command: Sequence[str], site: Path, edits: Sequence[Callable[[], None]]) -> list[Took]:
    """Give the same of `hugo --watch`; CPU in hundredths of a second, as the kernel counts it."""
    found = []
    with subprocess.Popen([*command, "--watch"], cwd=site, stdout=subprocess.DEVNULL) as watch:
        try:
            for edit in (lambda: None, *edits):
                before = _cpu(watch.pid) if found else 0.0
                began = time.perf_counter()
                edit()
                cpu, ended = _until_quiet(watch.pid)
                found.append((cpu - before, max(0.0, ended - began)))
        finally:
            watch.terminate()
    return found


def _until_quiet(pid: int) -> tuple[float, float]:
    """Give the CPU seconds of a process once it has rested, and when it last worked."""
    cpu, worked = _cpu(pid), time.perf_counter()
    while time.perf_counter() - worked < _QUIET:
        time.sleep(0.05)
        now = _cpu(pid)
        if now - cpu > 0.015:
            worked = time.perf_counter()
            cpu = now
    return cpu, worked


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> None:
    from copydesk import building
    from copydesk.newsroom import Silence, open_newsroom

    root, now = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    with open_newsroom(root, now, {}) as newsroom:
        for _ in sys.stdin:
            cpu, wall = time.process_time(), time.perf_counter()
            building.build(newsroom, Silence())
            print(time.process_time() - cpu, time.perf_counter() - wall, flush=True)


if __name__ == "__main__":
    main()
