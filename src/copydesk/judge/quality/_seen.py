"""What a signal gives: how often it was seen and why, nothing where it was not."""

from __future__ import annotations

from collections.abc import Iterable

Seen = Iterable[tuple[int, str]]


def once(why: str, evidence: str) -> Seen:
    """Give a signal that was seen once, none where there is no evidence."""
    return [(1, f"{why}: {evidence}")] if evidence else []
