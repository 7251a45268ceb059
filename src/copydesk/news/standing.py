"""Standing: where a filed story stands, in one word."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """Where a story stands: on the site, or what keeps it off; a lead that is none is DROPPED."""

    PUBLISHED = "published"
    HELD = "held"  # it waits for an editor, or one holds it
    BELOW_GATE = "below-gate"
    BEHIND_LEADER = "behind-leader"
    COPY = "copy"
    OFF_BEAT = "off-beat"
    RULED_OUT = "ruled-out"
    REJECTED = "rejected"
    REMOVED = "removed"
    DROPPED = "dropped"
