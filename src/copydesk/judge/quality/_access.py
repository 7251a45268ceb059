"""Access: whether readers can read it, and whether it came in time."""

from __future__ import annotations

from copydesk.judge.profile import Features
from copydesk.judge.quality._measure import measure
from copydesk.judge.quality._sightings import Sightings
from copydesk.judge.quality._substance import FULL_TEXT
from copydesk.news import Beat

DAY = 24
WEEK = 7 * DAY

_OPEN = frozenset({"", "free", "open"})


def wall(features: Features, beat: Beat) -> Sightings:
    """Find a wall."""
    del beat
    return [(1, f"access {features.access}")] if features.access not in _OPEN else []


def stub(features: Features, beat: Beat) -> Sightings:
    """Find what a wall lets through where that is no article."""
    del beat
    if features.access in _OPEN or features.text is None:
        return []
    if measure(features.text).length >= FULL_TEXT:
        return []
    return [(1, f"fewer than {FULL_TEXT} characters before a wall")]


def late(features: Features, beat: Beat) -> Sightings:
    """Find what came a week late or more from a source that was watched."""
    del beat
    hours = features.age_hours
    if hours is None or not WEEK < hours:
        return []
    return [(1, f"{hours // DAY:.0f} days old when it was found")]
