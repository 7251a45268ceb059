"""Events in the `copydesk` profile: who leads, who counts as a voice, what a round changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from copydesk.news import Beat, Provider, Reason, ReasonKind, Story, Topic, Verdict
from copydesk.news.beat import Organization, Scoring
from judge.covered import BEAT, NOON, QUAKES, ROBOT, Desk, name_of, ruled, story


def reasons(one: Story, about: str) -> list[str]:
    return [str(reason) for reason in one.reasons if reason.about == about]


def of(domain: str) -> Provider:
    return Provider(name=domain, domain=domain)


def trio(*qualities: int, **fields: object) -> list[Story]:
    """Return reports on the quake by newsrooms a, b, c …, half an hour apart."""
    return [
        story(name, title, quality, hours=at / 2, **fields)
        for at, (name, title, quality) in enumerate(zip("abcdef", QUAKES, qualities, strict=False))
    ]


def test_the_best_leads_and_the_others_stand_behind_it() -> None:
    desk = Desk()
    assert desk.round(*trio(80, 90, 70), story("r", ROBOT)) == {"a", "b", "c"}
    assert (desk.groups(), desk.leaders()) == ({frozenset("abc")}, {"b"})
    assert desk.beside("b") == ["a", "c"]
    for name in "ac":
        member = desk.filed[name]
        assert (member.published, member.heat, desk.beside(name)) == (False, -1, ["b"])
        assert reasons(member, "published") == ["published: the main story of its group is b"]
    assert desk.filed["r"].group == ""


def test_whoever_joined_says_why() -> None:
    desk = Desk()
    desk.round(*trio(90, 80, 80))
    for name in "bc":
        [why] = reasons(desk.filed[name], "group")
        assert why.startswith("group: joined at similarity 0.")
        assert '"velmora"' in why
    assert reasons(desk.filed["a"], "group") == ["group: the first story of this group"]


@pytest.mark.parametrize(
    ("quality", "leader"),
    [(94, "a"), (95, "a"), (96, "new"), (60, "a")],
)
def test_who_leads_already_gives_way_to_fifteen_points_more(quality: int, leader: str) -> None:
    desk = Desk()
    desk.round(*trio(80, 75))
    desk.round(story("new", QUAKES[3], quality, hours=2))
    assert desk.leaders() == {leader}


def test_the_lead_changes_once_and_all_records_follow() -> None:
    desk = Desk()
    desk.round(*trio(80, 75))
    desk.round(story("new", QUAKES[3], 99, hours=2))
    assert desk.beside("new") == ["a", "b"]
    assert desk.beside("a") == desk.beside("b") == ["new"]
    assert desk.filed["a"].heat == -1
    assert {one.group for one in desk.filed.values()} == {"a"}
    desk.round(story("late", QUAKES[4], 99, hours=3))
    assert desk.leaders() == {"new"}


OWNED = {
    domain: Organization(domain=domain, name=domain, owner="Bigge Media Ltd.")
    for domain in ("b.example", "c.example")
}


@pytest.mark.parametrize(
    ("fields", "voices"),
    [
        ({}, 3),
        ({"provider": {"b": "c.example"}}, 2),  # twice the same site
        ({"provider": {"b": "a.example", "c": "a.example", "d": "a.example"}}, 0),
        ({"credit": {"b": "Reuters", "c": "Thomson Reuters"}}, 2),
        ({"credit": {"b": "dpa", "c": "AP"}}, 3),
        ({"credit": {"a": "Reuters", "b": "REUTERS", "c": "By Ada Holm"}}, 2),
        ({"credit": {"a": "Reuters"}, "provider": {"b": "reuters.com"}}, 2),
        ({"credit": {"b": "AFP/dpa", "c": "Agence France-Presse"}}, 2),
        ({"owners": OWNED}, 2),
        ({"owners": {**OWNED, "a.example": OWNED["b.example"]}}, 1),
        ({"copy_of": {"b": "a", "c": "a"}}, 1),
        ({"release": {"b", "c", "d"}}, 0),
    ],
)
def test_corroboration_counts_independent_voices(
    fields: Mapping[str, Mapping[str, object]], voices: int
) -> None:
    desk = Desk(replace(BEAT, organizations=fields.get("owners", {})))  # type: ignore[arg-type]
    stories = []
    for one in trio(90, 60, 60, 60):
        name = name_of(one)
        changes: dict[str, object] = {
            key: fields[key][name] for key in ("credit", "copy_of") if name in fields.get(key, ())
        }
        if name in fields.get("provider", ()):
            changes["provider"] = of(str(fields["provider"][name]))
        if name in fields.get("release", ()):
            release = Reason(about="quality", why="press release: a wire of such", points=-40)
            changes["reasons"] = (*one.reasons, release)
        stories.append(replace(one, **changes))  # type: ignore[arg-type]
    desk.round(*stories)
    told = [one for one in reasons(desk.filed["a"], "heat") if "independent" in one]
    points = [int(one.split()[1].rstrip(":")) for one in told]
    assert points == ([10 * voices] if voices else [])


def many(count: int, hours: float) -> list[Story]:
    """Return one event's reports by so many newsrooms, so many hours apart; the first is best."""
    return [
        story(f"n{at:02}", QUAKES[at % 6], 90 if not at else 60, hours=at * hours)
        for at in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "points"), [(2, 10), (6, 50), (7, 55), (11, 75), (12, 75), (20, 75)]
)
def test_each_more_newsroom_gives_less_up_to_an_end(count: int, points: int) -> None:
    desk = Desk()
    desk.round(*many(count, 0.1))
    [told] = [one for one in reasons(desk.filed["n00"], "heat") if "independent" in one]
    assert told.startswith(f"heat +{points}: {count - 1} other independent publisher")


