"""The `copydesk` profile's signals: content read, and not only its wrapping."""

from __future__ import annotations

import sys

from copydesk.judge.profile import Features, Signal
from copydesk.judge.quality import _wording, wrapping
from copydesk.judge.quality.wrapping import Seen
from copydesk.judge.words import readable, stands, times
from copydesk.news import Beat

FULL_TEXT = 1500
SHORT_TEXT = 600
RUNS_THROUGH = 3

_OPEN = frozenset({"", "free", "open"})


def _in_title(features: Features, beat: Beat) -> Seen:
    return _first_keyword(features, beat, features.title, "title")


def _in_lede(features: Features, beat: Beat) -> Seen:
    return _first_keyword(features, beat, features.lede, "lede")


def _first_keyword(features: Features, beat: Beat, text: str, place: str) -> Seen:
    """Find one keyword of the record's topics: more of them say nothing more of quality."""
    words = readable(text)
    for topic in beat.topics:
        if topic.name in features.topics:
            for keyword in topic.keywords:
                if stands(keyword, words):
                    return [(1, f'keyword "{keyword}" in {place}')]
    return []


def _given(features: Features, beat: Beat) -> Seen:
    """Take the source's word for the subject only where the words themselves are missing."""
    if not features.given or any(
        _first_keyword(features, beat, text, "") for text in (features.title, features.lede)
    ):
        return []
    return [(1, features.given)]


def _ungrounded(features: Features, beat: Beat) -> Seen:
    """See topics below the main one on an article that has no word of the main one anywhere.

    "senate" stands below AI for what the senate says of AI; most of what it says is about else.
    """
    main = next((topic for topic in beat.topics if topic.name == beat.topic), None)
    if main is None or not main.keywords or features.given or features.text is None:
        return []
    if main.name not in features.topics:
        return []
    words = readable(f"{features.title}\n{features.lede}\n{features.text}")
    if any(stands(keyword, words) for keyword in main.keywords):
        return []
    return [(1, f"nowhere a keyword of {main.name}")]


def _runs_through(features: Features, beat: Beat) -> Seen:
    """See that the text is about its topics, and does not only mention them."""
    if features.text is None or len(features.text) < SHORT_TEXT:
        return []
    words = readable(features.text)
    keywords = {
        keyword
        for topic in beat.topics
        if topic.name in features.topics
        for keyword in topic.keywords
    }
    count = sum(times(keyword, words) for keyword in keywords)
    return [(1, f"its keywords stand {count} times in the text")] if count >= RUNS_THROUGH else []


def _full_text(features: Features, beat: Beat) -> Seen:
    del beat
    return _text_of(features, FULL_TEXT, sys.maxsize, f"at least {FULL_TEXT} characters of text")


def _short_text(features: Features, beat: Beat) -> Seen:
    del beat
    why = f"{SHORT_TEXT} to {FULL_TEXT} characters of text"
    return _text_of(features, SHORT_TEXT, FULL_TEXT, why)


def _thin_text(features: Features, beat: Beat) -> Seen:
    del beat
    return _text_of(features, 0, SHORT_TEXT, f"fewer than {SHORT_TEXT} characters of text")


def _text_of(features: Features, least: int, below: int, why: str) -> Seen:
    """See a text of so many characters; a video's is its description and counts for nothing."""
    if features.video or features.text is None or not least <= len(features.text) < below:
        return []
    return [(1, why)]


def _byline(features: Features, beat: Beat) -> Seen:
    del beat
    return [(1, "names its author")] if features.authors else []


def _closed(features: Features, beat: Beat) -> Seen:
    del beat
    return [(1, f"access {features.access}")] if features.access not in _OPEN else []


def _stub(features: Features, beat: Beat) -> Seen:
    del beat
    if features.access in _OPEN or features.text is None or len(features.text) >= FULL_TEXT:
        return []
    return [(1, f"fewer than {FULL_TEXT} characters before a wall")]


def _press_release(features: Features, beat: Beat) -> Seen:
    """See a company speaking for itself; the beat's own official sources may."""
    del beat
    if features.official:
        return []
    found = _wording.press_release(
        features.credit, features.domain, features.lede, features.text or ""
    )
    return [(1, f"press release: {found}")] if found else []


def _agency(features: Features, beat: Beat) -> Seen:
    del beat
    found = _wording.agency(features.credit, features.domain)
    return [(1, f"told by another newsroom: {found}")] if found else []


def _tease(features: Features, beat: Beat) -> Seen:
    del beat
    found = _wording.tease(features.title)
    return [(1, f'headline that teases: "{found}"')] if found else []


SIGNALS: tuple[Signal, ...] = (
    Signal(points=35, seen=_in_title),
    Signal(points=20, seen=_in_lede),
    Signal(points=30, seen=_given),
    Signal(points=15, seen=_runs_through),
    Signal(points=-20, seen=_ungrounded),
    Signal(points=30, seen=_full_text),
    Signal(points=15, seen=_short_text),
    Signal(points=-20, seen=_thin_text),
    Signal(points=25, seen=wrapping.video),
    Signal(points=5, seen=wrapping.image),
    Signal(points=5, seen=_byline),
    Signal(points=10, seen=wrapping.organization),
    Signal(points=10, seen=wrapping.official),
    Signal(points=-10, seen=_closed),
    Signal(points=-30, seen=_stub),
    Signal(points=-55, seen=_press_release),
    Signal(points=-5, seen=_agency),
    Signal(points=-20, seen=_tease),
)
