"""What a command costs: CPU and wall seconds of all its processes, memory of the largest."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2), Linux


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """`cpu` and `wall` in seconds, `memory` in megabytes."""

    cpu: float
    wall: float
    memory: float


def measure(command: Sequence[str], cwd: Path) -> tuple[Cost, str]:
    """Run a command to its end; return what it cost and printed. Ends the program where it fails.

    It is started by a process that does nothing else: a child's peak is at least its parent's.
    """
    source, sink = os.pipe()
    apart = [sys.executable, "-I", __file__, str(sink), *command]
    with subprocess.Popen(
        apart, cwd=cwd, stdout=subprocess.PIPE, text=True, pass_fds=(sink,)
    ) as process:
        os.close(sink)
        assert process.stdout is not None
        printed = process.stdout.read()
    with os.fdopen(source, "rb") as told:
        report = told.read()
    if process.returncode:
        raise SystemExit(f"failed with {process.returncode}: {' '.join(command)}")
    return Cost(**json.loads(report)), printed


def main() -> None:
    """Run the command of the arguments, and write its cost to a descriptor, the first of them."""
    sink, *command = sys.argv[1:]
    _adopt_orphans()
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(abs(process.returncode))
    usages = [usage, *_wait_for_orphans()]
    cost = Cost(
        cpu=sum(part.ru_utime + part.ru_stime for part in usages),
        wall=wall,
        memory=max(part.ru_maxrss for part in usages) / 1024,
    )
    os.write(int(sink), json.dumps(asdict(cost)).encode())


def _adopt_orphans() -> None:
    """Let processes whose parent ends become this one's children, so that it can count them.

    A round's readers come from a fork server, which ends after the command that started it: nobody
    else would wait for them, and their CPU would stand nowhere.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait_for_orphans() -> list[resource.struct_rusage]:
    """Wait until no process that the command left is running; return what each took."""
    usages = []
    while True:
        try:
            usages.append(os.wait4(-1, 0)[2])
        except ChildProcessError:
            return usages


def median_cost(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(
        cpu=statistics.median(cost.cpu for cost in costs),
        wall=statistics.median(cost.wall for cost in costs),
        memory=statistics.median(cost.memory for cost in costs),
    )


if __name__ == "__main__":
    main()
