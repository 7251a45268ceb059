"""The tables of words: shares that are shares, words in their one spelling, each once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from copydesk import measure
from copydesk.judge import clustering, quality
from copydesk.judge.clustering import documents

WORDS = sorted((Path(clustering.__file__).parent / "tables" / "words").iterdir())


def rows_of(path: Path) -> dict[str, list[str]]:
    rows = tomllib.loads(path.read_text("utf-8"))
    return {percent: words.split() for percent, words in rows.items()}


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.stem)
def test_a_common_word_stands_in_one_row_in_lower_case(path: Path) -> None:
    words = [word for row in rows_of(path).values() for word in row]

    assert len(words) == len(set(words))
    assert [] == [word for word in words if word != word.lower()]


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.stem)
def test_rows_are_percents_in_falling_order_and_their_words_sorted(path: Path) -> None:
    rows = rows_of(path)
    percents = [float(percent) for percent in rows]

    assert sorted(percents, reverse=True) == percents
    assert all(0 < percent < 100 for percent in percents)
    assert [] == [percent for percent, words in rows.items() if words != sorted(words)]


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.stem)
def test_a_common_word_of_a_language_tells_nothing(path: Path) -> None:
    stop_words = rows_of(path)["50"]
    pair = [
        documents.NewsDocument(key=key, title=" ".join([*stop_words, name]), language=path.stem)
        for key, name in (("a", "velmora"), ("b", "quastrel"))
    ]

    assert measure.similarities([(pair[0], pair[1])]) == [0.0]


TABLES = Path(quality.__file__).parent / "tables"
WORDING = [TABLES / "sourcing.toml", *sorted((TABLES / "wording").iterdir())]
PATTERNS = {
    f"{path.parent.name}-{path.stem}-{name}-{at}": pattern
    for path in WORDING
    for name, patterns in tomllib.loads(path.read_text("utf-8")).items()
    for at, pattern in enumerate(patterns)
}


def test_a_pattern_of_wording_compiles_and_needs_something_to_match() -> None:
    assert len(PATTERNS) > 100
    for name, pattern in PATTERNS.items():
        assert re.compile(pattern).search("") is None, name


def test_words_of_consequence_are_sorted_by_their_letters() -> None:
    path = next(path for path in WORDING if path.stem == "weighty")
    for language, patterns in tomllib.loads(path.read_text("utf-8")).items():
        letters = [re.sub(r"\W", "", pattern.replace("(?-i:", "")).lower() for pattern in patterns]
        assert sorted(letters) == letters, language


def test_a_pattern_of_wording_looks_for_no_line_end() -> None:
    """Headlines have none, and a wrapped text any number."""
    assert [] == [name for name, pattern in PATTERNS.items() if "\\n" in pattern]


LEXICONS = sorted(
    path for folder in ("matters", "style", "states") for path in (TABLES / folder).iterdir()
)


@pytest.mark.parametrize("path", LEXICONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_row_of_a_lexicon_has_each_form_once_and_its_words_sorted(path: Path) -> None:
    for row, entries in tomllib.loads(path.read_text("utf-8")).items():
        forms = [form for entry in entries for form in entry.split()]
        assert len(forms) == len(set(forms)), row
        assert sorted(entries) == entries, row
        assert all(form == form.lower() for form in forms), row
        assert [] == [form for form in forms if not form.strip("!*").isalpha()], row


@pytest.mark.parametrize("path", LEXICONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_form_of_a_lexicon_is_covered_by_a_shorter_one_of_its_entry(path: Path) -> None:
    for entries in tomllib.loads(path.read_text("utf-8")).values():
        for entry in entries:
            forms = entry.split()
            starts = [form[:-1] for form in forms if form.endswith("*") and form[0] != "!"]
            idle = [
                form
                for form in forms
                for start in starts
                if form[0] != "!" and form != f"{start}*" and form.startswith(start)
            ]
            assert idle == []
