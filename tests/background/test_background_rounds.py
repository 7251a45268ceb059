"""Rounds: the server goes on with them, whatever the machine or its clock does meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import config
from copydesk.background import (
    NewsroomFolder,
    Rounds,
    keep_going,
    open_service,
)
from copydesk.newsroom import open_newsroom
from world.fetching import StepClock
from world.newsroom import NOW, newsroom
from world.watched import count_watches


class Hours:
    """Rounds of a newsroom; `codes` are what they end with, or why they cannot be started."""

    def __init__(self, root: Path, *codes: int | OSError) -> None:
        self.clock = StepClock()
        self.clock.at = NOW
        self.said: list[str] = []
        self._codes = list(codes)
        self._is_over = asyncio.Event()
        folder = NewsroomFolder(config.load(root, {}), {})
        self.rounds = Rounds(folder, self.clock, self.said.append, self._run)

    async def _run(self) -> int:
        self.rounds.soon()
        if not self._codes:
            self._is_over.set()
            await asyncio.Event().wait()
        code = self._codes.pop(0)
        if isinstance(code, OSError):
            raise code
        return code

    async def go_on(self) -> None:
        """Go on until a round begins for which there is no code, or nothing goes on any more."""
        work = asyncio.create_task(self.rounds.go_on())
        over = asyncio.create_task(self._is_over.wait())
        await asyncio.wait({work, over}, return_when=asyncio.FIRST_COMPLETED)
        work.cancel()
        over.cancel()
        await asyncio.gather(work, over, return_exceptions=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat", git=False)


def test_a_secret_that_is_replaced_in_its_file_is_noticed(tmp_path: Path) -> None:
    root, secret = newsroom(tmp_path / "beat"), tmp_path / "token"
    secret.write_text("first")
    secret.chmod(0o600)
    environ = {"COPYDESK_METRICS_TOKEN_FILE": str(secret)}
    folder = NewsroomFolder(config.load(root, environ), environ)
    assert folder.settings().metrics_token == "first"
    secret.write_text("the second")

    assert folder.settings().metrics_token == "the second"


def test_a_machine_that_starts_no_process_is_told_and_asked_again(root: Path) -> None:
    hours = Hours(root, OSError(11, "try again"))
    asyncio.run(hours.go_on())

    assert [
        "starting a run, because it is time",
        "cannot start a run at the moment: [Errno 11] try again",
        "starting a run, because it is time",
    ] == hours.said


def test_a_clock_that_is_set_back_stops_no_round(root: Path) -> None:
    hours = Hours(root, 0, 0)
    asyncio.run(hours.rounds.look())
    hours.clock.at -= timedelta(days=365)
    asyncio.run(hours.rounds.look())

    assert ["starting a run, because it is time"] * 2 == hours.said


def test_a_hub_push_waits_for_no_clock_that_was_set_back() -> None:
    began, seconds = NOW, timedelta(seconds=1)

    assert 40 == Rounds.wait_after_hub_push(began, began + 20 * seconds)
    assert 10 == Rounds.wait_after_hub_push(began, began - timedelta(days=365))


def test_what_a_bug_ends_is_told_and_begins_anew() -> None:
    said: list[str] = []
    tries: list[int] = []

    async def work() -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            raise RuntimeError("a bug")
        raise asyncio.CancelledError

    async def go() -> None:
        await asyncio.gather(keep_going(work, said.append, 0), return_exceptions=True)

    asyncio.run(go())

    assert [0, 1] == tries
    assert ["a background task failed (RuntimeError: a bug) and is restarted"] == said


def test_a_bug_that_ends_the_rounds_of_a_server_is_told(root: Path) -> None:
    said: list[str] = []

    async def run() -> int:
        raise RuntimeError("a bug")

    def is_told() -> bool:
        return any("a background task failed" in words for words in said)

    async def go() -> None:
        with open_newsroom(root, NOW, {}) as opened:
            async with open_service(opened, said.append, runs_rounds=False) as service:
                rounds = Rounds(service.folder, StepClock(), said.append, run)
                work = asyncio.create_task(replace(service, rounds=rounds).go_on())
                async with asyncio.timeout(60):
                    while not (is_told() and count_watches()):
                        await asyncio.sleep(0.02)
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)

    asyncio.run(go())

    assert is_told()
