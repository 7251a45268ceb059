"""Quality signals of kind: wordings that show that an article is no news report."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.judge.profile import Features, FindSightings, QualitySignal
from copydesk.judge.quality import _consequence, _metadata, wording
from copydesk.judge.quality._measure import (
    BRIEF,
    CAPTION,
    FULL_TEXT,
    QUOTED,
    Lexicon,
    Sightings,
    Steps,
    language_with_lists,
    length,
    measure,
    once,
    own_reporting,
    words_of,
)
from copydesk.judge.quality._metadata import GOOD, source_trust
from copydesk.kit import tables
from copydesk.news import Beat, ReasonKind
from copydesk.news.beat import SignalPoints
from copydesk.news.reason import reason_words


def press_release(features: Features, beat: Beat) -> Sightings:
    """Find signs that an article is a press release, except from the site's official sources."""
    del beat
    if features.official:
        return []
    text = features.text or ""
    evidence = wording.press_release(
        features.credit, features.domain, features.lede, text
    ) or wording.advertorial(_title(features), features.section, text)
    return _of_kind(ReasonKind.PRESS_RELEASE, evidence)


def _of_kind(kind: ReasonKind, evidence: str) -> Sightings:
    return [(1, reason_words(kind, evidence=evidence))] if evidence else []


def market_report(features: Features, beat: Beat) -> Sightings:
    """Find signs that an article advertises a market study."""
    del beat
    return _of_kind(
        ReasonKind.MARKET_REPORT, wording.market_report(_title(features), _ends(features))
    )


def job(features: Features, beat: Beat) -> Sightings:
    """Find signs that an article is a job advertisement."""
    del beat
    return _of_kind(ReasonKind.JOB_ADVERT, wording.job(_title(features), _ends(features)))


def shopping(features: Features, beat: Beat) -> Sightings:
    """Find signs that an article is a page of shopping offers."""
    del beat
    return _of_kind(ReasonKind.SHOPPING_PAGE, wording.shopping(_title(features), _ends(features)))


def pastime(features: Features, beat: Beat) -> Sightings:
    """Find signs that an article is a puzzle, a horoscope or lottery numbers."""
    del beat
    return _of_kind(ReasonKind.PASTIME, wording.pastime(_title(features)))


def ticker(features: Features, beat: Beat) -> Sightings:
    """Find signs that an article is an automatic report on a share price."""
    del beat
    return once("robot's report on", wording.ticker(_title(features), _ends(features)))


def live_stub(features: Features, beat: Beat) -> Sightings:
    """Find signs that an article is a live blog that has only just begun."""
    del beat
    if features.text is None or measure(features.text).length >= FULL_TEXT:
        return []
    return once("running blog, hardly begun", wording.live(_title(features)))


def opinion(features: Features, beat: Beat) -> Sightings:
    """Find the publisher's label that an article is opinion."""
    del beat
    return once("opinion", wording.opinion(_title(features), features.section))


def agency(features: Features, beat: Beat) -> Sightings:
    """Find signs that an article is a report by a news agency."""
    del beat
    return once("told by another newsroom", wording.agency(features.credit, features.domain))


def brief(features: Features, beat: Beat) -> Sightings:
    """Find a brief on something important, by a trusted publisher or an agency."""
    title = _title(features)
    if features.text is None or not CAPTION <= length(features.text) < BRIEF:
        return []
    if not features.topics or not wording.weighty(title, features.language):
        return []
    sender = _sender_of(features, beat)
    return once("brief", sender)


def _sender_of(features: Features, beat: Beat) -> str:
    """Return the agency or the trust that a brief relies on, "" for none."""
    if name := wording.agency(features.credit, "") or wording.dateline(features.lede):
        return name
    trust = source_trust(features, beat)
    return trust.why if trust is not None and trust.number >= GOOD else ""


def gossip(features: Features, beat: Beat) -> Sightings:
    """Find words in the headline about the private lives of celebrities."""
    del beat
    words = wording.gossip(_title(features))
    return [(1, f'light fare: "{words}" in title')] if words else []


def service(features: Features, beat: Beat) -> Sightings:
    """Find words in the headline that promise instructions."""
    del beat
    words = wording.service(_title(features))
    return [(1, f'instructions: "{words}" in title')] if words else []


def tease(features: Features, beat: Beat) -> Sightings:
    """Find words in the headline that are clickbait."""
    del beat
    words = wording.tease(_title(features))
    return [(1, f'headline that teases: "{words}"')] if words else []


def _title(features: Features) -> str:
    return features.title[: wording.HEADLINE]


def _ends(features: Features) -> str:
    """Return beginning and end of an article's text, which show its kind; else the lede."""
    return wording.ends_of(features.text or features.lede)


# Quality signals of substance and style: who is quoted, how the text addresses its readers.

VOICES = Steps(1, 2, 4, 7, 12, 18)

_WHOLE_END = re.compile(
    r"[.!?:\u2026\u3002\uff01\uff1f\"'\u201c\u201d\u2019\u00bb\u300d)\]*|]\s*\Z"
)


def caption(features: Features, beat: Beat) -> Sightings:
    """Find an article with hardly any text; videos are excepted."""
    del beat
    if features.video or features.text is None or length(features.text) >= CAPTION:
        return []
    return [(1, reason_words(ReasonKind.THIN_TEXT, bound=CAPTION))]


