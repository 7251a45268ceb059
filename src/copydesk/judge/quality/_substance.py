"""Substance: how much there is to read, who is heard in it, and who asked."""

from __future__ import annotations

import sys

from copydesk.judge.profile import Features
from copydesk.judge.quality._measure import TextMeasures, measure, own_reporting
from copydesk.judge.quality._sightings import Sightings, once
from copydesk.news import Beat, ReasonKind, reason_words

LONG_TEXT = 4000
FULL_TEXT = 1500
SHORT_TEXT = 600
MANY_VOICES = 5
VOICES = 2
FIGURES = 5


def long_text(features: Features, beat: Beat) -> Sightings:
    """Find more than a report's usual length."""
    del beat
    return _find_text(features, LONG_TEXT, sys.maxsize, f"at least {LONG_TEXT} characters of text")


def full_text(features: Features, beat: Beat) -> Sightings:
    """Find a whole article."""
    del beat
    return _find_text(features, FULL_TEXT, sys.maxsize, f"at least {FULL_TEXT} characters of text")


def short_text(features: Features, beat: Beat) -> Sightings:
    """Find a short report."""
    del beat
    why = f"{SHORT_TEXT} to {FULL_TEXT} characters of text"
    return _find_text(features, SHORT_TEXT, FULL_TEXT, why)


def thin_text(features: Features, beat: Beat) -> Sightings:
    """Find that there is next to nothing to read."""
    del beat
    why = reason_words(ReasonKind.THIN_TEXT, bound=SHORT_TEXT)
    return _find_text(features, 0, SHORT_TEXT, why)


def _find_text(features: Features, least: int, below: int, why: str) -> Sightings:
    """Find a text of so many characters; a video's is its description and does not count."""
    if features.video or features.text is None:
        return []
    return [(1, why)] if least <= measure(features.text).length < below else []


def voices(features: Features, beat: Beat) -> Sightings:
    """Find that someone is heard in the text: what is said has a name to it."""
    del beat
    speakers = _measure_text(features).speakers
    return [(1, f"{speakers} times it tells who says so")] if speakers >= VOICES else []


def many_voices(features: Features, beat: Beat) -> Sightings:
    """Find that several are heard."""
    del beat
    speakers = _measure_text(features).speakers
    return [(1, f"at least {MANY_VOICES} times")] if speakers >= MANY_VOICES else []


def figures(features: Features, beat: Beat) -> Sightings:
    """Find that the text counts and dates what it tells."""
    del beat
    count = _measure_text(features).figures
    return [(1, f"{count} different figures")] if count >= FIGURES else []


def inquiry(features: Features, beat: Beat) -> Sightings:
    """Find that the newsroom asked for itself."""
    del beat
    if not _measure_text(features).length:
        return []
    return once("own reporting", own_reporting(features.text or "", features.domain))


def _measure_text(features: Features) -> TextMeasures:
    """Count what is in a text that is long enough to count; a stub shows nothing."""
    if features.text is None or features.video:
        return TextMeasures()
    measures = measure(features.text)
    return measures if measures.length >= SHORT_TEXT else TextMeasures()


def byline(features: Features, beat: Beat) -> Sightings:
    """Find an author's name."""
    del beat
    return [(1, "names its author")] if features.authors else []
