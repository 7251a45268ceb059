"""A story's standing by the rules of today, where its record does not tell it."""

from __future__ import annotations

from copydesk.judge._profiles import profile_of
from copydesk.judge.coverage import RELATED_POINTS
from copydesk.news import Article, Beat, Reason, ReasonKind, Story

_REACHES = frozenset(
    {ReasonKind.REACHES_GATE, ReasonKind.TRUSTED_SOURCE, ReasonKind.PUBLISHED_BY_PIN}
)
_ABOUT_THAT = frozenset(Reason.of(kind).about for kind in _REACHES)


def reaches_gate(story: Story, beat: Beat) -> bool:
    """Decide whether a story would be on the site if nobody and nothing else kept it off.

    By its reasons where the record keeps them, else by its numbers.
    """
    if story.reasons:
        told = (reason for reason in story.reasons if reason.about in _ABOUT_THAT)
        return any(reason.kind in _REACHES for reason in told)
    total = (story.quality or 0) + RELATED_POINTS * len(story.related)
    return total >= beat.scoring.publish_at


def needs_article(beat: Beat) -> bool:
    """Decide whether a record alone does not tell whether its story is on the beat."""
    return bool(beat.topics) and not profile_of(beat).blocks


def is_off_beat(story: Story, beat: Beat, article: Article | None) -> bool:
    """Decide whether a story has no topic of the beat.

    Its record tells, but where the main topic stands on every one: there its article does, and
    without that nothing is said against it.
    """
    profile = profile_of(beat)
    if not beat.topics:
        return False
    if profile.blocks:
        return not story.topics
    return article is not None and not profile.relevance(article, beat)
