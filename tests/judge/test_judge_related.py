"""What stands beside an original in the `copydesk` profile: its copies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from copydesk import judge
from copydesk.news import Beat, Shelved, Story

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BEAT = Beat(title="x")


def story(name: str, quality: int = 50, copy_of: str = "") -> Story:
    return Story(
        path=f"_news/{name}.md",
        title=name,
        published_at=NOON + timedelta(minutes=len(name)),
        original_url=f"https://{name}.example/",
        web_url=f"https://{name}.example/",
        quality=quality,
        heat=-1 if copy_of else quality,
        copy_of=copy_of,
    )


def regroup(stories: Iterable[Story], fresh: Iterable[str] = ()) -> tuple[Story, ...]:
    return judge.regroup([Shelved(story=one) for one in stories], BEAT, frozenset(fresh))


def test_copies_stand_beside_their_original_best_first() -> None:
    stories = [story("one"), story("two", 30, "one"), story("three", 40, "one"), story("four")]
    [original] = regroup(stories)
    assert original.path == "_news/one.md"
    assert [one.title for one in original.related] == ["three", "two"]


def test_the_original_is_otherwise_as_it_was() -> None:
    first = story("one")
    [original] = regroup([first, story("two", 30, "one")])
    assert replace(original, related=()) == first


def test_asked_again_with_the_answer_filed_nothing_changes() -> None:
    copy = story("two", 30, "one")
    [original] = regroup([story("one"), copy])
    assert regroup([original, copy]) == ()


def test_what_left_the_window_stays_beside_its_original() -> None:
    [original] = regroup([story("one"), story("two", 30, "one")])
    [original] = regroup([original, story("three", 20, "one")])
    assert [one.title for one in original.related] == ["two", "three"]


def test_a_copy_that_changed_takes_the_place_of_its_older_state() -> None:
    copy = story("two", 30, "one")
    [original] = regroup([story("one"), copy])
    [original] = regroup([original, replace(copy, title="new headline")])
    assert [one.title for one in original.related] == ["new headline"]


def test_a_copy_whose_original_is_not_there_changes_nothing() -> None:
    assert regroup([story("two", 30, "one")]) == ()


def test_an_original_in_the_archive_is_found_by_its_name() -> None:
    moved = replace(story("one"), path="_archive/_news/one.md")
    [original] = regroup([moved, story("two", 30, "one")])
    assert original.path == "_archive/_news/one.md"
