"""Matters, which are chains of events, and heat on the second scale, which follows events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk.judge import clustering
from copydesk.news import Beat, ReasonKind, Story
from copydesk.news.beat import Scoring
from judge.covered import BEAT, QUAKES, ROBOT, Desk, ruled, story


def reasons(one: Story, about: str) -> list[str]:
    return [str(reason) for reason in one.reasons if reason.about == about]


def trio(*qualities: int) -> list[Story]:
    """Return reports on the quake by newsrooms a, b, c …, half an hour apart."""
    return [
        story(name, title, quality, hours=at / 2)
        for at, (name, title, quality) in enumerate(zip("abcdef", QUAKES, qualities, strict=False))
    ]


REPORT = (
    "The harbour of Velmora was closed on Monday after a strong earthquake had damaged its cranes "
    "and the old lighthouse. Mayor Teodora Lunk said that ferries to the islands would stop until "
    "divers had looked at the piers. Forty families spent the night in the sports hall, where the "
    "fire brigade handed out blankets and soup. Geologists of the observatory measured a magnitude "
    "of six and expect weaker shocks this week, while insurers count broken roofs and chimneys."
)
ANSWER = (
    "Divers found cracks in two piers of the harbour, mayor Teodora Lunk said. Ferries to the "
    "islands stay in port. The families in the sports hall may go home, insurers told the council, "
    "which will pay for roofs and chimneys that the earthquake broke in Velmora."
)


def days_later(days: float) -> Desk:
    """Return a desk that got a report, and so many days later the next one."""
    desk = Desk()
    desk.texts = {"a": REPORT, "next": ANSWER}
    desk.round(story("a", QUAKES[0]))
    desk.round(
        story("next", "Velmora mayor: harbour piers cracked, families go home", hours=24 * days)
    )
    return desk


def test_the_answer_days_later_belongs_to_its_event_where_little_comes() -> None:
    assert days_later(3).groups() == {frozenset({"a", "next"})}


@pytest.mark.parametrize(
    ("documents", "words", "days"),
    [(0, 0, 2.0), (60, 100, 4.0), (600, 100, 3.0), (60_000, 100, 2.01), (60, 8, 2.0)],
    ids=["nothing yet", "a few articles", "twenty a day", "two thousand a day", "headlines"],
)
def test_events_go_on_for_longer_the_less_a_beat_has_to_tell(
    documents: int, words: int, days: float
) -> None:
    assert clustering.find_decay_days(documents, documents * words) == pytest.approx(days)


def test_a_later_event_goes_on_from_the_first_one_in_its_matter() -> None:
    desk = days_later(14)
    assert (desk.groups(), desk.matters()) == (set(), {frozenset({"a", "next"})})
    assert {one.matter for one in desk.filed.values()} == {"a"}
    assert (desk.filed["next"].background, desk.filed["a"].background) == (("a",), ())


def test_who_joins_an_event_is_of_its_matter() -> None:
    desk = days_later(14)
    desk.texts = {**desk.texts, "b": ANSWER}
    desk.round(story("b", "Cracked piers in Velmora harbour, mayor says", hours=24 * 14 + 2))
    assert desk.groups() == {frozenset({"b", "next"})}
    assert desk.matters() == {frozenset({"a", "b", "next"})}


def test_the_matter_of_a_lone_event_is_none() -> None:
    desk = Desk()
    desk.round(*trio(90, 80), story("r", ROBOT))
    assert desk.matters() == set()


def test_background_goes_back_beyond_the_weeks_that_are_compared() -> None:
    desk = days_later(25)
    desk.texts = {**desk.texts, "third": ANSWER}
    desk.round(story("third", "Velmora harbour piers: mayor on cracks", hours=24 * 50))
    assert desk.filed["third"].background == ("next", "a")
    assert desk.matters() == {frozenset({"a", "next", "third"})}


SECOND = replace(BEAT, scoring=Scoring(scale=2))


def event(publishers: int, quality: int, hours: float, beat: Beat = SECOND) -> Story:
    """Return the leader of an event of so many publishers, each so many hours after the last."""
    desk = Desk(beat)
    for at in range(publishers):
        desk.round(story("abcdefgh"[at], QUAKES[at % 6], quality, hours=at * hours))
    [leader] = desk.leaders() or {"a"}
    return desk.filed[leader]


def heat_of(one: Story) -> int:
    assert one.heat is not None
    return one.heat


@pytest.mark.parametrize("quality", [0, 40, 70, 100, 184])
@pytest.mark.parametrize("publishers", [2, 3, 5])
def test_heat_is_the_sum_of_its_parts_and_at_most_half_is_quality(
    publishers: int, quality: int
) -> None:
    one = event(publishers, quality, 1)
    parts = {reason.kind: reason.points or 0 for reason in one.reasons if reason.about == "heat"}
    assert heat_of(one) == sum(parts.values())
    assert parts[ReasonKind.QUALITY_IN_HEAT] * 2 <= heat_of(one)


def test_more_publishers_are_hotter_than_a_better_report() -> None:
    assert heat_of(event(2, 70, 12)) < heat_of(event(3, 70, 12))
    assert heat_of(event(3, 70, 12)) > heat_of(event(2, 100, 12))
    first = heat_of(event(3, 70, 12, BEAT)), heat_of(event(2, 100, 12, BEAT))
    assert first == (90, 110)  # on the first scale the quality counts whole


def test_who_came_fast_is_hotter() -> None:
    slow, fast = event(4, 80, 12), event(4, 80, 0.5)
    assert heat_of(fast) - heat_of(slow) == 20
    [why] = [one for one in reasons(fast, "heat") if "within 6 hours" in one]
    assert why == "heat +20: 4 publishers within 6 hours, usual for its topics: 0.0 stories"


def test_a_story_that_a_split_leaves_alone_has_the_heat_of_a_lone_one() -> None:
    desk = Desk(SECOND)
    desk.round(*trio(80, 75))
    desk.beat = replace(SECOND, rulings=(ruled("split", "b"),))
    desk.round()
    assert (desk.filed["b"].group, heat_of(desk.filed["b"])) == ("", 30 + 22)
    assert reasons(desk.filed["b"], "heat") == [
        "heat +30: independent publishers of the event: 1 (B)",
        "heat +22: part of the quality 75",
    ]


def test_a_headline_with_one_place_in_common_begins_no_matter() -> None:
    desk = Desk()
    desk.round(story("aid", "Velmora asks for aid after the earthquake"))
    desk.round(story("trams", "Velmora: trams run again", hours=24 * 20))
    assert desk.matters() == set()
