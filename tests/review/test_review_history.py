"""A story's history, and the corrections that make it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from copydesk import review
from copydesk.news import Image, Reason, ReasonKind, Story, Verdict
from copydesk.news.story import Event
from copydesk.review import corrections

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILED = Story(
    path="_news/a.md",
    title="Old title",
    excerpt="Old excerpt",
    published_at=NOON,
    web_url="https://a.example/1",
    topics=("AI",),
    images=(Image(url="https://a.example/old.jpg"),),
    quality=80,
    heat=100,
    published=True,
    copy_of="",
    reasons=(
        Reason(about="quality", why="old", points=80),
        Reason(about="published", why="quality 80 reaches the threshold 70"),
    ),
)
JUDGED = replace(
    FILED,
    path="",
    title="New title",
    excerpt="New excerpt",
    topics=("AI", "Health"),
    quality=60,
    heat=60,
    published=False,
    images=(),
    reasons=(
        Reason(about="quality", why="new", points=60),
        Reason(about="published", why="quality 60 is below the threshold 70"),
    ),
)
KNOWN = dict(review.digests(FILED))


def test_a_correction_brings_words_and_numbers_and_decides_nothing_anew() -> None:
    after = corrections.apply_correction(FILED, JUDGED, KNOWN)
    assert (after.title, after.topics, after.quality, after.heat) == (
        "New title",
        ("AI", "Health"),
        60,
        80,
    )
    assert (after.published, after.images, after.path) == (True, FILED.images, FILED.path)
    assert [reason.why for reason in after.reasons] == [
        "new",
        "quality 80 reaches the threshold 70",
    ]
    assert dict(after.machine) == dict(review.digests(after))


def test_a_correction_leaves_what_its_group_says() -> None:
    of_its_group = (
        Reason(about="group", why="joined this group because of the same headline"),
        Reason(about="lead", why="main story of its group, preferred to b: a picture"),
        Reason(about="text", why="a brief"),
        Reason(about="trusted", why="stories of this source need no minimum quality"),
    )
    filed = replace(FILED, reasons=(*FILED.reasons, *of_its_group))
    after = corrections.apply_correction(filed, JUDGED, KNOWN)
    assert after.reasons[-4:] == of_its_group


def test_on_the_second_scale_a_correction_gives_a_lone_story_its_new_heat() -> None:
    def hot(points: int, quality: int) -> Reason:
        return Reason.of(ReasonKind.QUALITY_IN_HEAT, points=points, quality=quality)

    alone = replace(FILED, heat=54, reasons=(*FILED.reasons, hot(24, 80)))
    judged = replace(JUDGED, heat=48, reasons=(*JUDGED.reasons, hot(18, 60)))
    after = corrections.apply_correction(alone, judged, KNOWN)
    assert (after.heat, hot(18, 60) in after.reasons, hot(24, 80) in after.reasons) == (
        48,
        True,
        False,
    )
    led = replace(alone, group="a", heat=90)
    after = corrections.apply_correction(led, judged, KNOWN)
    assert (after.heat, hot(24, 80) in after.reasons) == (90, True)


def test_a_copy_stays_off_the_site_without_heat() -> None:
    copy = replace(FILED, copy_of="b", published=False, heat=-1)
    after = corrections.apply_correction(copy, JUDGED, dict(review.digests(copy)))
    assert (after.copy_of, after.published, after.heat) == ("b", False, -1)


def test_what_an_editor_said_stands_above_a_correction() -> None:
    verdict = Verdict(by="ed", at=NOON, said="reject", why="no")
    ruled = replace(FILED, published=False, verdict=verdict)
    after = corrections.apply_correction(
        ruled, replace(JUDGED, published=True), dict(review.digests(ruled))
    )
    assert (after.published, after.verdict) == (False, verdict)


def test_with_nothing_known_the_record_is_left_as_it_is() -> None:
    assert corrections.apply_correction(FILED, JUDGED, {}) == FILED


def test_the_first_line_and_the_newest_eleven_stay() -> None:
    story = FILED
    for number in range(20):
        story = corrections.add_to_history(
            story, NOON + timedelta(hours=number), [Event(what=f"change {number}")]
        )
    assert len(story.history) == 12
    assert story.history[0] == "2026-03-02T12:00:00Z change 0"
    assert [line.rsplit(" ", 1)[1] for line in story.history[1:]] == [
        str(number) for number in range(9, 20)
    ]


def test_a_line_is_noted_since_a_time_only_where_it_is_later() -> None:
    story = corrections.add_to_history(FILED, NOON, [Event(what="change")])
    assert not corrections.is_noted_since(story, NOON)
    assert corrections.is_noted_since(story, NOON - timedelta(seconds=1))
    assert not corrections.is_noted_since(replace(FILED, history=("by hand", "")), NOON)


def test_a_line_carries_no_character_that_turns_the_writing_or_moves_the_cursor() -> None:
    story = corrections.add_to_history(
        FILED, NOON, [Event(what='title was "a\u202eb\x1b[2Jc\x9b\nd"')]
    )
    assert story.history == ('2026-03-02T12:00:00Z title was "ab[2Jc d"',)
