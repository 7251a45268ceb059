"""Copies: found, named, told apart from the same event told anew."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import judge
from copydesk.judge import copies, shelves, words
from copydesk.news import Article, Beat, Provider, Reason, ReasonKind, Shelved, Story

CASES = sorted((Path(__file__).parents[1] / "cases" / "judge" / "copies").glob("*.toml"))
Make = Callable[..., Article]


class Desk:
    """Judges articles one after the other and keeps them, as a round does."""

    def __init__(self, beat: Beat) -> None:
        self.beat = beat
        self.shelf = shelves.MemoryShelf()

    def file(self, article: Article) -> Story:
        story = judge.assess(article, self.beat, self.shelf)
        assert isinstance(story, Story)
        story = replace(story, path=f"_news/{article.url.rsplit('/', 1)[-1]}.md")
        self.shelf.add(Shelved(story=story, text=article.text), copies.fingerprint(article.text))
        return story


@pytest.fixture
def desk(beat: Beat) -> Desk:
    return Desk(replace(beat, scoring=replace(beat.scoring, off_beat="keep")))


def prose(start: int, count: int) -> str:
    """Return `count` words that no other range has."""
    return " ".join(f"word{number}x" for number in range(start, start + count))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_copies_and_no_copies(path: Path, desk: Desk, make_article: Make) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, one in case["articles"].items():
        domain = one.get("domain", f"{name}.example")
        article = make_article(
            name,
            title=one["title"],
            text=one.get("text", ""),
            excerpt=one.get("excerpt", ""),
            provider=Provider(name=domain, domain=domain),
        )
        assert desk.file(article).copy_of == one.get("copy_of", ""), name


def test_a_copy_is_filed_off_the_site_and_says_why(desk: Desk, make_article: Make) -> None:
    desk.file(make_article("one", text=prose(0, 100)))
    copy = desk.file(make_article("two", text=prose(0, 90) + " " + prose(500, 10)))
    assert (copy.copy_of, copy.published, copy.heat) == ("one", False, -1)
    assert str(copy.reasons[-1]) == "copy: 89 % of its text is in one"


def test_a_copy_of_a_copy_is_a_copy_of_the_first(desk: Desk, make_article: Make) -> None:
    desk.file(make_article("one", text=prose(0, 100)))
    desk.file(make_article("two", text=prose(30, 100)))
    third = desk.file(make_article("three", text=prose(60, 100)))
    assert third.copy_of == "one"
    assert str(third.reasons[-1]) == "copy: 68 % of its text is in two, a copy of one"


def test_what_is_filed_is_not_turned_round_by_an_older_article(
    desk: Desk, make_article: Make
) -> None:
    first = make_article("first", text=prose(0, 100))
    desk.file(first)
    older = make_article(
        "older", text=prose(0, 100), published_at=first.published_at - timedelta(hours=3)
    )
    assert desk.file(older).copy_of == "first"


def test_of_several_originals_the_earliest_counts(desk: Desk, make_article: Make) -> None:
    late = make_article("late", text=prose(0, 100))
    desk.file(replace(late, text=prose(0, 55) + " " + prose(900, 45)))
    early = make_article(
        "early",
        text=prose(50, 50) + " " + prose(800, 50),
        published_at=late.published_at - timedelta(hours=1),
    )
    desk.file(early)
    both = make_article("both", text=prose(0, 100) + " " + prose(800, 50) + " " + prose(900, 45))
    assert desk.file(both).copy_of == "early"


def test_whose_text_it_is_stays_known_while_who_may_be_copied_changes(
    desk: Desk, make_article: Make
) -> None:
    first, second = (desk.file(make_article(name, text=prose(0, 100))) for name in ("one", "two"))
    article = make_article("three", text=prose(0, 100))

    same = copies.find_same_texts(article, copies.fingerprint(article.text), desk.shelf)

    shared = {one.path: one.shared for one in same}
    assert shared.keys() == {first.path, second.path}
    held = replace(first, reasons=(Reason.of(ReasonKind.SOURCE_HELD),))
    alone = replace(second, copy_of="")
    for stories, original in (((first, second), "one"), ((held, alone), "two")):
        pairs = [(story, shared[story.path]) for story in stories]
        copy = copies.choose_original(pairs, desk.shelf)
        assert copy is not None
        assert copy.of == original


def test_a_page_is_no_copy_of_itself(desk: Desk, make_article: Make) -> None:
    article = make_article("one", text=prose(0, 100))
    desk.file(article)
    again = judge.assess(article, desk.beat, desk.shelf)
    assert isinstance(again, Story)
    assert again.copy_of == ""


def test_titles_alone_make_no_copy(desk: Desk, make_article: Make) -> None:
    desk.file(make_article("one", title="The very same headline on two sites"))
    assert desk.file(make_article("two", title="The very same headline on two sites")).copy_of == ""


@pytest.mark.parametrize(
    ("new", "old", "is_copy"),
    [
        (range(100), range(100), True),
        (range(60), range(100), True),
        (range(100), range(40), True),  # the old one with additions
        (range(100), range(20, 70), True),
        (range(333), range(100), True),
        (range(334), range(100), False),  # a report in front of a long feature
        (range(100), range(41, 141), False),
        (range(100), range(40, 140), True),
        (range(0), range(100), False),
    ],
)
def test_what_makes_a_copy(new: range, old: range, is_copy: bool) -> None:
    shared = copies.overlap(set(map(str, new)), set(map(str, old)))
    assert shared.is_copy is is_copy


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("EU agrees on 12th package", "EU agrees on 13th package", True),
        ("Twelfth package agreed", "13th package in sight", True),
        ("Second vote fails", "Third vote fails", True),
        ("5 killed in crash", "7 killed in crash", True),
        ("Five killed", "5 killed", False),
        ("Five killed", "Crash kills 5 in 2 cars", False),
        ("1,200 jobs go", "1200 jobs to go", False),
        ("No numbers", "Only 3 here", False),
        ("Twelfth package agreed", "Package agreed", False),
    ],
)
def test_numbers_in_headlines_can_contradict(one: str, other: str, differ: bool) -> None:
    assert words.headlines_differ((one, ""), (other, "")) is differ
    assert words.headlines_differ((other, ""), (one, "")) is differ


def test_a_figure_that_the_others_text_knows_contradicts_nothing() -> None:
    text = "The firm lost 26.4 million pounds ($34.5 million)."
    one, other = "Firm loses 26 million pounds", "Fake faces cost $34 million"
    assert not words.headlines_differ((one, text), (other, text))
    assert words.headlines_differ((one, "26.4 million lost"), (other, "It was $34 million"))


def test_an_ordinal_contradicts_even_where_the_text_knows_it() -> None:
    text = "After the 12th package came the 13th."
    assert words.headlines_differ(("The 12th package", text), ("The 13th package", text))


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("3.1 at 04:12, 14 km, 22 deep", "2.7 at 19:48, 31 km, 9 deep", True),
        ("3.1 at 04:12, 14 km, 22 deep", "3.1 at 04:12, 14 km, 9 deep", False),
        ("1 2", "3 4", False),
        ("13 14 15 16", "13 24 25 26", True),
        ("13 14 15 16", "13 14 25 26", False),
        ("1 2 13 14", "1 2 13 14 15 16 17", False),
        ("1. 31\n2. 32\n3. 33\n4. 34", "1. 41\n2. 42\n3. 43\n4. 44", True),
    ],
)
def test_figures_in_texts_can_contradict(one: str, other: str, differ: bool) -> None:
    assert words.texts_differ(one, other) is differ
    assert words.texts_differ(other, one) is differ
