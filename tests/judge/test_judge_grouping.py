"""Groups in the `everyday` profile: the window, the leader rule, the related lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk import judge
from copydesk.news import Beat, Image, Provider, Ruling, Shelved, Story
from copydesk.news.beat import Scoring
from copydesk.news.story import Related

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GROUPING = Beat(title="x", scoring=Scoring(profile="everyday", grouping=True))
QUAKE = "Strong earthquake shakes the harbour city of Velmora"
ROBOT = "Robot orchestra plays its first concert for penguins"


def story(name: str, title: str, quality: int, hours: float = 0) -> Story:
    return Story(
        path=f"_news/{name}.md",
        title=title,
        published_at=NOON + timedelta(hours=hours),
        original_url=f"https://{name}.example/",
        web_url=f"https://{name}.example/",
        quality=quality,
        heat=quality,
        published=quality >= 70,
        provider=Provider(name=name, domain=f"{name}.example", images=(Image(url="logo"),)),
    )


def regroup(
    stories: Iterable[Story], beat: Beat = GROUPING, fresh: Iterable[str] | None = None
) -> dict[str, Story]:
    """Return what changed, by the names of the stories; everything is fresh if nothing is said."""
    shelved = [Shelved(story=one) for one in stories]
    paths = [one.story.path for one in shelved] if fresh is None else list(fresh)
    changed = judge.regroup(shelved, beat, frozenset(paths))
    return {one.path.removeprefix("_news/").removesuffix(".md"): one for one in changed}


def test_the_best_of_a_group_leads_and_the_others_are_off_the_site() -> None:
    changed = regroup(
        [story("a", QUAKE, 50), story("b", QUAKE + " again", 60), story("c", ROBOT, 40)]
    )
    assert set(changed) == {"a", "b"}
    assert (changed["b"].published, changed["b"].heat) == (True, 70)
    assert (changed["a"].published, changed["a"].heat) == (False, -1)


def test_a_leader_below_the_gate_keeps_its_quality_as_heat() -> None:
    changed = regroup([story("a", QUAKE, 50), story("b", QUAKE, 40)])
    assert (changed["a"].published, changed["a"].heat) == (False, 50)


def test_a_member_is_off_the_site_whatever_its_quality() -> None:
    changed = regroup([story("a", QUAKE, 104), story("b", QUAKE, 97)])
    assert (changed["b"].published, changed["b"].heat) == (False, -1)


@pytest.mark.parametrize(
    ("first", "second", "leader"),
    [
        (("b", 60, 0), ("a", 60, 1), "b"),  # the earlier
        (("b", 60, 0), ("a", 60, 0), "a"),  # then by path
    ],
)
def test_of_equals_the_earlier_leads(
    first: tuple[str, int, int], second: tuple[str, int, int], leader: str
) -> None:
    pair = [story(name, QUAKE, quality, hours) for name, quality, hours in (first, second)]
    assert [name for name, one in regroup(pair).items() if one.heat != -1] == [leader]


def test_related_are_all_others_best_first_as_snapshots() -> None:
    changed = regroup([story("a", QUAKE, 50), story("b", QUAKE, 60), story("c", QUAKE, 55)])
    assert [one.web_url for one in changed["a"].related] == [
        "https://b.example/",
        "https://c.example/",
    ]
    assert changed["a"].related[0] == Related(
        title=QUAKE,
        published_at=NOON,
        web_url="https://b.example/",
        provider=Provider(name="b", domain="b.example"),
        quality=60,
    )


def test_stories_more_than_four_days_apart_are_no_group() -> None:
    assert regroup([story("a", QUAKE, 50), story("b", QUAKE, 60, hours=96.1)]) == {}
    assert regroup([story("a", QUAKE, 50), story("b", QUAKE, 60, hours=96)]) != {}


def test_groups_without_news_stay_as_they_are_filed() -> None:
    filed = [story("a", QUAKE, 50), story("b", QUAKE, 60)]
    assert regroup(filed, fresh=[]) == {}
    assert regroup([*filed, story("c", ROBOT, 60)], fresh=["_news/c.md"]) == {}


def test_asked_again_with_the_answers_filed_nothing_changes() -> None:
    filed = {one.path: one for one in (story("a", QUAKE, 50), story("b", QUAKE, 60))}
    filed |= {one.path: one for one in regroup(filed.values()).values()}
    assert regroup(filed.values()) == {}


def test_a_better_leader_takes_the_old_ones_place() -> None:
    filed = {one.path: one for one in (story("a", QUAKE, 50), story("b", QUAKE, 60))}
    filed |= {one.path: one for one in regroup(filed.values()).values()}
    changed = regroup([*filed.values(), story("c", QUAKE, 90, hours=2)], fresh=["_news/c.md"])
    assert (changed["b"].published, changed["b"].heat) == (False, -1)
    assert (changed["c"].published, changed["c"].heat) == (True, 110)


def beside(name: str, title: str) -> tuple[Related, ...]:
    return (Related(title=title, published_at=NOON, web_url=f"https://{name}.example/", quality=1),)


@pytest.mark.parametrize(
    ("listed_by_first", "listed_by_other"), [(True, True), (True, False), (False, True)]
)
def test_a_story_that_loses_its_group_to_news_stands_alone_again(
    listed_by_first: bool, listed_by_other: bool
) -> None:
    # filed together once; now only the first and the news are alike
    first = replace(story("a", QUAKE, 50), published=False, heat=-1)
    other = replace(story("b", ROBOT, 80), published=False, heat=-1)
    if listed_by_first:
        first = replace(first, related=beside("b", ROBOT))
    if listed_by_other:
        other = replace(other, related=beside("a", QUAKE))
    changed = regroup([first, other, story("c", QUAKE, 60)], fresh=["_news/c.md"])
    assert changed["b"].related == ()
    assert (changed["b"].published, changed["b"].heat) == (True, 80)


@pytest.mark.parametrize(
    ("quality", "published", "heat"),
    [
        (90, False, 90),  # held by the gate or an editor
        (70, False, 70),
        (20, True, 30),  # let through for its source's sake
    ],
)
def test_a_leader_that_stands_against_its_numbers_stays_so(
    quality: int, published: bool, heat: int
) -> None:
    ruled = replace(story("a", QUAKE, quality), published=published)
    changed = regroup([ruled, story("b", QUAKE, 10)])
    assert (changed["a"].published, changed["a"].heat) == (published, heat)


def test_a_member_that_comes_to_lead_is_published_by_its_numbers() -> None:
    member = replace(story("a", QUAKE, 90), published=False, heat=-1)
    assert regroup([member, story("b", QUAKE, 10)])["a"].published is True


def test_a_leader_that_loses_its_group_is_published_by_what_is_left() -> None:
    leader = replace(story("b", ROBOT, 60), published=True, heat=70, related=beside("a", QUAKE))
    changed = regroup([story("a", QUAKE, 50), leader, story("c", QUAKE, 60)], fresh=["_news/c.md"])
    assert (changed["b"].published, changed["b"].heat, changed["b"].related) == (False, 60, ())


def test_a_held_story_without_a_group_stays_held() -> None:
    assert regroup([replace(story("a", QUAKE, 90), published=False)]) == {}


def test_without_grouping_every_story_stands_for_itself() -> None:
    beat = replace(GROUPING, scoring=replace(GROUPING.scoring, grouping=False))
    assert regroup([story("a", QUAKE, 50), story("b", QUAKE, 60)], beat) == {}


def test_the_order_of_the_stories_does_not_count() -> None:
    stories = [story("a", QUAKE, 50), story("b", QUAKE, 60), story("c", ROBOT, 60, hours=5)]
    assert regroup(stories) == regroup(reversed(stories))


def test_a_story_without_a_time_or_a_quality_harms_nobody() -> None:
    odd = replace(story("a", QUAKE, 0), published_at=None, quality=None)
    changed = regroup([odd, story("b", QUAKE, 60), story("c", QUAKE, 50)])
    assert changed["b"].heat == 70


def leading(*names: str) -> Beat:
    rulings = (Ruling(said="lead", by="Ada", at=NOON, why="", stories=(name,)) for name in names)
    return replace(GROUPING, rulings=tuple(rulings))


def test_a_lead_goes_before_the_best_and_the_newest_lead_before_an_older() -> None:
    group = [story("a", QUAKE, 60), story("b", QUAKE, 65), story("c", QUAKE, 90)]
    changed = regroup(group, leading("b", "a"))
    assert (changed["a"].published, changed["a"].heat) == (True, 80)
    assert [changed[name].heat for name in "bc"] == [-1, -1]


def test_a_lead_that_is_too_weak_or_kept_off_hides_no_group() -> None:
    weak = [story("a", QUAKE, 10), story("b", QUAKE, 90)]
    kept_off = [replace(story("a", QUAKE, 80), published=False), story("b", QUAKE, 90)]
    for group in (weak, kept_off):
        changed = regroup(group, leading("a"))
        assert (changed["b"].published, changed["a"].heat) == (True, -1)
