"""Laws of review: an editor's word once is as good as twice; a hand stays, all else is fresh."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from copydesk import review
from copydesk.kit import text
from copydesk.news import Beat, Image, Story, Verdict
from copydesk.news.beat import Scoring
from copydesk.news.story import Event
from copydesk.review import corrections, rejudging

TIMES = st.integers(0, 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
WORDS = st.text(max_size=20)
NUMBERS = st.none() | st.integers(min_value=-1, max_value=300)
BEATS = st.sampled_from([Beat(title="x"), Beat(title="x", scoring=Scoring(profile="everyday"))])
VERDICTS = st.builds(
    Verdict,
    by=WORDS,
    at=TIMES,
    said=st.sampled_from(["publish", "hold", "reject", "remove"]),
    why=WORDS,
)
STORIES = st.builds(
    Story,
    path=st.just("_news/a.md"),
    title=WORDS,
    published_at=TIMES,
    excerpt=WORDS,
    topics=st.lists(WORDS.filter(lambda word: "\n" not in word), max_size=3).map(tuple),
    images=st.lists(st.builds(Image, url=WORDS), max_size=1).map(tuple),
    quality=NUMBERS,
    heat=NUMBERS,
    published=st.none() | st.booleans(),
    verdict=st.none() | VERDICTS,
    copy_of=WORDS,
)
EDITS = st.sampled_from(["title", "excerpt", "topics", "images"])


@given(STORIES, VERDICTS, BEATS)
def test_a_verdict_twice_is_a_verdict_once(story: Story, verdict: Verdict, beat: Beat) -> None:
    once = review.apply_verdict(story, verdict, beat)
    assert review.apply_verdict(once, verdict, beat) == once


@given(STORIES, VERDICTS, TIMES, BEATS)
def test_the_time_of_an_equal_verdict_does_not_count(
    story: Story, verdict: Verdict, later: datetime, beat: Beat
) -> None:
    once = review.apply_verdict(story, verdict, beat)
    assert review.apply_verdict(once, replace(verdict, at=later), beat) == once


@given(STORIES, st.sampled_from(["gate", "hold"]), st.sampled_from(["gate", "hold", "publish"]))
def test_the_gate_twice_is_the_gate_once(story: Story, mode: str, trust: str) -> None:
    once = rejudging.gate(story, mode, trust)
    assert rejudging.gate(once, mode, trust) == once


@given(STORIES, STORIES)
def test_what_no_hand_touched_is_all_fresh(filed: Story, fresh: Story) -> None:
    story = review.keep_hand_edits(filed, fresh, dict(review.digests(filed)))
    expected, known = dict(review.digests(fresh)), dict(review.digests(story))
    if filed.verdict is not None:  # it decides about this one
        expected.pop("published")
        known.pop("published")
    assert expected == known
    assert dict(story.machine) == dict(review.digests(story))


@given(STORIES, STORIES, STORIES, st.sets(EDITS))
def test_what_a_hand_touched_stays_whatever_comes(
    filed: Story, edit: Story, fresh: Story, fields: set[str]
) -> None:
    known = dict(review.digests(filed))
    edited = replace(filed, **{name: getattr(edit, name) for name in fields})
    once = review.keep_hand_edits(edited, fresh, known)
    for field in review.find_hand_edits(edited, known):
        name = "images" if field == "image" else field
        assert getattr(once, name) == getattr(edited, name)
    assert review.keep_hand_edits(once, fresh, dict(once.machine)) == once


@given(STORIES, STORIES)
def test_a_correction_twice_is_a_correction_once_and_publishes_nothing(
    filed: Story, judged: Story
) -> None:
    known = dict(review.digests(filed))
    once = corrections.apply_correction(filed, judged, known)
    again = replace(corrections.apply_correction(once, judged, dict(once.machine)), heat=once.heat)
    assert again == once
    assert once.published == filed.published


@given(STORIES, TIMES, st.lists(WORDS, max_size=40))
def test_a_history_never_outgrows_its_bound_and_keeps_its_ends(
    story: Story, at: datetime, lines: list[str]
) -> None:
    noted = corrections.add_to_history(story, at, [Event(what=line) for line in lines]).history
    assert len(noted) <= 12
    assert [line.partition(" ")[2] for line in (*noted[:1], *noted[-1:])] == [
        *map(text.fold, lines[:1]),
        *map(text.fold, lines[-1:]),
    ]


@given(st.text(), st.text())
def test_a_text_is_no_correction_of_itself_and_differs_both_ways(one: str, other: str) -> None:
    assert [] == list(corrections.text_changes(one, one))
    assert corrections.have_same_words(one, one)
    there, back = (list(corrections.text_changes(*pair)) for pair in ((one, other), (other, one)))
    assert [event.kind for event in there] == [event.kind for event in back]
    assert not corrections.is_other_article(one, other, one, other)


@given(STORIES, VERDICTS, BEATS)
def test_a_verdict_that_is_taken_back_leaves_no_trace(
    story: Story, verdict: Verdict, beat: Beat
) -> None:
    """Of a story with a heat of its own; who stands behind another one is seen there again."""
    filed = replace(story, verdict=None, published=bool(story.published), copy_of="")
    filed = replace(filed, heat=max(0, filed.heat or 0), note=story.title)
    known = dict(review.digests(filed))
    filed = replace(filed, machine=tuple(known.items()))

    said = review.apply_verdict(filed, verdict, beat)

    assert not rejudging.is_edited_since(said, verdict)
    cleared = rejudging.without_verdict(said, known)
    assert rejudging.answer_for(said, cleared, known) == filed
    assert review.find_hand_edits(cleared, known) == frozenset()


@given(STORIES, VERDICTS)
def test_what_a_hand_wrote_after_a_verdict_is_a_hands_when_that_is_taken_back(
    story: Story, verdict: Verdict
) -> None:
    filed = replace(story, verdict=None, published=bool(story.published))
    known = dict(review.digests(filed))
    said = review.apply_verdict(filed, verdict, Beat(title="x"))
    by_hand = replace(said, published=not said.published)

    assert rejudging.is_edited_since(by_hand, verdict)
    kept = rejudging.keep_edit(by_hand, known)
    assert (kept.verdict, kept.published) == (None, by_hand.published)
    assert "published" in review.find_hand_edits(kept, dict(kept.machine) or known)
