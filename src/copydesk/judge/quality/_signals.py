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
    QualitySignal(part="relevance", points=6, find=_relevance.on_beat),
    QualitySignal(part="relevance", points=-80, find=_relevance.off_beat),
    QualitySignal(part="consequence", points=10, find=_consequence.in_title),
    QualitySignal(part="consequence", points=8, find=_consequence.of_states),
    QualitySignal(part="consequence", points=2, find=_consequence.in_lede),
    QualitySignal(part="consequence", points=5, find=_consequence.in_text),
    QualitySignal(part="substance", points=4, find=_substance.voices),
    QualitySignal(part="substance", points=8, find=_substance.inquiry),
    QualitySignal(part="substance", points=-80, find=_substance.caption),
    QualitySignal(part="substance", points=-6, find=_substance.abrupt_end),
    QualitySignal(part="style", points=-5, find=_style.promotion),
    QualitySignal(part="style", points=-4, find=_style.first_person),
    QualitySignal(part="style", points=-7, find=_style.signs),
    QualitySignal(part="style", points=-5, find=_style.to_reader),
    QualitySignal(part="style", points=-10, find=_style.light),
    QualitySignal(part="wrapping", points=10, find=_wrapping.video),
    QualitySignal(part="wrapping", points=5, find=_wrapping.image, of_picture=True),
    QualitySignal(part="source", points=8, find=_wrapping.organization),
    QualitySignal(part="source", points=20, find=_wrapping.official),
    QualitySignal(part="source", points=10, find=_source_trust.high),
    QualitySignal(part="source", points=5, find=_source_trust.good),
    QualitySignal(part="source", points=-10, find=_source_trust.poor),
    QualitySignal(part="source", points=_NO_NEWS, find=_source_trust.unreliable),
    QualitySignal(part="access", points=-10, find=_access.wall),
    QualitySignal(part="access", points=-110, find=_access.stub),
    QualitySignal(part="access", points=-40, find=_language.foreign),
    QualitySignal(part="access", points=-10, find=_access.late),
    QualitySignal(part="kind", points=_NO_NEWS, find=_kind.press_release),
    QualitySignal(part="kind", points=_NO_NEWS, find=_kind.market_report),
    QualitySignal(part="kind", points=_NO_NEWS, find=_kind.job),
    QualitySignal(part="kind", points=_NO_NEWS, find=_kind.shopping),
    QualitySignal(part="kind", points=_NO_NEWS, find=_kind.pastime),
    QualitySignal(part="kind", points=-60, find=_kind.ticker),
    QualitySignal(part="kind", points=-20, find=_kind.live_stub),
    QualitySignal(part="kind", points=-5, find=_kind.agency),
    QualitySignal(part="kind", points=10, find=_kind.brief),
    QualitySignal(part="kind", points=-5, find=_kind.opinion),
    QualitySignal(part="kind", points=-20, find=_kind.gossip),
    QualitySignal(part="kind", points=-10, find=_kind.service),
    QualitySignal(part="kind", points=-10, find=_kind.tease),
)
