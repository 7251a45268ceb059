"""Sections marked data-nosnippet: none of them is quoted, however large, many or small they are."""

from __future__ import annotations

import pytest

from copydesk.extract.page import open_document
from copydesk.extract.terms import quotable
from extract.given import SENTENCES, article, page

SECRET = "The captain had warned the port office three times that night, its own log shows."
OPEN = "The island's school will stay closed until a second ferry has come from the shipyard."
MORE = "".join(
    f"<p>Crossing {n} of the {n}th week was late, and nobody knew why.</p>" for n in range(40)
)


def left(marked: str, passage: str) -> str:
    """Give what may be quoted of a passage on a page with such markup."""
    return quotable(open_document(page(f"<html><body>{marked}</body></html>")), passage)


def marked(words: str, tag: str = "div") -> str:
    return f"<{tag} data-nosnippet>{words}</{tag}>"


@pytest.mark.parametrize("tag", ["div", "span", "section", "p"])
def test_a_marked_sentence_is_cut_out_of_its_block(tag: str) -> None:
    body = f"{OPEN} {SECRET} {SENTENCES[1]}"
    assert left(marked(SECRET, tag), body) == f"{OPEN}\n\n{SENTENCES[1]}"


@pytest.mark.parametrize(
    "passage",
    [
        SECRET,
        SECRET.upper(),
        SECRET[:60],
        f"{SECRET[:30]}…",
        f"As this paper learned, {SECRET[4:]}",
        f"Saltholm: {SECRET[:-1]}, and more",
        "He had to leave the port.",
        "Asked again, he said: he had to leave the port.",
    ],
)
def test_a_sentence_that_says_a_marked_one_again_is_not_quoted(passage: str) -> None:
    assert left(marked(f"{SECRET} He had to leave the port."), passage) == ""


@pytest.mark.parametrize(
    "passage",
    [
        OPEN,
        "The captain went home.",
        "Three times that night the bell rang.",
        "He had friends.",
        "…",
    ],
)
def test_a_sentence_of_its_own_stays(passage: str) -> None:
    assert left(marked(f"{SECRET} He had to leave the port."), passage) == passage


def test_a_few_marked_words_keep_their_sentence_and_no_other() -> None:
    body = f"<p>{OPEN} He paid {marked('forty crowns', 'b')} for it. {SENTENCES[1]}</p>"
    passage = f"{OPEN} He paid forty crowns for it. {SENTENCES[1]}"
    assert left(body, passage) == f"{OPEN}\n\n{SENTENCES[1]}"


def test_a_sentence_that_is_marked_in_part_is_kept_out_where_a_line_breaks_it() -> None:
    body = f"<p>{SECRET[:30]}<br>{marked(SECRET[30:], 'span')}</p>"
    assert left(body, SECRET) == ""


def test_words_in_one_another_and_behind_comments_are_all_marked() -> None:
    inner = f"<p>{OPEN}</p><!-- {SENTENCES[2]} --> {SECRET}"
    assert left(marked(marked(inner)), f"{OPEN} {SECRET} {SENTENCES[2]}") == SENTENCES[2]


def test_what_stands_behind_a_section_is_not_in_it() -> None:
    assert left(f"{marked(SECRET)} {OPEN}", OPEN) == OPEN


def test_scripts_in_a_section_are_no_words_of_it() -> None:
    assert left(marked(f"<script>{OPEN}</script>{SECRET}"), OPEN) == OPEN


def test_of_lists_and_tables_the_marked_lines_are_left_out() -> None:
    assert left(marked(SECRET), f"- {OPEN}\n- {SECRET}\n- {SENTENCES[1]}") == (
        f"- {OPEN}\n- {SENTENCES[1]}"
    )
    assert left(marked(SECRET), f"> {SECRET}") == ""


def test_a_page_without_sections_is_quoted_as_it_is() -> None:
    assert left(f"<p>{OPEN}</p>", f"{OPEN}\n\n- a\n- b") == f"{OPEN}\n\n- a\n- b"


def test_in_dense_scripts_fewer_letters_are_a_run() -> None:
    assert (
        left(
            marked("渡船在清晨搁浅于沙洲附近的航道。"), "据报道渡船在清晨搁浅于沙洲附近,无人受伤。"
        )
        == ""
    )


@pytest.mark.parametrize(
    "sections",
    [
        marked(f"{' '.join(SENTENCES * 60)} {SECRET}"),
        marked("Read on.") * 400 + marked(SECRET),
        marked(marked(SECRET, "span"), "section") + marked(" "),
    ],
)
def test_large_and_many_sections_are_all_kept_out(sections: str) -> None:
    assert left(sections, f"{SECRET}\n\n{OPEN}") == OPEN


@pytest.mark.parametrize(
    "sections",
    [
        marked("The bell rang again. " * 12_000),
        f"<p>{'The bell rang again. ' * 12_000}{marked('Nobody knew.', 'span')}</p>",
    ],
)
def test_beside_more_than_can_be_compared_nothing_is_quoted(sections: str) -> None:
    assert left(sections, OPEN) == ""
    head = f"<meta property='og:description' content='{OPEN}'>"
    assert article(head, f"{sections}{MORE}").excerpt == ""


def test_a_marked_article_leaves_a_description_of_other_words() -> None:
    said = "Why the ferry to Saltholm lay on a sandbank for nine hours, told by those on board."
    head = f"<meta property='og:description' content='{said}'>"
    assert article(head, marked(MORE)).excerpt == said


def test_the_number_of_sections_is_told() -> None:
    found = article(body=f"{MORE}{marked('Read on.')}{marked(' ')}{marked(marked('More.'))}")
    assert [(one.name, one.said) for one in found.signals] == [("data-nosnippet", "2 sections")]
