"""A round runs when there is something to do, and not when there is nothing."""

from __future__ import annotations

import asyncio
import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from copydesk import engine
from copydesk.engine.serving import NewsroomFolder, Rounds, wait_after_hub_push
from copydesk.memory import Revisit
from copydesk.watch import SourceState
from world.newsroom import newsroom, run_git

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GULL, HERON = "https://gull.example/feed.xml", "https://heron.example/feed.xml"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = NOON
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def folder(tmp_path: Path) -> NewsroomFolder:
    """Give a newsroom whose two sources are due in two hours and in three."""
    root = newsroom(tmp_path / "beat")
    with engine.open_newsroom(root, NOON, {}) as opened:
        folder = NewsroomFolder(opened.settings, {})
    put(folder, GULL, SourceState(next_at=NOON + 3 * HOUR))
    put(folder, HERON, SourceState(next_at=NOON + 2 * HOUR))
    return folder


def put(folder: NewsroomFolder, url: str, state: SourceState) -> None:
    with closing(folder.memory()) as memory:
        memory.keep_source(url, msgspec.json.encode(state))


def test_nothing_is_due_before_the_first_source_is(folder: NewsroomFolder) -> None:
    due = folder.due(NOON)
    assert (due.why, due.soonest) == ("", NOON + 2 * HOUR)
    assert folder.due(NOON + 2 * HOUR).why == "a source is due"


def test_a_source_that_ended_is_never_due(folder: NewsroomFolder) -> None:
    put(folder, HERON, SourceState(ended=True))
    put(folder, GULL, SourceState(ended=True, next_at=NOON - HOUR))
    due = folder.due(NOON)
    assert (due.why, due.soonest) == ("", None)


def test_a_source_that_was_never_asked_is_due(folder: NewsroomFolder) -> None:
    with closing(folder.memory()) as memory:
        memory.forget_sources([GULL])
    assert folder.due(NOON).why == "a source is new"


def test_a_time_that_a_wrong_clock_set_is_due(folder: NewsroomFolder) -> None:
    put(folder, GULL, SourceState(next_at=NOON + 400 * 24 * HOUR))
    assert folder.due(NOON).why == "a source is due"


def test_a_state_of_another_version_is_due(folder: NewsroomFolder) -> None:
    with closing(folder.memory()) as memory:
        memory.keep_source(GULL, b"\xff")
    assert folder.due(NOON).why == "a source is new"


def test_a_second_look_is_due(folder: NewsroomFolder) -> None:
    with closing(folder.memory()) as memory:
        memory.revisits.put(Revisit(path="_news/a.md", url=GULL, due=NOON + HOUR))
    assert folder.due(NOON).why == ""
    assert folder.due(NOON + HOUR).why == "a page is to be looked at again"


def test_what_a_killed_round_left_is_due(folder: NewsroomFolder) -> None:
    with closing(folder.memory()) as memory:
        memory._run("INSERT INTO journal VALUES ('_news/a.md', 'digest')")
    assert folder.due(NOON).why == "a change was cut short"


def test_a_push_is_due_only_for_a_source_of_the_beat(folder: NewsroomFolder) -> None:
    with closing(folder.memory()) as memory:
        memory.hub_pushes.put("https://gone.example/feed.xml", b"")
        assert folder.due(NOON).why == ""
        memory.hub_pushes.put(GULL, b"")
    assert folder.due(NOON).why == "a hub pushed"


def test_a_changed_beat_counts_at_once_and_a_broken_one_keeps_the_old(
    folder: NewsroomFolder,
) -> None:
    path = folder.root / "beat.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("heron", "petrel"), "utf-8")
    assert folder.settings().beat.sources[1].url == "https://petrel.example/feed.xml"
    assert folder.due(NOON).why == "a source is new"
    path.write_text("[site", "utf-8")
    assert folder.settings().beat.sources[1].url == "https://petrel.example/feed.xml"


