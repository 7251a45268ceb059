"""The desk's store gives back what it was given, whatever the texts and the order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from copydesk.desk_store import DeskStore, open_desk
from copydesk.desk_store.drafts import Draft
from copydesk.desk_store.letter_edits import IssueChange, IssueDiffers, IssueField, digest_value
from copydesk.news import EditorAction
from copydesk.news.ruling import ActionKind, ActionOutcome, ActionState, EditConflict

TEXT = some.text(max_size=40)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MOMENTS = some.timedeltas(timedelta(days=-9_999), timedelta(days=9_999)).map(NOON.__add__)
ACTIONS = some.builds(
    EditorAction,
    id=some.text(min_size=1, max_size=40),
    kind=some.sampled_from(sorted({*get_args(ActionKind)} - {"snooze"})),  # these never wait
    by=TEXT,
    at=MOMENTS,
    said=TEXT,
    stories=some.lists(TEXT, max_size=4).map(tuple),
    values=some.lists(TEXT, max_size=4).map(tuple),
    why=TEXT,
    until=some.none() | MOMENTS,
    seen=some.dictionaries(TEXT, TEXT, max_size=4),
)
OUTCOMES = some.builds(
    ActionOutcome,
    id=some.just(""),
    state=some.sampled_from(get_args(ActionState)),
    commit=some.none() | TEXT,
    paths=some.lists(TEXT, max_size=3).map(tuple),
    what=TEXT,
    hint=TEXT,
    conflicts=some.lists(
        some.builds(EditConflict, path=TEXT, field=TEXT, left=TEXT, now=TEXT), max_size=2
    ).map(tuple),
)
STEPS = some.lists(
    some.tuples(
        some.sampled_from(["add", "take_out", "order"]),
        some.lists(some.sampled_from("abcdef"), max_size=4),
    ),
    max_size=12,
)
CHANGES = some.one_of(
    some.builds(
        IssueChange,
        field=some.sampled_from(["subject", "note", "order"]),
        value=some.lists(some.sampled_from("xyz"), max_size=1).map(tuple),
    ),
    some.builds(
        IssueChange,
        field=some.just("words"),
        story=some.sampled_from("ab"),
        value=some.just(()) | some.tuples(some.sampled_from("xy"), some.sampled_from("vw")),
    ),
)
ANY_TIME = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskStore]:
    folder: Path = tmp_path_factory.mktemp("desk")
    with closing(open_desk(folder)) as store:
        yield store


def empty(desk: DeskStore) -> None:
    for table in ("actions", "drafts"):
        desk._database.run(f"DELETE FROM {table}")


@ANY_TIME
@given(actions=some.lists(ACTIONS, max_size=8, unique_by=lambda action: action.id))
def test_actions_come_back_in_order(desk: DeskStore, actions: list[EditorAction]) -> None:
    empty(desk)
    half = len(actions) // 2
    desk.actions.put(actions[:half])
    desk.actions.put(actions)

    assert tuple(actions) == desk.actions.waiting(99)


@ANY_TIME
@given(
    actions=some.lists(ACTIONS, max_size=6, unique_by=lambda action: action.id),
    outcomes=some.lists(OUTCOMES, max_size=6),
)
def test_each_action_waits_or_has_the_first_of_its_outcomes(
    desk: DeskStore, actions: list[EditorAction], outcomes: list[ActionOutcome]
) -> None:
    empty(desk)
    desk.actions.put(actions)
    pairs = list(zip(actions, outcomes, strict=False))
    named = [replace(outcome, id=action.id) for action, outcome in pairs]
    desk.actions.note(named)
    desk.actions.note(ActionOutcome(id=outcome.id, state="refused") for outcome in named)

    found = desk.actions.state([action.id for action in actions])

    assert {outcome.id: outcome for outcome in named} == {
        name: queued.outcome for name, queued in found.items() if queued.outcome is not None
    }
    assert tuple(actions[len(named) :]) == desk.actions.waiting(99)


@ANY_TIME
@given(
    drafts=some.lists(some.builds(Draft, story=TEXT, field=TEXT, text=TEXT, at=MOMENTS), max_size=8)
)
def test_the_latest_draft_of_a_field_is_kept(desk: DeskStore, drafts: list[Draft]) -> None:
    empty(desk)
    for draft in drafts:
        desk.drafts.keep("Anna", draft)

    expected = {(draft.story, draft.field): draft.text for draft in drafts}
    found = {(draft.story, draft.field): draft.text for draft in desk.drafts.of("Anna")}
    assert expected == found


@ANY_TIME
@given(steps=STEPS)
def test_a_stash_is_a_list_of_stories_each_once(
    desk: DeskStore, steps: list[tuple[str, list[str]]]
) -> None:
    stash = desk.stashes.make("Anna", f"stash {next(NUMBERS)}")
    expected: list[str] = []
    for step, stories in steps:
        getattr(desk.stashes, step)("Anna", stash, stories)
        match step:
            case "add":
                expected = list(dict.fromkeys([*expected, *stories]))
            case "take_out":
                expected = [story for story in expected if story not in stories]
            case _:
                first = [story for story in dict.fromkeys(stories) if story in expected]
                expected = [*first, *(story for story in expected if story not in first)]

    assert tuple(expected) == desk.stashes.find("Anna", stash).stories


@ANY_TIME
@given(
    seconds=some.lists(some.integers(min_value=0, max_value=3600), min_size=1, max_size=25),
    limit=some.integers(min_value=1, max_value=4),
)
def test_never_more_attempts_than_the_limit_in_any_window(
    desk: DeskStore, seconds: list[int], limit: int
) -> None:
    who = f"who {next(NUMBERS)}"
    admitted = [
        second
        for second in sorted(seconds)
        if desk.attempts.admit({who: limit}, NOON + timedelta(seconds=second)) is None
    ]

    assert admitted
    for first, last in zip(admitted, admitted[limit:], strict=False):
        assert last - first >= 15 * 60


@ANY_TIME
@given(steps=some.lists(some.tuples(CHANGES, some.integers(0, 3)), max_size=14))
def test_no_change_of_a_letter_overwrites_what_its_editor_had_not_seen(
    desk: DeskStore, steps: list[tuple[IssueChange, int]]
) -> None:
    """Two editors' pages are some changes old; what is told as made stands, until it is undone."""
    letter = f"letter {next(NUMBERS)}"
    past: list[dict[tuple[IssueField, str], tuple[str, ...]]] = [{}]
    for change, age in steps:
        key, states = (change.field, change.story), past[-1 - min(age, len(past) - 1) :]
        seen, now = states[0].get(key, ()), past[-1].get(key, ())
        wanted = replace(change, seen=digest_value(seen))
        answer = desk.letters.change(letter, wanted, "Anna", NOON)

        assert isinstance(answer, IssueDiffers) == (change.value not in (seen, now) and now != seen)
        if not isinstance(answer, IssueDiffers) and change.value not in (seen, now):
            past.append({**past[-1], key: change.value})
        kept = desk.letters.of(letter)
        assert past[-1] == {key: kept.last[key].value for key in kept.last}

    for done, before in zip(desk.letters.list_changes(letter, 99), past[-2::-1], strict=True):
        desk.letters.undo(letter, done.number, "Ben", NOON)
        last = desk.letters.of(letter).last
        assert {key: value for key, value in before.items() if value} == {
            key: made.value for key, made in last.items() if made.value
        }
