"""`_data/sources.yaml`: where sources moved, which ended, and where an editor undid it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.archive.ledger import Ledger, SourceEnded, SourceKept, SourceMoved, read_ledger
from copydesk.errors import RecordError
from world import records

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OLD, NEW = "https://old.example/feed?a=1&b", "https://new.example/feed"
GONE, HELD = "https://gone.example/feed", "https://held.example/feed"
LEDGER = Ledger(
    moved={OLD: SourceMoved(to=NEW, at=NOON)},
    ended={GONE: SourceEnded(at=NOON, why='status 410: "gone" for good')},
    kept={HELD: SourceKept(by="Ada <ada@desk.example>", at=NOON, why="it is\nback")},
)
KEPT_AGAIN = SourceKept(by="Ada", at=NOON, why="it is here")
WRITTEN = """\
moved:
  - from: https://old.example/feed?a=1&b
    to: https://new.example/feed
    at: 2026-11-24T12:00:00Z

ended:
  - url: https://gone.example/feed
    at: 2026-11-24T12:00:00Z
    why: "status 410: \\"gone\\" for good"

kept:
  - url: https://held.example/feed
    by: "Ada <ada@desk.example>"
    at: 2026-11-24T12:00:00Z
    why: "it is\\nback"
"""
BY_HAND = """\
# where they went
moved:
# the first
- from: 'https://old.example/feed?a=1&b'
  to:   https://new.example/feed
  at: 2026-11-24 12:00:00
  note: keep me
- {from: https://b.example/, to: https://c.example/, at: 2026-11-24T12:00:00Z}
quiet: [x, y]   # ours
"""


def put(root: Path, text: str) -> Path:
    file = root / "_data" / "sources.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="")
    return file


@pytest.mark.parametrize("text", [None, "", "\n", "quiet: [x]\n", "moved:\n"])
def test_where_nothing_is_written_the_ledger_is_empty(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        put(tmp_path, text)

    assert Ledger() == read_ledger(tmp_path)


def test_a_ledger_comes_back(tmp_path: Path) -> None:
    assert records.write_ledger(tmp_path, LEDGER)

    assert WRITTEN == (tmp_path / "_data" / "sources.yaml").read_text("utf-8")
    assert LEDGER == read_ledger(tmp_path)


@pytest.mark.parametrize("text", [WRITTEN, BY_HAND, "moved: []  # none\nkept:\n"])
def test_an_equal_ledger_changes_no_byte(text: str, tmp_path: Path) -> None:
    file = put(tmp_path, text)

    assert not records.write_ledger(tmp_path, read_ledger(tmp_path))

    assert text == file.read_text("utf-8")


def test_an_empty_ledger_makes_no_file(tmp_path: Path) -> None:
    assert not records.write_ledger(tmp_path, Ledger())

    assert [] == list(tmp_path.iterdir())


def test_what_others_wrote_survives_in_place(tmp_path: Path) -> None:
    file = put(tmp_path, BY_HAND)
    old = read_ledger(tmp_path)

    records.write_ledger(tmp_path, replace(old, ended=LEDGER.ended))

    assert BY_HAND + "\n" + WRITTEN.split("\n\n")[1] + "\n" == file.read_text("utf-8")


def test_a_changed_entry_keeps_the_note_beside_it(tmp_path: Path) -> None:
    file = put(tmp_path, BY_HAND)
    old = read_ledger(tmp_path)

    records.write_ledger(
        tmp_path, replace(old, moved={**old.moved, OLD: SourceMoved(to=GONE, at=NOON)})
    )

    text = file.read_text("utf-8")
    assert f"# the first\n- from: {OLD}\n  to: {GONE}\n" in text
    assert "  note: keep me\n- {from: https://b.example/" in text


def test_the_last_entry_that_goes_takes_its_list_along(tmp_path: Path) -> None:
    file = put(tmp_path, WRITTEN)

    records.write_ledger(tmp_path, replace(LEDGER, ended={}))

    assert "ended" not in file.read_text("utf-8")
    assert replace(LEDGER, ended={}) == read_ledger(tmp_path)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("moved: [\n", "invalid YAML in line 2"),
        ("- moved\n", "the YAML is not a list of keys"),
        ("moved: far away\n", "moved in line 1 is not a list ('far away')"),
        ("moved:\n  - x\n", "moved in line 2 is a list whose items do not all have keys"),
        ("moved:\n  - to: x\n    at: 2026-11-24\n", "the key moved.0.from is missing"),
        ("moved:\n  - from: x\n    at: 2026-11-24\n", "the key moved.0.to is missing"),
        ("moved:\n  - from: x\n    to: y\n", "the key moved.0.at is missing"),
        ("ended:\n  - url: x\n    at: soon\n", "ended.0.at in line 3 is not a date ('soon')"),
        ("kept:\n  - by: x\n    at: 2026-11-24\n", "the key kept.0.url is missing"),
        ("kept: []\r\n", "cannot change sources without losing the formatting"),
        ("a: &x 1\nb: *x\n", "unsupported YAML alias"),
    ],
)
def test_a_bad_ledger_is_named_and_left_alone(text: str, what: str, tmp_path: Path) -> None:
    file = put(tmp_path, text)

    with pytest.raises(RecordError) as caught:
        records.write_ledger(tmp_path, LEDGER)

    assert caught.value.what.startswith(what)
    assert "_data/sources.yaml" == caught.value.subject
    assert text == file.read_bytes().decode()


def test_a_list_that_goes_leaves_no_empty_line_at_the_top(tmp_path: Path) -> None:
    records.write_ledger(tmp_path, LEDGER)

    assert records.write_ledger(tmp_path, replace(LEDGER, moved={}, ended={}))

    file = tmp_path / "_data" / "sources.yaml"
    assert WRITTEN[WRITTEN.index("kept:") :] == file.read_text("utf-8")
    assert not records.write_ledger(tmp_path, read_ledger(tmp_path))


@pytest.mark.parametrize("above", ["\n", "# ours\n\n"])
def test_what_a_person_wrote_at_the_top_stays(above: str, tmp_path: Path) -> None:
    file = put(tmp_path, above + WRITTEN[WRITTEN.index("kept:") :])

    assert records.write_ledger(
        tmp_path, replace(LEDGER, moved={}, ended={}, kept={HELD: KEPT_AGAIN})
    )

    assert file.read_text("utf-8").startswith(above + "kept:\n")


def test_a_ledger_is_not_written_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text("", "utf-8")
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "sources.yaml").symlink_to(elsewhere)

    with pytest.raises(RecordError):
        records.write_ledger(tmp_path, LEDGER)

    assert "" == elsewhere.read_text("utf-8")
