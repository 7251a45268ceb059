"""Edits of a letter's issue to come: kept change by change, and nobody's lost by another's."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.desk_store import DeskStore, open_desk
from copydesk.desk_store.letter_edits import IssueChange, IssueDiffers, KeptEdits, digest_value
from copydesk.errors import UsageError
from copydesk.news.letter import IssueEdits

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def make(desk: DeskStore, change: IssueChange, by: str = "Anna") -> KeptEdits:
    done = desk.letters.change("daily", change, by, NOON)
    assert isinstance(done, KeptEdits)
    return done


def test_what_editors_changed_comes_back_as_edits_after_a_restart(tmp_path: Path) -> None:
    with closing(open_desk(tmp_path)) as desk:
        make(desk, IssueChange(field="order", value=("b", "a", "b")))
        make(desk, IssueChange(field="added", story="x"))
        for story in "xyz":
            make(desk, IssueChange(field="added", story=story, value=("yes",)))
        make(desk, IssueChange(field="dropped", story="y", value=("yes",)))
        make(desk, IssueChange(field="words", story="a", value=(" Tides\r\n rise", "")))
        make(desk, IssueChange(field="subject", value=("Tides\r\nBcc: all@example.org",)))
        make(desk, IssueChange(field="note", value=("Good morning\r\n\r\n\r\n\r\n*Anna*\x00",)))
        make(desk, IssueChange(field="held", value=("1",)))
        make(desk, IssueChange(field="approved", value=("b", "a")), by="Ben")

    with closing(open_desk(tmp_path)) as desk:
        assert (
            IssueEdits(
                order=("b", "a"),
                dropped=("y",),
                added=("x", "z"),
                words={"a": ("Tides rise", "")},
                subject="Tides Bcc: all@example.org",
                note="Good morning\n\n*Anna*",
                is_held=True,
                approved_by="Ben",
            )
            == desk.letters.of("daily").edits
        )
        assert IssueEdits() == desk.letters.of("weekly").edits
        assert ("daily",) == desk.letters.list_letters()


def test_a_change_of_what_its_editor_has_not_seen_is_told_and_not_made(desk: DeskStore) -> None:
    make(desk, IssueChange(field="subject", value=("Tides",)), by="Ben")

    blind = IssueChange(field="subject", value=("Storms",))
    differs = desk.letters.change("daily", blind, "Anna", NOON)

    assert isinstance(differs, IssueDiffers)
    assert differs.now is not None
    assert (("Tides",), "Ben", NOON) == (differs.now.value, differs.now.by, differs.now.at)
    assert "Tides" == desk.letters.of("daily").edits.subject
    seen = desk.letters.of("daily").digest("subject")
    assert seen == digest_value(("Tides",))
    made = make(desk, IssueChange(field="subject", value=("Storms",), seen=seen))
    assert "Storms" == made.edits.subject
    assert made == make(desk, IssueChange(field="subject", value=("Storms",)))  # it says so
    assert made == make(
        desk, IssueChange(field="subject", value=("Tides",), seen=seen)
    )  # unchanged


def test_a_change_of_an_issue_that_was_filed_meanwhile_is_told(desk: DeskStore) -> None:
    kept = make(desk, IssueChange(field="note", value=("Good morning",)))
    later = make(desk, IssueChange(field="dropped", story="x", value=("yes",)))

    desk.letters.end("daily", kept.version)

    assert IssueEdits(dropped=("x",)) == desk.letters.of("daily").edits
    more = IssueChange(field="note", value=("Good evening",), seen=kept.digest("note"))
    differs = desk.letters.change("daily", more, "Ben", NOON)
    assert isinstance(differs, IssueDiffers)
    assert differs.now is None
    desk.letters.end("daily", later.version)
    assert (IssueEdits(), 0, ()) == (
        desk.letters.of("daily").edits,
        desk.letters.of("daily").version,
        desk.letters.list_letters(),
    )


def test_each_change_is_taken_back_unless_another_came_after_it(desk: DeskStore) -> None:
    make(desk, IssueChange(field="subject", value=("Tides",)))
    seen = desk.letters.of("daily").digest("subject")
    make(desk, IssueChange(field="subject", value=("Storms",), seen=seen), by="Ben")
    make(desk, IssueChange(field="dropped", story="x", value=("yes",)))
    dropped, second, first = desk.letters.list_changes("daily", 9)

    assert isinstance(desk.letters.undo("daily", first.number, "Anna", NOON), IssueDiffers)
    for change, left in ((dropped, "Storms"), (second, "Tides"), (first, "")):
        undone = desk.letters.undo("daily", change.number, "Anna", NOON)
        assert isinstance(undone, KeptEdits)
        assert IssueEdits(subject=left) == undone.edits
        assert change.number == desk.letters.list_changes("daily", 1)[0].undoes
    with pytest.raises(UsageError):
        desk.letters.undo("weekly", first.number, "Anna", NOON)


def test_of_many_changes_the_last_are_told_and_all_that_stands_is_kept(desk: DeskStore) -> None:
    kept = make(desk, IssueChange(field="dropped", story="x", value=("yes",)))
    with desk.at_once():
        for number in range(1_010):
            at, seen = NOON + timedelta(seconds=number), kept.digest("subject")
            change = IssueChange(field="subject", value=(f"{number}",), seen=seen)
            done = desk.letters.change("daily", change, "Anna", at)
            assert isinstance(done, KeptEdits)
            kept = done

    assert IssueEdits(subject="1009", dropped=("x",)) == desk.letters.of("daily").edits
    assert 1_001 == len(desk.letters.list_changes("daily", 9_999))


@pytest.mark.parametrize(
    "change",
    [
        IssueChange(field="subject", value=("x" * 301,)),
        IssueChange(field="note", value=("x" * 10_001,)),
        IssueChange(field="words", story="a", value=("x" * 5_001, "")),
        IssueChange(field="words", value=("x", "")),
        IssueChange(field="words", story="a" * 301, value=("x", "")),
        IssueChange(field="subject", story="a", value=("x",)),
        IssueChange(field="order", value=tuple(map(str, range(1_001)))),
        IssueChange(field="order", value=("a" * 301,)),
        IssueChange(field="order", value=("\ud800",)),
        IssueChange(field="dropped", story="\ud800", value=("yes",)),
        IssueChange(field="other", value=("x",)),  # type: ignore[arg-type]
    ],
)
def test_a_change_of_no_measure_is_refused(desk: DeskStore, change: IssueChange) -> None:
    with pytest.raises(UsageError):
        desk.letters.change("daily", change, "Anna", NOON)
    assert () == desk.letters.list_letters()
