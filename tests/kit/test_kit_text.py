"""Text is folded, decoded and cut where a reader would cut it."""

from __future__ import annotations

import pytest

from copydesk.kit import text


def test_white_space_is_folded_and_control_characters_go() -> None:
    assert text.fold(" a\u00a0\n\tb\x00\u200b c ") == "a b c"


def test_no_character_that_steers_a_terminal_is_left() -> None:
    assert text.fold("red \x9b31m\x1b[2J \u202eback\u2066\x7f\x80") == "red 31m[2J back"
    assert text.fold("a\x85b") == "a b"
    assert text.fold("a\ufdd0\ufffe b\U0001ffff\U0010fffe") == "a b"
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


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("", ""),
        ("One.\n\nTwo.", "One.\nTwo."),
        ("## The ferry", "The ferry"),
        ("- fish\n- chips", "fish\nchips"),
        ("1. bread\n12. salt", "bread\nsalt"),
        ("> She saw it.\n>\n> Twice.", "She saw it.\nTwice."),
        ("> - said twice", "said twice"),
        ("| Port | Ships |\n| --- | --- |\n| Saltholm | 12 |", "Port Ships\nSaltholm 12"),
        ("| a \\| b |  | c\\\\d |", "a | b c\\d"),
        ("| cut off in a ce", "cut off in a ce"),
        (
            "```\n## not a heading\n\n- nor this\n```\n\n- but this",
            "## not a heading\n- nor this\nbut this",
        ),
    ],
)
def test_the_marks_of_a_small_markdown_come_off(markdown: str, expected: str) -> None:
    assert expected == text.prose(markdown)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("\\# of ships", "# of ships"),
        ("\\- Who goes there?", "- Who goes there?"),
        ("\\> 5 m", "> 5 m"),
        ("1986\\. A good year.", "1986. A good year."),
        ("- 3\\) third", "3) third"),
        ("\\\\server", "\\server"),
        ("A path, C:\\\\#1, is no escape.", "A path, C:\\\\#1, is no escape."),
        ("#nohashtag and -no dash", "#nohashtag and -no dash"),
        ("3.5 metres", "3.5 metres"),
    ],
)
def test_what_only_looks_like_a_mark_stays(markdown: str, expected: str) -> None:
    assert expected == text.prose(markdown)


@pytest.mark.sample("| ", "> ")
@pytest.mark.parametrize("piece", ["| ", "|\\", "\\", "> ", "1" * 9, "- ", "|-", "\n```", "\n|"])
def test_markdown_of_megabytes_is_read_in_one_pass(piece: str) -> None:
    assert text.prose(piece * 300_000) is not None


def test_a_text_of_lines_keeps_them_and_loses_what_nobody_sees() -> None:
    given = "\n\r\none \u202e\x07 \r\n\r\n\n\n- two\t\rthree\n"
    assert text.tidy(given) == "one\n\n- two\nthree"
    assert text.tidy(text.tidy(given)) == text.tidy(given)
