"""Commands that are killed, or for which the disk is full, at their n-th change of the disk.

A process that has loaded copydesk once forks for each command, so that a test can afford a hundred.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import gc
import importlib
import json
import mmap
import os
import pkgutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from copydesk.kit import urls

_CHANGES = ("open", "write", "mkdir", "replace", "rename", "link", "unlink", "rmdir")
_READING = {
    *("cat-file", "config", "diff", "diff-index", "for-each-ref", "log", "ls-files", "ls-remote"),
    *("ls-tree", "merge-base", "remote", "rev-list", "rev-parse", "show", "status"),
    *("symbolic-ref", "version"),
}
_NUMBER = 8  # bytes
_LOADED = (  # by commands; here, once, with all that is in them
    "copydesk.archive",
    "copydesk.cli.editing",
    "copydesk.cli.rounds",
    "copydesk.cli.sources",
    "copydesk.config",
    "copydesk.building",
    "copydesk.editing",
    "copydesk.newsletters.issues",
    "copydesk.newsroom",
    "copydesk.newsroom.filing",
    "copydesk.rounds",
    "copydesk.rounds.backfill",
    "copydesk.rounds.rejudging",
    "copydesk.rounds.sources",
    "copydesk.extract",
    "copydesk.judge",
    "copydesk.publish",
    "copydesk.watch",
    "copydesk.writing",
)
_READING_LOADED = "copydesk.rounds._preload"  # as its pool says, too
UNDO = "undo-action"  # no command yet: editing.undo_action with a commit's id
WORK = "work-off"  # none either: the desk's worker, in a process of its own


class Commands:
    """Run commands of copydesk; each gives its exit code, -9 where it was killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    changes = 0  # of the disk, by the last command
    journalled = 0  # which of them put its change into the journal, 0 for none

    def __call__(
        self, *words: object, killed_at: int = 0, full_at: int = 0, among: Sequence[str] = ()
    ) -> int:
        """Run a command: killed before its n-th change, or the disk full from it on.

        Each git that writes counts twice, before it begins and when it has ended. With `among` only
        files with one of these words in their path count, and the memory. What is written of a
        model's call counts before and after it, and so does the call.
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
        said = map(int, self._process.stdout.readline().split())
        code, self.changes, self.journalled = said
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


def spread(changes: int, kills: int) -> list[int]:
    """Return so many moments from the first change to the last; all, where there are no more."""
    return sorted({1 + kill * (changes - 1) // max(1, kills - 1) for kill in range(kills)})


def about_the_journal(journalled: int) -> set[int]:
    """Return the moments before and after a change is in the journal, and is remembered."""
    return {journalled, journalled + 1, journalled + 2} if journalled else set()


def _serve() -> None:
    _load()
    for line in sys.stdin:
        asked = json.loads(line)
        if {"run", "backfill"} & {*asked["words"]}:
            _start_fork_server()
        done = mmap.mmap(-1, 2 * _NUMBER)  # the child's counts
        child = os.fork()
        if not child:
            _count(done, asked)
            os._exit(_run(asked["words"]))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        counts = (int.from_bytes(done[at : at + _NUMBER], "big") for at in (0, _NUMBER))
        print(code, *counts, flush=True)


def _load() -> None:
    """Load what commands need, so that none of them does; each is a fork of this process."""
    for name in _LOADED:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{name}."):
            importlib.import_module(module.name)
    urls.registrable_domain("gull.example")  # reads the list of public suffixes
    gc.freeze()


@functools.cache
def _start_fork_server() -> None:
    """Let the readers of every command come from one fork server, which loads for a second."""
    forkserver.set_forkserver_preload([_READING_LOADED])
    forkserver.ensure_running()
    # A command finds it running, and no child of its own that it could look after.
    server: Any = forkserver._forkserver
    server.ensure_running = forkserver.ensure_running = lambda: None


def _run(words: list[str]) -> int:
    from copydesk.cli import main

    with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
        try:
            if UNDO in words:
                _undo(words)
            elif WORK in words:
                _work_off(words)
            else:
                main(words)
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else 1
    return 0


def _undo(words: list[str]) -> None:
    """Undo an action; the words are -C FOLDER --now TIME undo-action COMMIT."""
    from copydesk.editing import undo
    from copydesk.newsroom import open_newsroom

    _, root, _, now, _, commit = words
    with open_newsroom(Path(root), datetime.fromisoformat(now), os.environ) as newsroom:
        undo.undo_action(newsroom, commit, "Ada", "a mistake")


def _work_off(words: list[str]) -> None:
    """File what waits at the desk; the words are -C FOLDER --now TIME work-off."""
    from copydesk.desk_store import open_desk
    from copydesk.editing import applying
    from copydesk.newsroom import open_newsroom

    _, root, _, now, _ = words
    at = datetime.fromisoformat(now)
    with (
        open_newsroom(Path(root), at, os.environ) as newsroom,
        contextlib.closing(open_desk(newsroom.private)) as desk,
    ):
        applying.work_off(newsroom, desk.actions, lambda _: None)


def _count(shared: mmap.mmap, asked: Mapping[str, Any]) -> None:
    """Let the changes of the disk be counted from now on, and the commits of the memory."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        shared[:_NUMBER] = done.to_bytes(_NUMBER, "big")
        if done == asked["killed"]:
            os.kill(os.getpid(), signal.SIGKILL)
        if asked["full"] and done >= asked["full"]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def counted(name: str) -> None:
        real = getattr(os, name)

        def change(*given: Any, **more: Any) -> Any:
            is_change = name != "open" or given[1] & (os.O_WRONLY | os.O_RDWR)
            if is_change and _is_meant(given[0], asked["among"]):
                count()
            if name == "replace" and _is_new_entry(given[1]):
                shared[_NUMBER:] = done.to_bytes(_NUMBER, "big")
            return real(*given, **more)

        setattr(os, name, change)

    for name in _CHANGES:
        counted(name)
    is_killed = not asked["full"]
    if is_killed and not asked["among"]:
        _count_git(count)
        _count_calls(count)
    _count_commits(count, asked["words"], before=is_killed)


