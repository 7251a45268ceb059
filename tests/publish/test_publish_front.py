"""What stands on the front page."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Unpack

from copydesk.news import Provider, Story
from copydesk.publish import _front
from world import editions


def story(
    name: str, domain: str, hours: float = 1, **fields: Unpack[editions.StoryFields]
) -> Story:
    given = editions.story(name, **fields)
    return replace(
        given,
        provider=Provider(name=domain, domain=domain),
        published_at=editions.AT - timedelta(hours=hours),
    )


def names(stories: tuple[Story, ...]) -> list[str]:
    return [each.path.removeprefix("_news/").removesuffix(".md") for each in stories]


def choose(*stories: Story) -> _front.Front:
    newest_first = sorted(stories, key=lambda each: str(each.published_at), reverse=True)
    return _front.choose(newest_first, "Robots", editions.AT)


def test_a_warm_story_stands_over_a_cool_one_of_the_same_hour() -> None:
    assert names(choose(story("cool", "a", heat=70), story("warm", "b", heat=120)).top) == [
        "warm",
        "cool",
    ]


def test_a_day_halves_the_heat() -> None:
    over = choose(story("today", "a", 1, heat=70), story("old", "b", 25, heat=139)).top
    under = choose(story("today", "a", 1, heat=70), story("old", "b", 25, heat=141)).top

    assert (names(over)[0], names(under)[0]) == ("today", "old")


def test_no_publisher_has_more_than_three_places() -> None:
    many = [story(f"loud-{n}", "loud.example", heat=200) for n in range(10)]
    few = [story(f"quiet-{n}", f"quiet{n}.example", heat=70) for n in range(30)]

    top = choose(*many, *few).top

    assert len(top) == 20
    assert Counter(each.provider.domain for each in top if each.provider)["loud.example"] == 3


def test_no_topic_has_more_than_eight_places_but_the_main_one() -> None:
    law = [
        story(f"law-{n:02}", f"l{n}.example", heat=200, topics=("Robots", "Law")) for n in range(15)
    ]
    rest = [story(f"rest-{n:02}", f"r{n}.example", topics=("Robots",)) for n in range(15)]

    top = choose(*law, *rest).top

    assert len(top) == 20
    assert sum("Law" in each.topics for each in top) == 8


def test_a_site_of_one_publisher_still_fills_its_page() -> None:
    front = choose(*(story(f"s-{n}", "only.example", heat=100 - n) for n in range(30)))

    assert (len(front.top), len(front.more)) == (3, 7)
    assert not set(names(front.top)) & set(names(front.more))


def test_a_copy_stands_behind_its_original() -> None:
    original = story("original", "a.example", heat=80)
    copy = story("copy", "b.example", heat=200, copy_of="original")

    assert names(choose(original, copy).top) == ["original"]
    assert names(choose(copy).top) == ["copy"]


def test_what_is_a_month_older_than_the_newest_is_not_news() -> None:
    front = choose(story("new", "a", 1), story("old", "b", 24 * 32, heat=10**6))

    assert names(front.top) == ["new"]


def test_a_story_from_the_future_counts_as_new_and_no_more() -> None:
    liar = story("liar", "a.example", hours=-24 * 365, heat=80)
    honest = story("honest", "b.example", hours=0, heat=90)

    assert names(choose(liar, honest).top) == ["honest", "liar"]


def test_a_story_without_heat_or_below_zero_is_no_error() -> None:
    front = choose(story("none", "a", heat=None, quality=None), story("minus", "b", heat=-1))

    assert sorted(names(front.top)) == ["minus", "none"]


def test_there_may_be_nothing() -> None:
    assert choose() == _front.Front()
    assert choose(editions.story(published_at=None)) == _front.Front()
