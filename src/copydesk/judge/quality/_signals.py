"""The `copydesk` profile's signals and their points: content read, and not only its wrapping.

Three laws hold them together (docs/design/judge-quality.md): all that can be earned at once stays
at or below HIGHEST; what is no news, or off the beat, loses more than it can earn above 69; and
each part has an end, so that no sign can be piled up.
"""

from __future__ import annotations

from copydesk.judge.profile import QualitySignal
from copydesk.judge.quality import (
    _access,
    _consequence,
    _kind,
    _language,
    _relevance,
    _source_trust,
    _style,
    _substance,
    _wrapping,
)

HIGHEST = 190
_NO_NEWS = -120

SIGNALS: tuple[QualitySignal, ...] = (
    QualitySignal(points=6, find=_relevance.on_beat),
    QualitySignal(points=-80, find=_relevance.off_beat),
    QualitySignal(points=10, find=_consequence.in_title),
    QualitySignal(points=3, find=_consequence.in_lede),
    QualitySignal(points=5, find=_consequence.in_text),
    QualitySignal(points=4, find=_substance.voices),
    QualitySignal(points=8, find=_substance.inquiry),
    QualitySignal(points=-80, find=_substance.caption),
    QualitySignal(points=-6, find=_substance.broken_off),
    QualitySignal(points=-5, find=_style.promotion),
    QualitySignal(points=-4, find=_style.first_person),
    QualitySignal(points=-5, find=_style.to_reader),
    QualitySignal(points=-10, find=_style.light),
    QualitySignal(points=10, find=_wrapping.video),
    QualitySignal(points=5, find=_wrapping.image, of_picture=True),
    QualitySignal(points=8, find=_wrapping.organization),
    QualitySignal(points=20, find=_wrapping.official),
    QualitySignal(points=10, find=_source_trust.high),
    QualitySignal(points=5, find=_source_trust.good),
    QualitySignal(points=-10, find=_source_trust.poor),
    QualitySignal(points=_NO_NEWS, find=_source_trust.unreliable),
    QualitySignal(points=-10, find=_access.wall),
    QualitySignal(points=-110, find=_access.stub),
    QualitySignal(points=-40, find=_language.foreign),
    QualitySignal(points=-10, find=_access.late),
    QualitySignal(points=_NO_NEWS, find=_kind.press_release),
    QualitySignal(points=_NO_NEWS, find=_kind.market_report),
    QualitySignal(points=_NO_NEWS, find=_kind.job),
    QualitySignal(points=_NO_NEWS, find=_kind.shopping),
    QualitySignal(points=_NO_NEWS, find=_kind.pastime),
    QualitySignal(points=-60, find=_kind.ticker),
    QualitySignal(points=-20, find=_kind.live_stub),
    QualitySignal(points=-5, find=_kind.agency),
    QualitySignal(points=10, find=_kind.brief),
    QualitySignal(points=-5, find=_kind.opinion),
    QualitySignal(points=-20, find=_kind.gossip),
    QualitySignal(points=-10, find=_kind.service),
    QualitySignal(points=-10, find=_kind.tease),
)
