"""Signals that both profiles see: what is around an article, not in it."""

from __future__ import annotations

from copydesk.judge.profile import Features
from copydesk.judge.quality._sightings import Sightings
from copydesk.news import Beat, ReasonKind, reason_words


def image(features: Features, beat: Beat) -> Sightings:
    """Find a lead picture."""
    del beat
    return [(1, reason_words(ReasonKind.PICTURE))] if features.image else []


def video(features: Features, beat: Beat) -> Sightings:
    """Find that it is a video."""
    del beat
    return [(1, "is a video")] if features.video else []


def organization(features: Features, beat: Beat) -> Sightings:
    """Find a publisher that the beat knows."""
    known = beat.organizations.get(features.domain)
    return [(1, f"known organization {known.name}")] if known else []


def official(features: Features, beat: Beat) -> Sightings:
    """Find that it came from an official source of the beat."""
    del beat
    return [(1, "official source of the beat")] if features.official else []
