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


def snooze(number: int, hours: int, *stories: str, by: str = "Anna") -> EditorAction:
    """Return an action that snoozes stories for some hours; 0 ends that."""
    until = NOON + timedelta(hours=hours) if hours else None
    return EditorAction(
        id=f"s{number}", kind="snooze", by=by, at=NOON, stories=stories, until=until
    )


def undo(number: int, undone: str) -> EditorAction:
    return EditorAction(id=f"u{number}", kind="undo", by="Ben", at=NOON, values=(undone,))


def snoozed(desk: DeskStore, hours: int = 0) -> dict[str, int]:
    """Return the stories that are snoozed some hours after noon, with their ends in hours."""
    now = NOON + timedelta(hours=hours)
    ends = desk.actions.list_snoozes(now).items()
    return {story: (snooze.until - NOON) // timedelta(hours=1) for story, snooze in ends}


def test_a_snooze_is_done_when_it_is_stored_and_ends_by_itself(desk: DeskStore) -> None:
    desk.actions.put([snooze(1, 3, "crane", "bridge"), snooze(2, 48, "wall", by="Ben")])

    assert () == desk.actions.waiting(9)
    assert {"done"} == {queued.state for queued in desk.actions.of("Anna", NOON)}
    assert {"crane": 3, "bridge": 3, "wall": 48} == snoozed(desk)
    assert "Ben" == desk.actions.list_snoozes(NOON)["wall"].by
    assert {"wall": 48} == snoozed(desk, hours=3)
    assert {} == snoozed(desk, hours=48)


def test_the_last_snooze_of_a_story_counts_also_when_it_is_over_first(desk: DeskStore) -> None:
    desk.actions.put([snooze(1, 72, "crane"), snooze(2, 3, "crane")])

    assert {"crane": 3} == snoozed(desk)
    assert {} == snoozed(desk, hours=4)
    desk.actions.put([snooze(3, 0, "crane")])
    assert {} == snoozed(desk)


def test_a_snooze_is_undone_by_whoever_undoes_it_and_the_one_before_counts(desk: DeskStore) -> None:
    desk.actions.put([snooze(1, 72, "crane"), snooze(2, 3, "crane"), undo(1, "s2")])
    assert {"crane": 72} == snoozed(desk)

    desk.actions.put([snooze(3, 0, "crane"), undo(2, "s3"), undo(2, "s3"), undo(3, "s1")])
    assert {} == snoozed(desk)
    assert () == desk.actions.waiting(9)


def test_a_snooze_that_is_sent_again_does_nothing(desk: DeskStore) -> None:
    desk.actions.put([snooze(1, 3, "crane"), undo(1, "s1"), snooze(1, 3, "crane")])

    assert {} == snoozed(desk)


def test_other_actions_are_undone_in_git(desk: DeskStore) -> None:
    desk.actions.put([ACTION, undo(1, "8b0f")])

    assert ["8b0f", "u1"] == [action.id for action in desk.actions.waiting(9)]


def test_a_snooze_that_ended_long_ago_is_forgotten_with_all_before_it(desk: DeskStore) -> None:
    desk.actions.put([snooze(1, 8_000, "crane"), snooze(2, 1, "crane"), snooze(3, 8_000, "wall")])
    desk.forget_old(NOON + timedelta(days=92))

    assert {"wall": 8_000} == snoozed(desk, hours=92 * 24)
