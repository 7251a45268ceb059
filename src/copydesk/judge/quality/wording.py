"""Wording: a text in, the words that give away what it is out; one family a file.

Each returns "" where nothing speaks for it. What a family looks for is in its table (`tables`).
They shall miss rather than accuse an honest report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from copydesk.judge.words import normalize
from copydesk.kit import tables

# Cues: phrases that each prove little and together much.

OPENING = 4000  # characters at the beginning of a text in which it shows what it is
HEADLINE = 300  # no headline is longer; what is has been made to hurt
ENDING = 1200  # and at its end, where senders and small print stand


def read_cues(family: str) -> Mapping[str, re.Pattern[str]]:
    """Compile the rows of a family's table, each a pattern in any case."""
    rows = tables.read_rows(__package__, f"wording/{family}.toml", tuple[str, ...])
    return {name: re.compile(tables.any_of(row), re.IGNORECASE) for name, row in rows.items()}


def ends_of(text: str) -> str:
    """Return the beginning and the end of a text: a book costs no more than a page."""
    if len(text) <= OPENING + ENDING:
        return text
    return f"{text[:OPENING]}\n{text[-ENDING:]}"


def find_first(pattern: re.Pattern[str], text: str) -> str:
    """Find what a pattern matches first in a text, without the signs around it; "" for nothing."""
    match = pattern.search(text)
    return match.group().strip("\n /()[]:-\u2013\u2014") if match else ""


def find_several(pattern: re.Pattern[str], text: str, least: int) -> str:
    """Find the first `least` different cues that a text has, "" where it has fewer."""
    cues: dict[str, str] = {}
    for match in pattern.finditer(text):
        cues.setdefault(match.group().lower(), match.group())
        if len(cues) == least:
            return ", ".join(cues.values())
    return ""


# A company that speaks for itself: press releases, and what was paid for.

_LABEL_CHARACTERS = 300  # characters: a page that was paid for says so at once

_PRESS_RELEASE = tables.read_rows(__package__, "wording/press_release.toml", tuple[str, ...])
_PRESS_SERVICE = tables.any_of(_PRESS_RELEASE["services"])
_PRESS_LABELS = (*_PRESS_RELEASE["release_labels"], *_PRESS_RELEASE["paid_labels"])
_PRESS_CREDIT = re.compile(rf"\b{tables.any_of([_PRESS_SERVICE, *_PRESS_LABELS])}\b", re.IGNORECASE)
_PRESS_DOMAIN = re.compile(
    rf"^{_PRESS_SERVICE}\.(?:com|net|org|de)$".replace(" ?", "").replace(" ", "-")
)
_PRESS_DATELINE = re.compile(
    tables.any_of([*_PRESS_RELEASE["datelines"], rf"/\s?(?i:{_PRESS_SERVICE})\s?/"])
)
_PRESS_SIGNATURE = re.compile(tables.any_of(_PRESS_RELEASE["signatures"]), re.MULTILINE)
# what stands before everything else: a title "Sponsored: …", a first line "Pressemitteilung"
_PAID_LABEL = re.compile(
    rf"\A\W*{tables.any_of([*_PRESS_LABELS, *_PRESS_RELEASE['openings']])}"
    r"(?=\s*(?:[:|\]\)\u2013\u2014\n]|-\ |\Z))",
    re.IGNORECASE,
)


def press_release(credit: str, domain: str, opening: str, text: str) -> str:
    """Return what shows that a company speaks for itself, "" where nothing does.

    A press service's name in the credit or as the site, its dateline in the opening, or a sender's
    lines at the end of the text.
    """
    return (
        find_first(_PRESS_CREDIT, credit)
        or find_first(_PRESS_DOMAIN, domain)
        or find_first(_PRESS_DATELINE, opening)
        or find_first(_PRESS_SIGNATURE, text[-ENDING:])
    )


def advertorial(title: str, section: str, text: str) -> str:
    """Return the label of what was paid for or sent in, "" where there is none."""
    places = (title, section, text[:_LABEL_CHARACTERS])
    return next(filter(None, (find_first(_PAID_LABEL, place) for place in places)), "")


# Advertising for a market study: "Global X Market Size, Share, CAGR, 2024-2030".

_MARKET_REPORT = read_cues("market_report")


def market_report(title: str, text: str) -> str:
    """Return what shows that a text sells a market study, "" where nothing does.

    A study's headline with one of its set phrases below, or four of those alone: an honest report
    that cites a study has one or two.
    """
    headline = find_first(_MARKET_REPORT["headline"], title)
    if headline and find_several(_MARKET_REPORT["text"], text, 1):
        return headline
    return find_several(_MARKET_REPORT["text"], text, 4)


# A post to be filled, shown as if it were news.

_JOB = read_cues("job")


def job(title: str, text: str) -> str:
    """Return what shows that a text looks for staff, "" where nothing does.

    A mark that only such headlines have, with one set phrase below; a post as the whole headline,
    with one; or four of the phrases.
    """
    headline = find_first(_JOB["mark"], title) or find_first(_JOB["post"], title)
    if headline and find_several(_JOB["text"], text, 1):
        return headline
    return find_several(_JOB["text"], text, 4)


