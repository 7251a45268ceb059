"""Headlines: each story of a round as a line tells it, and how many stories wait for an editor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copydesk import judge, review
from copydesk.archive import Rulings
from copydesk.engine.newsroom import Became, Headline
from copydesk.engine.round._judge_articles import Stories, Update
from copydesk.engine.round._outcomes import NewStory
from copydesk.news import Beat, Shelved, Standing, Story

_REASONS = 3  # that a headline comes with: what the story is about and weighs most comes first


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
    why = tuple(map(str, story.reasons[:_REASONS]))
    return _headline(story, "held" if new.is_held else "filed", why)


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


def count_waiting(
    shelf: Iterable[Shelved], written: Iterable[Story], beat: Beat, rulings: Rulings
) -> int:
    """Count the stories that wait for an editor, whether the gate or a person holds them.

    They are those on the shelf, as a round has written them since.
    """
    stories = {shelved.story.path: shelved.story for shelved in shelf}
    stories |= {story.path: story for story in written}
    unpublished = (story for story in stories.values() if not story.published)
    return sum(_stands(story, beat, rulings) is Standing.HELD for story in unpublished)


def _stands(story: Story, beat: Beat, rulings: Rulings) -> Standing:
    return review.standing(
        story,
        rulings.verdict_on(story.path),
        is_ruled_out=bool(judge.blocking_ruling(story, beat.rulings)),
        reaches_gate=judge.reaches_gate(story, beat),
    )
