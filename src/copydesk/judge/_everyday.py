"""The `everyday` profile: the reference's points, to the point (SPEC 2.1, 2.8)."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.judge import quality
from copydesk.judge.profile import (
    Copy,
    Features,
    Fingerprint,
    Match,
    QualitySignal,
    source_of,
    topics_of_source,
)
from copydesk.judge.quality import Sightings
from copydesk.judge.words import contains, contains_letters, normalize
from copydesk.news import Article, Beat, ReasonKind, Shelf, Topic, reason_words

_TITLE_CHARACTERS = 70


def signals(beat: Beat) -> tuple[QualitySignal, ...]:
    """Return the reference's signals; only an organization's points are the site's own."""
    return (
        QualitySignal(points=2, find=_topics, part="relevance"),
        QualitySignal(points=15, find=_keywords, part="relevance"),
        QualitySignal(points=20, find=quality.image, of_picture=True, part="wrapping"),
        QualitySignal(points=20, find=_amp, part="wrapping"),
        QualitySignal(
            points=beat.scoring.organization_points, find=quality.organization, part="source"
        ),
        QualitySignal(points=50, find=quality.official, part="source"),
        QualitySignal(points=50, find=quality.video, part="wrapping"),
        QualitySignal(points=-1, find=_long_title, part="wrapping"),
    )


def _topics(features: Features, beat: Beat) -> Sightings:
    del beat
    count = len(features.topics)
    return [(count, f"{count} topic{'s' if count != 1 else ''}")]


def _keywords(features: Features, beat: Beat) -> Sightings:
    """Find each listed keyword of the record's topics; one listed twice counts twice."""
    for topic in beat.topics:
        if topic.name in features.topics:
            for keyword in topic.keywords:
                if contains_letters(keyword, features.title):
                    yield 1, reason_words(ReasonKind.KEYWORD_IN_TITLE, keyword=keyword)


def _amp(features: Features, beat: Beat) -> Sightings:
    del beat
    return [(1, reason_words(ReasonKind.AMP_PAGE))] if features.amp else []


def _long_title(features: Features, beat: Beat) -> Sightings:
    del beat
    over = max(0, len(features.title) - _TITLE_CHARACTERS) // 2
    return [(over, f"title of {len(features.title)} characters, over {_TITLE_CHARACTERS}")]


def relevance(article: Article, beat: Beat) -> tuple[Match, ...]:
    """Return the evidence that an article is on the beat.

    A topic's keyword anywhere in the title (the reference's own rule for topics), or as whole words
    in the excerpt or text (as the search did that found the reference its stories), or a source
    that is official or has topics. A beat without topics takes everything.
    """
    read = (_match(topic, article) for topic in beat.topics)
    return (*topics_of_source(article, beat), *filter(None, read))


def _match(topic: Topic, article: Article) -> Match | None:
    for keyword in topic.keywords:
        if contains_letters(keyword, article.title):
            return Match(topic=topic.name, why=f'"{keyword}" in title')
    words = normalize(f"{article.excerpt}\n{article.text}")
    for keyword in topic.keywords:
        if contains(keyword, words):
            return Match(topic=topic.name, why=f'"{keyword}" in text')
    return None


def describe_miss(article: Article, beat: Beat) -> str:
    """Describe what an article that is off the beat lacks."""
    del article, beat
    return "no topic's keyword in it"


def describe_near_miss(article: Article, beat: Beat, but: Sequence[str]) -> str:
    """Return nothing: a keyword in the title gives a topic, and nothing nearly does."""
    del article, beat, but
    return ""


def topics(article: Article, beat: Beat, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Return the record's topics: the source's, the main one, then title matches in file order.

    Where that is none, because no topic is the main one, those of its text.
    """
    in_title = [
        topic.name
        for topic in beat.topics
        if any(contains_letters(keyword, article.title) for keyword in topic.keywords)
    ]
    names = (*source_of(article, beat).topics, beat.topic, *in_title)
    found = tuple(dict.fromkeys(filter(None, names)))
    return found or tuple(dict.fromkeys(match.topic for match in matches if match.topic))


def find_no_original(article: Article, fingerprint: Fingerprint, shelf: Shelf) -> Copy | None:
    """Find no copies: the reference knew none."""
    del article, fingerprint, shelf
    return None
