"""A decision: what an editor said of a story, and what the gate knew of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from copydesk import judge
from copydesk.judge import gate
from copydesk.news import IS_WANTED, Article, Beat, Said, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An editor's word on a story: whether it is wanted, and whether it had waited for that word.

    `points` are those that the gate saw, `without` what they would be without each part of its
    quality; {} where the parts are not known.
    """

    path: str
    at: datetime
    said: Said
    is_wanted: bool
    has_waited: bool
    points: int
    without: Mapping[str, int]


def decide(
    path: str, at: datetime, said: str, points: int | None, *, has_waited: bool
) -> Decision | None:
    """Return the decision that an editor's word is, None where the gate has no say in it.

    The parts of the quality are not known to it.
    """
    is_wanted = {str(word): wanted for word, wanted in IS_WANTED.items()}.get(said)
    if points is None or is_wanted is None:
        return None
    return Decision(
        path=path,
        at=at,
        said="publish" if is_wanted else "reject",
        is_wanted=is_wanted,
        has_waited=has_waited,
        points=points,
        without={},
    )


def make_decision(
    story: Story, article: Article | None, beat: Beat, *, all_wait: bool
) -> Decision | None:
    """Return the decision that a story's verdict is, None where the gate has no say in it.

    That is a copy, a story behind the leader of its group, one without a quality, and a removal.
    `all_wait` says that every story waits for an editor.
    """
    verdict, points = story.verdict, gate.verdict_points(story)
    if verdict is None or points is None or verdict.said not in IS_WANTED:
        return None
    return Decision(
        path=story.path,
        at=verdict.at,
        said=verdict.said,
        is_wanted=IS_WANTED[verdict.said],
        has_waited=all_wait or _has_waited(story, article, beat),
        points=points,
        without=_leave_out(story, article, beat),
    )


def _has_waited(story: Story, article: Article | None, beat: Beat) -> bool:
    """Decide whether a story waited: its record says so until it is judged anew, or its source."""
    if any(reason.about == "held" for reason in story.reasons):
        return True
    source = beat.source(article.source) if article else None
    return source is not None and source.trust == "hold"


def _leave_out(story: Story, article: Article | None, beat: Beat) -> dict[str, int]:
    """Return the points at the gate without each named part of a quality."""
    parts = judge.quality_parts(story, beat, article)
    quality = story.quality or 0
    if sum(part.points for part in parts) != quality:
        return {}  # a person wrote another number
    lift = gate.gate_points(story) - quality
    left = judge.qualities_without_parts(parts, beat)
    return {part: points + lift for part, points in left.items()}
