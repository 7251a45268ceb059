"""Commands that are killed, or for which the disk is full, at their n-th change of the disk.

A process that has loaded copydesk once forks for each command, so that a test can afford a hundred.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import mmap
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_CHANGES = ("open", "write", "mkdir", "replace", "unlink", "rmdir")


class Commands:
    """Run commands of copydesk; each gives its exit code, -9 where it was killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    changes = 0  # of the disk, by the last command

    def __call__(
        self, *words: object, killed_at: int = 0, full_at: int = 0, among: Sequence[str] = ()
    ) -> int:
        """Run a command: killed before its n-th change, or the disk full from it on.

        With `among` only files with one of these words in their path count, and the memory.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {
            "words": [str(word) for word in words],
            "killed": killed_at,
            "full": full_at,
            "among": list(among),
        }
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code, self.changes = map(int, self._process.stdout.readline().split())
        return code


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
        done = mmap.mmap(-1, 8)  # the child's count
        child = os.fork()
        if not child:
            _count(done, asked)
            os._exit(_run(main, asked["words"]))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(code, int.from_bytes(done[:], "big"), flush=True)


def _run(main: Callable[[list[str]], object], words: list[str]) -> int:
    with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
        try:
            main(words)
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else 1
    return 0


def _count(shared: mmap.mmap, asked: Mapping[str, Any]) -> None:
    """Let the changes of the disk be counted from now on, and the commits of the memory."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        shared[:] = done.to_bytes(8, "big")
        if done == asked["killed"]:
            os.kill(os.getpid(), signal.SIGKILL)
        if asked["full"] and done >= asked["full"]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def is_meant(place: object) -> bool:
        return not asked["among"] or any(word in str(place) for word in asked["among"])

    def counted(name: str) -> None:
        real = getattr(os, name)

        def change(*given: Any, **more: Any) -> Any:
            is_change = name != "open" or given[1] & (os.O_WRONLY | os.O_RDWR)
            if is_change and is_meant(given[0]):
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
