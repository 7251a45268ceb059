"""What a site repeats belongs to no article of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk import extract
from copydesk.news import Article
from copydesk.news.article import Figure
from copydesk.news.beat import ExcerptRule

BOX = "Get the harbour in your inbox: a letter every Friday with all that ships and tides bring."
LOGO = Figure(url="https://cdn.quay.example/brand/card.png", origin="og:image")
RULE = ExcerptRule(max_share=1.0)


def article(number: int, *blocks: str, figures: tuple[Figure, ...] = ()) -> Article:
    """Make one finished article of a site."""
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    own = (
        f"Ferry {'abcdefghijklmnopqrstuvwxyz'[number]} left the quay at noon and nobody saw it go."
    )
    return Article(
        url=f"https://quay.example/{number}",
        web_url=f"https://www.quay.example/{number}",
        title=f"Ferry {number}",
        published_at=noon,
        source="",
        found=noon,
        text="\n\n".join((own, *blocks)),
        figures=figures,
        image=figures[0].url if figures else "",
        image_alt=figures[0].alt if figures else "",
        origins={"image": figures[0].origin} if figures else {},
    )


def settled(articles: list[Article], one: Article) -> Article:
    return extract.settle(one, extract.habits(extract.learn(None, articles)), RULE)


def test_a_passage_on_every_page_is_taken_out() -> None:
    pages = [article(number, BOX) for number in range(6)]

    assert article(0).text == settled(pages, pages[0]).text


def test_a_passage_on_five_pages_stays() -> None:
    pages = [article(number, *([BOX] if number < 5 else [])) for number in range(6)]

    assert BOX in settled(pages, pages[0]).text


def test_background_that_few_of_the_pages_tell_stays() -> None:
    pages = [article(number, *([BOX] if number < 3 else [])) for number in range(20)]

    assert BOX in settled(pages, pages[0]).text


def test_a_passage_is_known_whatever_numbers_stand_in_it() -> None:
    pages = [article(number, f"Read by {number * 17} people so far") for number in range(6)]

    assert "people" not in settled(pages, pages[2]).text


def test_pages_are_remembered_from_round_to_round() -> None:
    kept = None
    for number in range(6):
        kept = extract.learn(kept, [article(number, BOX)])

    assert BOX not in extract.settle(article(7, BOX), extract.habits(kept), RULE).text


def test_the_order_of_pages_counts_for_nothing() -> None:
    pages = [article(number, BOX) for number in range(5)]

    assert extract.learn(None, pages) == extract.learn(None, reversed(pages))


def test_one_article_under_several_addresses_is_no_habit() -> None:
    copies = [replace(article(0, BOX), url=f"https://quay.example/{n}") for n in range(9)]

    assert BOX in settled(copies, copies[0]).text


def test_an_article_that_would_lose_nearly_all_its_words_stays_whole() -> None:
    rest = tuple(f"{BOX} {each} And fog." for each in ("One.", "Two.", "Three.", "Four."))
    pages = [article(number, BOX, *rest) for number in range(6)]

    assert pages[0] == settled(pages, pages[0])


def test_a_heading_goes_with_all_that_stood_below_it() -> None:
    first = "The office said that it would look again on Monday, when the wind has gone down."
    pages = [
        article(number, f"{first} {'uvwxyz'[number]}", "## Letter", BOX) for number in range(6)
    ]

    assert "Letter" not in settled(pages, pages[0]).text
    assert first in settled(pages, pages[0]).text


def test_a_heading_that_many_pages_have_stays() -> None:
    pages = [
        article(number, "## What we know", f"Not much {'uvwxyz'[number]}.") for number in range(6)
    ]

    assert "## What we know" in settled(pages, pages[0]).text


def test_an_excerpt_that_was_cut_from_the_passage_is_cut_anew() -> None:
    pages = [
        replace(article(number), text=f"{BOX}\n\n{article(number).text}") for number in range(6)
    ]
    one = replace(pages[0], excerpt=BOX, origins={"excerpt": "text"})

    assert settled(pages, one).excerpt.startswith("Ferry a left the quay")


def test_a_picture_on_most_pages_is_a_logo_and_the_next_stands_in() -> None:
    own = Figure(url="https://cdn.quay.example/ferry.jpg", origin="json-ld", alt="A ferry")
    pages = [article(number, figures=(LOGO,)) for number in range(6)]
    one = settled(pages, article(7, figures=(LOGO, own)))

    assert (own.url, "A ferry", (own,), "json-ld") == (
        one.image,
        one.image_alt,
        one.figures,
        one.origins["image"],
    )


def test_an_article_that_offers_nothing_but_the_logo_has_no_picture() -> None:
    pages = [article(number, figures=(LOGO,)) for number in range(6)]

    assert ("", ()) == (settled(pages, pages[0]).image, settled(pages, pages[0]).figures)


def test_a_face_in_the_news_is_no_logo() -> None:
    pages = [article(number, figures=(LOGO,) if number < 6 else ()) for number in range(18)]

    assert LOGO.url == settled(pages, pages[0]).image


@pytest.mark.parametrize(
    "kept",
    [b"", b"{", b"[]", b'{"pages": "x"}', b'{"passages": [1]}', b"\xff", b'{"pages": 1e999}'],
)
def test_damaged_knowledge_is_none(kept: bytes) -> None:
    assert extract.Habits() == extract.habits(kept)
    assert extract.learn(None, [article(0)]) == extract.learn(kept, [article(0)])


def test_knowledge_is_bounded_and_keeps_what_is_common() -> None:
    kept = extract.learn(None, [article(number, BOX) for number in range(6)])
    for number in range(60):
        blocks = tuple(f"{BOX} {'x' * number} {'y' * each}" for each in range(60))
        kept = extract.learn(kept, [article(number % 26, *blocks, BOX)])

    assert len(kept) < 40 * extract.MOST_HABITS
    assert BOX not in extract.settle(article(0, BOX), extract.habits(kept), RULE).text


def test_background_in_the_middle_of_follow_ups_is_their_own() -> None:
    rest = [f"It was the {each} time this year." for each in ("first", "second", "third")]
    pages = [
        article(number, "Nobody was hurt.", BOX, *(f"{one} {'uvwxyz'[number]}" for one in rest * 3))
        for number in range(6)
    ]

    assert BOX in settled(pages, pages[0]).text


def test_a_label_is_taken_out_wherever_it_stands() -> None:
    rest = [f"It was the {each} time this year." for each in ("first", "second", "third")]
    pages = [
        article(
            number,
            "Nobody hurt.",
            "Advertisement",
            *(f"{one} {'uvwxyz'[number]}" for one in rest * 3),
        )
        for number in range(6)
    ]

    assert "Advertisement" not in settled(pages, pages[0]).text


def test_a_picture_that_the_article_shows_is_its_own_however_many_declare_it() -> None:
    shown = replace(LOGO, origin="og:image + hero")
    pages = [article(number, figures=(LOGO,)) for number in range(6)]

    assert shown.url == settled(pages, article(7, figures=(shown,))).image


def test_strangers_on_one_host_are_told_apart() -> None:
    addresses = (
        "https://www.quay.example/1",
        "https://ada.blogs.example/1",
        "https://blogs.example/@ada/1",
        "https://blogs.example/~eve/1",
    )
    assert ["quay.example", "ada.blogs.example", "blogs.example/@ada", "blogs.example/~eve"] == [
        extract.site_of(replace(article(0), web_url=address)) for address in addresses
    ]
