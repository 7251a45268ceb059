"""Profile: what a way of weighing stories is made of, as data."""

from __future__ import annotations

from copydesk.judge.profile._features import Features, lede
from copydesk.judge.profile._profile import (
    Copy,
    Fingerprint,
    Match,
    Profile,
    QualityScore,
    QualitySignal,
    weigh_both_ways,
    weigh_by,
)
from copydesk.judge.profile._source import given_topics, source_of

__all__ = [
    "Copy",
    "Features",
    "Fingerprint",
    "Match",
    "Profile",
    "QualityScore",
    "QualitySignal",
    "given_topics",
    "lede",
    "source_of",
    "weigh_both_ways",
    "weigh_by",
]
