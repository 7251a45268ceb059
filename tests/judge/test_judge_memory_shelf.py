"""The bookshelf: by address, by time, by likeness."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.judge import copies, shelves
from copydesk.news import Shelved, Story
from copydesk.news.story import Shelf

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def shelved(name: str, hours: int = 0, text: str = "") -> Shelved:
    story = Story(
        path=f"_news/{name}.md",
        title=name,
        published_at=NOON + timedelta(hours=hours),
        original_url=f"https://a.example/{name}",
        web_url=f"https://b.example/{name}",
    )
    return Shelved(story=story, text=text)


def names(found: object) -> list[str]:
    assert hasattr(found, "__iter__")
    return [one.story.title for one in found]


def prose(start: int, count: int) -> str:
    return " ".join(f"word{number}x" for number in range(start, start + count))


@pytest.fixture
def shelf() -> shelves.MemoryShelf:
    shelf = shelves.MemoryShelf()
    for name, hours in (("c", 2), ("b", 0), ("a", 0), ("d", 3)):
        shelf.add(shelved(name, hours), None)
    return shelf


def test_it_is_a_shelf(shelf: shelves.MemoryShelf) -> None:
    any_shelf: Shelf = shelf
    assert any_shelf.at("https://nowhere.example/") is None
    assert len(shelf) == 4


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/c",
        "https://b.example/c",
        "http://b.example/c/",
        "https://b.example/c?utm_source=x#top",
    ],
)
def test_a_story_is_found_under_every_spelling_of_its_addresses(
    url: str, shelf: shelves.MemoryShelf
) -> None:
    assert shelf.at(url) == "_news/c.md"


def test_stories_come_by_time_then_path(shelf: shelves.MemoryShelf) -> None:
    assert names(shelf.between(NOON, NOON + timedelta(hours=2))) == ["a", "b", "c"]
    assert names(shelf.between(NOON + timedelta(hours=3), NOON + timedelta(hours=9))) == ["d"]
    assert names(shelf.between(NOON + timedelta(hours=1), NOON)) == []


def test_a_newer_state_takes_the_place_of_the_older(shelf: shelves.MemoryShelf) -> None:
    story = replace(shelved("a").story, published_at=NOON + timedelta(hours=5), title="moved")
    shelf.replace(story)
    assert names(shelf.between(NOON, NOON + timedelta(hours=9))) == ["b", "c", "d", "moved"]
    assert len(shelf) == 4


def test_a_newer_state_keeps_the_text() -> None:
    shelf = shelves.MemoryShelf()
    shelf.add(shelved("a", text=prose(0, 60)), copies.fingerprint(prose(0, 60)))
    shelf.replace(replace(shelved("a").story, title="new title"))
    [found] = shelf.near(copies.fingerprint(prose(0, 60)))
    assert (found.story.title, found.text) == ("new title", prose(0, 60))


def test_adding_a_path_again_replaces_text_and_fingerprint() -> None:
    shelf = shelves.MemoryShelf()
    shelf.add(shelved("a", text=prose(0, 60)), copies.fingerprint(prose(0, 60)))
    shelf.add(shelved("a", hours=1, text=prose(100, 60)), copies.fingerprint(prose(100, 60)))
    assert names(shelf.near(copies.fingerprint(prose(0, 60)))) == []
    assert names(shelf.near(copies.fingerprint(prose(100, 60)))) == ["a"]
    assert names(shelf.between(NOON, NOON + timedelta(days=1))) == ["a"]


def test_near_ones_come_nearest_first() -> None:
    shelf = shelves.MemoryShelf()
    for name, start in (("far", 70), ("near", 10), ("other", 900), ("same", 0)):
        text = prose(start, 100)
        shelf.add(shelved(name, text=text), copies.fingerprint(text))
    assert names(shelf.near(copies.fingerprint(prose(0, 100)))) == ["same", "near", "far"]


def test_a_brief_is_found_in_an_article_ten_times_as_long() -> None:
    shelf = shelves.MemoryShelf()
    long = prose(0, 1000)
    shelf.add(shelved("long", text=long), copies.fingerprint(long))
    assert names(shelf.near(copies.fingerprint(prose(400, 100)))) == ["long"]


def test_nothing_is_near_to_no_fingerprint(shelf: shelves.MemoryShelf) -> None:
    assert names(shelf.near(())) == []


def test_a_story_without_time_or_address_can_stand_here() -> None:
    shelf = shelves.MemoryShelf()
    shelf.add(Shelved(story=Story(path="_news/x.md", title="x", published_at=None)), None)
    assert shelf.at("") is None
    assert names(shelf.between(NOON, NOON)) == []


def test_a_story_that_is_not_here_yet_is_added(shelf: shelves.MemoryShelf) -> None:
    shelf.replace(shelved("e", hours=4).story)
    assert shelf.at("https://a.example/e") == "_news/e.md"
    assert names(shelf.between(NOON + timedelta(hours=4), NOON + timedelta(hours=4))) == ["e"]


def test_a_thousand_reprints_of_one_text_stay_quick_to_ask() -> None:
    shelf = shelves.MemoryShelf()
    text = prose(0, 60)
    marks = copies.fingerprint(text)
    for number in range(1000):
        shelf.add(shelved(str(number), text=text), marks)
    assert names(shelf.near(marks))[0] == "0"
    assert len(names(shelf.near(marks))) == 32


def test_a_record_stands_for_one_more_address_where_none_does(shelf: shelves.MemoryShelf) -> None:
    shelf.add_address("https://old.example/a", "_news/a.md")
    shelf.add_address("https://b.example/b", "_news/a.md")
    assert shelf.at("http://old.example/a/") == "_news/a.md"
    assert shelf.at("https://b.example/b") == "_news/b.md"
