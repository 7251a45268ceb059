"""The glossary has each word once, in order, and a word for every room."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "copydesk"
ROOMS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
COMING = {"placement"}
TEXT = (ROOT / "docs" / "glossary.md").read_text("utf-8")
# **word** (`room`): what it means.
ENTRY = re.compile(
    r"^\*\*(?P<word>[^*]+)\*\* \(`(?P<place>[a-z_/]+)`\): (?P<meaning>.+)", re.MULTILINE
)
ENTRIES = {entry["word"]: entry for entry in ENTRY.finditer(TEXT)}


def test_each_word_stands_once_and_in_order() -> None:
    words = [word.casefold() for word in re.findall(r"^\*\*(.+?)\*\*", TEXT, re.MULTILINE)]

    assert sorted(set(words)) == words


def test_each_word_has_a_meaning_and_a_place_that_exists() -> None:
    begun = re.findall(r"^\*\*(.+?)\*\*", TEXT, re.MULTILINE)

    assert list(ENTRIES) == begun
    places = {entry["place"] for entry in ENTRIES.values()} - {"tests", *COMING}
    assert [] == [place for place in sorted(places) if not (PACKAGE / place).is_dir()]


def test_every_room_has_its_word() -> None:
    assert set() == ROOMS - set(ENTRIES)


def test_a_meaning_takes_two_sentences_or_three() -> None:
    meanings = re.split(r"\n\n(?=\*\*)", TEXT)[1:]

    assert {} == {text[:40]: len(text) for text in meanings if len(text) > 450}


def test_whoever_begins_finds_it() -> None:
    for page in ("docs/README.md", "docs/design/README.md", "CONTRIBUTING.md"):
        assert "glossary.md)" in (ROOT / page).read_text("utf-8"), page
