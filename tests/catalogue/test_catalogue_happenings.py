"""Happenings of the catalogue: a group, or a story with its copies, listed once, in one order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.catalogue import Catalogue, CatalogueEntry, FiledHappening, StoryFilter
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


def names(happenings: Sequence[FiledHappening]) -> list[str]:
    return [happening.name for happening in happenings]


def test_a_group_is_one_happening_at_the_time_of_its_newest_story() -> None:
    catalogue = filled(
        story("wall", 5, group="wall", quality=40, heat=3),
        story("seals", 2),
        story("tide", 1, group="wall", quality=60),
    )

    wall, seals = catalogue.list_happenings(HELD, 10)

    assert ("wall", "_news/tide.md", 60, 3) == (wall.name, wall.path, wall.quality, wall.heat)
    assert ("seals", "_news/seals.md", -1, -1) == (
        seals.name,
        seals.path,
        seals.quality,
        seals.heat,
    )


@pytest.mark.parametrize(
    ("copied", "happening"),
    [
        pytest.param({}, "wall", id="of a story alone"),
        pytest.param({"group": "harbour"}, "harbour", id="of a member of a group"),
    ],
)
def test_a_copy_belongs_to_its_originals_happening(
    copied: dict[str, object], happening: str
) -> None:
    catalogue = filled(story("wall", 2, **copied), story("rerun", 1, copy_of="wall"))

    assert [happening] == names(catalogue.list_happenings(HELD, 10))
    assert {happening: ["_news/rerun.md", "_news/wall.md"]} == catalogue.list_members([happening])
    assert happening == catalogue.find_happening("rerun")


def test_a_copy_whose_original_is_gone_is_an_happening_of_that_name() -> None:
    catalogue = filled(story("rerun", 1, copy_of="wall"))

    assert ["wall"] == names(catalogue.list_happenings(HELD, 10))


def test_who_is_unknown_belongs_to_no_happening() -> None:
    assert "" == filled().find_happening("wall")


def test_an_happening_has_the_wanted_stories_alone_and_all_members() -> None:
    catalogue = filled(story("wall", 2, group="wall"))
    published = story("tide", 1, group="wall")
    catalogue.update([CatalogueEntry(story=published, signature=1, standing=Standing.PUBLISHED)])

    (happening,) = catalogue.list_happenings(HELD, 10)

    members = catalogue.list_members(["wall"])
    assert "_news/wall.md" == happening.path
    assert {"wall": ["_news/tide.md", "_news/wall.md"]} == members
    assert {"_news/wall.md"} == catalogue.match(HELD, members["wall"])


def test_the_next_page_begins_after_the_last_happening_and_repeats_none() -> None:
    catalogue = filled(
        story("a1", 1, group="a"), story("b", 2), story("a2", 3, group="a"), story("c", 4)
    )

    first = catalogue.list_happenings(HELD, 2)
    rest = catalogue.list_happenings(HELD, 2, first[-1].cursor)

    assert ["a", "b"] == names(first)
    assert ["c"] == names(rest)


def test_stories_without_a_time_come_last() -> None:
    catalogue = filled(story("undated", published_at=None), story("dated", 1))

    first = catalogue.list_happenings(HELD, 1)

    assert ["dated"] == names(first)
    assert ["undated"] == names(catalogue.list_happenings(HELD, 9, first[-1].cursor))


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


def plain_happenings(stories: Sequence[Story]) -> list[str]:
    """List the happenings of stories by the newest, as a plain walk over all of them finds them."""
    groups = {one.path[6:-3]: one.group for one in stories}
    found: dict[str, None] = {}
    for one in sorted(stories, key=lambda one: (-time_of(one), one.path)):
        happening = one.group or one.path[6:-3]
        if not one.group and one.copy_of:
            happening = groups.get(one.copy_of) or one.copy_of
        found.setdefault(happening)
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
def test_pages_together_are_all_happenings_in_their_order(seed: int) -> None:
    chance = random.Random(seed)
    stories = list(some_stories(chance))
    catalogue, size = filled(*stories), chance.randint(1, 7)
    listed: list[FiledHappening] = []
    while page := catalogue.list_happenings(HELD, size, listed[-1].cursor if listed else None):
        listed += page

    assert plain_happenings(stories) == names(listed)
