"""Model hours: while the server runs, texts are asked for after commits and every ten minutes."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import config
from copydesk.background import ModelHours, NewsroomFolder
from world.fetching import StepClock
from world.newsroom import newsroom, run_git

MODEL = '[model]\nurl = "http://127.0.0.1:9/v1"\nname = "tiny"\nuses = ["summary"]\n'


class Hours:
    """Model hours of a newsroom; `asked` are the seconds at which the model was asked."""

    def __init__(self, root: Path, *codes: int | OSError) -> None:
        self.clock = StepClock()
        self.begun = self.clock.at
        self.asked: list[float] = []
        self._codes = list(codes)
        self.folder = NewsroomFolder(config.load(root, {}), {})
        self._hours = ModelHours(self.folder, self.clock, self._write)

    async def _write(self) -> int:
        self.asked.append((self.clock.at - self.begun).total_seconds())
        code = self._codes.pop(0) if self._codes else 0
        if isinstance(code, OSError):
            raise code
        return code

    def go_on(self, minutes: float) -> None:
        """Let so many minutes pass."""
        end = self.clock.at + timedelta(minutes=minutes)

        async def go() -> None:
            going = asyncio.create_task(self._hours.go_on())
            while self.clock.at < end and not going.done():
                await asyncio.sleep(0.001)
            going.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await going

        asyncio.run(go())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat", more=MODEL)


def test_the_model_is_asked_every_ten_minutes(root: Path) -> None:
    hours = Hours(root)
    hours.go_on(21)

    assert [30, 630, 1230] == hours.asked[:3]


def test_the_model_is_asked_soon_after_a_commit(root: Path) -> None:
    hours = Hours(root)
    hours.go_on(1)
    before = len(hours.asked)
    (root / "new.txt").write_text("x")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "new")
    hours.go_on(1)

    assert 1 == before
    assert 2 == len(hours.asked)


@pytest.mark.parametrize("more", ["", MODEL.replace('["summary"]', "[]")])
def test_without_a_model_nothing_is_started(tmp_path: Path, more: str) -> None:
    hours = Hours(newsroom(tmp_path / "beat", more=more))
    hours.go_on(30)

    assert [] == hours.asked


def test_a_model_that_is_set_later_is_asked(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    hours = Hours(root)
    hours.go_on(5)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace("[[source]]", f"{MODEL}\n[[source]]", 1))
    hours.go_on(1)

    assert 1 == len(hours.asked)


def test_a_process_that_fails_or_does_not_start_stops_nothing(root: Path) -> None:
    hours = Hours(root, OSError(11, "try again"), 1, -9, 0)
    hours.go_on(35)

    assert 4 == len(hours.asked)


def test_a_broken_beat_toml_stops_nothing(root: Path) -> None:
    hours = Hours(root)
    hours.go_on(1)
    (root / "beat.toml").write_text("[[[", "utf-8")
    hours.go_on(1)

    assert 2 == len(hours.asked)  # by the settings that were read before


def test_a_clock_that_is_set_back_stops_no_asking(root: Path) -> None:
    hours = Hours(root)
    hours.go_on(1)
    hours.clock.at -= timedelta(hours=5)
    hours.go_on(1)

    assert 2 == len(hours.asked)
