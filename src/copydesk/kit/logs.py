"""The log of a server and of the processes that it starts: plain lines, or a JSON object a line.

A browser's request and each piece of work that begins by itself has an id, which the processes that
it starts inherit. In JSON each line has the id that it belongs to.
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO, cast

FORMAT = "COPYDESK_LOG"  # the variable: "json" or "lines"
REQUEST = "COPYDESK_REQUEST_ID"  # set for processes that a server starts
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LEVELS = ("error", "warning")

_request: ContextVar[str] = ContextVar("request", default="")


def request_id() -> str:
    """Return the id of the request or work that this code runs for, "" if there is none."""
    return _request.get() or os.environ.get(REQUEST, "")


def begin_request(given: str = "") -> str:
    """Give this context an id, `given` if that is a possible id, else a new one; return it."""
    _request.set(given if _ID.fullmatch(given) else secrets.token_hex(8))
    return _request.get()


def child_environ() -> Mapping[str, str]:
    """Return the environment of a process that is started for the present request."""
    return {**os.environ, REQUEST: request_id()}


def is_json() -> bool:
    """Return whether the log is written as JSON."""
    return os.environ.get(FORMAT) == "json"


def begin_log(form: str = "") -> None:
    """Write this process's messages to the log; `form` sets its format, for child processes, too.

    Without `form` this is done only in a process that a server has started.
    """
    if form:
        os.environ[FORMAT] = form
    if is_json() and (form or REQUEST in os.environ):
        sys.stderr = cast("TextIO", JsonLines(sys.stderr))
        if not form:
            sys.stdout = cast("TextIO", JsonLines(sys.stdout))


class JsonLines(io.TextIOBase):
    """A text stream that writes each line as a JSON object: time, level, pid, request, message."""

    encoding = "utf-8"

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._rest = ""
        self._lock = threading.Lock()

    def write(self, words: str) -> int:
        """Write all lines that are complete now."""
        with self._lock:
            *lines, self._rest = (self._rest + words).split("\n")
            self._out.write("".join(map(_format_line, filter(str.strip, lines))))
            self._out.flush()
        return len(words)

    def fileno(self) -> int:
        """Return the file descriptor that the lines are written to."""
        return self._out.fileno()


def _format_line(line: str) -> str:
    level = line.partition(":")[0]
    told = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": level if level in _LEVELS else "info",
        "pid": os.getpid(),
        "request": request_id(),
        "message": line.rstrip(),
    }
    return f"{json.dumps({key: value for key, value in told.items() if value})}\n"


def with_time(say: Callable[[str], None], now: Callable[[], datetime]) -> Callable[[str], None]:
    """Return a message function that puts the time of day in front of each message.

    In JSON each line has its time anyway.
    """
    return say if is_json() else lambda words: say(f"{now():%H:%M} {words}")
