"""What stands on the front page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Unpack

import pytest

from copydesk.news import Beat, Provider, Reason, Ruling, Source, Story
from copydesk.news.beat import FrontOptions, Organization, Scoring
from copydesk.placement import FrontPage
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


def test_a_warm_story_stands_over_a_cool_one_of_the_same_hour() -> None:
    assert names(choose(story("cool", "a", heat=70), story("warm", "b", heat=120)).top) == [
        "warm",
        "cool",
    ]


def test_a_day_halves_the_heat() -> None:
    over = choose(story("today", "a", 1, heat=70), story("old", "b", 25, heat=139)).top
    under = choose(story("today", "a", 1, heat=70), story("old", "b", 25, heat=141)).top

    assert (names(over)[0], names(under)[0]) == ("today", "old")


def test_a_longer_half_life_lets_what_is_big_stay() -> None:
    stories = (story("today", "a", 1, heat=70), story("old", "b", 49, heat=140))

    assert names(choose(*stories).top)[0] == "today"
    assert names(choose(*stories, half_life_hours=72).top)[0] == "old"


def test_what_is_read_more_than_usual_is_warmer() -> None:
    stories = [story(name, name, heat=100) for name in "abcdef"] + [story("read", "r", heat=90)]
    reads = {**dict.fromkeys("abcdef", 20), "read": 45}

    assert names(choose(*stories, reads=reads).top)[0] == "read"


def test_readers_alone_do_not_carry_a_story_far() -> None:
    stories = [story(name, name, heat=100) for name in "abcdef"] + [story("read", "r", heat=79)]
    reads = {**dict.fromkeys("abcdef", 20), "read": 100_000}

    assert names(choose(*stories, reads=reads).top)[-1] == "read"


# ---- no owner and no topic fills the page ---------------------------------------------------


def test_no_publisher_has_more_than_three_places() -> None:
    many = [story(f"loud-{n}", "loud.example", heat=200) for n in range(10)]
    few = [story(f"quiet-{n}", f"quiet{n}.example", heat=70) for n in range(30)]

    top = choose(*many, *few).top

    assert len(top) == 20
    assert Counter(each.provider.domain for each in top if each.provider)["loud.example"] == 3


def test_newspapers_of_one_house_share_its_places() -> None:
    house = {f"loud{n}.example": owned(f"loud{n}.example", "Loud & Sons") for n in range(10)}
    many = [story(f"loud-{n}", f"loud{n}.example", heat=200) for n in range(10)]
    few = [story(f"quiet-{n}", f"quiet{n}.example", heat=70) for n in range(30)]

    top = choose(*many, *few, on=replace(editions.beat(), organizations=house)).top

    assert sum(name.startswith("loud") for name in names(top)) == 3


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


def test_where_little_is_there_a_flood_takes_no_more_than_it_must() -> None:
    flood = [story(f"flood-{n}", "flood.example", heat=200 - n) for n in range(30)]
    drops = [story(f"drop-{n}", f"drop{n}.example", heat=70) for n in range(4)]

    front = choose(*flood, *drops)

    assert 7 == len(front.top)
    assert ["flood-3", "flood-4", "flood-5"] == names(front.more)


def test_a_source_that_publishes_everything_a_hundred_times_hides_nobody() -> None:
    flood = [story(f"flood-{n:03}", "flood.example", heat=200) for n in range(400)]
    quiet = [story(f"quiet-{n}", f"q{n}.example", 20) for n in range(25)]

    top = choose(*flood, *quiet).top

    assert 17 == sum(name.startswith("quiet") for name in names(top))


def test_stories_whose_publisher_nobody_knows_are_not_of_one_house() -> None:
    films = [editions.story(f"film-{n}", provider=None, web_url="") for n in range(6)]

    assert 6 == len(choose(*films).top)


# ---- one happening, one place ---------------------------------------------------------------


def test_a_copy_stands_behind_its_original() -> None:
    original = story("original", "a.example", heat=80)
    copy = story("copy", "b.example", heat=200, copy_of="original")

    front = choose(original, copy)

    assert (["original"], []) == (names(front.top), names(front.latest))
    assert names(choose(copy).top) == ["copy"]


@pytest.mark.parametrize(
    "twins",
    [
        (("a", {"copy_of": "away"}), ("b", {"copy_of": "away"})),
        (("a", {"copy_of": "b"}), ("b", {"copy_of": "a"})),
        (("a", {"group": "first"}), ("b", {"group": "first"})),
        (("a", {}), ("b", {"group": "a"})),
        (("a", {"group": "g"}), ("b", {"copy_of": "a"})),
    ],
    ids=["copies", "circle", "group", "first", "copy-of-a-member"],
)
def test_what_tells_one_happening_stands_once(
    twins: tuple[tuple[str, editions.StoryFields], ...],
) -> None:
    told = [story(name, f"{name}.example", **fields) for name, fields in twins]
    front = choose(*told, story("other", "o.example"))

    shown = names((*front.top, *front.more, *front.latest))

    assert ["a", "other"] == sorted(shown)


def test_a_story_that_calls_itself_its_copy_still_stands() -> None:
    assert ["me"] == names(choose(story("me", "a.example", copy_of="me")).top)


# ---- who may lead ---------------------------------------------------------------------------


def rumour(heat: int, hours: float = 1) -> Story:
    return story("rumour", "rumour.example", hours, heat=heat)


def test_a_story_that_two_newsrooms_have_leads_whatever_one_alone_says() -> None:
    backed = story("backed", "b.example", 5, heat=80, related=(editions.related("c.example"),))
    middle = story("middle", "m.example", heat=120)

    assert ["backed", "rumour", "middle"] == names(choose(rumour(400), middle, backed).top)


def test_an_old_story_leads_no_longer_however_many_have_it() -> None:
    backed = story("backed", "b.example", 26, heat=80, related=(editions.related("c.example"),))

    assert "rumour" == names(choose(rumour(90), backed).top)[0]


def test_what_one_newsroom_alone_has_stands_behind_what_is_about_as_warm_and_confirmed() -> None:
    lead = story("lead", "l.example", heat=300, related=(editions.related("x.example"),))
    backed = story("backed", "b.example", heat=80, related=(editions.related("c.example"),))

    similar = names(choose(lead, rumour(100), backed).top)
    far = names(choose(lead, rumour(110), backed).top)

    assert ["lead", "backed", "rumour"] == similar
    assert ["lead", "rumour", "backed"] == far


@pytest.mark.parametrize(
    ("fields", "is_firm"),
    [
        ({"trust": 80}, True),
        ({"trust": 79}, False),
        ({"related": (editions.related("c.example"),)}, True),
        ({"related": (editions.related("b.example"),)}, False),
        ({"related": (editions.related("sister.example"),)}, False),
        ({"related": (editions.related("wire.example"),), "credit": "Wire"}, False),
        ({"related": (editions.related("copy.example"),)}, False),
    ],
    ids=["trusted", "known", "two", "itself", "one-house", "its-wire", "a-copy"],
)
def test_a_story_is_firm_by_its_source_or_by_an_independent_newsroom(
    fields: editions.StoryFields, is_firm: bool
) -> None:
    names_of = {"b.example": "House", "sister.example": "House", "wire.example": ""}
    known = {domain: owned(domain, owner) for domain, owner in names_of.items()}
    known["wire.example"] = replace(known["wire.example"], name="Wire")
    copy = story("copy", "copy.example", published=False, web_url="https://copy.example/take")

    front = choose(
        rumour(100),
        replace(story("b", "b.example", heat=80), **fields),
        replace(copy, copy_of="b", heat=-1),
        on=replace(editions.beat(), organizations=known),
    )

    assert ("b" if is_firm else "rumour") == names(front.top)[0]


SECOND = replace(editions.beat(), scoring=Scoring(scale=2))
REPUTED = Reason.parse("quality +5: reputation of its publisher 5: credited by 2 other publishers")
DUBIOUS = Reason.parse("quality +4: reputation of its publisher 4: credited by 1 other publisher")


@pytest.mark.parametrize(
    ("fields", "reasons", "hours", "leads"),
    [
        ({"related": (editions.related("c.example"),)}, (), 23, True),
        ({"related": (editions.related("c.example"),)}, (), 70, True),
        ({"related": (editions.related("c.example"),)}, (), 80, False),
        ({}, (REPUTED,), 70, True),
        ({}, (REPUTED,), 80, False),
        ({}, (DUBIOUS,), 1, False),
        ({}, (), 1, False),
        ({"trust": 60}, (DUBIOUS,), 1, True),
        ({"trust": 59}, (REPUTED,), 1, False),
    ],
)
def test_a_lone_report_of_an_unknown_source_leads_nothing_that_is_firmer_on_the_second_scale(
    fields: editions.StoryFields, reasons: tuple[Reason, ...], hours: float, *, leads: bool
) -> None:
    partisan = replace(rumour(100), reasons=(DUBIOUS,))
    other = replace(
        story("other", "b.example", hours, **fields), heat=30, quality=30, reasons=reasons
    )
    also = story("also", "d.example", hours, heat=20)

    assert ("other" if leads else "rumour") == names(choose(partisan, other, also, on=SECOND).top)[
        0
    ]
    is_first_scale_firm = bool(fields.get("related")) and hours <= 24
    first = names(choose(partisan, other, also).top)[0]
    assert ("other" if is_first_scale_firm else "rumour") == first


def test_a_hotter_confirmed_story_leads_before_one_of_a_known_publisher() -> None:
    backed = story("backed", "b.example", 5, heat=40, related=(editions.related("c.example"),))
    known = replace(story("known", "k.example", heat=60), reasons=(REPUTED,))

    assert ["backed", "rumour", "known"] == names(choose(rumour(100), known, backed, on=SECOND).top)


@pytest.mark.parametrize(("trust", "leads"), [(None, True), (80, True), (20, False)])
def test_the_beats_official_source_may_lead_alone_unless_it_is_known_to_err(
    trust: int | None, leads: bool
) -> None:
    official = (Source(url="https://news.agency.example/feed.xml", official=True),)

    front = choose(
        rumour(200),
        story("act", "agency.example", heat=70, trust=trust),
        on=replace(editions.beat(), sources=official),
    )

    assert ("act" if leads else "rumour") == names(front.top)[0]


# ---- pins -----------------------------------------------------------------------------------


def test_pins_lead_the_page_in_the_order_in_which_they_were_made() -> None:
    stories = [story(f"s-{n}", f"s{n}.example", heat=100 + n) for n in range(6)]
    pins = tuple(map(editions.pin, ("s-1", "s-0", "unknown", "s-1")))

    front = choose(*stories, pins=pins)

    assert ["s-1", "s-0", "s-5", "s-4", "s-3", "s-2"] == names(front.top)
    assert {"_news/s-0.md", "_news/s-1.md"} == set(front.pinned)


@pytest.mark.parametrize(("days", "leads"), [(1, True), (0, False), (-1, False)])
def test_a_pin_leads_until_its_time(days: int, leads: bool) -> None:
    stories = (story("warm", "a.example", heat=200), story("pinned", "b.example"))

    front = choose(*stories, pins=(editions.pin("pinned", editions.AT + days * DAY),))

    assert ("pinned" if leads else "warm") == names(front.top)[0]


def test_a_pinned_story_leads_however_old_it_is_and_whoever_else_is_pinned() -> None:
    loud = [story(f"loud-{n}", "loud.example", heat=300 - n) for n in range(5)]
    old = story("old", "old.example", 24 * 90, heat=1)
    pins = tuple(map(editions.pin, ("old", "loud-3", "loud-4", "loud-0", "loud-1")))

    assert ["old", "loud-3", "loud-4", "loud-0"] == names(choose(*loud, old, pins=pins).top)


def test_where_all_are_pinned_three_lead_and_the_others_follow_by_warmth() -> None:
    stories = [story(f"s-{n}", f"s{n}.example", heat=100 - n) for n in range(5)]
    pins = tuple(editions.pin(f"s-{n}") for n in (4, 3, 2, 1, 0))

    assert ["s-4", "s-3", "s-2", "s-0", "s-1"] == names(choose(*stories, pins=pins).top)


@pytest.mark.parametrize("name", ["", "../evil", "held", "\0", "x" * 5000])
def test_a_pin_on_what_has_no_page_changes_nothing(name: str) -> None:
    stories = (story("a", "a.example", heat=90), story("b", "b.example"))
    held = story("held", "h.example", published=False)

    assert choose(*stories, held) == choose(*stories, held, pins=(editions.pin(name),))


def test_a_pin_without_a_story_changes_nothing() -> None:
    nothing = replace(editions.pin("a"), stories=())

    assert ["a"] == names(choose(story("a", "a.example"), pins=(nothing,)).top)


def test_two_pins_on_one_happening_are_one() -> None:
    told = [story(name, f"{name}.example", group="a") for name in ("a", "b")]

    front = choose(*told, story("c", "c.example"), pins=tuple(map(editions.pin, ("b", "a"))))

    assert ["b", "c"] == names(front.top)


# ---- bad input ------------------------------------------------------------------------------


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
    assert choose() == FrontPage()
    assert choose(pins=(editions.pin("a"),)) == FrontPage()
    undated = editions.story(published_at=None)
    assert choose(undated) == FrontPage(latest=(undated,))
