"""Wording: a text in, the words that give away what it is out; one family a file.

Each returns "" where nothing speaks for it. What a family looks for is in its table (`tables`).
They shall miss rather than accuse an honest report.
"""

from __future__ import annotations

from copydesk.judge.quality.wording._agency import agency
from copydesk.judge.quality.wording._cues import HEADLINE, ends_of
from copydesk.judge.quality.wording._job import job
from copydesk.judge.quality.wording._light import gossip, service
from copydesk.judge.quality.wording._live import live
from copydesk.judge.quality.wording._market_report import market_report
from copydesk.judge.quality.wording._opinion import opinion
from copydesk.judge.quality.wording._pastime import pastime
from copydesk.judge.quality.wording._press_release import paid, press_release
from copydesk.judge.quality.wording._shopping import shopping
from copydesk.judge.quality.wording._tease import tease
from copydesk.judge.quality.wording._ticker import ticker
from copydesk.judge.quality.wording._weighty import weighty

__all__ = [
    "HEADLINE",
    "agency",
    "ends_of",
    "gossip",
    "job",
    "live",
    "market_report",
    "opinion",
    "paid",
    "pastime",
    "press_release",
    "service",
    "shopping",
    "tease",
    "ticker",
    "weighty",
]
