"""Substance: who is heard in a text, who asked, and whether it is all there."""

from __future__ import annotations

import re

from copydesk.judge.profile import Features
from copydesk.judge.quality._measure import length, measure, own_reporting
from copydesk.judge.quality._sightings import Sightings, Steps, once
from copydesk.news import Beat, ReasonKind, reason_words

FULL_TEXT = 1500
BRIEF = 600
CAPTION = 150
VOICES = Steps(1, 2, 4, 7, 12, 18)

_WHOLE_END = re.compile(
    r"[.!?:\u2026\u3002\uff01\uff1f\"'\u201c\u201d\u2019\u00bb\u300d)\]*|]\s*\Z"
)


def caption(features: Features, beat: Beat) -> Sightings:
    """Find that there is next to nothing to read; a video's text only describes it."""
    del beat
    if features.video or features.text is None or length(features.text) >= CAPTION:
        return []
    return [(1, reason_words(ReasonKind.THIN_TEXT, bound=CAPTION))]


def abrupt_end(features: Features, beat: Beat) -> Sightings:
    """Find a text that ends in the middle, or is a list that nobody wrote out."""
    del beat
    text = (features.text or "").rstrip()
    if features.video or not text or _WHOLE_END.search(text[-40:]):
        return []
    return [(1, "its text ends in the middle of a sentence")]


def voices(features: Features, beat: Beat) -> Sightings:
    """Find that someone is heard in the text: what is said has a name to it, or stands quoted."""
    del beat
    if features.text is None or features.video:
        return []
    measures = measure(features.text)
    heard = max(measures.speakers, measures.quotes)
    times = "once" if heard == 1 else f"{heard} times"
    return VOICES.sight(heard, f"{times} it tells who says so")


def inquiry(features: Features, beat: Beat) -> Sightings:
    """Find that the newsroom asked for itself."""
    del beat
    return once("own reporting", own_reporting(features.text or "", features.domain))
