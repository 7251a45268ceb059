"""Events of the catalogue: a group, or a story with its copies, listed once, in one order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.catalogue import Catalogue, CatalogueEntry, FiledEvent, StoryFilter
from copydesk.news import Reason, ReasonKind, Standing, Story

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HELD = StoryFilter(standings=frozenset({Standing.HELD}))


def story(name: str, hours: float = 0, **fields: object) -> Story:
    about: dict[str, object] = {"published_at": NOON - timedelta(hours=hours), **fields}
    return Story(path=f"_news/{name}.md", title=name, **about)  # type: ignore[arg-type]


def filled(*stories: Story, standing: Standing = Standing.HELD) -> Catalogue:
    catalogue = Catalogue()
    catalogue.update(CatalogueEntry(story=one, signature=1, standing=standing) for one in stories)
    return catalogue


def names(events: Sequence[FiledEvent]) -> list[str]:
    return [event.name for event in events]


def test_a_group_is_one_event_at_the_time_of_its_newest_story() -> None:
    catalogue = filled(
        story("wall", 5, group="wall", quality=40, heat=3),
        story("seals", 2),
        story("tide", 1, group="wall", quality=60),
    )

    wall, seals = catalogue.list_events(HELD, 10)

    assert ("wall", "_news/tide.md", 60, 3) == (wall.name, wall.path, wall.quality, wall.heat)
    assert ("seals", "_news/seals.md", -1, -1) == (
        seals.name,
        seals.path,
        seals.quality,
        seals.heat,
    )


@pytest.mark.parametrize(
    ("copied", "event"),
    [
        pytest.param({}, "wall", id="of a story alone"),
        pytest.param({"group": "harbour"}, "harbour", id="of a member of a group"),
    ],
)
def test_a_copy_belongs_to_its_originals_event(copied: dict[str, object], event: str) -> None:
    catalogue = filled(story("wall", 2, **copied), story("rerun", 1, copy_of="wall"))

    assert [event] == names(catalogue.list_events(HELD, 10))
    assert {event: ["_news/rerun.md", "_news/wall.md"]} == catalogue.list_members([event])
    assert event == catalogue.event_of("rerun")


def test_a_copy_whose_original_is_gone_is_an_event_of_that_name() -> None:
    catalogue = filled(story("rerun", 1, copy_of="wall"))

    assert ["wall"] == names(catalogue.list_events(HELD, 10))


def test_who_is_unknown_belongs_to_no_event() -> None:
    assert "" == filled().event_of("wall")


def test_an_event_has_the_wanted_stories_alone_and_all_members() -> None:
    catalogue = filled(story("wall", 2, group="wall"))
    published = story("tide", 1, group="wall")
    catalogue.update([CatalogueEntry(story=published, signature=1, standing=Standing.PUBLISHED)])

    (event,) = catalogue.list_events(HELD, 10)

    members = catalogue.list_members(["wall"])
    assert "_news/wall.md" == event.path
    assert {"wall": ["_news/tide.md", "_news/wall.md"]} == members
    assert {"_news/wall.md"} == catalogue.match(HELD, members["wall"])


def test_the_next_page_begins_after_the_last_event_and_repeats_none() -> None:
    catalogue = filled(
        story("a1", 1, group="a"), story("b", 2), story("a2", 3, group="a"), story("c", 4)
    )

    first = catalogue.list_events(HELD, 2)
    rest = catalogue.list_events(HELD, 2, first[-1].cursor)

    assert ["a", "b"] == names(first)
    assert ["c"] == names(rest)


def test_stories_without_a_time_come_last() -> None:
    catalogue = filled(story("undated", published_at=None), story("dated", 1))

    first = catalogue.list_events(HELD, 1)

    assert ["dated"] == names(first)
    assert ["undated"] == names(catalogue.list_events(HELD, 9, first[-1].cursor))


def test_the_publishers_of_a_view_come_by_their_number() -> None:
    catalogue = filled(
        story("a", language="en"), story("b", language="de"), story("c", language="de")
    )

    assert ["de", "en"] == catalogue.count_values(HELD, "language")
    assert ["a"] == [path[6:-3] for path in catalogue.find(StoryFilter(language="en"))]


def test_the_kinds_of_reasons_of_a_view_come_by_their_number_and_narrow_it() -> None:
    picture, held = Reason.of(ReasonKind.PICTURE, points=4), Reason.of(ReasonKind.ALL_HELD)
    catalogue = filled(story("a", reasons=(held,)), story("b", reasons=(held, picture)))
    pictured = StoryFilter(reason=ReasonKind.PICTURE)

    assert [ReasonKind.ALL_HELD, ReasonKind.PICTURE] == catalogue.count_reasons(HELD)
    assert ["_news/b.md"] == catalogue.find(pictured)
    catalogue.update([CatalogueEntry(story=story("b"), signature=2, standing=Standing.HELD)])
    assert [ReasonKind.ALL_HELD] == catalogue.count_reasons(HELD)
    assert [] == catalogue.find(pictured)


def plain_events(stories: Sequence[Story]) -> list[str]:
    """List the events of stories by the newest, as a plain walk over all of them finds them."""
    groups = {one.path[6:-3]: one.group for one in stories}
    found: dict[str, None] = {}
    for one in sorted(stories, key=lambda one: (-time_of(one), one.path)):
        event = one.group or one.path[6:-3]
        if not one.group and one.copy_of:
            event = groups.get(one.copy_of) or one.copy_of
        found.setdefault(event)
    return list(found)


def time_of(one: Story) -> float:
    return one.published_at.timestamp() if one.published_at else float("-inf")


def some_stories(chance: random.Random) -> Iterator[Story]:
    for number in range(chance.randint(1, 60)):
        yield story(
            f"s{number:02}",
            hours=chance.randint(0, 12),
            group=chance.choice(["", "", "g1", "g2", "g3"]),
            copy_of=chance.choice(["", "", f"s{chance.randint(0, 59):02}"]),
            **({"published_at": None} if chance.random() < 0.1 else {}),
        )


@pytest.mark.parametrize("seed", range(30))
def test_pages_together_are_all_events_in_their_order(seed: int) -> None:
    chance = random.Random(seed)
    stories = list(some_stories(chance))
    catalogue, size = filled(*stories), chance.randint(1, 7)
    listed: list[FiledEvent] = []
    while page := catalogue.list_events(HELD, size, listed[-1].cursor if listed else None):
        listed += page

    assert plain_events(stories) == names(listed)
