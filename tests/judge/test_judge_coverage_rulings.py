"""What editors rule of groups holds while it is ruled, and no longer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk import judge
from copydesk.news import Provider, Reason, Ruling, Shelved, Story, Topic, Verdict
from judge.covered import BEAT, NOON, QUAKES, ROBOT, VOTE, Desk, ruled, story

NAMES = "abcdef"


def quakes(*qualities: int) -> list[Story]:
    return [story(NAMES[at], QUAKES[at], one, hours=at) for at, one in enumerate(qualities)]


def desk_of(*qualities: int) -> Desk:
    desk = Desk()
    desk.round(*quakes(*qualities))
    return desk


def rule(desk: Desk, *rulings: Ruling) -> None:
    desk.beat = replace(BEAT, rulings=rulings)


def says(desk: Desk, name: str, about: str) -> list[str]:
    return [one.why for one in desk.filed[name].reasons if one.about == about]


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_split_that_is_taken_back_lets_the_story_come_back(name: str) -> None:
    desk = desk_of(80, 90, 75)
    rule(desk, ruled("split", name))
    desk.round()
    assert desk.groups() == {frozenset("abc") - {name}}
    assert says(desk, name, "group") == ["split off by Ada: so"]
    assert desk.changes() == {}
    rule(desk)
    desk.round()
    assert desk.groups() == {frozenset("abc")}
    assert desk.changes() == {}


def test_a_merge_that_is_taken_back_parts_what_it_brought_together() -> None:
    desk = desk_of(80, 90)
    desk.round(story("v", VOTE), story("w", VOTE + " again", hours=1))
    rule(desk, ruled("merge", "a", "v"))
    desk.round()
    assert desk.groups() == {frozenset("abvw")}
    assert [says(desk, name, "group") for name in "vw"] == [["merged by Ada: so"]] * 2
    assert desk.changes() == {}
    rule(desk)
    desk.round()
    assert desk.groups() == {frozenset("ab"), frozenset("vw")}
    assert not any("ruled" in why for name in "abvw" for why in says(desk, name, "group"))
    assert desk.changes() == {}


def test_a_merge_is_told_once_whatever_words_its_reason_has() -> None:
    desk = desk_of(80, 90)
    desk.round(story("v", VOTE))
    rule(desk, replace(ruled("merge", "a", "v"), why="they joined forces"))

    desk.round()

    assert says(desk, "v", "group") == ["merged by Ada: they joined forces"]


def test_a_pin_publishes_what_it_puts_in_front_and_ends() -> None:
    desk = desk_of(80, 30)
    rule(desk, ruled("pin", "b"))
    desk.round()
    assert desk.leaders() == {"b"}
    assert desk.filed["b"].published is True
    assert says(desk, "b", "published") == ["an editor pinned this story"]
    assert desk.changes() == {}
    rule(desk)
    desk.round()
    assert desk.leaders() == {"a"}
    assert desk.changes() == {}


def test_a_pinned_story_that_waits_for_an_editor_is_not_published() -> None:
    desk = desk_of(80)
    held = Reason(about="held", why="every story waits for an editor")
    late = story("b", QUAKES[1], 90, hours=1, published=False)
    rule(desk, ruled("pin", "b"))
    desk.round(replace(late, reasons=(*late.reasons, held)))
    assert desk.leaders() == {"b"}
    assert desk.filed["b"].published is False


def test_another_leads_once_an_editor_rejects_the_leader() -> None:
    desk = desk_of(80, 90, 75)
    word = Verdict(by="Ada", at=NOON, said="reject", why="so")
    desk.filed["b"] = replace(desk.filed["b"], verdict=word, published=False)
    desk.round()
    assert desk.leaders() == {"a"}
    assert desk.filed["a"].published is True
    assert desk.beside("a") == ["c"]
    assert says(desk, "a", "heat") == ["1 other independent publisher: C"]
    assert desk.changes() == {}


def test_a_source_that_is_always_published_stays_so_through_groups() -> None:
    trusted = Reason(about="published", why="stories of this source need no minimum quality")
    desk = Desk()
    first = story("a", QUAKES[0], 20, published=True)
    desk.round(replace(first, reasons=(*first.reasons, trusted)))
    desk.round(story("b", QUAKES[1], 90, hours=1))
    assert desk.leaders() == {"b"}
    assert says(desk, "a", "published") == ["the main story of its group is b"]
    rule(desk, ruled("split", "a"))
    desk.round()
    assert (desk.filed["a"].published, desk.filed["a"].heat) == (True, 20)
    assert says(desk, "a", "published") == ["stories of this source need no minimum quality"]
    assert desk.changes() == {}


def test_a_blocked_story_that_has_left_its_group_stands_alone() -> None:
    block = Ruling(said="block", by="Ada", at=NOON, why="", values=("e.example",))
    desk = desk_of(80, 90)
    rule(desk, block)
    provider = Provider(name="E", domain="e.example")
    blocked = story("e", QUAKES[3], 95, hours=1, published=False, provider=provider)
    desk.round(blocked)
    assert desk.groups() == {frozenset("ab")}


def test_what_was_judged_anew_stays_in_its_group_and_may_lead_it() -> None:
    desk = desk_of(80, 90, 75)
    fresh = {
        name: replace(one, quality=99 + at) for at, (name, one) in enumerate(desk.filed.items())
    }
    better = replace(fresh["c"], quality=190)
    stories = [Shelved(story=one) for one in (fresh["a"], fresh["b"], better)]
    anew = frozenset(one.story.path for one in stories)
    after = {one.path: one for one in judge.regroup(stories, desk.beat, frozenset(), anew)}
    assert {one.group for one in after.values()} == {"a"}
    assert [path for path, one in after.items() if one.heat != -1] == ["_news/c.md"]


def test_a_story_without_a_topic_is_off_the_beat_and_in_no_group() -> None:
    topics = (Topic(id="news", name="News", keywords=("earthquake",)),)
    desk = Desk(replace(BEAT, topics=topics))
    strays = [story("b", QUAKES[1], 60, topics=(), published=False), story("r", ROBOT)]
    desk.round(*quakes(80), *strays)
    assert desk.groups() == set()


def test_a_merge_brings_back_nobody_whom_a_split_keeps_from_the_others() -> None:
    desk = Desk()
    desk.round(story("a"), story("c", QUAKES[1]))
    desk.round(story("b", ROBOT))
    assert desk.groups() == {frozenset("ac")}
    desk.beat = replace(BEAT, rulings=(ruled("split", "c", "b"), ruled("merge", "a", "b")))

    desk.round()

    assert desk.groups() == {frozenset("ab")}
    assert desk.changes() == {}


def test_a_split_holds_where_its_group_had_ended_and_lives_again() -> None:
    old, late = story("a", hours=-24 * 60), story("b", QUAKES[1], hours=2)
    desk = Desk()
    rule(desk, ruled("merge", "a", "b"), ruled("split", "c", "a"))
    desk.round(old, story("v", VOTE), story("w", ROBOT, hours=1), late)

    desk.round(story("c", QUAKES[2], hours=3))

    assert desk.groups() == {frozenset("ab")}
    assert desk.changes() == {}


def test_a_new_story_joins_no_group_into_which_a_merge_brings_what_it_was_split_from() -> None:
    desk = desk_of(80)
    rule(desk, ruled("merge", "a", "v"), ruled("split", "b", "v"))

    desk.round(story("b", QUAKES[1], hours=1), story("v", VOTE, hours=2))

    assert desk.groups() == {frozenset("av")}
    assert desk.changes() == {}


def test_a_group_whose_name_was_split_off_keeps_its_own_when_an_earlier_story_joins() -> None:
    desk = Desk()
    rule(desk, ruled("merge", "r", "b"), ruled("split", "r", "c"))
    desk.round(*(story(name, QUAKES[at], hours=5 + at) for at, name in enumerate("bc")))
    desk.round(story("r", ROBOT, hours=7))

    desk.round(story("a", QUAKES[2], hours=1))

    assert desk.groups() == {frozenset("abc")}
    assert {desk.filed[name].group for name in "abc"} == {"b"}
    assert desk.changes() == {}


def test_of_new_stories_from_which_one_is_split_off_the_first_names_the_group() -> None:
    names = [f"n{at}" for at in range(30)]
    desk = Desk()
    rule(desk, ruled("merge", *names), ruled("merge", "r", "n1"), ruled("split", "r", "n7"))

    desk.round(story("r", ROBOT), *(story(name, hours=1) for name in names))

    assert {desk.filed[name].group for name in names} == {"n0"}
    assert desk.changes() == {}


def test_a_merge_that_a_later_rule_ends_takes_nobody_from_beside_its_stories() -> None:
    desk = Desk()
    merges = ruled("merge", "v", "a"), ruled("split", "a", "r"), ruled("merge", "v", "r")
    rule(desk, *merges)
    desk.round(story("v", VOTE), story("r", ROBOT), story("a"), story("b", QUAKES[1], hours=1))

    assert desk.groups() == {frozenset("vr"), frozenset("ab")}
    assert desk.changes() == {}


def test_a_group_that_a_split_leaves_and_a_merge_restores_keeps_its_name() -> None:
    desk = desk_of(80, 90, 75)
    rule(desk, ruled("split", "a"), ruled("merge", "b", "a", "c"))

    assert desk.changes() == {}


def test_a_story_filed_under_the_name_of_one_to_come_is_split_from_it_at_once() -> None:
    desk = Desk()
    desk.filed["a"] = story("a", group="w")
    rule(desk, ruled("split", "a"), ruled("merge", "w", "v"))

    desk.round(story("v", VOTE), story("w", ROBOT))

    assert desk.groups() == {frozenset("vw")}
    assert desk.changes() == {}


def test_a_merge_and_a_split_said_between_two_rounds_take_a_story_from_group_to_group() -> None:
    desk = desk_of(80, 90)
    desk.round(story("v", VOTE))
    rule(desk, ruled("merge", "v", "b"), ruled("split", "b", "a"))

    desk.round()

    assert desk.groups() == {frozenset("bv")}
    assert says(desk, "b", "group") == ["merged by Ada: so"]
    assert desk.changes() == {}


def test_a_lead_puts_a_weaker_story_in_front_until_it_is_taken_back() -> None:
    desk = desk_of(100, 75)
    rule(desk, ruled("lead", "b"))
    desk.round()
    assert desk.leaders() == {"b"}
    assert says(desk, "b", "group")[-1] == "made the main story by Ada: so"
    assert desk.changes() == {}
    rule(desk)
    desk.round()
    assert desk.leaders() == {"a"}
    assert not any("put in front" in why for why in says(desk, "b", "group"))
    assert desk.changes() == {}


def test_a_lead_holds_when_a_better_story_comes() -> None:
    desk = desk_of(80, 75)
    rule(desk, ruled("lead", "b"))
    desk.round()
    desk.round(story("c", QUAKES[2], 150, hours=2))
    assert desk.leaders() == {"b"}


def test_a_lead_publishes_nothing_and_hides_no_group() -> None:
    desk = desk_of(80, 20)
    rule(desk, ruled("lead", "b"))
    desk.round()
    assert desk.leaders() == {"a"}
    assert (desk.filed["a"].published, desk.filed["b"].published) == (True, False)


def test_a_lead_may_lead_that_other_newsrooms_carry_over_the_gate() -> None:
    desk = desk_of(100, 65)
    rule(desk, ruled("lead", "b"))
    desk.round()
    assert desk.leaders() == {"b"}
    assert desk.filed["b"].published is True


@pytest.mark.parametrize("said", ["hold", "reject"])
def test_a_lead_that_an_editor_keeps_back_leaves_the_lead_to_the_best(said: str) -> None:
    desk = desk_of(80, 90, 75)
    verdict = Verdict(by="Ed", at=NOON, said=said, why="")  # type: ignore[arg-type]
    desk.filed["a"] = replace(desk.filed["a"], verdict=verdict, published=False)
    rule(desk, ruled("lead", "a"))
    desk.round()
    assert desk.leaders() == {"b"}
    assert desk.filed["b"].published is True


def test_a_pin_goes_before_a_lead_and_a_lead_before_a_verdict() -> None:
    desk = desk_of(80, 90, 100)
    verdict = Verdict(by="Ed", at=NOON, said="publish", why="")
    desk.filed["c"] = replace(desk.filed["c"], verdict=verdict)
    desk.round()
    assert desk.leaders() == {"c"}
    rule(desk, ruled("lead", "a"))
    desk.round()
    assert desk.leaders() == {"a"}
    rule(desk, ruled("pin", "b"), ruled("lead", "a"))
    desk.round()
    assert desk.leaders() == {"b"}
    assert desk.changes() == {}


def test_the_newest_of_two_leads_holds_when_groups_are_merged() -> None:
    desk = desk_of(80, 75)
    desk.round(story("v", VOTE, 90), story("w", VOTE + " again", 75, hours=1))
    rule(desk, ruled("lead", "b"), ruled("lead", "w"))
    desk.round()
    assert desk.leaders() == {"b", "w"}
    rule(desk, ruled("lead", "b"), ruled("lead", "w"), ruled("merge", "a", "v"))
    desk.round()
    assert desk.leaders() == {"w"}
    assert desk.changes() == {}


def test_a_lead_whose_record_is_gone_changes_nothing() -> None:
    desk = desk_of(80, 90)
    rule(desk, ruled("lead", "z"))
    assert desk.changes() == {}
