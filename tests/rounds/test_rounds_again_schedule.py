"""When a filed page is looked at again, which looks a round makes, and what a lost plan costs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.archive import change as steps
from copydesk.memory import Revisit
from copydesk.newsroom import Newsroom, open_newsroom
from copydesk.rounds import due_looks
from world.later import (
    SEALS_PAGE,
    SEALS_RECORD,
    WALL_PAGE,
    WALL_RECORD,
    at,
    forget_memory,
    head,
    message,
    planned,
    run,
    story,
    web_with,
)
from world.newsroom import NOW, SEALS, newsroom, page, run_git

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


def test_looks_are_an_hour_six_a_day_three_and_a_week_after_filing(
    root: Path, tmp_path: Path
) -> None:
    web = web_with(tmp_path, {})
    hours = [0, 0.9, 1, 5, 6, 23, 24, 71, 72, 167, 168, 200]
    looks = [run(root, web, hour).looked_again for hour in hours]
    assert looks == [0, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0]


def put(opened: Newsroom, host: str, number: int, *, hours: float) -> None:
    """Plan a look that has been due for so many hours."""
    url, due = f"https://{host}.example/{number}", NOW - timedelta(hours=hours)
    opened.memory.revisits.put(Revisit(path=f"_news/{host}-{number:02}.md", url=url, due=due))


def test_a_host_is_looked_at_a_dozen_times_a_round_and_the_longest_due_come_first(
    root: Path,
) -> None:
    with open_newsroom(root, NOW, {}) as opened:
        for number in range(30):
            put(opened, "heron" if number > 20 else "gull", number, hours=24 - number / 2)
        paths = [one.path for one in due_looks(opened.memory, opened.now)]
    expected = [*(f"gull-{one:02}" for one in range(12)), *(f"heron-{n}" for n in range(21, 30))]
    assert paths == [f"_news/{name}.md" for name in expected]


def test_a_busy_host_takes_no_look_from_others_and_does_not_run_late_for_ever(root: Path) -> None:
    with open_newsroom(root, NOW, {}) as opened, opened.memory.together():
        for number in range(2_100):
            put(opened, "wire", number, hours=48)
        for number in range(3):
            put(opened, "wire", 3_000 + number, hours=1)
            put(opened, "gull", number, hours=0)
        paths = [one.path.removeprefix("_news/") for one in due_looks(opened.memory, opened.now)]
    assert len(paths) == 12 + 3
    assert {f"gull-{number:02}.md" for number in range(3)} <= set(paths)
    assert {f"wire-300{number}.md" for number in range(3)} <= set(paths)


def test_a_look_that_is_late_by_a_week_is_not_made(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {})
    with open_newsroom(root, NOW, {}) as opened:
        put(opened, "gull", 1, hours=7 * 24 + 1)
    run(root, web)
    assert set(planned(root)) == {WALL_RECORD, SEALS_RECORD}


def test_with_the_memory_lost_looks_are_planned_over_the_coming_day_and_nothing_is_made_up(
    root: Path, tmp_path: Path
) -> None:
    title = "Grey seals are back on the northern coast"
    web = web_with(tmp_path, {SEALS_PAGE: [at(40, page(title, SEALS))]})
    run(root, web)
    commit = head(root)
    forget_memory(root)
    assert run(root, web, 2).looked_again == 0
    due = planned(root)
    assert set(due) == {WALL_RECORD, SEALS_RECORD}
    assert len(set(due.values())) == 2
    assert all(timedelta(hours=3) <= moment - NOW < timedelta(hours=26) for moment in due.values())
    assert run(root, web, 27).looked_again == 2
    assert head(root) == commit
    run(root, web, 73)
    assert story(root, SEALS_RECORD).title == title


def test_a_plan_that_another_version_kept_is_made_up(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {})
    run(root, web)
    with open_newsroom(root, NOW, {}) as opened:
        strange = Revisit(path=WALL_RECORD, url=WALL_PAGE, due=NOW, kept=b'{"filed": 1}')
        opened.memory.revisits.put(strange)
    assert run(root, web, 2).looked_again == 1
    assert set(planned(root)) == {WALL_RECORD, SEALS_RECORD}


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("kill", "back", "due"),
    [((steps, "settle"), 0.2, 1), ((steps, "settle"), 3, 6), ((steps, "sync"), 0.2, 1)],
    ids=["before its commit", "hours ago", "behind its commit"],
)
def test_what_a_killed_round_filed_is_looked_at_on_schedule(
    root: Path, tmp_path: Path, kill: tuple[object, str], back: float, due: float
) -> None:
    web = web_with(tmp_path, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*kill, killed)
        with pytest.raises(KeyboardInterrupt):
            run(root, web)
    run(root, web, back)
    assert set(planned(root).values()) == {NOW + timedelta(hours=due)}


@pytest.mark.parametrize("place", ["write", "settle", "sync"])
def test_a_round_that_was_killed_is_finished_with_its_own_words(
    root: Path, tmp_path: Path, place: str
) -> None:
    web, undisturbed = web_with(tmp_path, {}), newsroom(tmp_path / "other")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, place, killed)
        with pytest.raises(KeyboardInterrupt):
            run(root, web)
    run(root, web, 0.2)
    run(undisturbed, web)
    assert run_git(root, "rev-parse", "HEAD^{tree}") == run_git(
        undisturbed, "rev-parse", "HEAD^{tree}"
    )
    assert message(root) == message(undisturbed)
    assert run_git(root, "status", "--porcelain") == ""
