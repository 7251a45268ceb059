"""Where a filed story stands in a newsroom, and whether its page is gone."""

from __future__ import annotations

from copydesk import judge, review
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.rejudging import beat_in_force
from copydesk.engine.revisiting import GONE, is_known_gone
from copydesk.memory import Memory
from copydesk.news import Article, Standing, Story, Verdict


def standing_of(
    newsroom: Newsroom, story: Story, verdict: Verdict | None, article: Article | None
) -> Standing:
    """Return where a story stands; `article` is what was read of it, None where that is gone."""
    beat = beat_in_force(newsroom.root, newsroom.beat, newsroom.now)
    is_on_beat = "topics" in review.find_ruled_fields(story, beat)  # an editor says so
    return review.standing(
        story,
        verdict,
        is_ruled_out=bool(judge.blocking_ruling(story, beat.rulings)),
        is_off_beat=not is_on_beat and judge.is_off_beat(story, beat, article),
        reaches_gate=judge.reaches_gate(story, beat),
    )


def is_gone(memory: Memory, story: Story) -> bool:
    """Decide whether a story's page is gone from its publisher.

    The record says so; one that has no place for it has it in memory, where looks are planned.
    """
    return story.access == GONE or is_known_gone(memory, story.path)
