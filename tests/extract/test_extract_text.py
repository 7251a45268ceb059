"""The article's text: readers vote on the page's blocks, and what they agree on is written down."""

from __future__ import annotations

import pytest

from copydesk import extract
from copydesk.extract import text as article_text
from copydesk.extract.declared import collect
from copydesk.extract.page import open_document
from copydesk.extract.text.evidence import begins_comments, is_credit, is_furniture, is_shell
from copydesk.extract.text.readers import MAX_ELEMENTS, READERS, PreparedPage
from copydesk.kit import text
from copydesk.news import Article
from extract.given import BEAT, BODY, SENTENCES, document, lead, page

LONG = "The harbour office wrote a line about the ferry into its book. "


def read(html: str) -> Article:
    found = extract.read(page(html), lead(), BEAT)
    assert isinstance(found, Article), found
    return found


def test_the_readers_that_agree_are_named() -> None:
    assert read(document()).origins["text"] == "resiliparse+trafilatura"


def test_a_third_reader_is_asked_where_two_disagree() -> None:
    box = (
        "<div class=panel><p>Ships of all kinds call at the ports of the northern coast.</p></div>"
    )

    assert "readability" in read(document(body=BODY + box * 9)).origins["text"]


@pytest.mark.parametrize("name", ["resiliparse", "trafilatura", "readability"])
def test_one_reader_that_dies_costs_nothing(name: str) -> None:
    # no markup is known that all versions of a reader die of
    def die(page: PreparedPage) -> str:
        raise ValueError(page.html[:10])

    opened = open_document(page(document()))
    readers = {**READERS, name: die}
    found, origin = article_text.find(opened, collect(opened), readers)

    assert text.prose(found).split("\n") == list(SENTENCES)
    assert name not in origin


def test_a_heavy_page_is_read_by_the_linear_reader_alone() -> None:
    heavy = "<i></i>" * (MAX_ELEMENTS + 1)

    found = read(document(body=f"<main>{BODY}{heavy}</main>"))

    assert found.origins["text"] == "resiliparse"
    assert text.prose(found.text).split("\n") == list(SENTENCES)


def test_a_large_page_is_read_by_two() -> None:
    # a page of a megabyte that two readers see differently would be most of this file's time
    box = (
        "<div class=panel><p>Ships of all kinds call at the ports of the northern coast.</p></div>"
    )
    opened = open_document(page(document(body=BODY + box * 9)))
    declared = collect(opened)

    assert "readability" in article_text.find(opened, declared)[1]
    assert "readability" not in article_text.find(opened, declared, max_third=100)[1]


def test_a_text_ends_with_a_whole_block_at_its_limit() -> None:
    paragraph = LONG * 40
    many = "".join(f"<p>{number} {paragraph}</p>" for number in range(120))

    found = read(document(body=f"<article>{many}</article>")).text

    assert article_text.MAX_CHARACTERS - len(paragraph) - 20 < len(found)
    assert len(found) <= article_text.MAX_CHARACTERS
    assert found.endswith("into its book.")


def test_what_no_block_holds_is_given_as_the_reader_found_it() -> None:
    line = f"{LONG * 2}It is kept in the mole's watch house and read by nobody else."
    many = "".join(f"<p>{number} {line}</p>" for number in range(5))
    shown = f"<article><dialog open>{many}</dialog></article>"

    found = read(document(body=shown))

    assert found.text.count("\n\n") == 4
    assert found.text.startswith("0 The harbour office")


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "Advertisement Continue reading the main story",
        "* * *",
        "READ MORE: Storm closes the northern ports",
        "Follow Quay News on Facebook and X.",
        "Sign up for our morning letter",
        "Story continues below advertisement",
        "Already a subscriber? Log in",
    ],
)
def test_a_line_of_the_site_is_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "She shared her bread with the crew.",
        "Read the weather, he said, and then decide.",
        "Comments by the minister moved the price of fuel.",
        "Read more: " + LONG * 4,
    ],
)
def test_a_line_of_the_article_is_no_furniture(line: str) -> None:
    assert not is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "The ferry on the bank. © Harbour Press / Ada Holm",
        "© Ada Holm",
        "A lifeboat beside the ferry (Foto: Norrhavn Bild)",
        "The bank at low tide. (aholm / iStock.com)",
        "Image credit: www.harbour.example/pictures",
        "Bildquelle: Ada Holm",
    ],
)
def test_a_caption_with_its_credit_is_one(line: str) -> None:
    assert is_credit(line)


@pytest.mark.parametrize(
    "line",
    [
        "The picture (of the ferry) went round the world.",
        "Foto means photograph in four languages of the coast.",
        "The office told the story via Reuters.",
        "© is a sign. The harbour office puts it below each of its charts, and nobody knows why.",
        f"{LONG * 5}(Photo: Ada Holm)",
    ],
)
def test_a_line_about_pictures_is_no_caption(line: str) -> None:
    assert not is_credit(line)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("Your browser is out of date.", True),
        ("Bitte aktivieren Sie JavaScript, um diese Seite zu sehen.", True),
        ("JavaScript is required to run this app.", True),
        ("The office gave the browser of its library to a museum.", False),
        ("Your browser is out of date. " + LONG * 20, False),
    ],
)
def test_an_app_without_a_page_is_told_from_a_text(found: str, expected: bool) -> None:
    assert is_shell(found) is expected


@pytest.mark.parametrize("heading", ["Comments", "3 Comments", "Lesermeinungen", "Leave a reply"])
def test_comments_begin_below_their_heading(heading: str) -> None:
    assert begins_comments(heading)
    assert not begins_comments(f"{heading} of the minister")


def test_a_text_inside_two_hundred_boxes_is_found() -> None:
    paragraphs = "".join(f"<p>Number {number}: {LONG}</p>" for number in range(300))

    found = read(document(body='<div class="side-box" id="page">' * 200 + paragraphs))

    assert found.text.count("\n\n") == 299
