"""Search for what breaks a law: ./run.sh laws [MINUTES]

    python tests/laws/search.py MINUTES [--first] [--tests FOLDER|FILE] [--seed NUMBER]

A law is a test that Hypothesis finds the examples for (`@given`). Every file that has one takes its
turn, with a new seed each time, until the minutes are used; a file whose turn was short gets twice
the examples in its next. What breaks a law is shown at once and again at the end, and that law is
left out from then on (`--first` ends there). What was found while the time ran out is tried first
the next time. Ends with 1 where a law was broken, with 130 at Ctrl-C.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import os
import random
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_SHORT_SECONDS = 30
_LAW = re.compile(r"^@given\(", re.MULTILINE)
_BROKEN = re.compile(r"^(?:FAILED|ERROR) (\S+\.py(?:::.+?)?)(?: - .*)?$", re.MULTILINE)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One file of laws, asked once."""

    path: Path
    seed: int
    scale: int

    def options(self) -> list[str]:
        numbers = [f"--law-seed={self.seed}", f"--law-scale={self.scale}"]
        return ["--hypothesis-profile=laws", *numbers]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A law that does not hold, and the turn that showed it."""

    law: str
    turn: Turn

    def say(self) -> str:
        again = " ".join([".venv/bin/pytest", f"'{self.law}'", *self.turn.options()])
        return f"{self.law}, seed {self.turn.seed}\n  see it again: {again}"


class Search:
    """What was asked so far, and what came of it."""

    def __init__(self, tests: Path, seed: int, *, only_first: bool = False) -> None:
        self.findings: list[Finding] = []
        self.done: set[Path] = set()
        self.paths = law_files(tests)
        self._only_first = only_first
        self._chance = random.Random(seed)
        self._scales = dict.fromkeys(self.paths, 1)

    def turns(self) -> Iterator[Turn]:
        """Yield turns until enough is found: all files in some order, then all in another."""
        while self.paths:
            for path in self._chance.sample(self.paths, len(self.paths)):
                if self._only_first and self.findings:
                    return
                seed = self._chance.randrange(2**32)
                yield Turn(path=path, seed=seed, scale=self._scales[path])

    async def work(self, turns: Iterator[Turn]) -> None:
        """Take one turn after the other."""
        for turn in turns:
            began = time.monotonic()
            code, output = await ask(turn, leave_out=[one.law for one in self.findings])
            self.note(turn, code, output, time.monotonic() - began)

    def note(self, turn: Turn, code: int, output: str, seconds: float) -> None:
        """Remember what a turn came to, and print it."""
        self.done.add(turn.path)
        if seconds < _SHORT_SECONDS:
            self._scales[turn.path] *= 2
        laws = broken_laws(turn, code, output)
        word = "BROKEN" if laws else "holds"
        asked = f"{turn.path.name}, examples ×{turn.scale}, seed {turn.seed}"
        print(f"{word:>6}  {asked}: {seconds:.0f} s", flush=True)
        if laws:
            print(output, flush=True)
        known = {one.law for one in self.findings}  # by the other who asked the same file just now
        self.findings += [Finding(law=law, turn=turn) for law in laws if law not in known]

    def summary(self) -> str:
        looked = f"{len(self.done)} of {len(self.paths)} files of laws looked at"
        count = f"laws broken: {len(self.findings)}" if self.findings else "no law broken"
        return "\n".join([f"{looked}, {count}", *(one.say() for one in self.findings)])


def law_files(tests: Path) -> list[Path]:
    """Return the files below a folder that have a law, by name; or the one that is named."""
    paths = [tests] if tests.is_file() else sorted(tests.rglob("test_*.py"))
    return [path for path in paths if _LAW.search(path.read_text("utf-8"))]


def broken_laws(turn: Turn, code: int, output: str) -> list[str]:
    """Return the laws that pytest names as failed; the file, where it could not be asked at all."""
    if code in {0, 5}:  # 5: each of its laws is left out by now
        return []
    return _BROKEN.findall(output) or [str(turn.path)]


async def ask(turn: Turn, *, leave_out: list[str]) -> tuple[int, str]:
    """Run one file's laws; return pytest's exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=short", "-p", "no:cacheprovider"),
        *("-m", "hypothesis", *turn.options(), str(turn.path)),
        *(f"--deselect={law}" for law in leave_out),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for us alone, and a kill reaches what it started, too
    )
    try:
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode("utf-8", "replace")
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def search(found: Search, seconds: float) -> None:
    """Ask as many files at once as there are cores, until the time is used."""
    turns = found.turns()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as workers:
            for _ in range(os.cpu_count() or 1):
                workers.create_task(found.work(turns))


def minutes(text: str) -> float:
    """Read a positive number of minutes."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number


def main() -> int:
    parser = argparse.ArgumentParser(description="Search for what breaks a law.")
    parser.add_argument("minutes", type=minutes)
    parser.add_argument("--first", action="store_true", help="end when one law is broken")
    parser.add_argument("--tests", type=Path, default=Path("tests"))
    parser.add_argument("--seed", type=int, default=None, help="the same seeds and order again")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if given.seed is None else given.seed
    found = Search(given.tests, seed, only_first=given.first)
    if not found.paths:
        parser.error(f"no laws under: {given.tests}")
    print(f"{len(found.paths)} files of laws, {given.minutes:g} minutes, --seed {seed}", flush=True)
    code = 0
    try:
        asyncio.run(search(found, given.minutes * 60))
    except KeyboardInterrupt:
        code = 130
    print(found.summary())
    return 1 if found.findings else code


if __name__ == "__main__":
    sys.exit(main())