class Pace:
    """Rounds over a folder; `ran` holds the times."""

    def __init__(self, folder: NewsroomFolder) -> None:
        self.clock = Clock()
        self.ran: list[datetime] = []
        self.said: list[str] = []
        self.code = 0
        self.rounds = Rounds(folder, self.clock, self.said.append, self.run)

    async def run(self) -> int:
        self.ran.append(self.clock.at)
        return self.code

    def look(self, *moments: datetime) -> list[datetime]:
        """Look at these moments; give when a round ran."""

        async def work() -> None:
            for self.clock.at in moments:
                await self.rounds.look()

        self.ran.clear()
        asyncio.run(work())
        return self.ran


def test_a_round_runs_at_the_start_and_then_when_something_is_due(folder: NewsroomFolder) -> None:
    pace = Pace(folder)
    every_five = [NOON + minutes * MINUTE for minutes in range(0, 50, 5)]
    assert pace.look(*every_five) == [NOON]
    assert pace.said == [
        "a round: it is time",
        "no round: nothing is due before 2026-11-24 14:00 UTC",
    ]


def test_a_round_runs_once_an_hour_whatever_is_due(folder: NewsroomFolder) -> None:
    every_five = [NOON + minutes * MINUTE for minutes in range(0, 120, 5)]
    assert Pace(folder).look(*every_five) == [NOON, NOON + HOUR]


def test_a_source_that_is_due_makes_a_round(folder: NewsroomFolder) -> None:
    put(folder, GULL, SourceState(next_at=NOON + 20 * MINUTE))
    moments = [NOON + minutes * MINUTE for minutes in (0, 10, 20)]
    assert Pace(folder).look(*moments) == [NOON, NOON + 20 * MINUTE]


@pytest.mark.parametrize("path", ["beat.toml", "_data/topics/00-coast.yaml"])
def test_a_file_that_somebody_changed_makes_a_round(folder: NewsroomFolder, path: str) -> None:
    pace = Pace(folder)
    assert pace.look(NOON, NOON + MINUTE) == [NOON]
    os.utime(folder.root / path, ns=(1, 1))
    assert pace.look(NOON + 2 * MINUTE, NOON + 3 * MINUTE) == [NOON + 2 * MINUTE]


def test_a_commit_makes_a_round(folder: NewsroomFolder) -> None:
    pace = Pace(folder)
    pace.look(NOON)
    run_git(folder.root, "commit", "--allow-empty", "-qm", "a correction")
    assert pace.look(NOON + MINUTE, NOON + 2 * MINUTE) == [NOON + MINUTE]


def test_a_memory_that_cannot_be_read_makes_a_round(folder: NewsroomFolder) -> None:
    pace = Pace(folder)
    pace.look(NOON)
    memory = folder.root / ".copydesk" / "memory.sqlite"
    memory.unlink()
    memory.mkdir()
    assert pace.look(NOON + MINUTE) == [NOON + MINUTE]


def test_a_round_that_fails_is_told_and_the_next_goes_on(folder: NewsroomFolder) -> None:
    pace = Pace(folder)
    pace.code = 3
    pace.look(NOON)
    assert pace.said[1:] == ["the round ended with exit code 3; the next one goes on"]


def test_a_push_wakes_the_rounds(folder: NewsroomFolder) -> None:
    pace = Pace(folder)

    async def work() -> None:
        at_work = asyncio.create_task(pace.rounds.go_on())
        while not pace.ran:
            await asyncio.sleep(0.001)
        with closing(folder.memory()) as memory:
            memory.hub_pushes.put(GULL, b"")
        pace.rounds.soon()
        while len(pace.ran) < 2:
            await asyncio.sleep(0.001)
        at_work.cancel()

    asyncio.run(work())
    assert pace.clock.slept == [60.0]


@pytest.mark.parametrize(("ago", "seconds"), [(1, 59.0), (50, 10.0), (59, 10.0), (600, 10.0)])
def test_a_push_is_read_within_a_minute_and_rounds_keep_a_minute_apart(
    ago: int, seconds: float
) -> None:
    assert wait_after_hub_push(NOON - timedelta(seconds=ago), NOON) == seconds


def test_the_first_push_waits_for_others() -> None:
    assert wait_after_hub_push(None, NOON) == 10.0
