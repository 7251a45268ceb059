"""Text is folded, decoded and cut where a reader would cut it."""

from __future__ import annotations

import pytest

from copydesk.kit import text


def test_white_space_is_folded_and_control_characters_go() -> None:
    assert text.fold(" a\u00a0\n\tb\x00\u200b c ") == "a b c"


def test_no_character_that_steers_a_terminal_is_left() -> None:
    assert text.fold("red \x9b31m\x1b[2J \u202eback\u2066\x7f\x80") == "red 31m[2J back"
    assert text.fold("a\x85b") == "a b"
    assert text.plain("don&#146;t &#133;") == "don\u2019t \u2026"


def test_markup_becomes_plain_text() -> None:
    assert (
        text.plain("<p>Fish &amp; chips<br>cost 5 &lt; 6<!-- no --></p>")
        == "Fish & chips cost 5 < 6"
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a <b c <i>d", "a d"),
        ("a <!-- b <b>c</b>", "a <!-- b c"),
        ("a <!-- <b> --> c", "a c"),
        ("a <b title='x' c", "a <b title='x' c"),
        ("<!-- one --> two <!-- three", "two <!-- three"),
    ],
)
def test_what_nothing_closes_is_text(given: str, expected: str) -> None:
    assert expected == text.plain(given)


@pytest.mark.parametrize("piece", ["<b ", "<!--", "<!-- >", "</", "<b <!--"])
def test_unclosed_markup_of_megabytes_is_read_in_one_pass(piece: str) -> None:
    assert text.plain(piece * 300_000) is not None


def test_a_lone_less_than_sign_is_no_tag() -> None:
    assert text.plain("profit < loss and 3 <4") == "profit < loss and 3 <4"


@pytest.mark.parametrize(
    ("given", "limit", "expected"),
    [
        ("Short.", 20, "Short."),
        ("One sentence. Another one here.", 20, "One sentence."),
        ("He said “no.” Then he left the room.", 20, "He said “no.”"),
        ("no sentence ends in here at all", 20, "no sentence ends in…"),
        ("onewordthatislongerthanthelimit", 10, "onewordth…"),
    ],
)
def test_a_text_is_cut_at_a_sentence_or_a_word(given: str, limit: int, expected: str) -> None:
    assert expected == text.shorten(given, limit)


def test_words_are_lower_case_and_in_order() -> None:
    assert text.words("The 12th Package, d'Accord") == ["the", "12th", "package", "d", "accord"]
