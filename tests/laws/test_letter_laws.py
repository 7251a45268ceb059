"""Laws of letters: whatever fails meanwhile, each event is told once, no hour has two issues."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.kit import dates
from copydesk.news import Story
from copydesk.news.letter import Issue, LetterOptions, PartOptions
from copydesk.newsletters.composing.drafts import is_due, local_day
from world.composing import compose, list_names, make_material, make_story, remember
from world.letters import due_between

# a week in which the clocks of Europe go back, and one in which those of Chile go forward
STARTS = (datetime(2026, 10, 21, 7, tzinfo=UTC), datetime(2026, 9, 2, 7, tzinfo=UTC))
ZONES = ("Europe/Berlin", "America/Santiago", "UTC", "Asia/Kathmandu")
HOURS = 24 * 9
PARTS = (PartOptions(kind="lead", most=5), PartOptions(kind="lead", most=100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A story, and when it came into git: at most a day after it was published."""

    story: Story
    at: datetime


@st.composite
def histories(draw: st.DrawFn) -> tuple[LetterOptions, datetime, list[Filed], set[int]]:
    """Draw a letter, a week of stories (some of them copies), and the hours of outages."""
    start = draw(st.sampled_from(STARTS))
    letter = LetterOptions(
        id="daily",
        zone=draw(st.sampled_from(ZONES)),
        at=draw(st.sampled_from(("02:30", "07:00", "00:00", "23:30"))),
        fewest=draw(st.integers(1, 3)),
        most=500,
        parts=PARTS,
    )
    filed: list[Filed] = []
    for number in range(1, draw(st.integers(2, 12))):
        hours, delay = draw(st.integers(1, HOURS - 72)), draw(st.integers(0, 20))
        original = draw(st.sampled_from([None, *filed]))
        published_at = start + timedelta(hours=hours)
        if original:
            published_at = max(published_at, original.story.published_at or start)
        story = make_story(
            number,
            published_at=published_at,
            copy_of=original.story.path[6:-3] if original and not original.story.copy_of else "",
        )
        filed.append(Filed(story=story, at=published_at + timedelta(hours=delay)))
    begins, hours = draw(st.integers(0, HOURS - 72)), draw(st.integers(0, 72))
    return letter, start, filed, set(range(begins, begins + hours))


def live(
    letter: LetterOptions, start: datetime, filed: Sequence[Filed], down: set[int]
) -> list[Issue]:
    """Live through a week: look each hour, and file what is due; the first issue was at its start.

    What came into git after the last issue is new, whatever its date.
    """
    issues: list[Issue] = []
    last = start
    for hour in range(1, HOURS):
        now = start + timedelta(hours=hour)
        if hour in down or not is_due(letter, last, now):
            continue
        there = [known for known in filed if known.at <= now]
        late = frozenset(known.story.path[6:-3] for known in there if known.at > last)
        material = make_material(
            (known.story for known in there), letter, at=now, since=last, late=late
        )
        issue = compose(remember(issues, material))
        if issue is not None:
            issues.append(issue)
            last = issue.at
    return issues


@settings(max_examples=150, deadline=None)
@given(histories())
def test_each_event_is_told_in_one_issue_of_a_daily_whatever_the_outages(
    history: tuple[LetterOptions, datetime, list[Filed], set[int]],
) -> None:
    letter, start, filed, down = history

    issues = live(letter, start, filed, down)

    event_of = {known.story.path[6:-3]: known.story.copy_of for known in filed}
    events = Counter(event_of[name] or name for issue in issues for name in list_names(issue))
    untold = {event_of[name] or name for name in event_of} - events.keys()
    assert set(events.values()) <= {1}
    assert len(untold) < letter.fewest


@settings(max_examples=150, deadline=None)
@given(histories())
def test_no_hour_and_no_day_has_two_issues(
    history: tuple[LetterOptions, datetime, list[Filed], set[int]],
) -> None:
    letter, start, filed, down = history

    issues = live(letter, start, filed, down)

    due = due_between(letter, start, start + timedelta(hours=HOURS))
    zone = dates.find_zone(letter.zone)
    assert len(issues) <= len(due)
    days = [local_day(max(hour for hour in due if hour <= issue.at), zone) for issue in issues]
    assert len(set(days)) == len(days)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(("00:00", "02:30", "12:00", "23:59")),
    st.integers(0, 25_000).map(
        lambda days: datetime(1975, 1, 1, tzinfo=UTC) + timedelta(days=days)
    ),
)
def test_a_daily_is_due_once_on_each_day(zone: str, at: str, start: datetime) -> None:
    letter = LetterOptions(id="daily", zone=zone, at=at)

    due = due_between(letter, start, start + timedelta(days=200))

    days = [local_day(hour, dates.find_zone(zone)) for hour in due]
    assert days == [days[0] + timedelta(days=ahead) for ahead in range(len(days))]
    assert len(due) in range(199, 202)


@settings(max_examples=60, deadline=None)
@given(histories(), st.integers())
def test_the_order_in_which_stories_are_given_changes_nothing(
    history: tuple[LetterOptions, datetime, list[Filed], set[int]], seed: int
) -> None:
    letter, start, filed, _ = history
    stories = [known.story for known in filed]
    at = start + timedelta(hours=HOURS)
    shuffled = list(stories)
    random.Random(seed).shuffle(shuffled)

    def issue(given: list[Story]) -> Issue | None:
        return compose(make_material(given, replace(letter, subject="titles"), at=at, since=start))

    assert issue(stories) == issue(shuffled)


WRITTEN = st.tuples(st.integers(1, HOURS - 72), st.sampled_from("ab"), st.integers(1, 99))


@settings(max_examples=150, deadline=None)
@given(st.lists(WRITTEN, min_size=1, max_size=9))
def test_an_event_is_told_again_only_by_a_story_written_since(
    written: list[tuple[int, str, int]],
) -> None:
    stories = [
        make_story(n, group=group, heat=heat, published_at=STARTS[0] + timedelta(hours=hours))
        for n, (hours, group, heat) in enumerate(written, 1)
    ]
    by_name = {story.path[6:-3]: story for story in stories}

    issues = live_with_leaders(stories)

    told: dict[str, datetime] = {}
    for issue in issues:
        names = list_names(issue)
        assert len({by_name[name].group for name in names}) == len(names)
        for story in map(by_name.__getitem__, names):
            since = told.setdefault(story.group, STARTS[0])
            assert publication_of(story) > since
            told[story.group] = issue.at


def live_with_leaders(stories: Sequence[Story]) -> list[Issue]:
    """Live through a week of dailies; of each group the warmest story by then is published."""
    letter = LetterOptions(id="daily", parts=PARTS, most=500)
    issues: list[Issue] = []
    for day in range(1, HOURS // 24):
        now = STARTS[0] + timedelta(days=day)
        leaders: dict[str, Story] = {}
        for story in stories:
            known = leaders.get(story.group)
            if publication_of(story) <= now and (known is None or heat_of(story) > heat_of(known)):
                leaders[story.group] = story
        since = issues[-1].at if issues else STARTS[0]
        shown = make_material(leaders.values(), letter, at=now, since=since)
        everything = make_material(stories, letter, at=now, since=since)
        earlier = remember(issues, everything).earlier
        issue = compose(replace(shown, earlier=earlier))
        issues += [issue] if issue else []
    return issues


def publication_of(story: Story) -> datetime:
    assert story.published_at is not None
    return story.published_at


def heat_of(story: Story) -> int:
    return story.heat or 0
