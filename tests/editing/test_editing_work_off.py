"""What waits in the desk's file is filed in order, whatever kills the worker, each action once."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.archive import change as steps
from copydesk.archive.change import WriteLock
from copydesk.desk_store import open_desk
from copydesk.desk_store.action_queue import ActionQueue
from copydesk.editing.applying import MOST_IN_A_COMMIT
from copydesk.errors import CopydeskError
from copydesk.news.ruling import ActionOutcome
from world.desk import (
    NAMES,
    copy_newsroom,
    desk_newsroom,
    read,
    rename,
    see,
    stories,
    verdict,
    work,
)
from world.newsroom import run_git

A, B, C, *_ = NAMES


class Killed(BaseException):
    """Stands for a kill: nothing of ours catches it."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desk_newsroom(tmp_path_factory.mktemp("made") / "beat", stories())


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return copy_newsroom(made, tmp_path / "beat")


@pytest.fixture
def queue(root: Path) -> Iterator[ActionQueue]:
    with closing(open_desk(root / ".copydesk")) as desk:
        yield desk.actions


def commits(root: Path) -> int:
    return int(run_git(root, "rev-list", "--count", "HEAD"))


def test_what_waits_is_filed_and_told(root: Path, queue: ActionQueue) -> None:
    said = [verdict("hold", A), rename(B, "New"), verdict("hold", C, by="Ben")]
    queue.put(said)
    before = commits(root)

    done = work(root, queue)

    assert [told.id for told in done.outcomes] == [one.id for one in said]
    assert commits(root) == before + 2
    noted = queue.state([one.id for one in said])
    assert tuple(queued.outcome for queued in noted.values()) == done.outcomes
    assert queue.waiting(9) == ()
    assert work(root, queue).outcomes == ()


def test_a_commit_takes_what_waits_already(root: Path, queue: ActionQueue) -> None:
    queue.put(rename(A, f"Headline {number}") for number in range(MOST_IN_A_COMMIT + 5))
    before = commits(root)
    work(root, queue)
    assert commits(root) == before + 2


@pytest.mark.parametrize("place", ["write", "settle", "sync"])
def test_a_worker_that_is_killed_is_followed_by_one_that_ends_its_work(
    root: Path, queue: ActionQueue, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    said = [verdict("hold", A), rename(A, "New"), verdict("reject", B)]
    queue.put(said)
    before = commits(root)
    with monkeypatch.context() as patch:
        patch.setattr(steps, place, killed)
        with pytest.raises(Killed):
            work(root, queue)

    done = work(root, queue)

    assert [(told.state, bool(told.commit)) for told in done.outcomes] == [("done", True)] * 3
    assert commits(root) == before + 1
    assert read(root, A).title == "New"


def killed(*_: object, **__: object) -> None:
    raise Killed


def test_a_kill_between_git_and_the_note_files_nothing_twice(
    root: Path, queue: ActionQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [verdict("hold", A, seen=see(root, A)), rename(A, "New", seen=see(root, A))]
    queue.put(said)
    with monkeypatch.context() as patch:
        patch.setattr(ActionQueue, "note", die_with_outcomes)
        with pytest.raises(Killed):
            work(root, queue)
    head = run_git(root, "rev-parse", "HEAD").strip()

    done = work(root, queue)

    assert [told.commit for told in done.outcomes] == [head] * 2
    assert run_git(root, "rev-parse", "HEAD").strip() == head


def die_with_outcomes(_: ActionQueue, outcomes: Iterable[ActionOutcome]) -> None:
    if list(outcomes):
        raise Killed


def test_who_writes_for_long_is_told_and_waited_for(root: Path, queue: ActionQueue) -> None:
    queue.put([verdict("hold", A)])
    told = []

    def note(error: CopydeskError) -> None:
        told.append(error)
        raise Killed

    with WriteLock(root).hold(), pytest.raises(Killed):
        work(root, queue, note)
    assert "another copydesk process is writing" in str(told[0])
    assert work(root, queue).outcomes[0].state == "done"


def test_a_bug_costs_only_the_action_that_meets_it(
    root: Path, queue: ActionQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.put([verdict("hold", A), rename(B, "New"), verdict("hold", C)])
    monkeypatch.setattr(sys.modules["copydesk.editing._rules"], "put_rule", break_down)
    states = [(told.state, told.what) for told in work(root, queue).outcomes]
    assert [state for state, _ in states] == ["done", "refused", "done"]
    assert states[1][1] == "unexpected ZeroDivisionError: a bug"


def break_down(*_: object) -> None:
    raise ZeroDivisionError("a bug")


def test_rulings_that_cannot_be_read_refuse_and_stop_nobody_for_ever(
    root: Path, queue: ActionQueue
) -> None:
    (root / "_data/rulings.yaml").write_text("rules: 3\n", "utf-8")
    queue.put([verdict("hold", A)])
    (told,) = work(root, queue).outcomes
    assert told.state == "refused"
    assert "rulings.yaml" in str(told)


def test_a_removal_is_urgent_and_so_is_its_taking_back(root: Path, queue: ActionQueue) -> None:
    queue.put([verdict("hold", A)])
    assert not work(root, queue).is_urgent
    queue.put([verdict("remove", A)])
    assert work(root, queue).is_urgent
    queue.put([verdict("clear", A)])
    assert work(root, queue).is_urgent
    assert isinstance(work(root, queue).outcomes, tuple)


def test_an_outcome_is_kept_with_its_conflicts(root: Path, queue: ActionQueue) -> None:
    seen = see(root, A)
    queue.put([rename(A, "Ben's", by="Ben"), rename(A, "Anna's", seen=seen)])
    told: ActionOutcome = work(root, queue).outcomes[1]
    assert (told.state, told.conflicts[0].now) == ("conflict", "Ben's")
