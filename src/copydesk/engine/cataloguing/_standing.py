"""Where a filed story stands in a newsroom."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from copydesk import judge, review
from copydesk.judge import gate
from copydesk.news import Article, Beat, Standing, Story
from copydesk.review.rules import find_ruled_fields

if TYPE_CHECKING:
    from copydesk.engine.cataloguing._rules import RulesInForce

FindArticle = Callable[[Story], Article | None]


def standing_of(rules: RulesInForce, story: Story, find_article: FindArticle) -> Standing:
    """Return where a story stands by the rules in force.

    What was read of its page is asked for only where nothing else tells whether it is on the beat.
    """
    verdict = story.verdict or rules.verdict_on(story.path)
    if verdict is None and story.published:
        return Standing.PUBLISHED
    beat = rules.beat
    article = find_article(story) if judge.needs_article(beat) else None
    return review.standing(
        story,
        verdict,
        is_ruled_out=bool(gate.blocking_ruling(story, beat.rulings)),
        is_off_beat=_is_off_beat(story, beat, article),
        reaches_gate=judge.reaches_gate(story, beat),
    )


def _is_off_beat(story: Story, beat: Beat, article: Article | None) -> bool:
    has_ruled_topics = "topics" in find_ruled_fields(story, beat)  # an editor says so
    return not has_ruled_topics and judge.is_off_beat(story, beat, article)
