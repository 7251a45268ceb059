"""Fork server: a process with all modules loaded, which forks for each command that it is asked to
run.

    python -m copydesk.background._fork_server WORK {"arguments": […]} > {"pid": 7} {"code": 0}

WORK decides which modules are loaded: `rounds` for fetching, or `actions`, the half that editors'
actions need.

A line of JSON on stdin requests a command: `python -m copydesk ARGUMENTS`, without the second that
Python takes to load it. Lines on stdout give the process id and, at the end, the exit code. The
server itself opens no database and no socket, has no thread and knows nothing of a site. It ends
when its stdin does, and ignores signals: a terminal or systemd sends them to all processes at once,
and they are meant for the forked commands.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import sys
from collections.abc import Iterable, Sequence
from typing import Literal, cast

from copydesk.kit import logs

# What a fork server loads once for all its forks: packages of copydesk, and libraries. Processes
# that read pages are not forks: they load what they need by themselves.

Work = Literal["rounds", "actions"]

# Load all names of these faces: a face imports the module of a name only when it is used.
_FACES = (
    *("archive", "archive.change", "archive.git", "config", "fetch"),
    *("building", "newsroom", "rounds", "rounds.rejudging", "rounds.sources"),
    *("extract", "illustrate", "illustrate.drawing", "judge", "memory", "placement", "publish"),
    *("judge.clustering", "judge.coverage", "judge.quality", "judge.topics"),
    *("rendering", "review", "watch"),
)
_MODULES = (
    *("copydesk.cli.records", "copydesk.cli.rounds"),
    *("copydesk.newsroom.cataloguing", "copydesk.newsroom.filing", "copydesk.building.channels"),
    *("PIL.Image", "PIL.ImageDraw", "PIL.ImageFont", "PIL.ImageOps"),
    *("PIL.features", "Stemmer", "aiodns", "aiohttp", "concurrent.futures.thread"),
    *(
        "cryptography.hazmat.primitives.ciphers.aead",
        "email.utils",
        "encodings.idna",
        "encodings.utf_8_sig",
    ),
    *("multiprocessing.popen_forkserver", "multiprocessing.queues", "pebble", "uvloop"),
)


# Filing actions reads no pages, draws no pictures and asks no server: half is enough.
_FACES_OF_ACTIONS = (
    *("archive", "archive.change", "archive.git", "catalogue", "config"),
    *("desk_store", "editing", "editing.applying", "newsroom", "rounds.rejudging"),
    *("judge", "judge.coverage", "judge.quality", "judge.topics"),
    *("memory", "placement", "review"),
)
_MODULES_OF_ACTIONS = (
    *("copydesk.cli.desk", "copydesk.newsroom.cataloguing", "copydesk.newsroom.filing"),
    *("copydesk.judge.clustering.documents", "can_ada", "msgspec", "orjson", "publicsuffixlist"),
)


def load(work: Work) -> None:
    """Import all modules that one kind of work needs: `rounds` (fetching) or `actions` (of
    editors).
    """
    if work == "actions":
        _load(_FACES_OF_ACTIONS, _MODULES_OF_ACTIONS)
        return
    _load(_FACES, _MODULES)
    from PIL import Image

    Image.init()  # its image formats are modules, too


def _load(faces: Iterable[str], modules: Iterable[str]) -> None:
    for room in faces:
        face = importlib.import_module(f"copydesk.{room}")
        for name in getattr(face, "__all__", ()):
            getattr(face, name)
    for module in modules:
        importlib.import_module(module)


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Run the fork server: for each request on stdin fork a process, which runs the requested
    command.
    """
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)  # output of a round goes where the server's messages go
    os.close(nowhere)
    load(cast("Work", sys.argv[1]))
    gc.collect()
    gc.freeze()  # keep loaded objects in memory shared with the forks: a collector would touch them
    arguments = _wait_for_round(requests, answers)
    if arguments is not None:
        _become(arguments)


def _wait_for_round(requests: int, answers: int) -> list[str] | None:
    """Return the command's arguments in each forked process, None when the server itself ends."""
    with os.fdopen(requests, "rb") as lines:
        _say(answers, ready=True)
        for line in lines:
            asked = json.loads(line)
            arguments: list[str] = asked["arguments"]
            # a signal that reaches the new process before its handlers are set waits
            signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
            pid = os.fork()
            if not pid:
                os.close(answers)
                os.environ[logs.REQUEST] = asked.get("request", "")
                return arguments
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            _say(answers, pid=pid)
            _, status = os.waitpid(pid, 0)
            _say(answers, code=os.waitstatus_to_exitcode(status))
    return None


def _say(answers: int, **what: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # the asking process is gone, and so is stdin
        os.write(answers, json.dumps(what).encode() + b"\n")


def _become(arguments: Sequence[str]) -> None:
    """Run a copydesk command line in this process, as a new Python would."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    sys.argv = ["copydesk", *arguments]
    runpy.run_module("copydesk", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
