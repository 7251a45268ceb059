"""The gate beside the editors: agreement, parts, and which gate would have agreed best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.judge.gate import MOST_BY_CHANCE
from copydesk.measure import verdicts
from copydesk.measure.verdicts import GateReport
from copydesk.news import Article, Beat, Image, Reason, Source, Story, Topic, Verdict
from copydesk.news.beat import Scoring
from copydesk.news.ruling import Said

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)  # a Friday in week 47
BEAT = Beat(title="T", scoring=Scoring(publish_at=70))
EVERYDAY = Beat(
    title="T",
    topics=(Topic(id="sea", name="Sea", keywords=("wall",)),),
    scoring=Scoring(profile="everyday", publish_at=20),
)
WAITS = "held: every story waits for an editor"
Decided = tuple[Story, Article | None]


def decided(
    number: int, quality: int, said: Said, *reasons: str, days: float = 0, **fields: object
) -> Decided:
    about: dict[str, object] = {
        "title": "Wall",
        "published_at": AT,
        "quality": quality,
        "reasons": tuple(map(Reason.parse, reasons or (WAITS,))),
        "verdict": Verdict(by="Ed", at=AT + timedelta(days=days), said=said, why="so"),
        **fields,
    }
    story = Story(path=f"_news/2026-11-20-wall-{number}.md", **about)  # type: ignore[arg-type]
    return story, None


def many(*decisions: tuple[int, Said], count: int = 10) -> list[Decided]:
    """Give so many stories of each quality and word that had waited."""
    return [
        decided(at * 1000 + number, quality, said)
        for at, (quality, said) in enumerate(decisions)
        for number in range(count)
    ]


def gate(stories: Iterable[Decided], beat: Beat = BEAT, **more: bool) -> GateReport:
    return verdicts.gate(stories, beat, **more)


def test_the_gate_agrees_where_it_says_what_the_editor_said() -> None:
    report = gate(
        [
            decided(1, 90, "publish"),
            decided(2, 70, "publish"),
            decided(3, 80, "reject"),
            decided(4, 69, "publish"),
            decided(5, 10, "hold"),
        ]
    )

    met = report.waited
    assert (met.both, met.gate_only, met.editor_only, met.neither) == (2, 1, 1, 1)
    assert (met.agreement, met.precision, met.recall) == (0.6, 0.6667, 0.6667)
    assert report.said == {"publish": 3, "reject": 1, "hold": 1}
    assert (report.decided, report.passed_over, report.picked.stories) == (5, 0, 0)


def test_what_others_added_counts_at_the_gate() -> None:
    lifted = decided(
        1, 60, "publish", WAITS, "published: quality 60 and 20 for corroboration reach 70"
    )

    assert 1 == gate([lifted]).waited.both


def test_what_an_editor_took_up_unasked_is_counted_apart() -> None:
    unasked = "published: quality 90 reaches 70"
    stories = [decided(1, 90, "reject", unasked), decided(2, 90, "publish")]

    report = gate(stories)

    assert (1, 1) == (report.waited.stories, report.picked.stories)
    assert (report.picked.gate_only, report.picked.recall) == (1, None)
    assert 2 == gate(stories, all_wait=True).waited.stories


def test_what_came_from_a_source_that_is_held_had_waited() -> None:
    story, _ = decided(1, 90, "publish", "published: quality 90 reaches 70")
    feed = "https://gull.example/feed"
    article = Article(
        url="https://gull.example/wall",
        web_url="https://gull.example/wall",
        title="Wall",
        published_at=AT,
        source=feed,
        found=AT,
    )
    held = replace(BEAT, sources=(Source(url=feed, name="The Gull", trust="hold"),))

    assert 1 == gate([(story, article)], held).waited.stories
    assert 1 == gate([(story, article)]).picked.stories


@pytest.mark.parametrize(
    "fields",
    [{"copy_of": "2026-11-20-seals"}, {"heat": -1}, {"quality": None}],
)
def test_a_story_in_which_no_gate_has_a_say_is_passed_over(fields: dict[str, object]) -> None:
    story, article = decided(1, 90, "publish")

    report = gate([(replace(story, **fields), article), decided(2, 90, "remove")])  # type: ignore[arg-type]

    assert (2, 2, 0) == (report.decided, report.passed_over, report.waited.stories)


def test_without_a_verdict_nothing_is_compared() -> None:
    story, article = decided(1, 90, "publish")

    report = gate([(replace(story, verdict=None), article)])

    assert (0, 0, ()) == (report.decided, report.waited.stories, report.periods)
    assert report.waited.agreement is None
    assert "0 of 30 stories that had waited for an editor" == report.lacks


def test_half_a_year_is_told_by_week_and_more_by_month() -> None:
    stories = [decided(1, 90, "publish"), decided(2, 10, "publish", days=182)]

    assert [("2026-W47", 1, 0), ("2027-W20", 0, 1)] == [
        (period.period, period.waited.both, period.waited.editor_only)
        for period in gate(stories).periods
    ]
    late = decided(3, 90, "publish", "published: quality 90 reaches 70", days=183)
    assert [("2026-11", 1, 0), ("2027-05", 1, 1)] == [
        (period.period, period.waited.stories, period.picked.stories)
        for period in gate([*stories, late]).periods
    ]


# which gate


def test_a_gate_that_surely_agrees_better_is_proposed() -> None:
    report = gate(many((40, "reject"), (55, "publish"), (90, "publish")))

    assert (report.lacks, report.proposal) == ("", 55)
    choice = report.choice
    assert choice is not None
    assert (choice.publish_at, choice.agreed, choice.today) == (55, 30, 20)
    assert (choice.lowest, choice.highest, choice.better, choice.worse) == (55, 55, 10, 0)
    assert choice.chance == 0.001


def test_of_equal_gates_the_nearest_to_todays_is_chosen() -> None:
    above = gate(many((40, "reject"), (80, "reject"), (95, "publish")))
    same = gate(many((60, "reject"), (80, "publish"), (95, "publish")))

    assert 81 == above.proposal
    assert same.choice is not None
    assert (70, None) == (same.choice.publish_at, same.proposal)


@pytest.mark.parametrize(("count", "low", "high"), [(5, 41, 90), (20, 51, 60)])
def test_the_range_of_thresholds_that_agree_nearly_as_well_narrows(
    count: int, low: int, high: int
) -> None:
    doubtful: tuple[tuple[int, Said], ...] = ((50, "reject"), (50, "reject"), (50, "publish"))
    hopeful: tuple[tuple[int, Said], ...] = ((60, "publish"), (60, "publish"), (60, "reject"))

    report = gate(many((40, "reject"), *doubtful, *hopeful, (90, "publish"), count=count))

    assert report.choice is not None
    assert 51 <= report.choice.publish_at <= 60
    assert (low, high) == (report.choice.likely_lowest, report.choice.likely_highest)


def test_a_story_that_is_only_near_the_beat_measures_no_threshold() -> None:
    near = 'held: matches no topic, but names "Seal Bay" of the topic Coast'

    report = gate([decided(1, 20, "publish", near), decided(2, 90, "publish")])

    assert (1, 1) == (report.passed_over, report.waited.stories)


def test_what_may_be_chance_is_not_proposed() -> None:
    few = [decided(9000 + number, 60, "publish") for number in range(2)]

    report = gate([*many((40, "reject"), (90, "publish"), count=15), *few])

    assert report.choice is not None
    assert (60, 32, 30) == (report.choice.publish_at, report.choice.agreed, report.choice.today)
    assert report.choice.chance > MOST_BY_CHANCE
    assert report.proposal is None


def test_a_gate_that_fits_noise_fails_on_what_it_was_not_chosen_by() -> None:
    words: Sequence[Said] = ("publish", "reject")
    noise = [
        decided(number, 40 + number * 37 % 60, words[number * 7 % 5 % 2]) for number in range(90)
    ]

    report = gate(noise)

    assert report.choice is not None
    assert report.choice.agreed >= report.choice.today
    assert report.proposal is None


@pytest.mark.parametrize(
    ("stories", "lack"),
    [
        (many((55, "publish"), count=29), "29 of 30 stories that had waited for an editor"),
        (
            many((55, "publish"), count=30) + many((95, "reject"), count=4)[:4],
            "5 that were published and 5 that were not: 30 and 4",
        ),
    ],
)
def test_under_a_stated_number_no_gate_is_chosen(stories: list[Decided], lack: str) -> None:
    report = gate(stories)

    assert (lack, None, None) == (report.lacks, report.choice, report.proposal)


def test_what_was_taken_up_unasked_chooses_no_gate() -> None:
    unasked = [
        decided(number, 55, "publish", "published: quality 55 is below 70") for number in range(50)
    ]

    assert "0 of 30 stories that had waited for an editor" == gate(unasked).lacks


def test_odd_numbers_are_compared_all_the_same() -> None:
    report = gate(many((10**30, "publish"), (-(10**30), "reject"), (0, "publish")))

    assert report.choice is not None
    assert 0 == report.choice.publish_at == report.proposal


def test_no_gate_below_nought_is_chosen() -> None:
    report = gate(many((-50, "reject"), (-5, "publish"), (90, "publish")))

    assert report.choice is not None
    assert 70 == report.choice.publish_at


# which parts


def scored(number: int, said: Said, *reasons: str, quality: int) -> Decided:
    return decided(number, quality, said, WAITS, *reasons, images=(Image(url="x://x/p.jpg"),))


def test_a_part_that_only_misled_would_have_agreed_more_left_out() -> None:
    picture = "quality +20: has a picture"
    known = 'quality +15: keyword "wall" in title'
    stories = [
        *(scored(n, "reject", picture, quality=20) for n in range(5)),
        scored(5, "publish", picture, known, quality=35),
        scored(6, "publish", picture, quality=20),
    ]
    stories = [(replace(story, topics=("Sea",)), article) for story, article in stories]

    (wrapping,) = gate(stories, EVERYDAY).parts  # no story hung on its keyword alone

    assert "wrapping" == wrapping.part
    assert (7, 5, 2) == (wrapping.stories, wrapping.better, wrapping.worse)
    assert 0.2266 == wrapping.chance


def test_the_part_that_misled_most_stands_first() -> None:
    keyword, picture = 'quality +20: keyword "wall" in title', "quality +20: has a picture"
    stories = [
        scored(1, "publish", keyword, quality=20),
        *(scored(n, "reject", picture, quality=20) for n in range(2, 5)),
    ]
    stories = [(replace(story, topics=("Sea",)), article) for story, article in stories]

    assert ["wrapping", "relevance"] == [effect.part for effect in gate(stories, EVERYDAY).parts]


def test_parts_are_not_weighed_where_a_person_wrote_another_quality() -> None:
    stories = [scored(1, "reject", "quality +20: has a picture", quality=90)]

    assert () == gate(stories, EVERYDAY).parts


def test_words_of_no_part_are_no_part() -> None:
    stories = [scored(1, "reject", "quality +90: a rule of long ago", quality=90)]

    assert () == gate(stories, EVERYDAY).parts


@pytest.mark.parametrize(
    ("beat", "reasons", "quality", "lift"),
    [
        (
            replace(EVERYDAY, scoring=Scoring(profile="everyday", publish_at=20)),
            ("quality +8: 4 topics", "quality -50: has a picture", "quality +42: never below 0"),
            0,
            "published: quality 0 and 30 for corroboration reach 20",
        ),
        (
            replace(EVERYDAY, scoring=Scoring(profile="everyday", publish_at=45)),
            ("quality +8: 4 topics", "quality -50: has a picture", "quality +42: never below 0"),
            0,
            "published: quality 0 and 30 for corroboration are below 45",
        ),
        (
            replace(BEAT, scoring=Scoring(publish_at=215)),
            ("quality +20: has a picture", "quality +250: more", "quality -80: never above 190"),
            190,
            "published: quality 190 and 20 for corroboration are below 215",
        ),
    ],
)
def test_without_a_part_a_quality_stays_within_its_bounds(
    beat: Beat, reasons: Sequence[str], quality: int, lift: str
) -> None:
    stories = [scored(1, "publish", *reasons, lift, quality=quality)]
    stories = [(replace(story, topics=("a", "b", "c", "d")), None) for story, _ in stories]

    assert 1 == gate(stories, beat).waited.stories
    assert () == gate(stories, beat).parts
