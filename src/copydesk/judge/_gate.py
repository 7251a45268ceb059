"""The gate in a reason: whether a story's quality reaches it."""

from __future__ import annotations

from copydesk.news import Reason, ReasonKind


def gate_reason(quality: int, gate: int) -> Reason:
    """Return why a story is published or not by its quality alone."""
    kind = ReasonKind.REACHES_GATE if quality >= gate else ReasonKind.BELOW_GATE
    return Reason.of(kind, quality=quality, gate=gate)
