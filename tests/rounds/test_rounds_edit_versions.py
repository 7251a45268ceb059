"""An edit knows which version of a story it was made of, and overwrites no other in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from world.desk import NAMES, act, desk_newsroom, read, rename, see, stories, undo, verdict
from world.newsroom import run_git

A, *_ = NAMES


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return desk_newsroom(tmp_path / "beat", stories(1))


def by_hand(root: Path, name: str, old: str, new: str) -> None:
    file = root / "_news" / f"{name}.md"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    run_git(root, "commit", "-qam", "by hand")


def test_a_second_tab_of_one_editor_overwrites_nothing_in_silence(root: Path) -> None:
    base = see(root, A)
    act(root, rename(A, "From one tab", base=base))

    (told,) = act(root, rename(A, "From the other", base=base))

    assert ("conflict", "title") == (told.state, told.conflicts[0].field)
    assert ("From the other", "From one tab") == (told.conflicts[0].left, told.conflicts[0].now)
    assert "From one tab" == read(root, A).title


@pytest.mark.parametrize("by", ["Anna", "Ben"])
def test_a_save_that_waited_behind_another_is_checked_when_it_is_filed(root: Path, by: str) -> None:
    base = see(root, A)
    first, second = act(
        root,
        rename(A, "The first", by=by, base=base),
        rename(A, "The second", base=base),
    )
    assert ("done", "conflict") == (first.state, second.state)
    assert "The first" == read(root, A).title


def test_the_same_edit_from_two_tabs_is_no_question(root: Path) -> None:
    base = see(root, A)
    told = act(root, rename(A, "So", base=base), rename(A, "So", by="Ben", base=base))
    assert ["done", "done"] == [one.state for one in told]


def test_a_machines_heat_and_an_undone_edit_are_in_no_forms_way(root: Path) -> None:
    base = see(root, A)
    by_hand(root, A, "heat: 80", "heat: 91")
    act(root, renamed := rename(A, "Ben's words", by="Ben"))
    act(root, undo(renamed, by="Ben"))
    (told,) = act(root, rename(A, "Anna's words", base=base))
    assert ("done", "Anna's words") == (told.state, read(root, A).title)


def test_a_story_that_was_removed_meanwhile_is_told_before_it_is_edited(root: Path) -> None:
    base = see(root, A)
    act(root, verdict("remove", A, by="Ben", why="a lawyer wrote"))

    (told,) = act(root, rename(A, "Anna's words", base=base))
    assert ("conflict", ["verdict"]) == (told.state, [one.field for one in told.conflicts])
    assert "remove by Ben: a lawyer wrote" == told.conflicts[0].now

    (again,) = act(root, rename(A, "Anna's words", base=see(root, A)))
    assert ("done", False) == (again.state, read(root, A).published)


def test_a_record_that_was_deleted_meanwhile_is_refused(root: Path) -> None:
    base = see(root, A)
    run_git(root, "rm", "-q", f"_news/{A}.md")
    run_git(root, "commit", "-qm", "deleted")
    (told,) = act(root, rename(A, "Anna's words", base=base))
    assert ("refused", "the story does not exist") == (told.state, told.what.split(":")[0])
