"""A quality as a table: which part of it each reason belongs to, and what a part adds up to.

A record keeps the words of its reasons and no parts. So what is kept of the article is looked at
again, by today's signals: words that one of them finds again belong to its part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from copydesk.judge import _everyday
from copydesk.judge._explain import features_of_record
from copydesk.judge._findings import features_of_article
from copydesk.judge._profiles import profile_of
from copydesk.judge.profile import Features, QualitySignal
from copydesk.news import Article, Beat, Reason, ReasonKind, Story

_BOUND = "bounds"  # what brings a sum between its bounds
_BOUNDS = frozenset({ReasonKind.NEVER_BELOW, ReasonKind.NEVER_ABOVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPart:
    """One part of a quality, its points and the reasons that add up to them.

    `part` is "" for reasons that no signal of today finds again.
    """

    part: str
    points: int
    reasons: tuple[Reason, ...]


def quality_parts(story: Story, beat: Beat, article: Article | None) -> tuple[QualityPart, ...]:
    """Return the parts of a story's quality, in the order of its reasons; together they are it.

    `article` is what was read of it, None where that is no longer kept.
    """
    counted = [reason for reason in story.reasons if _is_counted(reason)]
    if not counted:
        return ()
    known = _parts_by_words(story, beat, article)
    by_part: dict[str, list[Reason]] = {}
    for reason in counted:
        part = _BOUND if reason.kind in _BOUNDS else known.get(reason.why, "")
        by_part.setdefault(part, []).append(reason)
    return tuple(
        QualityPart(part=part, points=_add_up(reasons), reasons=tuple(reasons))
        for part, reasons in by_part.items()
    )


def qualities_without_parts(parts: Sequence[QualityPart], beat: Beat) -> dict[str, int]:
    """Return the quality that would be left without each part that has a name."""
    highest = profile_of(beat).highest
    earned = [part for part in parts if part.part != _BOUND]
    total = sum(part.points for part in earned)
    left = {part.part: max(0, total - part.points) for part in earned if part.part}
    if highest is None:
        return left
    return {name: min(quality, highest) for name, quality in left.items()}


def _is_counted(reason: Reason) -> bool:
    return reason.about == "quality" and reason.points is not None


def _add_up(reasons: Sequence[Reason]) -> int:
    return sum(reason.points or 0 for reason in reasons)


def _parts_by_words(story: Story, beat: Beat, article: Article | None) -> Mapping[str, str]:
    """Return the part of all that today's signals find, by its words.

    Without an article the reference's rules are asked, which need none: it may be its record.
    """
    profile = profile_of(beat)
    if article is None or not profile.blocks:
        return _find_parts(_everyday.signals(beat), features_of_record(story), beat)
    return _find_parts(profile.signals, features_of_article(article, beat), beat)


def _find_parts(
    signals: Sequence[QualitySignal], features: Features, beat: Beat
) -> Mapping[str, str]:
    pictured = replace(features, image=True, official=True)
    return {why: signal.part for signal in signals for _, why in signal.find(pictured, beat)}
