"""Relevance: whether an article is on the beat, and how surely."""

from __future__ import annotations

from copydesk.judge.profile import Features
from copydesk.judge.quality._sightings import Sightings, Steps
from copydesk.news import Beat

ON_BEAT = 4  # times that being on the beat counts, however surely
SURE = Steps(50, 65, 80, 90)  # percent: and once more for each


def on_beat(features: Features, beat: Beat) -> Sightings:
    """Find that it is on the beat, and how surely: to say so again adds nothing."""
    if beat.topics and not features.topics and not features.given:
        return []
    why = features.given or f"{features.nearest}, confidence {features.confidence}"
    times = sum(times for times, _ in SURE.sight(features.confidence, ""))
    return [(ON_BEAT + times, f"on the beat: {why}" if beat.topics else "on the beat")]


def off_beat(features: Features, beat: Beat) -> Sightings:
    """Find what is kept although it is about nothing of the beat."""
    if features.topics or features.given or not beat.topics:
        return []
    return [(1, "no topic of the beat")]
