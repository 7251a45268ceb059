"""The queue keeps each action of an editor once, in order, until something has become of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.desk_store import DeskStore
from copydesk.desk_store.action_queue import QueuedAction
from copydesk.errors import UsageError
from copydesk.news import EditorAction
from copydesk.news.ruling import ActionOutcome, EditConflict

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACTION = EditorAction(
    id="8b0f",
    kind="verdict",
    by="Anna",
    at=NOON,
    said="publish",
    stories=("2026-11-20-crane", "2026-11-20-bridge"),
    why="it is news",
    until=NOON + timedelta(days=1),
    seen={"2026-11-20-crane title": "3fa1"},
)
DONE = ActionOutcome(id="8b0f", state="done", commit="c0ffee", paths=("_news/a.md",), what="filed")


def numbered(*numbers: int) -> list[EditorAction]:
    return [replace(ACTION, id=str(number)) for number in numbers]


def test_an_action_comes_back_as_it_was_put(desk: DeskStore) -> None:
    desk.actions.put([ACTION])

    assert (ACTION,) == desk.actions.waiting(10)


def test_actions_wait_in_the_order_in_which_they_came(desk: DeskStore) -> None:
    desk.actions.put(numbered(3, 1))
    desk.actions.put(numbered(2))

    assert ["3", "1", "2"] == [action.id for action in desk.actions.waiting(10)]
    assert ["3", "1"] == [action.id for action in desk.actions.waiting(2)]


def test_an_action_that_is_sent_again_counts_once(desk: DeskStore) -> None:
    desk.actions.put([ACTION, ACTION])
    desk.actions.put([replace(ACTION, said="reject")])

    assert (ACTION,) == desk.actions.waiting(10)


def test_an_action_that_is_sent_again_after_it_was_filed_does_not_wait(desk: DeskStore) -> None:
    desk.actions.put([ACTION])
    desk.actions.note([DONE])
    desk.actions.put([ACTION])

    assert () == desk.actions.waiting(10)


def test_what_became_of_an_action_is_known_by_its_id(desk: DeskStore) -> None:
    conflict = EditConflict(path="_news/a.md", field="title", left="A", now="B")
    outcome = replace(DONE, state="conflict", commit=None, conflicts=(conflict,))
    waiting = replace(ACTION, id="9")
    desk.actions.put([ACTION, waiting])
    desk.actions.note([outcome])

    assert {
        "8b0f": QueuedAction(action=ACTION, outcome=outcome),
        "9": QueuedAction(action=waiting),
    } == desk.actions.state(["8b0f", "9", "unknown"])


def test_what_was_noted_first_stays(desk: DeskStore) -> None:
    desk.actions.put([ACTION])
    desk.actions.note([DONE])
    desk.actions.note([replace(DONE, state="refused")])

    assert DONE == desk.actions.state([ACTION.id])[ACTION.id].outcome


def test_an_editor_sees_what_they_did_since_a_time(desk: DeskStore) -> None:
    early = replace(ACTION, id="early", at=NOON - timedelta(days=1))
    other = replace(ACTION, id="other", by="Ben")
    desk.actions.put([early, other, ACTION])

    assert (QueuedAction(action=ACTION),) == desk.actions.of("Anna", NOON)


def test_only_what_something_became_of_is_forgotten(desk: DeskStore) -> None:
    desk.actions.put([ACTION, *numbered(1)])
    desk.actions.note([DONE])

    desk.actions.forget(NOON)
    assert {"8b0f", "1"} == set(desk.actions.state(["8b0f", "1"]))

    desk.actions.forget(NOON + timedelta(days=1))
    assert {"1"} == set(desk.actions.state(["8b0f", "1"]))


def test_one_action_that_cannot_be_kept_keeps_all_out(desk: DeskStore) -> None:
    with pytest.raises(UsageError, match="invalid character"):
        desk.actions.put([ACTION, replace(ACTION, id="1", why="\ud800")])

    assert () == desk.actions.waiting(10)


def test_an_id_of_a_hundred_characters_is_one(desk: DeskStore) -> None:
    action = replace(ACTION, id="x" * 100)
    desk.actions.put([action])

    assert (action,) == desk.actions.waiting(9)


@pytest.mark.parametrize("action_id", ["", "x" * 101])
def test_an_id_without_measure_is_no_id(desk: DeskStore, action_id: str) -> None:
    with pytest.raises(UsageError, match="1 to 100"):
        desk.actions.put([replace(ACTION, id=action_id)])


def test_an_action_of_another_shape_does_not_stop_those_behind_it(desk: DeskStore) -> None:
    desk._database.run(
        "INSERT INTO actions (id, editor, at, action) VALUES ('old', 'Anna', '2026', ?)", b"{}"
    )
    desk.actions.put([ACTION])

    assert (ACTION,) == desk.actions.waiting(10)
    assert (ACTION,) == desk.actions.waiting(1)  # it was noted as refused
    assert {} == desk.actions.state(["old"])


def test_an_outcome_of_another_shape_is_left_out(desk: DeskStore) -> None:
    desk.actions.put([ACTION])
    desk._database.run("UPDATE actions SET outcome = ?", b"{}")

    assert {} == desk.actions.state([ACTION.id])
