"""Quality: what is known of an article in, points with reasons out."""

from __future__ import annotations

from copydesk.judge.quality._signals import SIGNALS

__all__ = ["SIGNALS"]