def test_only_the_latest_three_days_count() -> None:
    desk = Desk()
    desk.round(*many(6, 24))
    [told] = [one for one in reasons(desk.filed["n00"], "heat") if "independent" in one]
    assert told.startswith("heat +40: 4 ")


@pytest.mark.parametrize(
    ("count", "hours", "spikes"), [(3, 3, True), (3, 3.1, False), (2, 0, False), (60, 4, False)]
)
def test_three_newsrooms_within_six_hours_are_a_spike(
    count: int, hours: float, spikes: bool
) -> None:
    desk = Desk()
    desk.round(*many(count, hours))
    [leader] = desk.leaders()
    assert any("within 6 hours" in one for one in reasons(desk.filed[leader], "heat")) is spikes


def test_three_at_once_are_no_spike_where_the_topic_always_has_as_many() -> None:
    beat = replace(BEAT, topics=(*BEAT.topics, Topic(id="quake", name="Quakes", parent="News")))
    for others, spikes in ((100, True), (200, False)):
        desk = Desk(beat)
        for at in range(others):
            desk.filed[f"o{at}"] = story(f"o{at}", f"ra{at}ku to{at}mi", topics=("News", "Quakes"))
        desk.round(*trio(90, 60, 60, topics=("News", "Quakes")))
        told = reasons(desk.filed["a"], "heat")
        assert any("within 6 hours" in one for one in told) is spikes


@pytest.mark.parametrize(
    ("trust", "points"), [(None, 0), (75, 5), (74, 0), (30, 0), (29, -10), (0, -10), (100, 5)]
)
def test_a_leaders_own_source_counts(trust: int | None, points: int) -> None:
    desk = Desk()
    first, *rest = trio(90, 60)
    desk.round(replace(first, trust=trust), *rest)
    assert desk.filed["a"].heat == 90 + 10 + points


@pytest.mark.parametrize("qualities", [(90, 60, 60, 60), (0, 0, 0), (70, 69), (5, 4, 3, 2, 1)])
@pytest.mark.parametrize("trust", [None, 10, 90])
def test_a_leaders_reasons_add_up_to_its_heat(
    qualities: tuple[int, ...], trust: int | None
) -> None:
    desk = Desk()
    desk.round(*trio(*qualities, trust=trust))
    [leader] = [desk.filed[name] for name in desk.leaders()]
    points = sum(one.points or 0 for one in leader.reasons if one.about in {"quality", "heat"})
    assert leader.heat == max(0, points)


@pytest.mark.parametrize(
    ("quality", "others", "published"),
    [(70, 1, True), (69, 1, True), (59, 1, False), (50, 2, True), (49, 5, False), (60, 1, True)],
)
def test_corroboration_lifts_over_the_gate_by_twenty_at_most(
    quality: int, others: int, published: bool
) -> None:
    desk = Desk()
    desk.round(*trio(quality, *[10] * others))
    leader = desk.filed["a"]
    assert leader.published is published
    assert len(reasons(leader, "published")) == 1
    for name in desk.filed.keys() - {"a"}:
        assert desk.filed[name].published is False


