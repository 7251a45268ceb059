"""`_data/rulings.yaml`: an editor's word beside what others wrote there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.archive import Rulings, read_rulings
from copydesk.errors import RecordError
from copydesk.news import Verdict
from world import records

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
PUBLISH = Verdict(by="desk@site.example", at=NOON, said="publish", why='he said: "yes"')
HOLD = Verdict(by="desk@site.example", at=NOON, said="hold", why="")
WRITTEN = """\
verdicts:
  - path: _news/a.md
    by: "desk@site.example"
    at: 2025-03-04T12:00:00Z
    said: publish
    why: "he said: \\"yes\\""

removed:
  - "https://dock.example/x?a=1"
"""
BY_HAND = """\
# ours
split:
- _news/a.md
verdicts:
# the first
- path: '_news/a.md'
  by:   ada
  at: 2025-03-04 12:00:00
  said: publish
  why: |
    two
    lines
  note: keep me
- path: _news/b.md
  by: ada
  at: 2025-03-04T12:00:00Z
  said: hold
  why: ""
pin: {_news/c.md: 2}   # a pin
"""


def put(root: Path, text: str) -> Path:
    """Put rulings into a newsroom."""
    file = root / "_data" / "rulings.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="")
    return file


@pytest.mark.parametrize("place", ["_news/a.md", "_archive/_news/a.md"])
def test_a_verdict_holds_wherever_its_record_lies(place: str) -> None:
    rulings = Rulings(verdicts={place: PUBLISH, "_news/b.md": HOLD})

    assert PUBLISH == rulings.verdict_on("_news/a.md") == rulings.verdict_on("_archive/_news/a.md")
    assert rulings.verdict_on("_news/c.md") is None
    assert rulings.verdict_on("a.md") is None


def test_a_new_verdict_takes_the_place_of_one_that_names_the_other_folder() -> None:
    rulings = Rulings(verdicts={"_news/a.md": PUBLISH, "_news/b.md": HOLD}, removed=("x",))

    after = rulings.with_verdict("_archive/_news/a.md", HOLD)

    assert {"_archive/_news/a.md": HOLD, "_news/b.md": HOLD} == after.verdicts
    assert HOLD == after.with_verdict("_news/b.md", HOLD).verdict_on("_news/a.md")
    assert ("x",) == after.removed


@pytest.mark.parametrize("text", [None, "", "\n"])
def test_without_a_file_there_are_no_rulings(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        put(tmp_path, text)

    assert Rulings() == read_rulings(tmp_path)


def test_a_file_that_did_not_change_is_parsed_once(tmp_path: Path) -> None:
    file = put(tmp_path, WRITTEN)
    first = read_rulings(tmp_path)

    assert read_rulings(tmp_path) is first
    file.write_text(WRITTEN.replace("said: publish", "said: hold"), "utf-8")
    assert "hold" == read_rulings(tmp_path).verdicts["_news/a.md"].said
    file.write_text(WRITTEN, "utf-8")
    assert first == read_rulings(tmp_path)


def test_rulings_come_back(tmp_path: Path) -> None:
    rulings = Rulings(verdicts={"_news/a.md": PUBLISH}, removed=("https://dock.example/x?a=1",))

    assert records.write_rulings(tmp_path, rulings)

    assert WRITTEN == (tmp_path / "_data" / "rulings.yaml").read_text("utf-8")
    assert rulings == read_rulings(tmp_path)


def test_writing_equal_rulings_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path, BY_HAND)

    assert not records.write_rulings(tmp_path, read_rulings(tmp_path))
    assert not records.write_rulings(tmp_path / "elsewhere", Rulings())
    assert not (tmp_path / "elsewhere").exists()


def test_what_others_wrote_survives_in_place(tmp_path: Path) -> None:
    file = put(tmp_path, BY_HAND)
    old = read_rulings(tmp_path)

    records.write_rulings(tmp_path, Rulings(verdicts={**old.verdicts, "_news/b.md": PUBLISH}))

    expected = BY_HAND.replace("said: hold", "said: publish").replace(
        '  by: ada\n  at: 2025-03-04T12:00:00Z\n  said: publish\n  why: ""',
        '  by: "desk@site.example"\n  at: 2025-03-04T12:00:00Z\n  said: publish\n'
        '  why: "he said: \\"yes\\""',
    )
    assert expected == file.read_text("utf-8")


def test_a_changed_verdict_keeps_the_note_beside_it(tmp_path: Path) -> None:
    file = put(tmp_path, BY_HAND)

    records.write_rulings(tmp_path, Rulings(verdicts={"_news/a.md": HOLD}))

    text = file.read_text("utf-8")
    assert "# the first\n- path: _news/a.md\n" in text
    assert '  why: ""\n  note: keep me\npin: ' in text
    assert {"_news/a.md": HOLD} == read_rulings(tmp_path).verdicts


def test_the_last_ruling_that_goes_takes_its_list_along(tmp_path: Path) -> None:
    file = put(tmp_path, WRITTEN + "pin:\n  - x\n")

    records.write_rulings(tmp_path, Rulings(verdicts={"_news/a.md": PUBLISH}))

    assert WRITTEN.split("\nremoved", 1)[0] + "pin:\n  - x\n" == file.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("verdicts: [\n", "invalid YAML in line 2"),
        ("- a\n", "not a list of keys"),
        ("verdicts:\n  - path: a\n    at: 2025-01-01T00:00:00Z\n    said: x\n", "said in line 4"),
        ("removed:\n  - a: b\n", "removed in line 2"),
        ("removed: [a]\r\n", "without losing the formatting"),
        ("   removed: [a]\n", "without losing the formatting"),
    ],
)
def test_rulings_that_cannot_be_read_or_kept_are_left_alone(
    text: str, what: str, tmp_path: Path
) -> None:
    file = put(tmp_path, text)

    with pytest.raises(RecordError, match=what):
        records.write_rulings(tmp_path, Rulings(removed=("https://dock.example/",)))

    assert text.encode() == file.read_bytes()
