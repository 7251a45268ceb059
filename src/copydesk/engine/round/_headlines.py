"""Headlines: each story of a round as a line tells it, and how many stories wait for an editor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copydesk import judge, review
from copydesk.archive import Rulings
from copydesk.engine.newsroom import Became, Headline
from copydesk.engine.round._judge_articles import Stories, Update
from copydesk.engine.round._outcomes import NewStory
from copydesk.news import Beat, Reason, Shelved, Standing, Story, Verdict

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


def count_waiting(
    shelf: Iterable[Shelved], written: Iterable[Story], beat: Beat, rulings: Rulings
) -> int:
    """Count the stories that wait for an editor, whether the gate or a person holds them.

    They are those on the shelf, as a round has written them since.
    """
    stories = {shelved.story.path: shelved.story for shelved in shelf}
    stories |= {story.path: story for story in written}
    unpublished = (story for story in stories.values() if not story.published)
    return sum(_waits(story, rulings.verdict_on(story.path), beat) for story in unpublished)


def _waits(story: Story, verdict: Verdict | None, beat: Beat) -> bool:
    """Decide whether a story waits: a word, a reason or its points hold it, and nothing else."""
    reaches_gate = judge.reaches_gate(story, beat)
    is_held = any(reason.about == "held" for reason in story.reasons)
    if not (reaches_gate or is_held or story.verdict or verdict):
        return False  # of most stories no more has to be read than that
    is_ruled_out = bool(judge.blocking_ruling(story, beat.rulings))
    stands = review.standing(story, verdict, is_ruled_out=is_ruled_out, reaches_gate=reaches_gate)
    return stands is Standing.HELD
