"""Quality: what is known of an article in, points with reasons out; and trust in its source."""

from __future__ import annotations

from copydesk.judge.quality._sightings import Sightings
from copydesk.judge.quality._signals import HIGHEST, SIGNALS
from copydesk.judge.quality._source_trust import SourceTrust, source_trust
from copydesk.judge.quality._wrapping import image, official, organization, video

__all__ = [
    "HIGHEST",
    "SIGNALS",
    "Sightings",
    "SourceTrust",
    "image",
    "official",
    "organization",
    "source_trust",
    "video",
]