def verdict(said: str) -> Verdict:
    return Verdict(by="Ada", at=NOON, said=said, why="so")  # type: ignore[arg-type]


HELD = (Reason(about="held", why="waits for an editor"),)


@pytest.mark.parametrize(
    ("fields", "leader"),
    [
        ({}, "a"),
        ({"verdict": verdict("reject")}, "b"),
        ({"verdict": verdict("hold")}, "b"),
        ({"verdict": verdict("remove")}, "b"),
        ({"reasons": HELD}, "b"),
        ({"verdict": verdict("publish"), "quality": 10}, "a"),
        ({"verdict": verdict("publish"), "reasons": HELD}, "a"),
    ],
)
def test_what_an_editor_keeps_back_does_not_lead(fields: dict[str, object], leader: str) -> None:
    first, *rest = trio(99, 80, 60)
    desk = Desk()
    desk.round(replace(first, **fields), *rest)  # type: ignore[arg-type]
    assert desk.leaders() == {leader}


def test_where_all_are_kept_back_one_leads_and_none_is_published() -> None:
    desk = Desk()
    desk.round(*(replace(one, verdict=verdict("hold"), published=False) for one in trio(90, 80)))
    assert desk.leaders() == {"a"}
    assert not any(one.published for one in desk.filed.values())


def test_a_pin_stands_above_quality_and_above_a_word() -> None:
    desk = Desk(replace(BEAT, rulings=(ruled("pin", "c"),)))
    first, *rest = trio(90, 80, 20)
    desk.round(replace(first, verdict=verdict("publish")), *rest)
    assert desk.leaders() == {"c"}


def test_a_story_let_through_below_the_gate_stays_through() -> None:
    desk = Desk()
    first, other = trio(20, 10)
    why = Reason(about="published", why="an official source")
    desk.round(replace(first, published=True, reasons=(*first.reasons, why)), other)
    assert desk.filed["a"].published is True
    assert reasons(desk.filed["a"], "published") == ["published: an official source"]


def test_a_leader_keeps_its_copies_beside_it() -> None:
    desk = Desk()
    first, *rest = trio(90, 80)
    copy = story("k", QUAKES[0], 85, copy_of="a", heat=-1, published=False)
    desk.round(first, copy, *rest)
    assert desk.beside("a") == ["k", "b"]
    assert desk.groups() == {frozenset("ab")}
    assert desk.changes() == {}


def test_an_original_that_stands_behind_keeps_its_copies_too() -> None:
    desk = Desk()
    desk.round(*trio(80, 99), story("k", QUAKES[0], 70, copy_of="a", heat=-1, published=False))
    assert desk.leaders() == {"b"}
    assert desk.beside("a") == ["b", "k"]
    assert desk.beside("b") == ["a"]


def test_at_most_fifty_stand_beside_a_leader_and_that_is_as_filed() -> None:
    desk = Desk()
    desk.round(*many(60, 0.05))
    assert len(desk.beside("n00")) == 50
    assert sum(one.heat == -1 for one in desk.filed.values()) == 59
    assert desk.changes() == {}


def test_background_names_events_of_the_same_matter_by_their_first_stories() -> None:
    desk = Desk()
    desk.round(*trio(80, 90))
    assert desk.filed["a"].heat == -1  # b leads
    later = story("aid", "Velmora asks for aid after the earthquake", hours=24 * 12)
    desk.round(later, story("r", ROBOT, hours=24 * 12))
    assert desk.filed["aid"].group == ""
    assert desk.filed["aid"].background == (desk.filed["b"].group,) == ("a",)
    assert desk.filed["r"].background == ()
    assert desk.changes() == {}


def test_a_group_is_no_background_of_its_own_stories() -> None:
    desk = Desk()
    desk.round(*trio(80, 90, 70))
    assert all(one.background == () for one in desk.filed.values())


@pytest.mark.parametrize("said", [[], ["merge"], ["split"], ["pin"], ["split", "merge"]])
def test_asked_again_a_round_changes_nothing(said: list[str]) -> None:
    rulings = tuple(ruled(one, "a", "r") for one in said)  # type: ignore[arg-type]
    desk = Desk(replace(BEAT, rulings=rulings))
    fresh = [*trio(80, 90, 70, 60), story("r", ROBOT), *many(5, 0.2)]
    fresh.append(story("k", QUAKES[0], 85, copy_of="a", heat=-1, published=False))
    desk.round(*fresh)
    assert desk.changes() == {}
    assert desk.changes([desk.filed[name_of(one)] for one in fresh]) == {}


