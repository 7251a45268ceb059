"""Relevance: how an article belongs to the beat."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from copydesk.judge.profile import Features
from copydesk.judge.quality._language import tongue
from copydesk.judge.quality._measure import READ, measured
from copydesk.judge.quality._seen import Seen
from copydesk.judge.quality._substance import SHORT_TEXT
from copydesk.judge.words import readable, stands, times
from copydesk.news import Beat, Topic

RUNS_THROUGH = 3

_readable = functools.lru_cache(maxsize=8)(readable)  # several signals look at one text


def in_title(features: Features, beat: Beat) -> Seen:
    """See a keyword in the title."""
    return _first_keyword(features, beat, features.title, "title")


def in_lede(features: Features, beat: Beat) -> Seen:
    """See a keyword in the lede."""
    return _first_keyword(features, beat, features.lede, "lede")


def _first_keyword(features: Features, beat: Beat, text: str, place: str) -> Seen:
    """Find one keyword of the record's topics: more of them say nothing more of quality."""
    words = _readable(text)
    for keyword in _keywords(features, beat):
        if stands(keyword, words):
            return [(1, f'keyword "{keyword}" in {place}')]
    return []


def _keywords(features: Features, beat: Beat) -> Iterator[str]:
    """Give the words of the record's topics, those in the article's own language too."""
    for topic in beat.topics:
        if topic.name in features.topics:
            yield from _names(topic, features.language)


def _names(topic: Topic, language: str) -> Iterator[str]:
    """Give all that means a topic in an article of this language."""
    yield from topic.keywords
    yield from topic.aliases
    for one, keywords in topic.translations:
        if tongue(one) == tongue(language):
            yield from keywords


def given(features: Features, beat: Beat) -> Seen:
    """Take the source's word for the subject only where the words themselves are missing."""
    if not features.given or any(
        _first_keyword(features, beat, text, "") for text in (features.title, features.lede)
    ):
        return []
    return [(1, features.given)]


def ungrounded(features: Features, beat: Beat) -> Seen:
    """See topics below the main one on an article that has no word of the main one anywhere.

    "senate" stands below AI for what the senate says of AI; most of what it says is about else.
    """
    main = next((topic for topic in beat.topics if topic.name == beat.topic), None)
    if main is None or not main.keywords or features.given or features.text is None:
        return []
    if main.name not in features.topics:
        return []
    for text in (features.title, features.lede, features.text[:READ]):
        words = _readable(text)
        if any(stands(keyword, words) for keyword in _names(main, features.language)):
            return []
    return [(1, f"nowhere a keyword of {main.name}")]


def runs_through(features: Features, beat: Beat) -> Seen:
    """See that the text is about its topics, and does not only mention them."""
    if features.text is None or measured(features.text).length < SHORT_TEXT:
        return []
    words = _readable(features.text[:READ])
    count = sum(times(keyword, words) for keyword in set(_keywords(features, beat)))
    return [(1, f"its keywords stand {count} times in the text")] if count >= RUNS_THROUGH else []


def off_beat(features: Features, beat: Beat) -> Seen:
    """See what is kept although it is about nothing of the beat."""
    if features.topics or features.given or not beat.topics:
        return []
    return [(1, "no topic of the beat")]
