"""Plan: what is kept of a filed page between two looks, and whether it says that the page is gone.

Apart from who makes plans: a question about a story asks only this.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from copydesk.memory import Memory, Revisit
from copydesk.news import Lead

GONE = "gone"
NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # when a page is looked at that is known to be gone


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a filed page between two looks.

    `article` names the reading that later ones are compared with, `digest` its words, for when it
    had to make room. `looked` is the last look (the filing itself at first), `gone` when its
    publisher first said that there is no such page, `is_gone` whether that is settled.
    """

    filed: datetime
    looked: datetime
    lead: Lead
    etag: str = ""
    last_modified: str = ""
    final_url: str = ""
    article: str = ""
    digest: str = ""
    gone: datetime | None = None
    is_gone: bool = False


def read_plan(revisit: Revisit) -> Plan | None:
    """Return what was kept with a look; None for what another version kept."""
    try:
        return msgspec.json.decode(revisit.kept, type=Plan)
    except msgspec.DecodeError:
        return None


def is_known_gone(memory: Memory, path: str) -> bool:
    """Decide whether two looks at a record's page, a day apart, found none."""
    revisit = memory.revisits.get(path)
    plan = read_plan(revisit) if revisit else None
    return plan is not None and plan.is_gone


def find_gone_paths(memory: Memory) -> frozenset[str]:
    """Find the records of which `is_known_gone`, by their paths."""
    plans = ((revisit.path, read_plan(revisit)) for revisit in memory.revisits.due(NEVER))
    return frozenset(path for path, plan in plans if plan is not None and plan.is_gone)
