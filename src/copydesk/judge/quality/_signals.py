"""The `copydesk` profile's signals and their points: content read, and not only its wrapping.

Three laws hold them together (docs/design/judge.md): a keyword in the title, one in the lede and a
short report reach 70; all that can be earned at once stays at or below HIGHEST; and what is not
news loses more than it can earn above 69.
"""

from __future__ import annotations

from copydesk.judge.profile import QualitySignal
from copydesk.judge.quality import (
    _access,
    _kind,
    _language,
    _relevance,
    _source_trust,
    _substance,
    _wrapping,
)

HIGHEST = 190
_NO_NEWS = -120

SIGNALS: tuple[QualitySignal, ...] = (
    QualitySignal(points=35, find=_relevance.in_title),
    QualitySignal(points=20, find=_relevance.in_lede),
    QualitySignal(points=30, find=_relevance.by_source),
    QualitySignal(points=10, find=_relevance.runs_through),
    QualitySignal(points=-30, find=_relevance.without_main_topic),
    QualitySignal(points=-50, find=_relevance.off_beat),
    QualitySignal(points=30, find=_substance.full_text),
    QualitySignal(points=20, find=_substance.short_text),
    QualitySignal(points=-50, find=_substance.thin_text),
    QualitySignal(points=5, find=_substance.long_text),
    QualitySignal(points=5, find=_substance.voices),
    QualitySignal(points=5, find=_substance.many_voices),
    QualitySignal(points=5, find=_substance.figures),
    QualitySignal(points=10, find=_substance.inquiry),
    QualitySignal(points=15, find=_wrapping.video),
    QualitySignal(points=5, find=_wrapping.image, of_picture=True),
    QualitySignal(points=5, find=_substance.byline),
    QualitySignal(points=10, find=_wrapping.organization),
    QualitySignal(points=10, find=_wrapping.official),
    QualitySignal(points=10, find=_source_trust.high),
    QualitySignal(points=5, find=_source_trust.good),
    QualitySignal(points=-10, find=_source_trust.poor),
    QualitySignal(points=_NO_NEWS, find=_source_trust.unreliable),
    QualitySignal(points=-10, find=_access.wall),
    QualitySignal(points=-100, find=_access.stub),
    QualitySignal(points=-40, find=_language.foreign),
    QualitySignal(points=-10, find=_access.late),
    QualitySignal(points=-20, find=_access.long_ago),
    QualitySignal(points=_NO_NEWS, find=_kind.press_release),
    QualitySignal(points=_NO_NEWS, find=_kind.market_report),
    QualitySignal(points=_NO_NEWS, find=_kind.job),
    QualitySignal(points=_NO_NEWS, find=_kind.shopping),
    QualitySignal(points=_NO_NEWS, find=_kind.pastime),
    QualitySignal(points=-60, find=_kind.ticker),
    QualitySignal(points=-20, find=_kind.live_stub),
    QualitySignal(points=-10, find=_kind.opinion),
    QualitySignal(points=-5, find=_kind.agency),
    QualitySignal(points=15, find=_kind.weighty),
    QualitySignal(points=-20, find=_kind.gossip),
    QualitySignal(points=-15, find=_kind.service),
    QualitySignal(points=-20, find=_kind.tease),
)
