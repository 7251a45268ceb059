"""The `copydesk` profile's signals: content read, and not only its wrapping.

Their points are `[scoring.points]`. Three laws hold those that we set together
(docs/design/judge.md): all that can be earned at once stays at or below HIGHEST; what is no
news, or off the beat, loses more than it can earn above 69; and each part has an end, so that no
sign can be piled up.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from copydesk.judge.profile import FindSightings, QualitySignal
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
from copydesk.news import SignalPoints

HIGHEST = 190


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signal:
    """A signal without its points, which are looked up by its name."""

    name: str
    part: str
    find: FindSightings
    of_picture: bool = False


_SIGNALS = (
    _Signal(name="on_beat", part="relevance", find=_relevance.on_beat),
    _Signal(name="off_beat", part="relevance", find=_relevance.off_beat),
    _Signal(name="weighty_title", part="consequence", find=_consequence.in_title),
    _Signal(name="state_in_title", part="consequence", find=_consequence.of_states),
    _Signal(name="weighty_lede", part="consequence", find=_consequence.in_lede),
    _Signal(name="weighty_text", part="consequence", find=_consequence.in_text),
    _Signal(name="voices", part="substance", find=_substance.voices),
    _Signal(name="own_reporting", part="substance", find=_substance.inquiry),
    _Signal(name="thin_text", part="substance", find=_substance.caption),
    _Signal(name="abrupt_end", part="substance", find=_substance.abrupt_end),
    _Signal(name="promotion", part="style", find=_style.promotion),
    _Signal(name="first_person", part="style", find=_style.first_person),
    _Signal(name="exclamation", part="style", find=_style.signs),
    _Signal(name="to_reader", part="style", find=_style.to_reader),
    _Signal(name="light_fare", part="style", find=_style.light),
    _Signal(name="video", part="wrapping", find=_wrapping.video),
    _Signal(name="picture", part="wrapping", find=_wrapping.image, of_picture=True),
    _Signal(name="organization", part="source", find=_wrapping.organization),
    _Signal(name="official", part="source", find=_wrapping.official),
    _Signal(name="high_standing", part="source", find=_source_trust.high),
    _Signal(name="good_standing", part="source", find=_source_trust.good),
    _Signal(name="poor_standing", part="source", find=_source_trust.poor),
    _Signal(name="unreliable", part="source", find=_source_trust.unreliable),
    _Signal(name="wall", part="access", find=_access.wall),
    _Signal(name="stub", part="access", find=_access.stub),
    _Signal(name="foreign_language", part="access", find=_language.foreign),
    _Signal(name="late", part="access", find=_access.late),
    _Signal(name="press_release", part="kind", find=_kind.press_release),
    _Signal(name="market_report", part="kind", find=_kind.market_report),
    _Signal(name="job_advert", part="kind", find=_kind.job),
    _Signal(name="shopping", part="kind", find=_kind.shopping),
    _Signal(name="pastime", part="kind", find=_kind.pastime),
    _Signal(name="ticker", part="kind", find=_kind.ticker),
    _Signal(name="live_stub", part="kind", find=_kind.live_stub),
    _Signal(name="agency", part="kind", find=_kind.agency),
    _Signal(name="brief", part="kind", find=_kind.brief),
    _Signal(name="opinion", part="kind", find=_kind.opinion),
    _Signal(name="gossip", part="kind", find=_kind.gossip),
    _Signal(name="instructions", part="kind", find=_kind.service),
    _Signal(name="tease", part="kind", find=_kind.tease),
)


@functools.lru_cache(maxsize=32)  # a bench of rules tries others, and the same for each story
def signals(points: SignalPoints) -> tuple[QualitySignal, ...]:
    """Return the signals with what each is worth."""
    return tuple(
        QualitySignal(
            name=signal.name,
            points=getattr(points, signal.name),
            find=signal.find,
            of_picture=signal.of_picture,
            part=signal.part,
        )
        for signal in _SIGNALS
    )
