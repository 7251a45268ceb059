"""What a signal finds: how often and why, nothing where it is not there."""

from __future__ import annotations

from collections.abc import Iterable

Sightings = Iterable[tuple[int, str]]


def once(why: str, evidence: str) -> Sightings:
    """Return a signal that was found once, none where there is no evidence."""
    return [(1, f"{why}: {evidence}")] if evidence else []
