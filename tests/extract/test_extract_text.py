"""The article's text: readers vote on the page's blocks, and what they agree on is written down."""

from __future__ import annotations

import pytest

from copydesk import extract
from copydesk.extract import text as article_text
from copydesk.extract.declared import collect
from copydesk.extract.page import Document, open_document
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
    assert read(document()).origins["text"] == "density+resiliparse"


@pytest.mark.parametrize(
    ("box", "is_asked"),
    [
        (
            "<nav><p><a href=/x>The winners of the fishing contest of the harbour</a></p></nav>",
            False,
        ),
        ("<p>Ships of all kinds call at the ports of the northern coast.</p>", True),
    ],
)
def test_a_third_reader_is_asked_only_if_its_vote_can_change_the_text(
    box: str, is_asked: bool
) -> None:
    asked: list[PreparedPage] = []
    opened = open_document(page(document(body=f"<div>{BODY}</div><div>{box}</div>")))
    line = text.plain(box)

    def find_all(_: PreparedPage) -> str:
        return "\n".join((*SENTENCES, line))

    def note(page: PreparedPage) -> str:
        asked.append(page)
        return ""

    readers = {"resiliparse": find_all, "trafilatura": note}

    article_text.find(opened, collect(opened), readers)

    assert is_asked == bool(asked)


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


def landing_page() -> Document:
    """Return a page whose densest part is a small one, so that our own reader is alone."""
    line = "The ferry line runs six crossings a day, and carries fuel, food, post and passengers."
    part = f"<section><div><h2>Crossings</h2><p>{line[:60]}</p></div></section>"
    box = f"<div><div class=x><p>{line * 2}</p></div></div>"
    return open_document(page(document(body=f"{part * 9}{box}")))


def test_another_library_replaces_our_own_reader_where_it_is_alone() -> None:
    opened = landing_page()

    origin = article_text.find(opened, collect(opened))[1]

    assert origin == "readability+resiliparse+trafilatura"


def test_a_large_page_is_not_read_by_the_slowest_library() -> None:
    opened = landing_page()

    assert "readability" not in article_text.find(opened, collect(opened), max_last=100)[1]


def shown(body: str) -> list[str]:
    """Read a body below a headline, outside of any `<article>`, and return the text's lines."""
    html = f"<html lang=en><title>Ferry aground</title><body><h1>Ferry aground</h1>{body}</body>"
    return text.prose(read(html).text).split("\n")


def containers(*parts: str, between: str = "") -> str:
    return between.join(f"<div class='x{at}'>{part}</div>" for at, part in enumerate(parts))


@pytest.mark.parametrize("times", [2, 3, 50])
def test_a_text_that_its_page_shows_again_is_kept_once(times: int) -> None:
    assert list(SENTENCES) == shown(containers(*[BODY] * times))


def test_a_line_that_comes_again_in_its_own_container_is_kept() -> None:
    refrain = "The sea gives and the sea takes, and no one on the island asks it why it does so."
    verses = [*SENTENCES[:2], refrain, *SENTENCES[2:4], refrain, SENTENCES[4], refrain]

    assert verses == shown(f"<div>{''.join(f'<p>{verse}</p>' for verse in verses)}</div>")


def test_an_article_in_several_containers_is_one() -> None:
    offer = (
        "<p>Norrhavn sells pumps, hoses and lamps for every ship, in all sizes, and since 1900.</p>"
    )
    parts = (f"<div class=inner><p>{sentence}</p></div>" for sentence in SENTENCES)

    found = shown(containers(*parts, between=f"<div class='ad-slot'>{offer * 3}</div>"))

    assert list(SENTENCES) == found


def test_what_stands_between_all_parts_of_an_article_is_an_advertisement() -> None:
    offers = "".join(
        f"<p>Pumps, hoses, lamps for ships of {at} metres and more.</p>" for at in "2345"
    )
    parts = [f"<section><div><p>{sentence}</p></div></section>" for sentence in SENTENCES]

    assert list(SENTENCES) == shown(f"<div>{offers}</div>".join(parts))


def test_a_heading_that_is_a_link_is_of_the_article() -> None:
    parts = [f"<h3>{at}) <a href='/{at}'>Port of call</a></h3>" for at in range(len(SENTENCES))]
    lines = [f"{head}<p>{line}</p>" for head, line in zip(parts, SENTENCES, strict=True)]

    assert "0) Port of call" in shown(f"<div><p>{LONG * 2}</p>{''.join(lines)}</div>")


def test_prose_that_a_class_calls_hidden_is_text() -> None:
    behind = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[1:])
    notice = "<p class='sr-only'>(opens in a new tab)</p>"

    found = shown(f"<p>{SENTENCES[0]}</p>{notice}<div class='sr-only'>{behind}</div>")

    assert list(SENTENCES) == found


@pytest.mark.parametrize(
    "head",
    ["Key points", "Das Wichtigste in Kürze", "L’essentiel", "この記事のポイント", "Главное"],
)
def test_a_box_that_sums_up_the_article_is_left_out(head: str) -> None:
    box = f"<h3>{head}</h3><ul><li>{LONG}</li><li>{LONG} Twice.</li></ul>"
    first, *rest = (f"<p>{sentence} {LONG}</p>" for sentence in SENTENCES)

    found = shown(f"<article>{first}{box}{''.join(rest)}</article>")

    assert [f"{sentence} {LONG.strip()}" for sentence in SENTENCES] == found


def test_a_list_below_another_heading_is_text() -> None:
    items = "<h3>What the ferry carried</h3><ul><li>Ninety passengers</li><li>Fuel</li></ul>"

    assert "Ninety passengers" in shown(f"<div>{BODY}{items}{BODY.replace('ferry', 'ship')}</div>")


def test_the_text_ends_where_other_posts_begin() -> None:
    teasers = "".join(
        f"<div><h4><a href='/{at}'>Another story of the coast, number {at}</a></h4>"
        f"<p>What else the coast talks about, and what it all means for {at} ships.</p></div>"
        for at in range(3)
    )

    assert list(SENTENCES) == shown(f"<div>{BODY}<h3>News</h3>{teasers}</div>")


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
        "Add us as a preferred source on Google",
        "Bei Google als bevorzugte Quelle hinzufügen",
        "(s'ouvre dans un nouvel onglet)",
        "Iscriviti alla nostra newsletter e ricevi ogni sera le notizie del giorno",
        "Bültenimize abone olun ve her akşam günün haberlerini alın",
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
        "Fot. Ada Holm / Prasa Portowa",
        "Фото: Ада Хольм",
        "写真：アダ・ホルム／港湾通信",
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
