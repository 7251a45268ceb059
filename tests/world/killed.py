"""Commands that are killed, or for which the disk is full, at their n-th change of the disk.

A process that has loaded copydesk once forks for each command, so that a test can afford a hundred.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_CHANGES = ("open", "write", "mkdir", "replace", "unlink", "rmdir")


class Commands:
    """Run commands of copydesk; each gives its exit code, -9 where it was killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, *words: object, killed_at: int = 0, full_at: int = 0) -> int:
        """Run a command: killed before its n-th change, or the disk full from it on."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"words": [str(word) for word in words], "killed": killed_at, "full": full_at}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextlib.contextmanager
def commands() -> Iterator[Commands]:
    """Give what runs commands; what they say on stderr is this process' own."""
    here = str(Path(__file__).parent.parent)
    ask = [sys.executable, "-m", "world.killed"]
    with subprocess.Popen(
        ask, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=here
    ) as process:
        yield Commands(process)
        assert process.stdin is not None
        process.stdin.close()


def _serve() -> None:
    from copydesk.cli import main

    importlib.import_module("copydesk.engine._build")  # here, once
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _count(asked["killed"], asked["full"])
            os._exit(_run(main, asked["words"]))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _run(main: Callable[[list[str]], object], words: list[str]) -> int:
    with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
        try:
            main(words)
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else 1
    return 0


def _count(killed: int, full: int) -> None:
    """Let the changes of the disk be counted from now on, and the commits of the memory."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if done == killed:
            os.kill(os.getpid(), signal.SIGKILL)
        if full and done >= full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def counted(name: str) -> None:
        real = getattr(os, name)

        def change(*given: Any, **more: Any) -> Any:
            if name != "open" or given[1] & (os.O_WRONLY | os.O_RDWR):
                count()
            return real(*given, **more)

        setattr(os, name, change)

    for name in _CHANGES:
        counted(name)
    _count_commits(count)


def _count_commits(count: Callable[[], None]) -> None:
    from copydesk.memory import Memory

    together = Memory.together

    @contextlib.contextmanager
    def counted(memory: Memory, **more: Any) -> Iterator[None]:
        with together(memory, **more):
            yield
            count()

    setattr(Memory, "together", counted)  # noqa: B010 - of another type


if __name__ == "__main__":
    _serve()
