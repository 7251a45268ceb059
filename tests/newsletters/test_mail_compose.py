"""An issue composed: what is new, what was told, where a story stands, what editors change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from copydesk.news import Story
from copydesk.news.letter import IssueEdits, IssueStory, LetterOptions, PartKind, PartOptions
from copydesk.newsletters.composing.drafts import EarlierIssues, draft_issue
from world.composing import DAILY, MORNING, compose, list_names, make_material, make_story, remember


def letter(*parts: PartOptions, **fields: object) -> LetterOptions:
    return replace(DAILY, parts=parts, **fields)  # type: ignore[arg-type]


def part(kind: PartKind, of: str = "", most: int = 5, title: str = "") -> PartOptions:
    return PartOptions(kind=kind, of=of, most=most, title=title)


def named(*numbers: int) -> list[str]:
    return [f"2026-11-{number:02}-story" for number in numbers]


def told(*stories: Story) -> EarlierIssues:
    """Return an earlier issue of yesterday that told some stories."""
    names = frozenset(story.path.rsplit("/", 1)[-1].removesuffix(".md") for story in stories)
    at = MORNING - timedelta(days=1)
    events = {story.group or name: at for story, name in zip(stories, sorted(names), strict=True)}
    return EarlierIssues(names=names, told_at=events, last_names=names)


def test_an_issue_leads_with_the_front_pages_order() -> None:
    stories = [make_story(1, heat=10), make_story(2, heat=90), make_story(3, heat=88, hours=1)]

    issue = compose(make_material(stories))

    assert list_names(issue) == named(3, 2, 1)  # decay counts, as on the page
    assert issue is not None
    assert issue.sections[0].title == "Leading stories"
    assert (issue.letter, issue.at, issue.since) == (
        "daily",
        MORNING,
        MORNING - timedelta(days=1),
    )


def test_one_owner_fills_no_part_where_others_have_news() -> None:
    loud = [make_story(number, heat=99, provider=make_story(1).provider) for number in range(1, 6)]
    others = [make_story(number, heat=10) for number in range(6, 9)]

    issue = compose(make_material([*loud, *others], letter(part("lead", most=6))))

    assert list_names(issue) == named(1, 2, 3, 6, 7, 8)


def test_what_was_published_before_the_last_issue_is_not_new() -> None:
    old, new = make_story(1, hours=24), make_story(2, hours=23.9)

    assert list_names(compose(make_material([old, new]))) == named(2)


def test_what_came_late_is_new_whatever_its_date_but_for_a_week() -> None:
    late, too_late = make_story(1, hours=30), make_story(2, hours=24 * 8 + 1)
    both = frozenset(named(1, 2))

    assert list_names(compose(make_material([late, too_late], late=both))) == named(1)


def test_an_event_is_told_once_by_its_original() -> None:
    original, copy = make_story(1, heat=5), make_story(2, heat=99, copy_of=named(1)[0])

    assert list_names(compose(make_material([copy, original]))) == named(1)


def test_an_event_that_was_told_is_told_again_only_where_another_story_leads_it_since() -> None:
    first = make_story(1, hours=30, group="g")
    earlier = told(first)

    def issue(story: Story) -> list[str]:
        late = frozenset(named(2))
        return list_names(compose(make_material([story], earlier=earlier, late=late)))

    assert issue(make_story(2, hours=5, group="g")) == named(2)
    assert issue(make_story(2, hours=26, group="g")) == []  # it was there when that was written
    assert issue(make_story(2, hours=5, group="g", copy_of="x")) == []
    assert issue(replace(first, published_at=MORNING + timedelta(hours=1))) == []


def test_a_story_stands_in_one_part_alone() -> None:
    stories = [
        make_story(1, topics=("Ports", "Fish")),
        make_story(2, topics=("Ports",)),
        make_story(3, topics=("Fish", "Ports")),
        make_story(4, topics=("Fish",), note="We were there."),
        make_story(5, note="So were we."),
    ]
    parts = (part("lead", most=1), part("topic", of="Fish", most=1), part("topics"), part("notes"))

    issue = compose(make_material(stories, letter(*parts)))

    assert issue is not None
    assert [
        (section.kind, section.title, [story.name for story in section.stories])
        for section in issue.sections
    ] == [
        ("lead", "Leading stories", named(1)),
        ("topic", "Fish", named(3)),
        ("topics", "Ports", named(2)),
        ("topics", "Fish", named(4)),
        ("notes", "From the newsroom", named(5)),
    ]


def test_limits_hold_for_a_part_and_for_the_whole() -> None:
    stories = [make_story(number, topics=("Ports",)) for number in range(1, 10)]
    parts = (part("lead", most=3), part("topic", of="Ports", most=5))

    assert len(list_names(compose(make_material(stories, letter(*parts))))) == 8
    assert list_names(compose(make_material(stories, letter(*parts, most=4)))) == named(1, 2, 3, 4)
    pinned = make_material(stories, letter(part("lead", most=8), part("lead"), most=8))
    assert len(list_names(compose(pinned))) == 8


def test_an_issue_is_skipped_where_too_few_stories_are_new_and_loses_none() -> None:
    few = [make_story(1), make_story(2)]

    assert compose(make_material(few, replace(DAILY, fewest=3))) is None
    assert compose(make_material(few, replace(DAILY, when_new=3))) is None
    assert compose(make_material([], DAILY)) is None
    draft = draft_issue(make_material(few, replace(DAILY, fewest=3)))
    assert (draft.new, draft.fewest, list_names(draft.issue)) == (2, 3, named(1, 2))
    next_day = MORNING + timedelta(days=1)
    later = make_material(
        [*few, make_story(3, hours=-2)],
        replace(DAILY, fewest=3),
        at=next_day,
        since=MORNING - timedelta(days=1),
    )
    assert len(list_names(compose(later))) == 3


def test_a_list_is_told_from_its_top_each_story_once() -> None:
    listed = [(make_story(number, hours=900), f"Words {number}") for number in range(1, 6)]
    parts = (part("list", of="best", most=2),)
    material = make_material(
        [], letter(*parts), lists={("list", "best"): listed}, earlier=told(listed[0][0])
    )

    issue = compose(material)

    assert list_names(issue) == named(2, 3)
    assert issue is not None
    assert issue.sections[0].stories[0].note == "Words 2"


PICKS = [(IssueStory(name=f"learning/{n}", title=f"Course {n}", url="u"), 1.0) for n in range(9)]


def test_picks_are_drawn_by_the_day_and_differ_from_the_last_issues() -> None:
    options = letter(part("lead"), part("collection", of="_learning", most=3))

    def issue(day: int, earlier: EarlierIssues | None = None) -> set[str]:
        at = MORNING + timedelta(days=day)
        material = make_material(
            [make_story(1, hours=-24 * day)],
            options,
            at=at,
            picks={"_learning": PICKS},
            earlier=earlier or EarlierIssues(),
        )
        return {name for name in list_names(compose(material)) if name.startswith("learning")}

    days = [issue(day) for day in range(20)]
    assert issue(0) == days[0]
    assert {len(day) for day in days} == {3}
    assert set.union(*days) == {pick.name for pick, _ in PICKS}
    last = frozenset(days[1])
    assert issue(1, EarlierIssues(last_names=last)).isdisjoint(last)
    scarce = frozenset(pick.name for pick, _ in PICKS[:8])
    assert PICKS[8][0].name in issue(1, EarlierIssues(last_names=scarce))
    assert compose(make_material([], options, picks={"_learning": PICKS})) is None


def test_the_subject_is_the_first_headline_or_the_warmest_three() -> None:
    heats = [1, 50, 40, 60]
    stories = [make_story(number, hours=9 - number, heat=h) for number, h in enumerate(heats, 1)]

    lead = compose(make_material(stories))
    titles = compose(make_material(stories, replace(DAILY, subject="titles")))

    assert lead is not None
    assert titles is not None
    assert (lead.subject, lead.preheader) == ("Story 4", "Story 2 / Story 3 / Story 1")
    assert titles.subject == titles.preheader == "Story 4 / Story 2 / Story 3"
    alone = compose(make_material([make_story(1, excerpt="It went on.")]))
    assert alone is not None
    assert alone.preheader == "It went on."


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Boats\r\nBcc: all@tidewatch.example", "Boats Bcc: all@tidewatch.example"),
        ("\u202eecnO\u202c upon\u2067 a time", "ecnO upon a time"),
        ("\U0001f30a\U0001f30a", "\U0001f30a\U0001f30a"),
        ("", "Untitled"),
        ("\u0000\u200b", "Untitled"),
        ("w" * 10_000, "w" * 149 + "\u2026"),
    ],
)
def test_a_hostile_headline_makes_one_short_line(title: str, subject: str) -> None:
    issue = compose(make_material([make_story(1, title=title)]))

    assert issue is not None
    assert issue.subject == subject
    assert len(issue.sections[0].stories[0].title) <= 300


def test_editors_reorder_drop_add_and_reword() -> None:
    stories = [make_story(number) for number in range(1, 6)]
    old = make_story(9, hours=90)
    material = make_material([*stories, old])
    edits = IssueEdits(
        order=tuple(named(4, 9)),
        dropped=tuple(named(2)),
        added=(*named(9), "nobody"),
        words={named(1)[0]: ("Better\nwords", "")},
        subject="Ours\r\nX: y",
        note="Good morning.\n\nTo all.",
    )

    issue = compose(material, edits)

    assert list_names(issue) == named(4, 9, 1, 3, 5)
    assert issue is not None
    assert issue.sections[0].stories[2].title == "Better words"
    assert issue.subject == "Ours X: y"
    assert issue.preheader == "Story 9 / Better words / Story 3"
    assert issue.note == "Good morning.\n\nTo all."


def test_what_editors_add_is_enough_and_stands_there_once() -> None:
    old, other = make_story(1, hours=90, group="g"), make_story(2, hours=3, group="g")

    issue = compose(make_material([old, other]), IssueEdits(added=tuple(named(1))))

    assert list_names(issue) == named(1)
    nothing = make_material([old], letter(), since=MORNING)
    assert list_names(compose(nothing, IssueEdits(added=tuple(named(1))))) == named(1)
    assert compose(nothing, IssueEdits(note="Only words.")) is None
    assert draft_issue(nothing, IssueEdits(added=("nobody",))).new == 0


def test_500_stories_are_composed_and_none_is_told_twice() -> None:
    stories = [
        replace(make_story(1), path=f"_news/{number:03}.md", title=f"S{number}")
        for number in range(500)
    ]
    options = letter(part("lead", most=100), part("lead", most=100), most=500)
    material = make_material(stories, options)

    names = list_names(first := compose(material))

    assert len(names) == len(set(names)) == 200
    assert first is not None
    assert set(list_names(compose(remember([first], material)))).isdisjoint(names)
