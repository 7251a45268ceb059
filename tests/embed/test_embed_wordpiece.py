"""A text is cut into the pieces that the model was trained on.

The cases' pieces are those of the `tokenizers` library with the model's own tokenizer.json.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk import embed

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "embed" / "pieces.json").read_text("utf-8")
)
KNOWN = embed.vocabulary()
NAMES = {number: piece for piece, number in KNOWN.items()}
FIRST, LAST = KNOWN["[CLS]"], KNOWN["[SEP]"]


def pieces_of(text: str) -> list[str]:
    first, *inner, last = embed.numbers(text)
    assert (FIRST, LAST) == (first, last)
    return [NAMES[number] for number in inner]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_text_has_the_models_pieces(case: dict[str, Any]) -> None:
    assert case["pieces"] == pieces_of(case["text"])


def test_the_vocabulary_is_whole_and_in_order() -> None:
    assert 30_522 == len(KNOWN)
    assert [0, 100, 101, 102, 103] == [
        KNOWN[name] for name in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    ]
    assert (1996, 30_521) == (KNOWN["the"], KNOWN["##～"])


def test_the_vocabulary_is_the_one_whose_source_and_licence_stand_beside_it() -> None:
    folder = Path(embed.__file__).with_suffix("")
    digest = hashlib.sha256((folder / "vocabulary.txt").read_bytes()).hexdigest()
    source = (folder / "vocabulary-SOURCE.txt").read_text("utf-8").splitlines()

    assert f"SHA-256: {digest}" in source
    assert ["Licence", "Source"] == sorted(
        line.partition(":")[0] for line in source if line.startswith(("Source: ", "Licence: "))
    )


def test_a_long_text_is_read_no_further_than_to_its_last_piece() -> None:
    text = "harbour " * 50_000

    assert ["harbour"] * 126 == pieces_of(text)
    assert pieces_of(text) == pieces_of(text + "\ud800 more")


def test_half_characters_are_nothing() -> None:
    assert pieces_of("sea wall") == pieces_of("sea\udfff \ud800wall")


@given(st.text(st.characters()))
def test_any_text_has_at_most_128_known_pieces(text: str) -> None:
    numbers = embed.numbers(text)

    assert 2 <= len(numbers) <= 128
    assert set(numbers) <= set(NAMES)
