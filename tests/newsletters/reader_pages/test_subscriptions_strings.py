"""Readers' pages speak three languages, each whole, with the same gaps."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import copydesk.newsletters.reader_pages
from copydesk.rendering import load_strings

FOLDER = Path(copydesk.newsletters.reader_pages.__file__).parent


def words(language: str) -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((FOLDER / f"strings/{language}.toml").read_text())
    return found["words"]  # type: ignore[return-value]


def gaps(word: object) -> set[str]:
    texts = word.values() if isinstance(word, dict) else [word]
    return {gap for text in texts for gap in re.findall(r"\{(\w+)\}", str(text))}


@pytest.mark.parametrize("language", ["de", "fr"])
def test_a_language_has_every_word_with_its_gaps(language: str) -> None:
    english, other = words("en"), words(language)

    assert list(english) == list(other)
    assert {key: gaps(word) for key, word in english.items()} == {
        key: gaps(word) for key, word in other.items()
    }


def test_no_word_takes_the_place_of_one_of_the_sites() -> None:
    assert not words("en").keys() & load_strings("en").words.keys()


def test_every_word_is_said_somewhere() -> None:
    sources = [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*.html")]
    text = "\n".join(source.read_text("utf-8") for source in sources)
    made = re.compile(r"readers_(fault|state|data)_\w+|readers_\w+_(title|text)")

    assert [key for key in words("en") if key not in text and not made.fullmatch(key)] == []
