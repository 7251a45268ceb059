"""An editor's word decides whether a story is published, and binds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk import review
from copydesk.news import Beat, Story, Verdict
from copydesk.news.beat import Scoring
from copydesk.news.ruling import Said

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COPYDESK = Beat(title="x")
EVERYDAY = Beat(title="x", scoring=Scoring(profile="everyday"))
STORY = Story(path="_news/a.md", title="A", published_at=NOON, quality=40, heat=40, published=False)


def word(said: Said, why: str = "why", by: str = "ann", hours: int = 0) -> Verdict:
    return Verdict(by=by, at=NOON + timedelta(hours=hours), said=said, why=why)


@pytest.mark.parametrize("beat", [COPYDESK, EVERYDAY])
@pytest.mark.parametrize(
    ("said", "before", "after"),
    [
        ("publish", False, True),
        ("publish", True, True),
        ("hold", True, False),
        ("reject", True, False),
        ("remove", True, False),
        ("hold", None, False),
    ],
)
def test_a_verdict_decides_whether_a_story_is_published(
    said: Said, before: bool | None, after: bool, beat: Beat
) -> None:
    story = review.apply_verdict(replace(STORY, published=before), word(said), beat)
    assert story.published is after


@pytest.mark.parametrize(
    ("quality", "heat", "expected"), [(40, -1, 40), (40, 60, 60), (40, 0, 0), (None, None, 0)]
)
def test_a_published_story_has_a_heat(quality: int | None, heat: int | None, expected: int) -> None:
    story = review.apply_verdict(
        replace(STORY, quality=quality, heat=heat), word("publish"), COPYDESK
    )
    assert story.heat == expected


def test_a_story_that_is_taken_off_keeps_its_heat() -> None:
    assert review.apply_verdict(replace(STORY, heat=60), word("hold"), COPYDESK).heat == 60


def test_the_record_keeps_who_when_and_why() -> None:
    assert review.apply_verdict(STORY, word("publish"), COPYDESK).verdict == word("publish")


def test_a_record_of_the_reference_has_no_place_for_a_verdict() -> None:
    assert review.apply_verdict(STORY, word("publish"), EVERYDAY).verdict is None


def test_an_equal_verdict_again_changes_nothing() -> None:
    story = review.apply_verdict(STORY, word("publish"), COPYDESK)
    assert review.apply_verdict(story, word("publish", hours=5), COPYDESK) == story


@pytest.mark.parametrize(
    "verdict", [word("hold"), word("publish", why="else"), word("publish", by="bea")]
)
def test_another_verdict_takes_the_place_of_the_first(verdict: Verdict) -> None:
    story = review.apply_verdict(STORY, word("publish"), COPYDESK)
    assert review.apply_verdict(story, verdict, COPYDESK).verdict == verdict


def test_a_copy_that_an_editor_publishes_stays_known_as_a_copy() -> None:
    copy = replace(STORY, heat=-1, copy_of="b")
    story = review.apply_verdict(copy, word("publish"), COPYDESK)
    assert (story.published, story.heat, story.copy_of) == (True, 40, "b")