def test_a_round_without_news_changes_nothing_as_time_passes() -> None:
    desk = Desk()
    desk.round(*trio(80, 90, 70))
    desk.filed |= {f"o{at}": story(f"o{at}", f"ra{at}ku to{at}mi") for at in range(300)}
    assert desk.changes() == {}


def test_other_peoples_news_changes_no_group() -> None:
    desk = Desk()
    desk.round(*trio(80, 90, 70))
    assert desk.round(story("r", ROBOT, hours=5)) <= {"r"}


def copies_of(name: str, count: int) -> list[Story]:
    return [
        story(f"k{at}", QUAKES[0], 50 + at, copy_of=name, heat=-1, published=False)
        for at in range(count)
    ]


ROUNDS = {
    "a group begins": ([], trio(80, 90, 70)),
    "a group grows": (trio(80, 90), [story("new", QUAKES[3], 60, hours=2)]),
    "the lead changes": (trio(80, 75, 70), [story("new", QUAKES[3], 99, hours=2)]),
    "copies stand there": (
        [*trio(90, 80), *copies_of("a", 3)],
        [story("new", QUAKES[3], 60, hours=2), story("new2", QUAKES[4], 61, hours=2)],
    ),
}


@pytest.mark.parametrize("name", ROUNDS)
def test_a_round_that_was_cut_off_is_made_good(name: str) -> None:
    first, fresh = ROUNDS[name]
    whole = Desk()
    whole.round(*first)
    before = dict(whole.filed)
    whole.round(*fresh)
    changed = {key for key, one in whole.filed.items() if before.get(key) != one}
    for mask in range(2 ** len(changed)):
        written = {key for at, key in enumerate(sorted(changed)) if mask >> at & 1}
        cut = Desk()
        cut.filed = {**before, **{key: whole.filed[key] for key in written}}
        rest = [one for one in fresh if name_of(one) not in written]
        cut.round(*rest)
        assert cut.groups() == whole.groups(), written
        assert cut.leaders() == whole.leaders(), written
        [leader] = cut.leaders()
        assert set(cut.beside(leader)) == set(whole.beside(leader)), written
        for key in cut.groups().pop() - {leader}:
            assert cut.beside(key) == whole.beside(key), written
            assert cut.filed[key].heat == -1
        assert cut.changes() == {}, written


def test_a_split_leaves_no_trace_of_the_others() -> None:
    desk = Desk()
    desk.round(*trio(80, 90, 70))
    desk.beat = replace(BEAT, rulings=(ruled("split", "c"),))
    assert desk.round() == {"b", "c"}
    assert desk.groups() == {frozenset("ab")}
    assert (desk.beside("b"), desk.beside("c")) == (["a"], [])
    gone = desk.filed["c"]
    assert (gone.group, gone.heat, gone.published) == ("", 70, True)
    assert desk.changes() == {}
    desk.round(story("new", QUAKES[4], 60, hours=1))
    assert desk.groups() == {frozenset({"a", "b", "new"})}


def test_a_story_that_leaves_takes_its_copies_along() -> None:
    desk = Desk()
    desk.round(*trio(90, 80), story("k", QUAKES[0], 85, copy_of="a", heat=-1, published=False))
    desk.beat = replace(BEAT, rulings=(ruled("split", "a", "b"),))
    desk.round()
    assert (desk.groups(), desk.beside("a"), desk.beside("b")) == (set(), ["k"], [])
    assert desk.changes() == {}


def test_splits_add_up() -> None:
    splits = (ruled("split", "c", "a"), ruled("split", "c", "b"), ruled("split", "a", "b"))
    desk = Desk(replace(BEAT, rulings=splits))
    desk.round(*trio(80, 90, 70))
    assert desk.groups() == set()


def test_a_merge_brings_strangers_together_until_a_split() -> None:
    desk = Desk()
    desk.round(*trio(80, 90), story("r", ROBOT, 99))
    merged = ruled("merge", "a", "r")
    desk.beat = replace(BEAT, rulings=(merged,))
    desk.round()
    assert desk.groups() == {frozenset({"a", "b", "r"})}
    desk.round(story("new", QUAKES[3], 60, hours=1))
    assert desk.groups() == {frozenset({"a", "b", "r", "new"})}
    desk.beat = replace(BEAT, rulings=(merged, ruled("split", "r")))
    desk.round()
    assert desk.groups() == {frozenset({"a", "b", "new"})}
    assert desk.beside("r") == []


