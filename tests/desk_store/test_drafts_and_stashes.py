"""Drafts and stashes: kept for who made them, shared where that was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.desk_store import DeskStore
from copydesk.desk_store.drafts import Draft, Stash
from copydesk.errors import UsageError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DRAFT = Draft(story="a", field="title", text="A crane fell", at=NOON)


def test_a_later_draft_takes_the_place_of_an_earlier_one(desk: DeskStore) -> None:
    desk.drafts.keep("Anna", DRAFT)
    desk.drafts.keep("Ben", replace(DRAFT, text="Ben's"))
    later = replace(DRAFT, text="A crane fell over", at=NOON + timedelta(minutes=1))
    desk.drafts.keep("Anna", later)

    assert (later,) == desk.drafts.of_story("Anna", "a") == desk.drafts.of("Anna")


def test_drafts_are_dropped_by_field_or_by_story(desk: DeskStore) -> None:
    fields = ("excerpt", "note", "title")
    for field in fields:
        desk.drafts.keep("Anna", replace(DRAFT, field=field))
    desk.drafts.keep("Anna", replace(DRAFT, story="b"))

    desk.drafts.drop("Anna", "a", "note")
    assert ["excerpt", "title"] == [draft.field for draft in desk.drafts.of_story("Anna", "a")]

    desk.drafts.drop("Anna", "a")
    assert ["b"] == [draft.story for draft in desk.drafts.of("Anna")]


def test_a_draft_of_200_000_characters_is_kept(desk: DeskStore) -> None:
    long = replace(DRAFT, text="x" * 200_000)
    desk.drafts.keep("Anna", long)

    assert (long,) == desk.drafts.of("Anna")


def test_a_draft_without_measure_is_refused(desk: DeskStore) -> None:
    with pytest.raises(UsageError, match="200,000 characters"):
        desk.drafts.keep("Anna", replace(DRAFT, text="x" * 200_001))


def test_an_editors_oldest_drafts_give_way(desk: DeskStore) -> None:
    desk._database.run_many(
        "INSERT INTO drafts VALUES ('Anna', ?, 'title', 'x', ?)",
        [(f"story {number}", f"2026-11-19T12:00:{number % 60:02}Z") for number in range(1000)],
    )
    desk.drafts.keep("Anna", DRAFT)

    kept = desk.drafts.of("Anna")
    assert 1000 == len(kept)
    assert DRAFT == kept[0]


def test_a_stash_keeps_its_stories_in_order_each_once(desk: DeskStore) -> None:
    stash = desk.stashes.make("Anna", " for  Monday ")
    desk.stashes.add("Anna", stash, ["c", "a"])
    desk.stashes.add("Anna", stash, ["a", "b", "b"])

    expected = Stash(id=stash, name="for Monday", owner="Anna", stories=("c", "a", "b"))
    assert expected == desk.stashes.find("Anna", stash)
    desk.stashes.order("Anna", stash, ["b", "c", "not in it", "b"])
    assert ("b", "c", "a") == desk.stashes.find("Anna", stash).stories
    desk.stashes.take_out("Anna", stash, ["c", "not in it"])
    assert ("b", "a") == desk.stashes.find("Anna", stash).stories


def test_a_stash_of_ones_own_is_nobody_elses(desk: DeskStore) -> None:
    own = desk.stashes.make("Anna", "own")
    shared = desk.stashes.make("Anna", "all", shared=True)

    assert [(shared, True)] == [(stash.id, stash.is_shared) for stash in desk.stashes.of("Ben")]
    assert not desk.stashes.find("Anna", own).is_shared
    assert [shared, own] == [stash.id for stash in desk.stashes.of("Anna")]
    desk.stashes.add("Ben", shared, ["a"])
    assert ("a",) == desk.stashes.find("Anna", shared).stories
    for change in (desk.stashes.add, desk.stashes.take_out, desk.stashes.order):
        with pytest.raises(UsageError, match="no such collection"):
            change("Ben", own, ["a"])
    with pytest.raises(UsageError, match="no such collection"):
        desk.stashes.remove("Ben", own)


def test_a_stash_that_is_removed_leaves_nothing(desk: DeskStore) -> None:
    stash = desk.stashes.make("Anna", "own")
    desk.stashes.add("Anna", stash, ["a"])
    desk.stashes.remove("Anna", stash)

    assert () == desk.stashes.of("Anna")
    assert [] == desk._database.run("SELECT * FROM stashed")


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_a_stash_has_a_name(desk: DeskStore, name: str) -> None:
    with pytest.raises(UsageError, match="1 to 100"):
        desk.stashes.make("Anna", name)


def test_two_stashes_of_one_editor_have_two_names(desk: DeskStore) -> None:
    desk.stashes.make("Anna", "Monday")
    desk.stashes.make("Ben", "Monday")
    with pytest.raises(UsageError, match="a collection with this name already exists"):
        desk.stashes.make("Anna", "Monday")


def test_a_stash_is_no_archive(desk: DeskStore) -> None:
    stash = desk.stashes.make("Anna", "all")
    with pytest.raises(UsageError, match="1,000 stories"):
        desk.stashes.add("Anna", stash, [str(number) for number in range(1001)])

    assert () == desk.stashes.find("Anna", stash).stories
