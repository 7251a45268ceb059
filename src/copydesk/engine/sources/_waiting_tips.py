"""Waiting tips: pages that editors want filed, kept until a round has taken them in.

desk: keep_tip ──> round: read_tips ── filed, dropped, or failed for good ──> forget_tip
"""

from __future__ import annotations

import msgspec

from copydesk.kit import urls
from copydesk.memory import Memory
from copydesk.news import Tip


def keep_tip(memory: Memory, tip: Tip) -> None:
    """Keep a tip for the next round, in the place of an earlier one of the same page."""
    memory.tips.put(urls.identity(tip.url), msgspec.json.encode(tip))


def read_tips(memory: Memory) -> list[Tip]:
    """Return the tips that wait; one of another version's shape is forgotten."""
    tips = []
    for key, kept in list(memory.tips.items()):
        try:
            tips.append(msgspec.json.decode(kept, type=Tip))
        except msgspec.DecodeError:
            memory.tips.forget(key)
    return tips


def forget_tip(memory: Memory, tip: Tip) -> None:
    """Forget a tip: something has become of its page."""
    memory.tips.forget(urls.identity(tip.url))
