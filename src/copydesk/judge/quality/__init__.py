"""Quality: what is known of an article in, points with reasons out; and trust in its source."""

from __future__ import annotations

from copydesk.judge.quality._signals import HIGHEST, SIGNALS
from copydesk.judge.quality._standing import Trust, trust

__all__ = ["HIGHEST", "SIGNALS", "Trust", "trust"]