# Pages that sell: coupons, deals of the day, what to buy.

_SHOPPING = read_cues("shopping")


def shopping(title: str, text: str) -> str:
    """Return what shows that a page sells, "" where nothing does.

    A headline of offers, with one set phrase of shops below; or four of the phrases.
    """
    headline = find_first(_SHOPPING["headline"], title)
    if headline and (find_several(_SHOPPING["text"], text, 1) or not text):
        return headline
    return find_several(_SHOPPING["text"], text, 4)


# What a paper prints to pass the time: horoscopes, puzzles, quizzes, lottery numbers.

_PASTIME = read_cues("pastime")


def pastime(title: str) -> str:
    """Return what shows that a page passes the time and tells nothing new, "" if nothing does."""
    return find_first(_PASTIME["headline"], title)


# A robot's report on one share: prices, ratings and stakes poured into a form.

_TICKER = read_cues("ticker")


def ticker(title: str, text: str) -> str:
    """Return the share that a robot reports on, "" for any other text.

    The share's sign in the headline or the text's beginning, and four set phrases of such reports.
    """
    share = find_first(_TICKER["share"], title) or find_first(_TICKER["share"], text[:600])
    return share if share and find_several(_TICKER["text"], text, 4) else ""


# A running blog of an event, by its headline.

_LIVE = read_cues("live")


def live(title: str) -> str:
    """Return what shows that a page is a running blog, "" where nothing does."""
    return find_first(_LIVE["headline"], title)


# Opinion, by the label that its newsroom gives it.

_OPINION = tables.read_rows(__package__, "wording/opinion.toml", tuple[str, ...])
_OPINION_LABEL = tables.any_of(_OPINION["labels"])
_LABELLED_OPINION = re.compile(
    rf"^{_OPINION_LABEL}s?\s*(?:[:|]|\s[-\u2013\u2014]\s)|\s[|]\s{_OPINION_LABEL}s?$", re.IGNORECASE
)
_REVIEW_LABEL = re.compile(tables.any_of(_OPINION["reviews"]), re.IGNORECASE)
_OPINION_SECTION = re.compile(
    rf"^{tables.any_of([_OPINION_LABEL, *_OPINION['sections']])}$", re.IGNORECASE
)


def opinion(title: str, section: str) -> str:
    """Return the label of opinion in a headline or of its section, "" where there is none."""
    return (
        find_first(_LABELLED_OPINION, title)
        or find_first(_REVIEW_LABEL, title)
        or find_first(_OPINION_SECTION, section)
    )


# Another newsroom's report: the agency that a credit names.

_AGENCY_NAMES = tables.read_pattern(__package__, "wording/agency.toml")
_AGENCY = re.compile(rf"\b{_AGENCY_NAMES}\b", re.IGNORECASE)


_AGENCY_DATELINE = re.compile(
    rf"^[^\n(]{{2,60}}\(({_AGENCY_NAMES})\)\s*[-:\u2013\u2014]", re.IGNORECASE | re.MULTILINE
)


def agency(credit: str, domain: str) -> str:
    """Return the news agency that the credit of another site names, "" for none."""
    match = _AGENCY.search(credit)
    if not match or match.group().lower() in domain:
        return ""
    return match.group()


def dateline(opening: str) -> str:
    """Return the agency that a text's dateline names, "" for none: "PARIS, May 2 (Reuters) -"."""
    match = _AGENCY_DATELINE.search(opening)
    return match.group(1) if match else ""


# Light fare, by the headline: gossip and trailers; and service pieces that tell how to.

_LIGHT = read_cues("light")


def gossip(title: str) -> str:
    """Return what shows that a headline is about the private lives of the famous, or a trailer."""
    return find_first(_LIGHT["gossip"], normalize(title))


def service(title: str) -> str:
    """Return what shows that a headline promises instructions and no news."""
    return find_first(_LIGHT["service"], normalize(title))


# A headline that teases instead of telling, or counts off a list.

_TEASE = read_cues("tease")


def tease(title: str) -> str:
    """Return the part of a headline that teases instead of telling, "" for a plain one."""
    plain = normalize(title)
    return find_first(_TEASE["tease"], plain) or find_first(_TEASE["list"], plain)


# Matters of consequence, by the headline: lives, law, government, livelihoods, findings.

_WEIGHTY = {
    language: re.compile(rf"\b{tables.any_of(row)}\b", re.IGNORECASE)
    for language, row in tables.read_rows(
        __package__, "wording/weighty.toml", tuple[str, ...]
    ).items()
}


def weighty(title: str, language: str) -> str:
    """Return the word of a headline that tells of a matter of consequence, "" if there is none.

    `language` is a tag such as "de-AT"; without one English is meant, another one has no list.
    """
    words = _WEIGHTY.get(language[:2].lower() or "en")
    return find_first(words, normalize(title)) if words else ""
