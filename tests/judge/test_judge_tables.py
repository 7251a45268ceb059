"""The tables of words: shares that are shares, words in their one spelling, each once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from copydesk.judge import clustering

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
        clustering.Document(key=key, title=" ".join([*stop_words, name]), language=path.stem)
        for key, name in (("a", "velmora"), ("b", "quastrel"))
    ]

    assert clustering.similarities([(pair[0], pair[1])]) == [0.0]
