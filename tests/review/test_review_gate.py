"""What passes without an editor, and what waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk.news import Reason, ReasonKind, Standing, Story, Verdict
from copydesk.review import rejudging

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
JUDGED = (Reason(about="published", why="quality 80 reaches the threshold 70"),)
GOOD = Story(
    path="",
    title="A",
    published_at=NOON,
    quality=80,
    heat=80,
    published=True,
    reasons=JUDGED,
)
POOR = replace(GOOD, quality=10, heat=10, published=False)
COPY = replace(POOR, heat=-1, copy_of="b")
NEAR = replace(POOR, reasons=(*JUDGED, Reason.of(ReasonKind.NEAR_BEAT, name="Rye", topic="Bread")))


@pytest.mark.parametrize(
    ("story", "mode", "trust", "published"),
    [
        (GOOD, "gate", "gate", True),
        (POOR, "gate", "gate", False),
        (GOOD, "gate", "hold", False),
        (POOR, "gate", "publish", True),
        (COPY, "gate", "publish", False),
        (GOOD, "hold", "gate", False),
        (GOOD, "hold", "publish", False),
    ],
)
def test_mode_and_trust_decide(story: Story, mode: str, trust: str, published: bool) -> None:
    assert rejudging.gate(story, mode, trust).published is published


@pytest.mark.parametrize(
    ("mode", "trust", "why"),
    [
        ("hold", "gate", "held: every story waits for an editor"),
        ("gate", "hold", "held: stories of this source wait for an editor"),
    ],
)
def test_a_held_story_says_why(mode: str, trust: str, why: str) -> None:
    assert str(rejudging.gate(GOOD, mode, trust).reasons[-1]) == why


@pytest.mark.parametrize("mode", ["gate", "hold"])
@pytest.mark.parametrize("trust", ["gate", "hold", "publish"])
def test_a_story_near_the_beat_waits_whoever_wrote_it(mode: str, trust: str) -> None:
    assert NEAR == rejudging.gate(NEAR, mode, trust)
    assert Standing.HELD == rejudging.standing(NEAR, is_off_beat=True)


def test_a_trusted_story_says_why() -> None:
    reasons = rejudging.gate(POOR, "gate", "publish").reasons
    assert [str(reason) for reason in reasons] == [
        "published: stories of this source need no minimum quality"
    ]


def test_a_story_without_reasons_gets_none() -> None:
    assert rejudging.gate(replace(GOOD, reasons=()), "hold", "gate").reasons == ()


@pytest.mark.parametrize(
    ("mode", "trust"), [("hold", "gate"), ("gate", "hold"), ("gate", "publish")]
)
def test_an_editors_word_stands_above_the_gate(mode: str, trust: str) -> None:
    ruled = replace(GOOD, verdict=Verdict(by="ann", at=NOON, said="publish", why=""))
    assert rejudging.gate(ruled, mode, trust) == ruled


@pytest.mark.parametrize("mode", ["gate", "hold"])
@pytest.mark.parametrize("trust", ["gate", "hold", "publish"])
def test_passing_the_gate_twice_is_passing_once(mode: str, trust: str) -> None:
    for story in (GOOD, POOR, COPY, NEAR):
        once = rejudging.gate(story, mode, trust)
        assert rejudging.gate(once, mode, trust) == once
