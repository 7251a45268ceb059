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


class RecallKind(StrEnum):
    """Where a story of somebody else's list stands with us; of two that fit it is the first."""

    HAVE = "have"  # its page is filed
    COVERED = "covered"  # another newsroom's report on the same happening is
    DROPPED = "dropped"
    OPEN = "open"  # its page failed, or waits to be read
    UNSEEN = "unseen"
