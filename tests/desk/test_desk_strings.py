"""The desk speaks three languages, each whole, with the same gaps."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import copydesk.desk
from copydesk.cli import terminal
from copydesk.news import ReasonKind

FOLDER = Path(copydesk.desk.__file__).parent / "strings"


def words(language: str) -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return found["words"]  # type: ignore[return-value]


def gaps(word: object) -> set[str]:
    texts = word.values() if isinstance(word, dict) else [word]
    return {gap for text in texts for gap in re.findall(r"\{(\w+)\}", str(text))}


def test_commands_and_desk_name_a_status_alike() -> None:
    desk = words("en")
    assert terminal.STANDINGS == {one: desk[f"standing_{one}"] for one in terminal.STANDINGS}


def test_every_kind_of_reason_has_a_word() -> None:
    assert {f"kind_{kind}" for kind in ReasonKind} == {
        key for key in words("en") if key.startswith("kind_")
    }


@pytest.mark.parametrize("language", ["de", "fr"])
def test_a_language_has_every_word_with_its_gaps(language: str) -> None:
    english, other = words("en"), words(language)

    assert list(english) == list(other)
    assert {key: gaps(word) for key, word in english.items()} == {
        key: gaps(word) for key, word in other.items()
    }


@pytest.mark.parametrize("room", ["desk", "rendering"])
def test_a_counted_noun_has_its_singular(room: str) -> None:
    counted = re.compile(r"\{(count|filed|left|stories|after|total)\} (\w+ )?\w+s\b")
    of_two_at_least = {"trail_again", "topic_matches_first", "newest_of", "matter_since_more"}
    file = FOLDER.parents[1] / room / "strings/en.toml"
    found = tomllib.loads(file.read_text("utf-8"))["words"]
    plain = {key for key, word in found.items() if isinstance(word, str) and counted.search(word)}

    assert of_two_at_least >= plain
