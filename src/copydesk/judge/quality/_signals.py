"""The `copydesk` profile's signals and their points: content read, and not only its wrapping.

Three laws hold them together (docs/design/judge.md): a keyword in the title, one in the lede and a
short report reach 70; all that can be earned at once stays at or below HIGHEST; and what is not
news loses more than it can earn above 69.
"""

from __future__ import annotations

from copydesk.judge.profile import Signal
from copydesk.judge.quality import (
    _access,
    _kind,
    _language,
    _relevance,
    _standing,
    _substance,
    wrapping,
)

HIGHEST = 190
_NO_NEWS = -120

SIGNALS: tuple[Signal, ...] = (
    Signal(points=35, seen=_relevance.in_title),
    Signal(points=20, seen=_relevance.in_lede),
    Signal(points=30, seen=_relevance.given),
    Signal(points=10, seen=_relevance.runs_through),
    Signal(points=-30, seen=_relevance.ungrounded),
    Signal(points=-50, seen=_relevance.off_beat),
    Signal(points=30, seen=_substance.full_text),
    Signal(points=20, seen=_substance.short_text),
    Signal(points=-50, seen=_substance.thin_text),
    Signal(points=5, seen=_substance.long_text),
    Signal(points=5, seen=_substance.voices),
    Signal(points=5, seen=_substance.many_voices),
    Signal(points=5, seen=_substance.figures),
    Signal(points=10, seen=_substance.asked),
    Signal(points=15, seen=wrapping.video),
    Signal(points=5, seen=wrapping.image, of_picture=True),
    Signal(points=5, seen=_substance.byline),
    Signal(points=10, seen=wrapping.organization),
    Signal(points=10, seen=wrapping.official),
    Signal(points=10, seen=_standing.high),
    Signal(points=5, seen=_standing.good),
    Signal(points=-10, seen=_standing.poor),
    Signal(points=_NO_NEWS, seen=_standing.unreliable),
    Signal(points=-10, seen=_access.closed),
    Signal(points=-100, seen=_access.stub),
    Signal(points=-40, seen=_language.foreign),
    Signal(points=-10, seen=_access.late),
    Signal(points=-20, seen=_access.long_ago),
    Signal(points=_NO_NEWS, seen=_kind.press_release),
    Signal(points=_NO_NEWS, seen=_kind.market_report),
    Signal(points=_NO_NEWS, seen=_kind.job),
    Signal(points=_NO_NEWS, seen=_kind.shopping),
    Signal(points=_NO_NEWS, seen=_kind.pastime),
    Signal(points=-60, seen=_kind.ticker),
    Signal(points=-20, seen=_kind.live_stub),
    Signal(points=-10, seen=_kind.opinion),
    Signal(points=-5, seen=_kind.agency),
    Signal(points=15, seen=_kind.weighty),
    Signal(points=-20, seen=_kind.gossip),
    Signal(points=-15, seen=_kind.service),
    Signal(points=-20, seen=_kind.tease),
)