def test_a_merge_after_a_split_holds() -> None:
    desk = Desk(replace(BEAT, rulings=(ruled("split", "a", "b"), ruled("merge", "b", "a"))))
    desk.round(*trio(80, 90))
    assert desk.groups() == {frozenset("ab")}


def test_a_ruling_on_what_is_not_there_harms_nobody() -> None:
    rulings = (ruled("split", "x"), ruled("merge", "a", "x"), ruled("pin"), ruled("merge"))
    desk = Desk(replace(BEAT, rulings=rulings))
    desk.round(*trio(80, 90))
    assert desk.groups() == {frozenset("ab")}


def test_a_corrected_story_that_is_about_something_else_leaves_even_its_own_group() -> None:
    desk = Desk()
    desk.round(*trio(90, 80, 70))
    assert {one.group for one in desk.filed.values()} == {"a"}
    desk.round(replace(desk.filed["a"], title=ROBOT))
    assert desk.groups() == {frozenset("bc")}
    assert (desk.filed["a"].group, desk.beside("a")) == ("", [])
    assert (desk.leaders(), desk.beside("b")) == ({"b"}, ["c"])
    assert desk.changes() == {}


@pytest.mark.parametrize(
    ("published", "group"),
    [(NOON + timedelta(days=900), {"a", "b", "odd"}), (NOON - timedelta(days=60), {"a", "b"})],
)
def test_a_date_ahead_gives_way_to_when_it_was_found_and_an_old_one_stands(
    published: object, group: set[str]
) -> None:
    odd = story("odd", QUAKES[2], 60, published_at=published)
    desk = Desk()
    desk.round(*trio(80, 90), odd, found={"odd": NOON, "a": NOON, "b": NOON})
    assert desk.groups() == {frozenset(group)}


def test_launches_of_three_seasons_found_on_one_day_are_three_groups() -> None:
    seasons = [NOON - timedelta(days=days) for days in (400, 200, 0)]
    launches = [
        story(f"{name}{at}", QUAKES[number], published_at=season + timedelta(hours=number))
        for at, season in enumerate(seasons)
        for number, name in enumerate("xyz")
    ]
    desk = Desk()
    desk.round(*launches, found={name_of(one): NOON + timedelta(days=1) for one in launches})
    assert desk.groups() == {frozenset(f"{name}{at}" for name in "xyz") for at in range(3)}


def test_records_dated_ahead_keep_no_group_from_growing() -> None:
    desk = Desk()
    desk.round(*trio(80, 90))
    for at in range(4):
        ahead = NOON + timedelta(days=365 * 20 * (at + 1))
        desk.filed[f"x{at}"] = story(f"x{at}", f"ra{at}ku to{at}mi", published_at=ahead)
    new = story("new", QUAKES[3], 60, hours=1)
    desk.round(new, found={"new": NOON + timedelta(hours=1)})
    assert desk.groups() == {frozenset({"a", "b", "new"})}


def test_stories_without_a_date_are_grouped_and_last() -> None:
    desk = Desk()
    desk.round(*(replace(one, published_at=None) for one in trio(80, 90)))
    assert desk.leaders() == {"b"}


def test_a_record_without_reasons_gets_none() -> None:
    desk = Desk()
    desk.round(*(replace(one, reasons=()) for one in trio(80, 90)))
    assert desk.groups() == {frozenset("ab")}
    assert all(one.reasons == () for one in desk.filed.values())


def test_the_everyday_profile_knows_nothing_of_it() -> None:
    beat: Beat = replace(BEAT, scoring=Scoring(profile="everyday", grouping=False))
    desk = Desk(beat)
    assert desk.round(*trio(80, 90, 70)) == set()


QUAKE = "Earthquake in Velmora damages old lighthouse"
CRACKS = "Quake cracks lighthouse"


@pytest.mark.parametrize("at_once", [True, False])
def test_a_story_whose_group_was_merged_says_with_which_when_and_by_what_words(
    at_once: bool,
) -> None:
    desk = Desk()
    stories = [story("a", QUAKE), story("b", CRACKS, hours=24)]
    for fresh in [stories] if at_once else [[one] for one in stories]:
        desk.round(*fresh)
    [reason] = [one for one in desk.filed["b"].reasons if one.kind is ReasonKind.JOINED_LATER]
    assert reason.values == {"other": "a", "day": "2026-03-03", "words": '"lighthouse"'}
    assert desk.changes([desk.filed["b"]]) == {}
