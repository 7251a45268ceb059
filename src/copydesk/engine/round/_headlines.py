"""Headlines: each story of a round as a line tells it."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.engine.newsroom import Became, Headline
from copydesk.engine.round._judge_articles import Stories, Update
from copydesk.engine.round._outcomes import NewStory
from copydesk.news import Reason, Story

_REASONS = 3  # that a headline comes with


def list_headlines(stories: Stories, written: Sequence[str]) -> tuple[Headline, ...]:
    """Return the headlines of what a round wrote: filed, then held, then updated, best first."""
    new, updates = stories.new, stories.updates
    filed = [_headline_of_new(new[path]) for path in written if path in new]
    updated = [_headline_of_update(updates[path]) for path in written if path not in new]
    order = ("filed", "held", "updated")
    return tuple(
        sorted(
            [*filed, *updated],
            key=lambda line: (order.index(line.became), -(line.quality or 0), line.path),
        )
    )


def _headline_of_new(new: NewStory) -> Headline:
    story = new.story
    why = tuple(map(str, _chief_reasons(story.reasons)))
    return _headline(story, "held" if new.is_held else "filed", why)


def _chief_reasons(reasons: Sequence[Reason]) -> Sequence[Reason]:
    """Return the first reason, which is a topic's, and those that weigh most in points."""
    first, others = reasons[:1], reasons[1:]
    heavy = sorted((reason for reason in others if reason.points), key=_weight, reverse=True)
    return [*first, *heavy[: _REASONS - 1]]


def _weight(reason: Reason) -> int:
    return abs(reason.points or 0)


def _headline_of_update(update: Update) -> Headline:
    events = update.correction.events if update.correction else ()
    return _headline(update.after, "updated", tuple(map(str, events[:_REASONS])))


def _headline(story: Story, became: Became, why: tuple[str, ...]) -> Headline:
    return Headline(
        path=story.path,
        title=story.title,
        became=became,
        published=bool(story.published),
        quality=story.quality,
        topics=story.topics,
        why=why,
    )
