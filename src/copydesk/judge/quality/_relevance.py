"""Relevance: how an article belongs to the beat."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from copydesk.judge.profile import Features
from copydesk.judge.quality._language import base_language
from copydesk.judge.quality._measure import READ, measure
from copydesk.judge.quality._sightings import Sightings
from copydesk.judge.quality._substance import SHORT_TEXT
from copydesk.judge.words import contains, count, normalize
from copydesk.news import Beat, ReasonKind, Topic, reason_words

RUNS_THROUGH = 3

_normalize = functools.lru_cache(maxsize=8)(normalize)  # several signals look at one text


def in_title(features: Features, beat: Beat) -> Sightings:
    """Find a keyword in the title."""
    keyword = _first_keyword(features, beat, features.title)
    return [(1, reason_words(ReasonKind.KEYWORD_IN_TITLE, keyword=keyword))] if keyword else []


def in_lede(features: Features, beat: Beat) -> Sightings:
    """Find a keyword in the lede."""
    keyword = _first_keyword(features, beat, features.lede)
    return [(1, f'keyword "{keyword}" in lede')] if keyword else []


def _first_keyword(features: Features, beat: Beat, text: str) -> str:
    """Return one keyword of the record's topics, "" for none: more say nothing more of quality."""
    words = _normalize(text)
    return next((word for word in _keywords(features, beat) if contains(word, words)), "")


def _keywords(features: Features, beat: Beat) -> Iterator[str]:
    """Yield the words of the record's topics, those in the article's own language too."""
    for topic in beat.topics:
        if topic.name in features.topics:
            yield from _names(topic, features.language)


def _names(topic: Topic, language: str) -> Iterator[str]:
    """Yield all that means a topic in an article of this language."""
    yield from topic.keywords
    yield from topic.aliases
    for translated, keywords in topic.translations:
        if base_language(translated) == base_language(language):
            yield from keywords


def by_source(features: Features, beat: Beat) -> Sightings:
    """Take the source's word for the subject only where the words themselves are missing."""
    if not features.given or any(
        _first_keyword(features, beat, text) for text in (features.title, features.lede)
    ):
        return []
    return [(1, features.given)]


def without_main_topic(features: Features, beat: Beat) -> Sightings:
    """Find topics below the main one on an article without a word of the main one anywhere.

    "senate" stands below AI for what the senate says of AI; most of what it says is about else.
    """
    main = next((topic for topic in beat.topics if topic.name == beat.topic), None)
    if main is None or not main.keywords or main.name not in features.topics:
        return []
    if features.given or features.text is None or _speaks_of(main, features):
        return []
    return [(1, f"nowhere a keyword of {main.name}")]


def _speaks_of(topic: Topic, features: Features) -> bool:
    """Decide whether a word of a topic stands in title, lede or text."""
    texts = (features.title, features.lede, (features.text or "")[:READ])
    return any(
        contains(keyword, _normalize(text))
        for text in texts
        for keyword in _names(topic, features.language)
    )


def runs_through(features: Features, beat: Beat) -> Sightings:
    """Find that the text is about its topics, and does not only mention them."""
    if features.text is None or measure(features.text).length < SHORT_TEXT:
        return []
    words = _normalize(features.text[:READ])
    total = sum(count(keyword, words) for keyword in set(_keywords(features, beat)))
    return [(1, f"its keywords stand {total} times in the text")] if total >= RUNS_THROUGH else []


def off_beat(features: Features, beat: Beat) -> Sightings:
    """Find what is kept although it is about nothing of the beat."""
    if features.topics or features.given or not beat.topics:
        return []
    return [(1, "no topic of the beat")]
