"""Find words that show the kind of an article: press release, opinion, job advertisement, ….

Each function returns the words found, "" for none. The tables (`tables/wording`) have the patterns
of each kind. They are made to miss some rather than accuse an honest report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from copydesk.judge.words import normalize
from copydesk.kit import tables

OPENING = 4000  # characters at the beginning of a text that are searched
HEADLINE = 300  # characters of a headline; longer ones are made to slow us down
ENDING = 1200  # characters at the end of a text, with senders and small print


def read_cues(family: str) -> Mapping[str, re.Pattern[str]]:
    """Compile a table of typical phrases into regexes that ignore case, by the name of each row."""
    rows = tables.read_rows(__package__, f"wording/{family}.toml", tuple[str, ...])
    return {name: re.compile(tables.any_of(row), re.IGNORECASE) for name, row in rows.items()}


def ends_of(text: str) -> str:
    """Return only the beginning and end of a text if it is long, to limit the search time."""
    if len(text) <= OPENING + ENDING:
        return text
    return f"{text[:OPENING]}\n{text[-ENDING:]}"


def find_first(pattern: re.Pattern[str], text: str) -> str:
    """Return the first match of a regex in a text, without punctuation around it; "" for none."""
    match = pattern.search(text)
    return match.group().strip("\n /()[]:-\u2013\u2014") if match else ""


def find_several(pattern: re.Pattern[str], text: str, least: int) -> str:
    """Return the first `least` different matches of a regex, joined; "" if there are fewer."""
    cues: dict[str, str] = {}
    for match in pattern.finditer(text):
        cues.setdefault(match.group().lower(), match.group())
        if len(cues) == least:
            return ", ".join(cues.values())
    return ""


_LABEL_CHARACTERS = 300  # at the beginning of a text, where a paid article says so

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
# A label at the very beginning: a title "Sponsored: …", a first line "Pressemitteilung".
_PAID_LABEL = re.compile(
    rf"\A\W*{tables.any_of([*_PRESS_LABELS, *_PRESS_RELEASE['openings']])}"
    r"(?=\s*(?:[:|\]\)\u2013\u2014\n]|-\ |\Z))",
    re.IGNORECASE,
)


def press_release(credit: str, domain: str, opening: str, text: str) -> str:
    """Return the words that show that an article is a press release, "" for none.

    That is a press service's name in the credit or as the site, its dateline in the opening, or a
    sender's lines at the end of the text.
    """
    return (
        find_first(_PRESS_CREDIT, credit)
        or find_first(_PRESS_DOMAIN, domain)
        or find_first(_PRESS_DATELINE, opening)
        or find_first(_PRESS_SIGNATURE, text[-ENDING:])
    )


def advertorial(title: str, section: str, text: str) -> str:
    """Return the label that marks an article as paid or submitted, "" for none."""
    places = (title, section, text[:_LABEL_CHARACTERS])
    return next(filter(None, (find_first(_PAID_LABEL, place) for place in places)), "")


_MARKET_REPORT = read_cues("market_report")


def market_report(title: str, text: str) -> str:
    """Return the words that advertise a market study, "" for none.

    Required are the headline of a study ("Global X Market Size, Share, CAGR, 2024-2030") and one
    set phrase in the text, or four set phrases. An honest report that cites a study has one or two.
    """
    headline = find_first(_MARKET_REPORT["headline"], title)
    if headline and find_several(_MARKET_REPORT["text"], text, 1):
        return headline
    return find_several(_MARKET_REPORT["text"], text, 4)


_JOB = read_cues("job")


def job(title: str, text: str) -> str:
    """Return the words that show that an article is a job advertisement, "" for none.

    Required are a mark that only headlines of jobs have, or a job as the whole headline, with one
    set phrase in the text; or four set phrases.
    """
    headline = find_first(_JOB["mark"], title) or find_first(_JOB["post"], title)
    if headline and find_several(_JOB["text"], text, 1):
        return headline
    return find_several(_JOB["text"], text, 4)


_SHOPPING = read_cues("shopping")


def shopping(title: str, text: str) -> str:
    """Return the words that show that a page has shopping offers, "" for none.

    Required are a headline of offers and one set phrase of shops in the text, or four set phrases.
    """
    headline = find_first(_SHOPPING["headline"], title)
    if headline and (find_several(_SHOPPING["text"], text, 1) or not text):
        return headline
    return find_several(_SHOPPING["text"], text, 4)


_PASTIME = read_cues("pastime")


def pastime(title: str) -> str:
    """Return the words of a horoscope, puzzle, quiz or lottery headline, "" for none."""
    return find_first(_PASTIME["headline"], title)


_TICKER = read_cues("ticker")


def ticker(title: str, text: str) -> str:
    """Return the company share that an automatic stock report is about, "" for other texts.

    The share's symbol must be in the headline or at the beginning of the text, with four set
    phrases of such reports.
    """
    share = find_first(_TICKER["share"], title) or find_first(_TICKER["share"], text[:600])
    return share if share and find_several(_TICKER["text"], text, 4) else ""


_LIVE = read_cues("live")


def live(title: str) -> str:
    """Return the words that show that an article is a live blog, "" for none."""
    return find_first(_LIVE["headline"], title)


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
    """Return the label of opinion in an article's headline or section, "" for none."""
    return (
        find_first(_LABELLED_OPINION, title)
        or find_first(_REVIEW_LABEL, title)
        or find_first(_OPINION_SECTION, section)
    )


