"""Laws of undoing: what was done goes, whatever else has come stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from copydesk.archive import Rulings
from copydesk.editing.undo import revert_list, rulings_without, story_without
from copydesk.news import Reason, Ruling, Story, Verdict

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS = st.text(max_size=5)
VERDICTS = st.builds(
    Verdict, by=WORDS, at=st.just(NOON), said=st.sampled_from(["publish", "hold"]), why=WORDS
)
STORIES = st.builds(
    Story,
    path=st.just("_news/a.md"),
    title=WORDS,
    published_at=st.just(NOON),
    excerpt=WORDS,
    quality=st.integers(0, 5),
    heat=st.integers(-1, 3),
    published=st.booleans(),
    verdict=st.none() | VERDICTS,
    note=WORDS,
    reasons=st.lists(st.builds(Reason, about=WORDS, why=WORDS), max_size=3).map(tuple),
    machine=st.dictionaries(st.sampled_from("abc"), WORDS).map(lambda one: tuple(one.items())),
)
RULES = st.builds(
    Ruling,
    said=st.just("pin"),
    by=WORDS,
    at=st.just(NOON),
    why=WORDS,
    stories=st.tuples(st.sampled_from("abc")),
)
RULINGS = st.builds(
    Rulings,
    verdicts=st.dictionaries(st.sampled_from("abc"), VERDICTS),
    removed=st.lists(st.sampled_from("xyz"), unique=True).map(tuple),
    rules=st.lists(RULES, max_size=3, unique_by=lambda rule: rule.stories).map(tuple),
)
NUMBERS = st.lists(st.integers(0, 6), unique=True, max_size=5).map(tuple)


@given(STORIES, STORIES)
def test_what_nobody_changed_since_is_as_it_was(before: Story, after: Story) -> None:
    story, differences = story_without(before, after, after)
    assert differences == ()
    assert replace(story, machine=()) == replace(before, machine=())
    assert dict(story.machine) == dict(before.machine)


@given(STORIES, STORIES, STORIES)
def test_a_field_that_the_action_left_alone_is_never_touched(
    before: Story, other: Story, now: Story
) -> None:
    after = replace(before, title=other.title, verdict=other.verdict)
    story, _ = story_without(before, after, now)
    alone = replace(now, title=story.title, verdict=story.verdict)
    assert story == alone


@given(STORIES, STORIES, STORIES)
def test_a_field_is_back_or_told_as_different(before: Story, after: Story, now: Story) -> None:
    story, differences = story_without(before, after, now)
    told = {one.field for one in differences}
    for name in ("title", "excerpt", "verdict", "published", "note", "quality"):
        if getattr(before, name) != getattr(after, name):
            assert getattr(story, name) == getattr(before, name) or name in told


@given(RULINGS, RULINGS)
def test_rulings_that_nobody_changed_since_are_as_they_were(
    before: Rulings, after: Rulings
) -> None:
    rulings, differences = rulings_without(before, after, after, "x")
    assert differences == ()
    assert rulings == before


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_list_has_what_was_taken_out_and_nothing_that_was_put_in(
    was: tuple[int, ...], left: tuple[int, ...], now: tuple[int, ...]
) -> None:
    found = revert_list(was, left, now)
    assert set(was) - set(left) <= set(found)
    assert not (set(left) - set(was)) & set(found)
    assert set(now) - set(left) <= set(found)
