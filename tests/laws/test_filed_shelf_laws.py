"""Laws of the shelf of a round: it answers as one in memory that holds every filed story."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import extract
from copydesk.extract import terms
from copydesk.judge import copies, shelves
from copydesk.kit import urls
from copydesk.news import Article, Shelved
from copydesk.newsroom import Newsroom, Troubles
from copydesk.newsroom.cataloguing import look_again, open_catalogue, sweep_records
from copydesk.review import rules
from copydesk.rounds import FiledShelf, SiteHabits, Vectors
from world.history import NAMES, SITES, History, make_story, record_path
from world.newsroom import NOW

pytestmark = pytest.mark.slow  # newsrooms on the disk, and git

RECORDS = [f"2026-11-20-{name}" for name in NAMES]
ADDRESSES = [
    *(f"{site}/{number}" for site in SITES for number in range(4)),
    *("https://x.example/0", "https://x.example/1"),
]
PARAGRAPHS = [" ".join(f"{letter}{number}word" for number in range(30)) for letter in "abcdef"]
TEXTS = ["\n\n".join([PARAGRAPHS[at % 6], PARAGRAPHS[at // 6 % 6], "Ends."]) for at in range(36)]
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def read_page(beat: History, number: int) -> None:
    """Keep another article of a page, as a look at it does, after which its records are read."""
    article = make_article(number)
    with beat.open() as newsroom, open_catalogue(newsroom.private) as catalogue:
        newsroom.articles.put(article)
        look_again(newsroom, catalogue, catalogue.at_addresses([article.web_url]))


def make_article(number: int) -> Article:
    url = ADDRESSES[number % 8]
    return Article(
        url=url,
        web_url=url,
        title=f"Read {number // 8 % 3}",
        published_at=NOW,
        source="https://gull.example/feed",
        found=NOW,
        text=TEXTS[number // 8 % len(TEXTS)],
    )


def learn(beat: History, number: int) -> None:
    """Let a site repeat one passage on its pages from now on, or none any more."""
    shown = [replace(make_article(number % 2 * 4), title=f"{at}") for at in range(number % 7)]
    shown = [replace(page, text=PARAGRAPHS[number // 7 % 6]) for page in shown]
    with beat.open() as newsroom:
        newsroom.memory.sites.put(
            extract.site_of(make_article(number % 2 * 4)), extract.learn(None, shown)
        )


def fill_shelf(newsroom: Newsroom, but: str) -> shelves.MemoryShelf:
    """Give a shelf in memory with every filed story; those of a month with their texts."""
    shelf = shelves.MemoryShelf()
    sites = SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt)
    since = newsroom.now - copies.COPIES_WITHIN
    for story in newsroom.archive.stories(Troubles()):
        if but and urls.identity(but) in map(urls.identity, story.addresses):
            continue
        if (story.published_at or LONG_AGO) < since:
            shelf.add(Shelved(story=story), None)
            continue
        article = newsroom.articles.find_for(story)
        text = sites.settle(article).text if article else ""
        shelved = Shelved(story=story)
        if article:
            quotable = terms.count_quotable(newsroom.beat.excerpt, article, text)
            shelved = Shelved(story=story, text=text, found=article.found, quotable=quotable)
        shelf.add(shelved, copies.fingerprint(text))
    set_by = {rule.stories[0]: rule for rule in newsroom.beat.rulings if rule.field == "url"}
    for shelved in list(shelf):
        rule = set_by.get(rules.record_name(shelved.story.path))
        for url in rule.values[2:] if rule else ():
            shelf.add_address(url, shelved.story.path)
    return shelf


def ask(shelf: FiledShelf | shelves.MemoryShelf, now: datetime) -> dict[str, object]:
    """Ask a shelf everything that judging and grouping do."""
    day = timedelta(days=1)
    return {
        **{f"at {url}": shelf.at(url) for url in ADDRESSES},
        **{f"holds {name}": shelf.holds(name) for name in RECORDS},
        **{f"near {text[:60]}": list(shelf.near(copies.fingerprint(text))) for text in TEXTS[::5]},
        "day": list(shelf.between(now - day, now)),
        "month": list(shelf.between(now - 60 * day, now + day)),
        "every group": list(shelf.of_groups(RECORDS)),
        "a group": list(shelf.of_groups(RECORDS[:1])),
        "no group": list(shelf.of_groups([""])),
        "records": [shelf.get(record_path(number)) for number in range(8)],
    }


def put(shelf: FiledShelf | shelves.MemoryShelf, number: int) -> None:
    """Put a story of a round on a shelf, in the place of a filed one or not, or a newer state."""
    story = make_story(record_path(number), number // 8)
    if number % 3 == 0:
        shelf.replace(story)
        return
    shelved = Shelved(story=story, text=TEXTS[number % len(TEXTS)], found=NOW)
    if isinstance(shelf, FiledShelf):
        shelf.put(shelved)
    else:
        shelf.add(shelved, copies.fingerprint(shelved.text))


def differences(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    return {key: (one[key], other[key]) for key in one if one[key] != other[key]}


NUMBERS = st.integers(0, 999)
KINDS = ["file", "file", "file", "delete", "move", "spoil", "rule", "wait", "read", "read", "learn"]
LOTS = st.lists(st.tuples(st.sampled_from(KINDS), NUMBERS), min_size=1, max_size=6)
ROUNDS = st.lists(
    st.tuples(LOTS, st.sampled_from(["", "", *ADDRESSES]), st.lists(NUMBERS, max_size=4)),
    min_size=1,
    max_size=5,
)


def happen(beat: History, kind: str, number: int) -> None:
    own = {"read": read_page, "learn": learn}.get(kind)
    if own is None:
        beat.happen(kind, number)
    else:
        own(beat, number)


@given(ROUNDS)
@settings(max_examples=20)
def test_the_shelf_of_a_round_answers_as_one_that_holds_all(
    rounds: list[tuple[list[tuple[str, int]], str, list[int]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        beat = History.begin(Path(folder), git=False)
        for lot, but, new in rounds:
            for kind, number in lot:
                happen(beat, kind, number)
            with beat.open() as newsroom, open_catalogue(newsroom.private) as catalogue:
                sweep_records(newsroom, catalogue)
                shelf = FiledShelf(newsroom, catalogue, Vectors(newsroom.memory), but=but)
                whole = fill_shelf(newsroom, but)
                assert {} == differences(ask(shelf, beat.now), ask(whole, beat.now))
                for number in new:
                    put(shelf, number)
                    put(whole, number)
                    assert {} == differences(ask(shelf, beat.now), ask(whole, beat.now))