_AGENCY_NAMES = tables.read_pattern(__package__, "wording/agency.toml")
_AGENCY = re.compile(rf"\b{_AGENCY_NAMES}\b", re.IGNORECASE)


_AGENCY_DATELINE = re.compile(
    rf"^[^\n(]{{2,60}}\(({_AGENCY_NAMES})\)\s*[-:\u2013\u2014]", re.IGNORECASE | re.MULTILINE
)


def agency(credit: str, domain: str) -> str:
    """Return the news agency in an article's credit, "" for none or on the agency's own site."""
    match = _AGENCY.search(credit)
    if not match or match.group().lower() in domain:
        return ""
    return match.group()


def dateline(opening: str) -> str:
    """Return the news agency in a text's dateline, "" for none: "PARIS, May 2 (Reuters) -"."""
    match = _AGENCY_DATELINE.search(opening)
    return match.group(1) if match else ""


_LIGHT = read_cues("light")


def gossip(title: str) -> str:
    """Return the words in a headline on celebrities' private lives or a trailer, "" for none."""
    return find_first(_LIGHT["gossip"], normalize(title))


def service(title: str) -> str:
    """Return the words in a headline that promise instructions ("how to"), "" for none."""
    return find_first(_LIGHT["service"], normalize(title))


_KINDS = read_cues("kinds")


def kind(row: str, words: str) -> str:
    """Return the words that show a kind of journalism (a row of `kinds.toml`), "" for none."""
    return find_first(_KINDS[row], words)


_TEASE = read_cues("tease")


def tease(title: str) -> str:
    """Return the words of clickbait or of a list ("7 things") in a headline, "" for none."""
    plain = normalize(title)
    return find_first(_TEASE["tease"], plain) or find_first(_TEASE["list"], plain)


_WEIGHTY = {
    language: re.compile(rf"\b{tables.any_of(row)}\b", re.IGNORECASE)
    for language, row in tables.read_rows(
        __package__, "wording/weighty.toml", tuple[str, ...]
    ).items()
}


def weighty(title: str, language: str) -> str:
    """Return the important term in a headline (on lives, law, jobs, research), "" for none.

    `language` is a tag such as "de-AT"; "" means English. Some languages have no list.
    """
    words = _WEIGHTY.get(language[:2].lower() or "en")
    return find_first(words, normalize(title)) if words else ""
