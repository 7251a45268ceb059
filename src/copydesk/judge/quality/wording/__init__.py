"""Wording: a text in, the words that give away what it is out; one family a file.

Each returns "" where nothing speaks for it. What a family looks for is in its table (`tables`).
They shall miss rather than accuse an honest report.
"""

from __future__ import annotations

from copydesk.judge.quality.wording._agency import agency as agency
from copydesk.judge.quality.wording._agency import dateline as dateline
from copydesk.judge.quality.wording._cues import HEADLINE as HEADLINE
from copydesk.judge.quality.wording._cues import ends_of as ends_of
from copydesk.judge.quality.wording._job import job as job
from copydesk.judge.quality.wording._light import gossip as gossip
from copydesk.judge.quality.wording._light import service as service
from copydesk.judge.quality.wording._live import live as live
from copydesk.judge.quality.wording._market_report import market_report as market_report
from copydesk.judge.quality.wording._opinion import opinion as opinion
from copydesk.judge.quality.wording._pastime import pastime as pastime
from copydesk.judge.quality.wording._press_release import advertorial as advertorial
from copydesk.judge.quality.wording._press_release import press_release as press_release
from copydesk.judge.quality.wording._shopping import shopping as shopping
from copydesk.judge.quality.wording._tease import tease as tease
from copydesk.judge.quality.wording._ticker import ticker as ticker
from copydesk.judge.quality.wording._weighty import weighty as weighty
