"""Tips: a page that a person found is judged as any other, by a beat that wants it.

article, tip ── appraise_tip ──> on the beat ── note_tip, topic_rule ──> who says so, and it lasts
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from copydesk import judge
from copydesk.news import Article, Beat, Dropped, Event, EventKind, Ruling, Story, Tip
from copydesk.review import corrections, rules


def appraise_tip(article: Article, beat: Beat, tip: Tip) -> judge.Appraisal | Dropped:
    """Appraise an article that a person wants: off the beat it is not, and it has their topic.

    Only where its own words give it none, that topic counts for its points as a source's does.
    """
    wanting = replace(beat, scoring=replace(beat.scoring, off_beat="keep"))
    own = judge.appraise(article, wanting)
    if isinstance(own, Dropped) or not tip.topic or tip.topic in own.topics:
        return own
    given = judge.appraise(article, wanting.give_topics(article.source, (tip.topic,), tip.by))
    if isinstance(given, Dropped) or not own.topics:
        return given
    return replace(own, topics=given.topics)


def note_tip(beat: Beat, story: Story, tip: Tip, at: datetime) -> Story:
    """Return a story whose history says who had it filed; none where records have no history."""
    if not beat.scoring.traits.has_blocks:
        return story
    return corrections.add_to_history(
        story, at, [Event.of(EventKind.FILED, by=tip.by, why=tip.why)]
    )


def topic_rule(story: Story, tip: Tip, at: datetime) -> Ruling | None:
    """Return the lasting rule that a tip with a topic lays down for its record, None without one.

    Without it the story would lose the topic when it is next judged by its own words.
    """
    if not tip.topic:
        return None
    topics = story.topics if tip.topic in story.topics else (*story.topics, tip.topic)
    return Ruling(
        said="retopic",
        by=tip.by,
        at=at,
        why=tip.why,
        stories=(rules.record_name(story.path),),
        values=topics,
    )
