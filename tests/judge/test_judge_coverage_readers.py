"""What readers see of a group: who leads it and why, who stands beside it, who never does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from copydesk.news import Image, Provider, Story, Topic, Verdict
from judge.covered import BEAT, NOON, QUAKES, Desk, ruled, story

PICTURE = (Image(url="https://a.example/quake.jpg"),)
TOPICS = (*BEAT.topics, Topic(id="quake", name="Quakes", parent="News"))


def says(desk: Desk, name: str, about: str) -> list[str]:
    return [one.why for one in desk.filed[name].reasons if one.about == about]


def word(said: str) -> Verdict:
    return Verdict(by="Ada", at=NOON, said=said, why="")  # type: ignore[arg-type]


def quake(name: str, quality: int = 80, **fields: object) -> Story:
    """Return a report on the quake; who comes later in the alphabet came later."""
    at = "abcdef".index(name)
    return story(name, QUAKES[at], quality, hours=at / 2, **fields)


@pytest.mark.parametrize(("quality", "is_seen"), [(0, False), (29, False), (30, True), (90, True)])
def test_what_is_far_below_its_leader_is_not_beside_it(quality: int, is_seen: bool) -> None:
    desk = Desk()
    desk.round(quake("a", 90), quake("b", 80), quake("c", quality))
    assert desk.groups() == {frozenset("abc")}
    assert ("c" in desk.beside("a")) is is_seen
    lack = f"quality {quality} is far below the main story's quality 90"
    told = f"not shown with the main story of its group: {lack}"
    assert (told in says(desk, "c", "group")) is not is_seen
    assert desk.beside("c") == ["a"]
    assert desk.changes() == {}


def test_what_is_off_the_beat_is_neither_beside_nor_before_what_is_on_it() -> None:
    desk = Desk(replace(BEAT, topics=TOPICS))
    desk.round(quake("a"), quake("b", 85), quake("c", 99, topics=()))
    assert desk.leaders() == {"b"}
    assert desk.beside("b") == ["a"]
    assert "not shown with the main story of its group: outside the site's subject" in says(
        desk, "c", "group"
    )
    assert says(desk, "b", "heat") == ["1 other independent publisher: A"]
    assert desk.changes() == {}


def test_where_nothing_is_on_the_beat_they_stand_beside_each_other() -> None:
    desk = Desk(replace(BEAT, topics=TOPICS))
    desk.round(quake("a", 90, topics=()), quake("b", topics=()))
    assert desk.beside("a") == ["b"]


def test_what_is_worth_nothing_confirms_nothing() -> None:
    desk = Desk()
    desk.round(quake("a"), quake("b", 0))
    assert says(desk, "a", "heat") == []


def test_a_publisher_stands_once_under_a_story_with_its_best() -> None:
    gull = Provider(name="Gull", domain="gull.example")
    desk = Desk()
    desk.round(
        quake("a", 90), quake("b", 70, provider=gull), quake("c", 75, provider=gull), quake("d", 60)
    )
    assert desk.beside("a") == ["c", "d"]
    assert "not shown with the main story of its group: c is from the same publisher" in says(
        desk, "b", "group"
    )
    assert desk.changes() == {}


def test_no_other_story_of_the_leaders_publisher_stands_under_it() -> None:
    gull = Provider(name="Gull", domain="gull.example")
    desk = Desk()
    desk.round(quake("a", 90, provider=gull), quake("b", provider=gull), quake("c"))
    assert desk.beside("a") == ["c"]


def test_stories_without_a_publisher_all_stand_under_it() -> None:
    desk = Desk()
    desk.round(*(quake(name, provider=None) for name in "abc"))
    assert desk.beside("a") == ["b", "c"]


def test_what_an_editor_holds_waits_in_its_group_unseen() -> None:
    desk = Desk()
    desk.round(quake("a", 90), quake("b"), quake("c"))
    desk.filed["b"] = replace(desk.filed["b"], verdict=word("hold"), published=False)
    desk.round()
    assert desk.groups() == {frozenset("abc")}
    assert desk.beside("a") == ["c"]
    assert says(desk, "a", "heat") == ["1 other independent publisher: C"]
    assert desk.changes() == {}


@pytest.mark.parametrize("said", ["reject", "remove"])
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_what_an_editor_takes_away_leaves_its_group_and_joins_none(said: str, name: str) -> None:
    desk = Desk()
    desk.round(quake("a", 90), quake("b"), quake("c"))
    desk.filed[name] = replace(desk.filed[name], verdict=word(said), published=False)

    desk.round()

    rest = frozenset("abc") - {name}
    assert desk.groups() == {rest}
    gone = desk.filed[name]
    assert (gone.group, gone.published, gone.related) == ("", False, ())
    told = f"in no group because of an editor's decision ({said}), before that in a"
    assert says(desk, name, "group") == [told]
    assert all(name not in desk.beside(other) for other in rest)
    assert desk.changes() == {}
    desk.round(quake("d"), desk.filed[name])
    assert desk.groups() == {rest | {"d"}}
    assert desk.changes() == {}


def test_what_is_left_alone_by_a_removal_is_in_no_group() -> None:
    desk = Desk()
    desk.round(quake("a", 90), quake("b"))
    desk.filed["a"] = replace(desk.filed["a"], verdict=word("remove"), published=False)
    desk.round()
    assert desk.groups() == set()
    left = desk.filed["b"]
    assert (left.published, left.heat, left.related, left.group) == (True, 80, (), "")


def test_what_was_never_in_a_group_is_only_rejected() -> None:
    desk = Desk()
    desk.filed["a"] = quake("a", verdict=word("reject"), published=False)
    assert desk.changes() == {}


def test_a_word_that_is_taken_back_lets_the_story_come_back() -> None:
    desk = Desk()
    desk.round(quake("a", 90), quake("b"), quake("c"))
    desk.filed["b"] = replace(desk.filed["b"], verdict=word("reject"), published=False)
    desk.round()
    desk.filed["b"] = replace(desk.filed["b"], verdict=None)

    desk.round()

    assert desk.groups() == {frozenset("abc")}
    assert says(desk, "b", "group") == ["back in this group, since an editor's decision was undone"]
    assert desk.changes() == {}


def test_a_copy_that_an_editor_removed_stands_beside_nothing() -> None:
    desk = Desk()
    rerun = quake("b", copy_of="a", published=False)
    desk.round(quake("a"), rerun)
    assert desk.beside("a") == ["b"]
    desk.filed["b"] = replace(rerun, verdict=word("remove"))
    desk.round()
    assert desk.beside("a") == []


def test_whoever_stands_in_a_group_says_why() -> None:
    desk = Desk()
    desk.round(*(quake(name) for name in "abcdef"))
    assert says(desk, "a", "group") == ["the first story of this group"]
    assert all(says(desk, name, "group") for name in "abcdef")
    assert says(desk, "a", "lead") == [
        "main story of its group, preferred to b, which is equally good but later"
    ]


def texts(**lengths: int) -> Mapping[str, str]:
    """Return a text of so many characters for each of these names, on the same quake."""
    words = "Strong earthquake shakes the harbour city of Velmora. "
    return {name: (words * 200)[:length] for name, length in lengths.items()}


def test_the_fullest_report_with_a_picture_of_its_own_newsroom_leads() -> None:
    gull = Provider(name="Gull", domain="gull.example")
    desk = Desk()
    desk.texts = texts(a=500, b=2800, c=3000, d=2900, e=2500)
    desk.round(
        quake("a", 85, credit="Reuters", provider=gull),
        quake("b", credit="Reuters", images=PICTURE),
        quake("c", images=PICTURE, provider=gull),
        quake("d"),
        quake("e", credit="AP", images=PICTURE),
    )
    assert desk.leaders() == {"c"}
    assert says(desk, "c", "lead") == [
        "main story of its group, preferred to b: own report of its publisher"
    ]


@pytest.mark.parametrize(
    ("fields", "other", "told"),
    [
        ({"quality": 81}, {}, "higher quality (81 to 80)"),
        ({"images": PICTURE}, {}, "a picture"),
        ({}, {"credit": "dpa"}, "own report of its publisher"),
        ({"credit": "Reuters", "provider": Provider(name="R", domain="reuters.com")},
         {"credit": "Reuters"}, "own report of its publisher"),
        ({"credit": "By Ada Holm"}, {"credit": "AP"}, "own report of its publisher"),
    ],
)  # fmt: skip
def test_a_merit_leads_and_is_told(
    fields: Mapping[str, object], other: Mapping[str, object], told: str
) -> None:
    desk = Desk()
    desk.round(quake("a", **{"quality": 80, **other}), quake("b", **{"quality": 80, **fields}))  # type: ignore[arg-type]
    assert desk.leaders() == {"b"}
    assert says(desk, "b", "lead") == [f"main story of its group, preferred to a: {told}"]


def test_of_old_and_new_reports_a_new_one_leads() -> None:
    desk = Desk()
    late = replace(quake("b"), published_at=NOON + timedelta(days=4), title=QUAKES[0])
    desk.round(quake("a"), late)
    assert desk.leaders() == {"b"}
    assert says(desk, "b", "lead") == ["main story of its group, preferred to a: newer"]


@pytest.mark.parametrize(
    ("length", "size"),
    [(1, "brief"), (999, "brief"), (1000, "report"), (2499, "report"), (2500, "full report")],
)
def test_the_size_of_a_text_stands_in_the_record_and_outlives_it(length: int, size: str) -> None:
    desk = Desk()
    desk.texts = texts(a=length)
    desk.round(quake("a"), quake("b"))
    told = [f"its length is that of a {size}"]
    assert (says(desk, "a", "text"), says(desk, "b", "text")) == (told, [])
    desk.texts = {}
    desk.round(quake("c"))
    assert says(desk, "a", "text") == told


@pytest.mark.parametrize(("length", "leader"), [(900, "b"), (1100, "a")])
def test_a_brief_yields_to_a_fuller_report_and_a_report_stays(length: int, leader: str) -> None:
    desk = Desk()
    desk.texts = texts(a=length, b=3000)
    desk.round(quake("a"), quake("c", 70))
    desk.round(quake("b"))
    assert desk.leaders() == {leader}
    assert desk.changes() == {}


def test_who_leads_for_having_led_says_so() -> None:
    desk = Desk()
    desk.round(quake("a"), quake("c", 70))
    desk.round(quake("b", 90))
    assert desk.leaders() == {"a"}
    assert says(desk, "a", "lead") == [
        "main story of its group, preferred to b: already the main story before"
    ]


def test_a_text_beyond_all_measure_is_no_fuller_than_a_full_one() -> None:
    desk = Desk()
    desk.texts = texts(a=3000, b=10_000)
    desk.round(quake("a"), quake("b"))
    assert desk.leaders() == {"a"}


def test_merits_hide_no_group_that_a_better_story_shows() -> None:
    desk = Desk()
    desk.texts = texts(a=400, b=3000)
    desk.round(quake("a", 70), quake("b", 55, images=PICTURE))
    assert desk.leaders() == {"a"}
    assert desk.filed["a"].published is True
    merits = "the other story would not be published, higher quality (70 to 55)"
    assert says(desk, "a", "lead") == [f"main story of its group, preferred to b: {merits}"]


def test_an_editors_lead_is_told_by_the_rule_alone() -> None:
    desk = Desk(replace(BEAT, rulings=(ruled("lead", "b"),)))
    desk.round(quake("a", 90), quake("b"))
    assert says(desk, "b", "lead") == []
    assert any("made the main story" in why for why in says(desk, "b", "group"))
