"""What the gate lets through of a newsroom's own last month, where it stands and elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from copydesk import archive
from copydesk.catalogue import Catalogue
from copydesk.engine.newsroom import Newsroom
from copydesk.judge.gate import deciding_points
from copydesk.news import Story

DAYS = 30
_STEPS = (-20, -10, 10, 20)  # points from the gate at which others are told


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStep:
    """How many stories a gate at `publish_at` lets through."""

    publish_at: int
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePassage:
    """What the gate lets through of the `stories` of the last days that it alone decides.

    What a verdict, a pin, a source's trust, a copy's original, the leader of a group or the wait
    for an editor decides is not among them. `others` are gates below and above this one.
    """

    publish_at: int
    days: int
    stories: int
    passed: int
    others: tuple[GateStep, ...]


def measure_gate_passage(
    newsroom: Newsroom, catalogue: Catalogue, rejudged: Iterable[Story] = ()
) -> GatePassage:
    """Count what gates let through, `rejudged` stories by the points that they have there."""
    filed = catalogue.gate_points(newsroom.now - timedelta(days=DAYS))
    for path in archive.read_rulings(newsroom.root).judged_paths:
        filed.pop(path, None)
    fresh = {story.path: deciding_points(story) for story in rejudged if story.path in filed}
    return _count({**filed, **fresh}, newsroom.beat.scoring.publish_at)


def _count(points_of: Mapping[str, int | None], publish_at: int) -> GatePassage:
    points = [points for points in points_of.values() if points is not None]
    gates = (publish_at + step for step in _STEPS)
    return GatePassage(
        publish_at=publish_at,
        days=DAYS,
        stories=len(points),
        passed=_count_stories_above(points, publish_at),
        others=tuple(
            GateStep(publish_at=gate, passed=_count_stories_above(points, gate))
            for gate in gates
            if gate >= 0
        ),
    )


def _count_stories_above(points: Sequence[int], gate: int) -> int:
    return sum(one >= gate for one in points)
