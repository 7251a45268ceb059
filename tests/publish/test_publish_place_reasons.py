"""Why a story has its place on the front page."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from importlib import resources
from typing import Unpack

import pytest

from copydesk.news import Beat, Provider, Reason, Ruling, Story
from copydesk.news.beat import FrontOptions, Organization, Scoring
from copydesk.placement import FrontPage, RankPart
from copydesk.publish import Look, plan_site
from world import editions

DAY = timedelta(days=1)


def story(
    name: str, domain: str, hours: float = 1, **fields: Unpack[editions.StoryFields]
) -> Story:
    given = editions.story(name, **fields)
    return replace(
        given,
        provider=Provider(name=domain, domain=domain),
        published_at=editions.AT - timedelta(hours=hours),
    )


def names(stories: Iterable[Story]) -> list[str]:
    return [each.path.removeprefix("_news/").removesuffix(".md") for each in stories]


def choose(
    *stories: Story,
    on: Beat | None = None,
    pins: tuple[Ruling, ...] = (),
    half_life_hours: float = 24,
    reads: Mapping[str, int] | None = None,
) -> FrontPage:
    edition = editions.edition(stories, on=replace(on or editions.beat(), rulings=pins))
    edition = replace(edition, reads=reads or {})
    return plan_site(
        edition, Look(show="none", front=FrontOptions(half_life_hours=half_life_hours))
    ).front


def owned(domain: str, owner: str) -> Organization:
    return Organization(domain=domain, name=domain.title(), owner=owner)


def scored(
    name: str, hours: float, publishers: int, pace: int, quality: int, *, scale: int = 2
) -> Story:
    """Return a story whose record says what its heat is made of, as the given scale writes it."""
    count = publishers // 10
    written = [
        f"heat +{publishers}: independent publishers of the event: {count} (A, B)",
        f"heat +{pace}: 5 publishers within 6 hours, usual for its topics: 1.0 stories",
        f"heat +{quality}: part of the quality 90",
    ]
    if scale == 1:
        written[0] = f"heat +{publishers}: {count} other independent publishers: A, B"
        del written[2]
    others = (editions.related("other.example"),) if publishers > 30 else ()
    given = story(name, f"{name}.example", hours, heat=publishers + pace + quality, related=others)
    reasons = tuple(map(Reason.parse, written))
    return replace(given, reasons=tuple(reason for reason in reasons if reason.points))


SECOND = replace(editions.beat(), scoring=Scoring(scale=2))
REPUTED = Reason.parse("quality +5: reputation of its publisher 5: credited by 2 other publishers")
RUMOUR = story("rumour", "rumour.example", heat=400)


# by name: hours old, points for publishers, for pace, for quality
PAGE = {
    "broad": (3, 80, 8, 20),
    "fast": (10, 45, 28, 20),
    "fresh": (0, 45, 8, 20),
    "fine": (10, 45, 8, 60),
    "plain": (10, 45, 8, 20),
    "stale": (60, 45, 8, 20),
    "lone": (11, 30, 8, 20),
}


def exchange(name: str, below: Sequence[str]) -> dict[str, float]:
    """Return how much of its rank a story owes to each part: by putting for it the middle value of
    the stories below.
    """
    rows = [PAGE[other] for other in below]

    def middle(of: int) -> float:
        half = (len(rows) - 1) // 2
        worst_first = sorted((row[of] for row in rows), reverse=of == 0)  # hours lower a story
        return worst_first[half]

    def rank(hours: float, *points: float, is_firm: bool) -> float:
        return math.log2(sum(points)) + (0 if is_firm else math.log2(0.75)) - hours / 24

    row = PAGE[name]
    is_firm = row[1] > 30
    own = rank(*row, is_firm=is_firm)
    parts = dict(enumerate(["age", "publishers", "pace", "quality"]))
    lifts = {
        part: own - rank(*row[:at], middle(at), *row[at + 1 :], is_firm=is_firm)
        for at, part in parts.items()
    }
    return lifts | {"confirmation": own - rank(*row, is_firm=True)}


@pytest.mark.parametrize("scale", [1, 2])
def test_the_reason_of_a_place_is_what_raises_the_story_above_the_next_ones(scale: int) -> None:
    stories = [scored(key, *row, scale=scale) for key, row in PAGE.items()]
    front = choose(*stories, on=replace(editions.beat(), scoring=Scoring(scale=scale)))

    order = names(front.top)
    assert ["broad", "fine", "fresh", "fast", "plain", "lone", "stale"] == order
    for place, name in enumerate(order[:-1]):
        after, following = (exchange(name, order[place + 1 :][:count]) for count in (5, 1))
        lifts = {part: min(after[part], following[part]) for part in after}
        reasons = front.reasons[f"_news/{name}.md"]
        assert reasons[0].part == max(lifts, key=lambda part: lifts[part])
        assert all(lifts[reason.part] > 0 for reason in reasons)
    told = {name: front.reasons[f"_news/{name}.md"] for name in order}
    assert ("publishers", True) == (str(told["broad"][0].part), told["broad"][0].is_most)
    assert ("quality", True) == (str(told["fine"][0].part), told["fine"][0].is_most)
    assert ("age", True) == (str(told["fresh"][0].part), told["fresh"][0].is_most)
    assert ("pace", True) == (str(told["fast"][0].part), told["fast"][0].is_most)
    assert () == told["stale"]  # the last one, that nothing raises above the others


def test_a_reason_that_only_the_very_next_story_lacks_is_told_where_no_other_is() -> None:
    def backed(name: str, hours: float, heat: int) -> Story:
        others = (editions.related(f"{name}.example"),)
        return story(name, f"{name}-first.example", hours, heat=heat, related=others)

    stories = [backed("first", 5, 100), story("lone", "l.example", 1, heat=110)]
    stories += [backed(f"older{n}", 5, 60 - n) for n in range(4)]

    front = choose(*stories)

    assert ["first", "lone"] == names(front.top)[:2]
    assert "confirmation" in [str(one.part) for one in front.reasons["_news/first.md"]]


def test_a_story_that_a_rule_puts_first_says_which() -> None:
    backed = story("backed", "b.example", 5, heat=80, related=(editions.related("c.example"),))
    known = replace(story("known", "k.example", heat=60), reasons=(REPUTED,))

    def lead_reason(front: FrontPage) -> list[str]:
        return [str(reason.part) for reason in front.reasons[front.top[0].path]]

    assert ["confirmation"] == lead_reason(choose(RUMOUR, backed))
    assert ["known"] == lead_reason(choose(RUMOUR, known, on=SECOND))
    assert ["pin"] == lead_reason(choose(RUMOUR, backed, pins=(editions.pin("backed"),)))


def test_what_is_read_more_is_said_of_the_story_that_is_read() -> None:
    stories = [story(name, name, heat=100) for name in "abcdef"] + [story("read", "r", heat=90)]
    reads = {**dict.fromkeys("abcdef", 20), "read": 45}
    front = choose(*stories, reads=reads)

    assert ["readers"] == [str(one.part) for one in front.reasons["_news/read.md"]]
    assert all(not front.reasons[f"_news/{name}.md"] for name in "abcdef")


@pytest.mark.parametrize("language", ["de", "en", "fr"])
def test_every_reason_of_a_place_has_words(language: str) -> None:
    file = resources.files("copydesk") / "rendering" / "strings" / f"{language}.toml"
    words = tomllib.loads(file.read_text("utf-8"))["words"]
    measured = set(RankPart) - {RankPart.PIN, RankPart.KNOWN}
    named = [f"{much}_{part}" for much in ("most", "more") for part in measured]

    assert {f"ranked_{name}" for name in (*named, "more_known", "first", "here")} == {
        word for word in words if word.startswith("ranked_")
    }
