"""What the gate saw of a filed story, told by its record alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk.judge import gate
from copydesk.news import Reason, Story, Verdict
from copydesk.news.story import Related

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
BESIDE = Related(title="x", published_at=AT, web_url="https://x.example")
OVER, UNDER = "published: quality 80 reaches 70", "published: quality 60 is below 70"
LIFTED = "published: quality 60 and 20 for corroboration reach 70"


def filed(quality: int, *reasons: str, published: bool = True) -> Story:
    return Story(
        path="_news/2026-11-20-wall.md",
        title="Wall",
        published_at=AT,
        quality=quality,
        published=published,
        reasons=tuple(map(Reason.parse, reasons)),
    )


def test_the_gate_saw_quality_and_what_others_added() -> None:
    assert (80, 80) == points(filed(80, OVER))
    assert (60, 60) == points(filed(60, UNDER, published=False))
    assert (80, 80) == points(filed(60, LIFTED))


def test_a_record_without_reasons_is_told_by_the_references_rule() -> None:
    story = replace(filed(60), related=(BESIDE, BESIDE))

    assert (80, 80) == points(story)
    assert (60, 60) == points(replace(story, related=()))


@pytest.mark.parametrize(
    "story",
    [
        replace(filed(80, OVER), verdict=Verdict(said="publish", by="Ed", at=AT, why="so")),
        replace(filed(80, OVER), copy_of="2026-11-20-seals"),
        replace(filed(80, OVER), heat=-1),
        filed(80, OVER, published=False),  # by a hand in the record
        filed(60, UNDER, published=True),
        filed(80, OVER, "held: every story waits for an editor", published=False),
        filed(60, UNDER, "held: stories of this source wait for an editor", published=False),
        filed(60, "published: its source is trusted"),
        filed(60, "published: an editor pinned it"),
        filed(80, "published: off the beat under today's rules", published=False),
        filed(80, "quality +80: everything"),
    ],
)
def test_what_something_else_decided_the_gate_did_not(story: Story) -> None:
    assert gate.deciding_points(story) is None
    assert gate.gate_points(story) == story.quality


def test_without_a_quality_nothing_was_decided() -> None:
    assert gate.deciding_points(replace(filed(0), quality=None)) is None


def test_a_lift_that_nobody_can_count_is_none() -> None:
    odd = f"published: quality 60 and {'9' * 5000} for corroboration reach 70"

    assert (60, 60) == points(filed(60, odd))


def points(story: Story) -> tuple[int, int | None]:
    return gate.gate_points(story), gate.deciding_points(story)
