"""What a process took: CPU and wall seconds, peak memory, and which files it wrote."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Files = Mapping[str, tuple[int, int, int]]  # inode, time in nanoseconds, size, by path


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """`cpu` and `wall` in seconds, `memory` in megabytes, `written` in files."""

    cpu: float
    wall: float
    memory: float
    written: int


def measured(command: Sequence[str], cwd: Path, output: Path) -> Spent:
    """Run a command to its end and give what it and its children took; raises on failure."""
    before, began = files_of(output), time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"failed with {process.returncode}: {' '.join(command)}")
    return Spent(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=wall,
        memory=usage.ru_maxrss / 1024,
        written=written(before, files_of(output)),
    )


def written(before: Files, after: Files) -> int:
    """Give how many files are new or were written again."""
    return sum(before.get(path) != mark for path, mark in after.items())


def files_of(folder: Path) -> Files:
    """Give every file below a folder."""
    found = {}
    for where, _, names in os.walk(folder):
        for name in names:
            stat = os.lstat(path := f"{where}/{name}")
            found[path] = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
    return found
