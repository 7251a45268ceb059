"""The glossary has each word of ours once, in order, in a sentence."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "glossary.md").read_text("utf-8")
# **word**: what it means.
ENTRIES = dict(re.findall(r"^\*\*([^*]+)\*\*: ((?:.+\n)+)", TEXT, re.MULTILINE))


def test_each_word_stands_once_and_in_order() -> None:
    words = [word.casefold() for word in re.findall(r"^\*\*(.+?)\*\*", TEXT, re.MULTILINE)]

    assert sorted(set(words)) == words == [word.casefold() for word in ENTRIES]


def test_a_meaning_takes_one_sentence() -> None:
    assert {} == {
        word: meaning
        for word, meaning in ENTRIES.items()
        if len(meaning) > 300 or not re.fullmatch(r"[A-Z]((?!\. ).)+\.", " ".join(meaning.split()))
    }


def test_whoever_begins_finds_it() -> None:
    for page in ("docs/README.md", "docs/design/README.md", "CONTRIBUTING.md"):
        assert "glossary.md)" in (ROOT / page).read_text("utf-8"), page