def _is_meant(place: object, among: Sequence[str]) -> bool:
    return not among or any(word in str(place) for word in among)


def _is_new_entry(place: object) -> bool:
    return "/.copydesk/journal/" in str(place) and not Path(str(place)).exists()


def _count_git(count: Callable[[], None]) -> None:
    class Counted(subprocess.Popen[Any]):
        def __init__(self, words: Sequence[str], *given: Any, **more: Any) -> None:
            self._writes = Path(words[0]).name == "git" and _READING.isdisjoint(words)
            if self._writes:
                count()
            super().__init__(words, *given, **more)

        def communicate(self, *given: Any, **more: Any) -> Any:
            said = super().communicate(*given, **more)
            if self._writes:
                count()
            return said

    setattr(subprocess, "Popen", Counted)  # noqa: B010 - of another type


def _count_commits(count: Callable[[], None], words: Sequence[str], *, before: bool) -> None:
    """Let a commit count once it is made, where asked also before: so does a statement alone."""
    from copydesk.memory import Memory

    run = Memory._run

    def counted(memory: Memory, statement: str, *values: Any) -> sqlite3.Cursor:
        is_alone = not memory._connection.in_transaction
        is_change = statement.startswith(("INSERT", "UPDATE", "DELETE")) and is_alone
        is_commit = statement == "COMMIT" or (before and is_change)
        if is_commit and before:
            count()
        done = run(memory, statement, *values)
        if is_commit:
            count()
        return done

    setattr(Memory, "_run", counted)  # noqa: B010 - of another type
    if before and "backfill" in words:
        _count_commits_of_databases(count)


def _count_calls(count: Callable[[], None]) -> None:
    from copydesk.desk_store.model_calls import ModelCallLog
    from copydesk.model import asking

    ask = asking.ask_model

    async def counted_call(*given: Any) -> Any:
        count()
        answer = await ask(*given)
        count()
        return answer

    setattr(asking, "ask_model", counted_call)  # noqa: B010 - of another type
    for name in ("begin", "put"):
        real = getattr(ModelCallLog, name)

        def counted(*given: Any, real: Callable[..., Any] = real) -> Any:
            count()
            stored = real(*given)
            count()
            return stored

        setattr(ModelCallLog, name, counted)


def _count_commits_of_databases(count: Callable[[], None]) -> None:
    from copydesk.kit.databases import DisposableDatabase

    commit = DisposableDatabase.commit

    def counted(database: DisposableDatabase) -> None:
        count()
        commit(database)
        count()

    setattr(DisposableDatabase, "commit", counted)  # noqa: B010 - of another type


if __name__ == "__main__":
    _serve()
