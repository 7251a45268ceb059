"""A shelf as it stood then: what a round of that day would have looked for copies in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from copydesk.judge import copies, shelves
from copydesk.news import Shelved, Story
from judge.conftest import NOON

TEXT = " ".join(f"word{number}" for number in range(100))
MARKS = copies.fingerprint(TEXT)


def shelf_with(days: int, found: datetime | None = None) -> shelves.MemoryShelf:
    """Return a shelf with one story from so many days before noon, and when it was found."""
    shelf = shelves.MemoryShelf()
    url, then = "https://paper.example/one", NOON - timedelta(days=days)
    story = Story(path="_news/one.md", title="One", published_at=then, web_url=url)
    shelf.add(Shelved(story=story, text=TEXT, found=found), MARKS)
    return shelf


@pytest.mark.parametrize(("days", "is_near"), [(1, True), (30, True), (31, False)])
def test_copies_are_looked_for_in_the_weeks_before(days: int, is_near: bool) -> None:
    then = shelves.PastShelf(shelf_with(days), NOON)

    assert is_near is bool([*then.near(MARKS)])


@pytest.mark.parametrize(("hours", "is_near"), [(0, True), (1, False)])
def test_copies_are_looked_for_in_all_that_the_same_round_brought(
    hours: int, is_near: bool
) -> None:
    then = shelves.PastShelf(shelf_with(99, found=NOON - timedelta(hours=hours)), NOON)

    assert is_near is bool([*then.near(MARKS)])


def test_a_story_without_a_date_is_from_long_ago() -> None:
    shelf = shelves.MemoryShelf()
    shelf.add(Shelved(story=Story(path="a.md", title="A", published_at=None), text=TEXT), MARKS)

    assert [] == [*shelves.PastShelf(shelf, NOON).near(MARKS)]


def test_addresses_and_days_are_asked_of_the_whole_shelf() -> None:
    shelf = shelf_with(99)
    then = shelves.PastShelf(shelf, NOON)

    assert "_news/one.md" == then.at("https://paper.example/one")
    long_ago = NOON - timedelta(days=100)
    assert [*shelf.between(long_ago, NOON)] == [*then.between(long_ago, NOON)] != []