def abrupt_end(features: Features, beat: Beat) -> Sightings:
    """Find a text that ends in the middle of a sentence, or in an unfinished list."""
    del beat
    text = (features.text or "").rstrip()
    if features.video or not text or _WHOLE_END.search(text[-40:]):
        return []
    return [(1, "its text ends in the middle of a sentence")]


def voices(features: Features, beat: Beat) -> Sightings:
    """Count the named sources or quotes in the text."""
    del beat
    if features.text is None or features.video:
        return []
    measures = measure(features.text)
    heard = max(measures.speakers, measures.quotes)
    times = "once" if heard == 1 else f"{heard} times"
    return VOICES.sight(heard, f"{times} it tells who says so")


def inquiry(features: Features, beat: Beat) -> Sightings:
    """Find words that show the publisher's own reporting."""
    del beat
    return once("own reporting", own_reporting(features.text or "", features.domain))


# Signals of style do not count against official sources of the site, which speak for themselves.

READ = 4_000  # characters that are searched for signs of style
PROMOTION = Steps(5, 8, 12)  # different words of advertising
FIRST_PERSON = Steps(8, 15)  # in a thousand words outside of quotes
SIGNS = Steps(4, 9)  # exclamation and question marks, likewise
_FEW_SIGNS = 2  # a single mark shows nothing
_SIGN = re.compile(r"[!?]")


def promotion(features: Features, beat: Beat) -> Sightings:
    """Count the words of advertising in the text."""
    found = _lexicon("promotion", features, beat).find(words_of((features.text or "")[:READ]))
    named = ", ".join(list(found.values())[:4])
    return PROMOTION.sight(len(found), f"{len(found)} words of those who sell: {named}")


def first_person(features: Features, beat: Beat) -> Sightings:
    """Find a text in which the author often writes about himself or herself."""
    words = words_of(QUOTED.sub("", (features.text or "")[:READ]))
    lexicon = _lexicon("first-person", features, beat)
    count = sum(1 for word in words if lexicon.entry_of(word.lower()))
    share = round(1_000 * count / max(len(words), 1))
    return FIRST_PERSON.sight(share, f"speaks of its author: {share} in 1,000 words")


def signs(features: Features, beat: Beat) -> Sightings:
    """Find a text with many exclamation and question marks."""
    plain = QUOTED.sub("", (features.text or "")[:READ])
    count = len(_SIGN.findall(plain))
    if count < _FEW_SIGNS or features.official or not language_with_lists(features, beat):
        return []
    share = round(1_000 * count / max(len(words_of(plain)), 1))
    return SIGNS.sight(share, f"exclaims and asks: {share} signs in 1,000 words")


def to_reader(features: Features, beat: Beat) -> Sightings:
    """Find a headline that addresses the reader, or speaks about its author."""
    return _in_title("to-reader", "headline speaks to its reader", features, beat)


def light(features: Features, beat: Beat) -> Sightings:
    """Find a headline about light subjects."""
    return _in_title("light", "light fare", features, beat)


def _in_title(row: str, why: str, features: Features, beat: Beat) -> Sightings:
    found = _lexicon(row, features, beat).find(words_of(features.title))
    word = next(iter(found.values()), "")
    return [(1, f'{why}: "{word}" in title')] if word else []


def _lexicon(row: str, features: Features, beat: Beat) -> Lexicon:
    language = language_with_lists(features, beat)
    return _lexicons(language)[row] if language and not features.official else _NOTHING


@functools.cache
def _lexicons(language: str) -> Mapping[str, Lexicon]:
    rows = tables.read_rows(__package__, f"style/{language}.toml", tuple[str, ...])
    return {row: Lexicon.of(entries) for row, entries in rows.items()}


_NOTHING = Lexicon.of(())


# The quality signals of the `copydesk` profile, by name; their points are `[scoring.points]`.
#
# The default points follow three rules (docs/design/judge.md): all that can be earned together is
# at most HIGHEST; what is not news, or outside the site's subject, loses more than it can earn
# above 69; and each part is bounded, so that no signal adds up without end.

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
    _Signal(name="voices", part="substance", find=voices),
    _Signal(name="own_reporting", part="substance", find=inquiry),
    _Signal(name="thin_text", part="substance", find=caption),
    _Signal(name="abrupt_end", part="substance", find=abrupt_end),
    _Signal(name="promotion", part="style", find=promotion),
    _Signal(name="first_person", part="style", find=first_person),
    _Signal(name="exclamation", part="style", find=signs),
    _Signal(name="to_reader", part="style", find=to_reader),
    _Signal(name="light_fare", part="style", find=light),
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
    _Signal(name="press_release", part="kind", find=press_release),
    _Signal(name="market_report", part="kind", find=market_report),
    _Signal(name="job_advert", part="kind", find=job),
    _Signal(name="shopping", part="kind", find=shopping),
    _Signal(name="pastime", part="kind", find=pastime),
    _Signal(name="ticker", part="kind", find=ticker),
    _Signal(name="live_stub", part="kind", find=live_stub),
    _Signal(name="agency", part="kind", find=agency),
    _Signal(name="brief", part="kind", find=brief),
    _Signal(name="opinion", part="kind", find=opinion),
    _Signal(name="gossip", part="kind", find=gossip),
    _Signal(name="instructions", part="kind", find=service),
    _Signal(name="tease", part="kind", find=tease),
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
