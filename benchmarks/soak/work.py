"""Run the processes of a soak: commands that may be killed, the server, and what is outside."""

from __future__ import annotations

import ctypes
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TESTS = HERE.parents[1] / "tests"
_PR_SET_PDEATHSIG = 1  # prctl(2), Linux
_LIBC = ctypes.CDLL(None)
_PATIENCE_SECONDS = 180.0


def end_with_parent() -> None:
    """Let the kernel kill this process when its parent ends: a soak leaves nothing behind."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a process ended: `code` is negative where it was killed, `memory` its peak in MB."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str
    seconds: float
    memory: float

    @property
    def was_killed(self) -> bool:
        return self.code < 0

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Worker:
    """Runs commands of copydesk in a newsroom, by a clock of its own, and kills some of them."""

    folder: Path
    environ: dict[str, str]
    typical: dict[str, float] = field(default_factory=dict)  # seconds that a kind of command takes
    now: str = ""

    @property
    def root(self) -> Path:
        return self.folder / "newsroom"

    def run(
        self,
        kind: str,
        *words: str,
        kill: random.Random | None = None,
        stdin: bytes = b"",
        until: Callable[[float], bool] | None = None,
    ) -> Done:
        """Run a command to its end, or kill it: at a random moment, or once `until` says so."""
        command = [sys.executable, "-P", "-m", "copydesk", "-C", str(self.root), "--now", self.now]
        places = [self.folder / f"said.{name}" for name in ("in", "out", "err")]
        places[0].write_bytes(stdin)
        with (
            places[0].open("rb") as given,
            places[1].open("wb") as out,
            places[2].open("wb") as err,
        ):
            began = time.monotonic()
            process = subprocess.Popen(
                [*command, *words],
                stdin=given,
                stdout=out,
                stderr=err,
                env=self.environ,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - there is one thread
            )
            if kill and not until:
                moment = kill.uniform(0.05, 1.05) * self.typical.get(kind, 0.7)

                def until(seconds: float) -> bool:
                    return seconds >= moment

            status, usage = self._wait(process.pid, began, until, kill)
        process.returncode = os.waitstatus_to_exitcode(status)
        done = Done(
            words=words,
            code=process.returncode,
            out=places[1].read_text("utf-8"),
            err=places[2].read_text("utf-8"),
            seconds=time.monotonic() - began,
            memory=usage.ru_maxrss / 1024,
        )
        if not done.code:
            last = self.typical.get(kind, done.seconds)
            self.typical[kind] = 0.8 * last + 0.2 * done.seconds
        return done

    def _wait(
        self,
        pid: int,
        began: float,
        until: Callable[[float], bool] | None,
        kill: random.Random | None,
    ) -> tuple[int, Any]:
        while True:
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if ended:
                return status, usage
            seconds = time.monotonic() - began
            if kill and until and until(seconds):
                # one process, as for want of memory; or with all that it started, as a container
                (os.killpg if kill.random() < 0.4 else os.kill)(pid, signal.SIGKILL)
                _, status, usage = os.wait4(pid, 0)
                return status, usage
            if seconds > _PATIENCE_SECONDS:
                os.killpg(pid, signal.SIGABRT)
                raise SystemExit(f"a process does not end: {pid}")
            time.sleep(0.002 if kill else 0.01)

    def start(self, words: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        """Start a process that goes on, and ends with this one."""
        with log.open("ab") as said:
            return subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=self.environ,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - there is one thread
            )

    def start_server(self, port: int) -> subprocess.Popen[bytes]:
        """Start `copydesk serve`."""
        words = ("-C", str(self.root), "serve", "--port", str(port))
        return self.start(
            [sys.executable, "-P", "-m", "copydesk", *words], self.folder / "serve.log"
        )

    def start_outside(self) -> subprocess.Popen[bytes]:
        """Start the mail server and the network."""
        words = [sys.executable, str(HERE / "outside.py"), str(self.folder)]
        return self.start(words, self.folder / "outside.log")


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = _PATIENCE_SECONDS) -> None:
    """Wait until something is so; ends the program where it never is."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise SystemExit(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(0.05)


def read_lines(file: Path, start: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Return the whole lines of JSON from a byte on, and where they end."""
    if not file.exists():
        return [], start
    with file.open("rb") as source:
        source.seek(start)
        data = source.read()
    whole = data[: data.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines()], start + len(whole)
