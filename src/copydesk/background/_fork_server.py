"""Fork server: a process that has loaded what a round needs, and forks itself for each round.

    python -m copydesk.background._fork_server WORK {"arguments": […]} > {"pid": 7} {"code": 0}

WORK says what is loaded: `rounds`, or the half of it that is enough for an editor's `actions`.

Lines of JSON on stdin ask for a round, which is `python -m copydesk ARGUMENTS` without the second
that Python takes to load it; lines on stdout say its process and, once it is over, its exit code.
The server itself opens no store and no socket, has no thread and knows nothing of a newsroom. It
ends when its stdin does: signals, which a terminal or systemd sends to all processes at once, are
for the rounds.
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

# What a fork server loads once for all its forks: the rooms that they go through, and libraries.
#
# Readers of pages are processes of their own and load what they need by themselves.

Work = Literal["rounds", "actions"]

# A face imports what stands behind one of its names when that is asked for.
_FACES = (
    *("archive", "archive.change", "archive.git", "config", "fetch"),
    *("building", "newsroom", "rounds", "rounds.rejudging", "rounds.sources"),
    *("extract", "illustrate", "illustrate.drawing", "judge", "memory", "placement", "publish"),
    *("rendering", "review", "watch"),
)
_MODULES = (
    *("copydesk.cli.records", "copydesk.cli.rounds"),
    *("copydesk.newsroom.cataloguing", "copydesk.newsroom.filing", "copydesk.building.webhooks"),
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


# What editors did is filed without reading pages, drawing pictures or asking anybody: half of it.
_FACES_OF_ACTIONS = (
    *("archive", "archive.change", "archive.git", "catalogue", "config"),
    *("desk_store", "editing", "editing.applying", "newsroom", "rounds.rejudging"),
    *("judge", "memory", "placement", "review"),
)
_MODULES_OF_ACTIONS = (
    *("copydesk.cli.desk", "copydesk.newsroom.cataloguing", "copydesk.newsroom.filing"),
    *("can_ada", "msgspec", "orjson", "publicsuffixlist"),
)


def load(work: Work) -> None:
    """Import all that some work needs."""
    if work == "actions":
        _load(_FACES_OF_ACTIONS, _MODULES_OF_ACTIONS)
        return
    _load(_FACES, _MODULES)
    from PIL import Image

    Image.init()  # its formats are modules, too


def _load(faces: Iterable[str], modules: Iterable[str]) -> None:
    for room in faces:
        face = importlib.import_module(f"copydesk.{room}")
        for name in getattr(face, "__all__", ()):
            getattr(face, name)
    for module in modules:
        importlib.import_module(module)


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Fork a process for each request; in a forked one, run the command that was asked for."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)  # what a round prints goes where the server's messages go
    os.close(nowhere)
    load(cast("Work", sys.argv[1]))
    gc.collect()
    gc.freeze()  # what was loaded is shared with every round, unless a collector touches it
    arguments = _wait_for_round(requests, answers)
    if arguments is not None:
        _become(arguments)


def _wait_for_round(requests: int, answers: int) -> list[str] | None:
    """Return None in the server when nobody asks any more, the arguments in each forked process."""
    with os.fdopen(requests, "rb") as lines:
        _say(answers, ready=True)
        for line in lines:
            arguments: list[str] = json.loads(line)["arguments"]
            # one that is sent to the new process before it hears waits until it does
            signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
            pid = os.fork()
            if not pid:
                os.close(answers)
                return arguments
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            _say(answers, pid=pid)
            _, status = os.waitpid(pid, 0)
            _say(answers, code=os.waitstatus_to_exitcode(status))
    return None


def _say(answers: int, **what: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # who asked is gone; so is stdin
        os.write(answers, json.dumps(what).encode() + b"\n")


def _become(arguments: Sequence[str]) -> None:
    """Run the command line in this process, as a new Python would."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    sys.argv = ["copydesk", *arguments]
    runpy.run_module("copydesk", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
