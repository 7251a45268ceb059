"""Quality signals of kind: wordings that show that an article is no news report."""

from __future__ import annotations

from copydesk.judge.profile import Features
from copydesk.judge.quality import wording
from copydesk.judge.quality._measure import (
    BRIEF,
    CAPTION,
    FULL_TEXT,
    Sightings,
    length,
    measure,
    once,
)
from copydesk.judge.quality._metadata import GOOD, source_trust
from copydesk.news import Beat, ReasonKind
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
