"""The quality signals of the `copydesk` profile, by name; their points are `[scoring.points]`.

The default points follow three rules (docs/design/judge.md): all that can be earned together is at
most HIGHEST; what is not news, or outside the site's subject, loses more than it can earn above 69;
and each part is bounded, so that no signal adds up without end.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from copydesk.judge.profile import FindSightings, QualitySignal
from copydesk.judge.quality import _consequence, _kind, _metadata, _writing
from copydesk.news.beat import SignalPoints

HIGHEST = 190


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signal:
    """A quality signal without its points, which are looked up by its name."""

    name: str
    part: str
    find: FindSightings
    of_picture: bool = False


_SIGNALS = (
    _Signal(name="on_beat", part="relevance", find=_metadata.on_beat),
    _Signal(name="off_beat", part="relevance", find=_metadata.off_beat),
    _Signal(name="weighty_title", part="consequence", find=_consequence.in_title),
    _Signal(name="state_in_title", part="consequence", find=_consequence.of_states),
    _Signal(name="weighty_lede", part="consequence", find=_consequence.in_lede),
    _Signal(name="weighty_text", part="consequence", find=_consequence.in_text),
    _Signal(name="voices", part="substance", find=_writing.voices),
    _Signal(name="own_reporting", part="substance", find=_writing.inquiry),
    _Signal(name="thin_text", part="substance", find=_writing.caption),
    _Signal(name="abrupt_end", part="substance", find=_writing.abrupt_end),
    _Signal(name="promotion", part="style", find=_writing.promotion),
    _Signal(name="first_person", part="style", find=_writing.first_person),
    _Signal(name="exclamation", part="style", find=_writing.signs),
    _Signal(name="to_reader", part="style", find=_writing.to_reader),
    _Signal(name="light_fare", part="style", find=_writing.light),
    _Signal(name="video", part="wrapping", find=_metadata.video),
    _Signal(name="picture", part="wrapping", find=_metadata.image, of_picture=True),
    _Signal(name="organization", part="source", find=_metadata.organization),
    _Signal(name="official", part="source", find=_metadata.official),
    _Signal(name="high_standing", part="source", find=_metadata.high),
    _Signal(name="good_standing", part="source", find=_metadata.good),
    _Signal(name="poor_standing", part="source", find=_metadata.poor),
    _Signal(name="unreliable", part="source", find=_metadata.unreliable),
    _Signal(name="wall", part="access", find=_metadata.wall),
    _Signal(name="stub", part="access", find=_metadata.stub),
    _Signal(name="foreign_language", part="access", find=_metadata.foreign),
    _Signal(name="late", part="access", find=_metadata.late),
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


@functools.lru_cache(maxsize=32)  # trying other points asks for the same ones for each story
def signals(points: SignalPoints) -> tuple[QualitySignal, ...]:
    """Return the quality signals of the `copydesk` profile, with their points from the settings."""
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
