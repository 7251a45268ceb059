"""An address teaches its site once, whatever happens between reading and remembering."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.news import Article, Provider
from copydesk.newsroom import Newsroom, open_newsroom
from copydesk.rounds import SiteHabits
from world.later import forget_memory
from world.newsroom import NOW, newsroom

BOX = "Write to us, and a reader of ours will answer before the week is over, whoever you are."


def article(number: int, *, title: str = "", url: str = "", web: str = "") -> Article:
    """Give the numbered article of one site, with its box at the end."""
    url = url or f"https://gull.example/{number}"
    return Article(
        url=url,
        web_url=web or url,
        title=title or f"Bird {number} is back",
        text=f"The bird with the number {'x' * number} was seen again.\n\n{BOX}",
        published_at=NOW,
        found=NOW,
        source="https://gull.example/feed.xml",
        provider=Provider(name="The Gull", domain="gull.example"),
    )


FOUR = tuple(article(number) for number in range(1, 5))
SIX = tuple(article(number) for number in range(1, 7))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat", git=False)


@pytest.fixture
def desk(root: Path) -> Iterator[Newsroom]:
    with open_newsroom(root, NOW, {}) as opened:
        yield opened


def store(desk: Newsroom, articles: Iterable[Article]) -> None:
    """Keep articles one after the other: files of one moment have no order of their own."""
    folder = desk.private / "articles"
    for one in articles:
        (file,) = folder.glob(f"{desk.articles.put(one)}.*")
        latest = max((other.stat().st_mtime_ns for other in folder.iterdir()), default=0)
        os.utime(file, ns=(latest + 1_000_000, latest + 1_000_000))


def remember(desk: Newsroom, articles: Iterable[Article] = ()) -> None:
    """Let a round learn from articles, keep them, and remember."""
    articles = tuple(articles)
    sites = SiteHabits(desk.articles, desk.memory, desk.beat.excerpt)
    sites.learn(articles)
    store(desk, articles)
    sites.keep()


def known(desk: Newsroom) -> tuple[dict[str, bytes], list[str]]:
    return dict(desk.memory.sites.items()), desk.memory.taught.keys()


def undisturbed(tmp_path: Path, *rounds: Iterable[Article]) -> tuple[dict[str, bytes], list[str]]:
    """Give what is known where each round came to its end."""
    with open_newsroom(newsroom(tmp_path / "undisturbed", git=False), NOW, {}) as desk:
        for articles in rounds:
            remember(desk, articles)
        return known(desk)


def has_box(desk: Newsroom, sites: SiteHabits, one: Article) -> bool:
    return BOX in sites.settle(one).text


@pytest.mark.parametrize("kept", [0, 2, 4], ids=["none", "some", "all"])
def test_what_a_killed_round_stored_and_the_next_reads_again_teaches_once(
    desk: Newsroom, tmp_path: Path, kept: int
) -> None:
    store(desk, FOUR[:kept])

    remember(desk, FOUR)

    assert undisturbed(tmp_path, FOUR) == known(desk)
    assert has_box(
        desk, SiteHabits(desk.articles, desk.memory, desk.beat.excerpt), FOUR[0]
    )  # four pages are too few


def test_what_a_killed_round_filed_teaches_though_nobody_reads_it_again(
    desk: Newsroom, tmp_path: Path
) -> None:
    store(desk, SIX)
    assert not has_box(desk, SiteHabits(desk.articles, desk.memory, desk.beat.excerpt), SIX[0])

    remember(desk)

    assert undisturbed(tmp_path, SIX) == known(desk)


def test_the_filed_and_the_read_of_a_killed_round_teach_together(
    desk: Newsroom, tmp_path: Path
) -> None:
    copy = article(9, title=SIX[0].title)  # under one headline, so it counts once with the other
    store(desk, SIX[:3])

    remember(desk, (*SIX[3:], copy))

    assert undisturbed(tmp_path, (*SIX, copy)) == known(desk)


def test_a_later_round_that_was_killed_teaches_as_well(desk: Newsroom, tmp_path: Path) -> None:
    remember(desk, FOUR)
    store(desk, SIX[4:])

    remember(desk)

    assert undisturbed(tmp_path, FOUR, SIX[4:]) == known(desk)


def test_a_lost_memory_learns_from_what_is_stored_as_if_it_was_read_at_once(
    root: Path, tmp_path: Path
) -> None:
    with open_newsroom(root, NOW, {}) as desk:
        remember(desk, SIX)
        before = known(desk)
    forget_memory(root)
    with open_newsroom(root, NOW, {}) as desk:
        remember(desk)
        assert before == known(desk)


def test_of_several_readings_of_an_address_the_first_teaches(
    root: Path, desk: Newsroom, tmp_path: Path
) -> None:
    store(desk, (*FOUR, replace(FOUR[0], title="Bird 1 was a plover", text=f"Sorry.\n\n{BOX}")))

    remember(desk)

    assert undisturbed(tmp_path, FOUR) == known(desk)


def test_a_damaged_reading_does_not_keep_a_later_one_from_teaching(
    root: Path, tmp_path: Path
) -> None:
    with open_newsroom(root, NOW, {}) as desk:
        name = desk.articles.put(replace(FOUR[0], title="Bird one"))
        store(desk, FOUR)
    for file in (root / ".copydesk" / "articles").glob(f"{name}.*"):
        file.write_bytes(b"{")
    with open_newsroom(root, NOW, {}) as desk:
        remember(desk)
        assert undisturbed(tmp_path, FOUR) == known(desk)


READ_AGAIN: dict[str, Callable[[Article], Article]] = {
    "as it was": lambda one: one,
    "corrected": lambda one: replace(one, title=f"{one.title}, corrected"),
    "found by another address": lambda one: replace(one, url=f"{one.url}?from=elsewhere"),
    "moved": lambda one: replace(one, web_url=f"{one.url}-moved"),
}


@pytest.mark.parametrize("again", READ_AGAIN.values(), ids=READ_AGAIN)
def test_a_page_that_is_read_again_teaches_nothing(
    desk: Newsroom, tmp_path: Path, again: Callable[[Article], Article]
) -> None:
    remember(desk, FOUR)
    sites_of_four = known(desk)[0]

    remember(desk, map(again, FOUR))

    assert sites_of_four == known(desk)[0]


def test_one_page_that_two_leads_find_teaches_once_in_either_order(
    desk: Newsroom, tmp_path: Path
) -> None:
    pair = tuple(
        article(
            1,
            title=f"Told {way}",
            url=f"https://gull.example/go/{way}",
            web="https://gull.example/1",
        )
        for way in ("ab", "ba")
    )
    remember(desk, pair)
    [kept] = known(desk)[0].values()

    assert undisturbed(tmp_path, reversed(pair)) == known(desk)
    assert b'"pages":1,' in kept


def test_a_memory_that_kept_no_marks_has_learned_from_all_that_is_stored(
    desk: Newsroom,
) -> None:
    remember(desk, FOUR)
    sites, marks = known(desk)
    for mark in marks:  # as the version before wrote it
        desk.memory.taught.forget(mark)

    remember(desk, FOUR)

    assert (sites, marks) == known(desk)


def test_settling_alone_remembers_nothing(desk: Newsroom) -> None:
    store(desk, SIX)
    assert not has_box(desk, SiteHabits(desk.articles, desk.memory, desk.beat.excerpt), SIX[0])
    assert ({}, []) == known(desk)
