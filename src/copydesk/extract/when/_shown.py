"""Find the dates that a page shows: in time elements, bylines, near the headline, in the text."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from copydesk.extract.when import moments
from copydesk.extract.when.moments import Evidence, Moment
from copydesk.kit import tables, text, urls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.page import Document

_PACKAGE = "copydesk.extract.when"

_MAX_ELEMENTS = 20_000
_MAX_SIGHTINGS = 300
_MAX_TRIES = 3_000  # elements and pieces of text that look like a date
_MAX_ANCESTORS = 40
_EDGE = 160  # characters at the start and the end of a paragraph that may have a date of its own
_SHORT = 45  # characters beside a date that is not in a sentence
_MAX_PARTS = 12  # over which one date may be spread
_ALIKE = 0.4  # share of words that a headline has in common with the page's title
_FIRST_RANK = 0.1
_LAST_WORDS = 20  # characters at the end of a sentence that may label the date after it
_NAMED = 12  # added for a date in an element that is named one
_BYLINE = 45  # the score of a short line by the headline
_NEAR = 15  # pieces of text after the headline that may be a byline
_MANY = 5  # as many headings of one look are those of a list: none is the headline
SURE = 60  # the score of a date that is proved by its place
LIKELY = 25

_DIGITS = re.compile(r"(?:19|20)\d\d|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d\d")
_SKIPPED = frozenset(
    {
        *("script", "style", "noscript", "template", "select", "option", "textarea", "button"),
        *("svg", "head", "meta", "link", "iframe", "code", "pre", "input"),
    }
)
_HEADINGS = frozenset({"h1", "h2", "h3"})
_ATTRIBUTES = (
    *("datetime", "content", "title", "data-datetime", "data-timestamp", "data-date", "data-time"),
)
_ELSEWHERE = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'blocks_elsewhere.txt')}")
_OUTSIDE = frozenset({"footer", "aside", "nav", "form", "blockquote", "figcaption", "table"})
_TODAY = timedelta(days=2)  # "until" is tomorrow; today differs by a day around the world
_UNTIL = re.compile(r"\s?(?:[-–—]|bis|to|until|au|al)\s?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A date shown on a page, with a score of how likely it is the article's."""

    moment: Moment
    kind: Kind
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """A date in its place on the page: its element, the text before it, the words beside it."""

    moment: Moment
    element: HtmlElement
    at: int
    kind: Kind
    score: int


@dataclass(slots=True, kw_only=True)
class _Walk:
    """One pass over the page with its results so far; `before` is the last piece of text."""

    document: Document
    evidence: Evidence
    title: frozenset[str]
    spots: list[_Spot] = field(default_factory=list)
    pieces: int = 0
    tries: int = 0
    headline: HtmlElement | None = None
    headline_at: int = 0
    rank: float = 0
    headings: Counter[tuple[str, str]] = field(default_factory=Counter)
    before: str = ""


def at_least(score: int, shown: Iterable[Sighting]) -> Iterator[Moment]:
    """Yield the times of the dates on a page that have at least this score."""
    return (sighting.moment for sighting in shown if sighting.score >= score)


def sightings(document: Document, title: str, evidence: Evidence) -> list[Sighting]:
    """Return the dates shown on a page, the most likely for the article first.

    `title` helps to find the headline. At most 20,000 elements are read.
    """
    of_the_site = frozenset(text.words(urlsplit(document.address).hostname or ""))
    words = frozenset(text.words(title)) - of_the_site
    walk = _Walk(document=document, evidence=evidence, title=words)
    _walk_page(walk)
    if walk.headline is not None and walk.headings[_look_of(walk.headline)] >= _MANY:
        walk.headline = None
    near = _ancestors(walk.headline) if walk.headline is not None else []
    judged = [_weigh(spot, walk, near) for spot in walk.spots]
    return sorted(
        (sighting for sighting in judged if sighting), key=lambda sighting: -sighting.score
    )


def _walk_page(walk: _Walk) -> None:
    body = walk.document.tree.find("body")
    root = walk.document.tree if body is None else body
    for element in islice(root.iter(), _MAX_ELEMENTS):
        if len(walk.spots) >= _MAX_SIGHTINGS or walk.tries >= _MAX_TRIES:
            return
        if isinstance(element.tag, str) and element.tag not in _SKIPPED:
            _meet_element(walk, element)
        if (tail := element.tail) and not tail.isspace() and element is not root:
            _meet_behind(walk, element, tail)


def _meet_element(walk: _Walk, element: HtmlElement) -> None:
    """Collect the dates of an element and at its beginning."""
    tag = element.tag
    if tag in _HEADINGS:
        _meet_heading(walk, element)
    if tag == "time" or "-" in tag or is_date(_names_of(element)):
        walk.spots += _find_in_element(walk, element)
    if (piece := element.text) and not piece.isspace():
        _meet(walk, element, piece)


def _meet_behind(walk: _Walk, element: HtmlElement, tail: str) -> None:
    """Collect the dates in the text after an element."""
    parent = element.getparent()
    if parent is not None and parent.tag not in _SKIPPED:
        _meet(walk, parent, tail)


def _meet_heading(walk: _Walk, element: HtmlElement) -> None:
    """Keep a heading if it is more likely the headline than the one before."""
    words = frozenset(text.words(" ".join(islice(element.itertext(), 30))[:500]))
    if not words:
        return
    walk.headings[_look_of(element)] += 1
    alike = len(words & walk.title) / len(words | walk.title)
    rank = (alike if alike >= _ALIKE else 0) + (_FIRST_RANK if element.tag == "h1" else 0)
    if rank > walk.rank:
        walk.headline, walk.headline_at, walk.rank = element, walk.pieces, rank


def _look_of(heading: HtmlElement) -> tuple[str, str]:
    return str(heading.tag), heading.get("class") or ""


def _meet(walk: _Walk, element: HtmlElement, piece: str) -> None:
    """Collect the dates in one piece of text."""
    walk.pieces += 1
    known = len(walk.spots)
    for part in (piece,) if len(piece) <= 2 * _EDGE else (piece[:_EDGE], piece[-_EDGE:]):
        if _DIGITS.search(part):
            walk.tries += 1
            whole = len(piece) if part is not piece else 0
            walk.spots += _find_in_text(walk, element, text.fold(part), whole)
    is_label = len(walk.spots) == known  # text before another date is not a label of the next
    last = MAX_CHARACTERS if len(piece) <= _SHORT else _LAST_WORDS
    walk.before = piece[-last:] if is_label else ""


def _find_in_text(walk: _Walk, element: HtmlElement, passage: str, length: int) -> Iterator[_Spot]:
    """Yield the dates in a piece of text, judged by the words around each."""
    end, was_range = 0, False
    readings = list(moments.spot(passage))
    beside = max(length, len(passage)) - sum(reading.end - reading.start for reading in readings)
    for reading, following in zip_longest(readings, readings[1:]):
        label = passage[end : reading.start] if end else f"{walk.before} {passage[: reading.start]}"
        behind = passage[reading.end :]
        end = reading.end
        is_range = bool(following and _UNTIL.match(passage[reading.end : following.start]))
        moment = moments.settle(reading, "text", walk.evidence)
        if moment and not is_range and not was_range:
            in_dateline = is_dateline(passage[: reading.start])
            score = 25 if beside <= _SHORT else 8 if in_dateline else -5
            kind = _decide_kind(label, behind, is_short=beside <= _SHORT)
            yield _Spot(moment=moment, element=element, at=walk.pieces, kind=kind, score=score)
        was_range = is_range


def _decide_kind(label: str, behind: str, *, is_short: bool) -> Kind:
    is_published = (is_short and is_bare(label)) or is_published_behind(behind)
    return kind(label) or ("published" if is_published else "")


def _names_of(element: HtmlElement) -> str:
    get = element.get
    return f"{get('class', '')} {get('itemprop', '')} {get('property', '')}"


def _find_in_element(walk: _Walk, element: HtmlElement) -> Iterator[_Spot]:
    """Yield the date of an element whose tag or name is that of a date."""
    is_time = element.tag == "time"
    names = _names_of(element)
    walk.tries += 1
    shown = _short_text(element)
    moment = _read_element(walk, element, shown)
    if moment is None:
        return
    yield _Spot(
        moment=replace(moment, origin="time" if is_time else "byline"),
        element=element,
        at=walk.pieces + 1,
        kind=_decide_kind_of_element(names, f"{walk.before} {shown[:20]}"),
        score=35 if is_time else 25,
    )


def _read_element(walk: _Walk, element: HtmlElement, shown: str) -> Moment | None:
    """Read the date of an element: from its attributes, else from its text."""
    moment = _read_attributes(element, walk.evidence)
    if moment is not None:
        return _set_day(moment, shown, walk.evidence)
    is_whole = element.tag == "time" or len(element) > 0
    return _read_words(walk, shown, is_whole=is_whole) if shown else None


def _decide_kind_of_element(names: str, label: str) -> Kind:
    """Decide what happened on the date of an element, by its names and its label."""
    by_name = kind_by_name(names)
    return by_name if by_name == "updated" else kind(label) or by_name


def _set_day(moment: Moment, shown: str, evidence: Evidence) -> Moment:
    """Set the day of a time in UTC to the one written for readers beside it."""
    reading = next(moments.spot(shown), None) if moment.day is None else None
    day = moments.choose(reading.days, evidence) if reading else None
    is_same = day is not None and abs(day - moment.at.date()) <= timedelta(days=1)
    return replace(moment, day=day) if is_same else moment


def _short_text(element: HtmlElement) -> str:
    parts = list(islice(element.itertext(), _MAX_PARTS + 1))
    shown = text.fold(" ".join(parts)[: 4 * _SHORT])
    return shown if len(parts) <= _MAX_PARTS and len(shown) <= 2 * _SHORT else ""


def _read_words(walk: _Walk, shown: str, *, is_whole: bool) -> Moment | None:
    """Read a date that is spread over several elements, or has no year."""
    if not _DIGITS.search(shown):
        is_near = walk.headline is not None and walk.pieces - walk.headline_at <= _NEAR
        return read(shown, walk.document, walk.evidence) if is_near else None
    reading = next(moments.spot(shown), None) if is_whole else None
    return moments.settle(reading, "byline", walk.evidence) if reading else None


def _read_attributes(element: HtmlElement, evidence: Evidence) -> Moment | None:
    for name in _ATTRIBUTES:
        value = element.get(name)
        moment = moments.parse(value, "time", evidence) if value else None
        if moment:
            return moment
    return None


def _weigh(spot: _Spot, walk: _Walk, near: list[HtmlElement]) -> Sighting | None:
    """Score a date by its place; return None if it is the date of something else."""
    if spot.kind == "other":
        return None
    above = _ancestors(spot.element)
    names = list(filter(None, (around.get("class") or around.get("id") for around in above[:3])))
    is_updated = kind_by_name(names[0]) == "updated" if names else False
    score = spot.score + _by_label(spot) + _by_distance(spot, walk)
    score -= _by_area(above, near) + _by_link(above, walk.document.address)
    is_named = any(map(is_date, names))
    score += _NAMED if is_named else 0
    origin = spot.moment.origin
    if origin == "text" and (is_named or score >= _BYLINE):
        origin = "byline"
    kind = "updated" if is_updated else spot.kind
    return Sighting(moment=replace(spot.moment, origin=origin), kind=kind, score=score)


def _by_label(spot: _Spot) -> int:
    return 0 if not spot.kind else 30 if spot.score > 0 else 8


def _by_distance(spot: _Spot, walk: _Walk) -> int:
    """Return the points for the distance to the headline; today above it is a masthead's date."""
    if walk.headline is None:
        return 0
    pieces = spot.at - walk.headline_at
    if pieces > 0:
        return 25 if pieces <= _NEAR else 12 if pieces <= 40 else 0
    if spot.moment.at.date() >= walk.evidence.until - _TODAY:
        return -30
    return 14 if pieces >= -8 else -10


def _by_area(above: list[HtmlElement], near: list[HtmlElement]) -> int:
    """Return the points lost in comments, teasers and sidebars, none beside the headline."""
    for element in above:
        if element in near:
            return 0
        if element.tag in _OUTSIDE:
            return 40
        name = f"{element.get('class') or ''} {element.get('id') or ''}"
        if name != " " and _ELSEWHERE.search(name):
            return 50
    return 0


def _by_link(above: list[HtmlElement], address: str) -> int:
    path = urlsplit(address).path
    for element in above[:4]:
        if element.tag == "a":
            goes = urls.path(element.get("href") or "")
            return 0 if not goes or goes == path else 30
    return 0


def _ancestors(element: HtmlElement) -> list[HtmlElement]:
    """Return an element and its parents below the body."""
    above = [element, *islice(element.iterancestors(), _MAX_ANCESTORS)]
    return [around for around in above if around.tag not in {"body", "html"}]


# Labels: the words beside a date, and the names of its element, that say what happened then.

Kind = Literal["", "published", "updated", "other"]

MAX_CHARACTERS = 40  # before or after a date, which may be its label
_NEAR_LABEL = 20  # characters before a date that may say that it is another's
_LETTERS = re.compile(r"[^\W\d_]+")
_MAX_PLACES = 5

_DATED = re.compile(
    r"(?i)date|datum|fecha|publi[sck]|posted|pubtime|time(?!line)|byline|dt-|(?:entry|post|article)"
    r"[\w-]*(?:meta|info|details)|submitted|created|\bmeta\b|issued"
)
_PUBLISHED_NAME = re.compile(
    r"(?i)publi[sck]|pubdate|pubtime|posted|created|issued|entry-date|post-date|article-?date"
    r"|dc:date|dt-published|datum\b|fecha|(?:^|\s)date(?:\s|$)"
)
_UPDATED_NAME = re.compile(r"(?i)updat|modif|revis|aktualis|lastmod|last-mod|edited")
_WORDS = tables.read_rows("copydesk.extract.when", "labels.toml", tuple[str, ...])
_PREPOSITION = re.compile(r"(?i)\b(?:on|am|le|vom|den|el|il|em|op|den|dne|от)\s*\Z")
_LABEL_BEHIND = re.compile(rf"(?i){tables.any_of(_WORDS['behind'])}")
_KINDS: tuple[Kind, ...] = ("updated", "published", "other")
_LABELS = {kind: re.compile(rf"(?i){tables.any_of(_WORDS[kind])}") for kind in _KINDS}


def kind(label: str) -> Kind:
    """Return the kind of date that a label means ("published", "updated", "other"), "" for none."""
    label = label[-MAX_CHARACTERS:]
    last = {
        kind: max((word.end() for word in pattern.finditer(label)), default=-1)
        for kind, pattern in _LABELS.items()
    }
    if last["other"] < len(label) - _NEAR_LABEL:
        del last["other"]
    best = max(last, key=lambda kind: last[kind])
    return best if last[best] >= 0 else ""


def is_bare(before: str) -> bool:
    """Return whether the text before a date is only a preposition (`on`, `am`, `le`)."""
    return _PREPOSITION.search(before) is not None


def is_dateline(before: str) -> bool:
    """Return whether the text before a date is only names, as in `SALTHOLM, 5 May 2018`."""
    words = _LETTERS.findall(before)
    return len(words) <= _MAX_PLACES and all(
        word[0].isupper() or word in {"den", "le", "am"} for word in words
    )


def is_published_behind(behind: str) -> bool:
    """Return whether the text after a date says published: `am 5. Februar erstellt`."""
    return _LABEL_BEHIND.search(behind[:MAX_CHARACTERS]) is not None


@functools.lru_cache(maxsize=4_096)
def is_date(names: str) -> bool:
    """Return whether an element's names and classes mean a date."""
    return not names.isspace() and _DATED.search(names) is not None


@functools.lru_cache(maxsize=4_096)
def kind_by_name(names: str) -> Kind:
    """Return the kind of date that an element's names mean: "published", "updated" or ""."""
    if _UPDATED_NAME.search(names):
        return "updated"
    return "published" if _PUBLISHED_NAME.search(names) else ""


# Days without a year: `5 March, 10:00` beside a headline; the year comes from other evidence.

_FRESH = timedelta(days=60)  # a site may leave the year out as long as it is obvious
_MAX_YEARLESS = 500_000
_DAY = re.compile(
    r"(?<![\d.,:/-])(?:(?P<d1>\d{1,2})(?:\.|er|st|nd|rd|th)?\s(?:de\s|of\s)?(?P<m1>[^\W\d_]{3,14})\b"
    r"|(?P<m2>\b[^\W\d_]{3,14})\.?\s(?P<d2>\d{1,2})(?:st|nd|rd|th)?\b(?![:.]\d)"
    r"|(?P<m3>\d{1,2})\s?[月월]\s?(?P<d3>\d{1,2})\s?[日일]"
    r"|(?P<d4>\d{1,2})\.\s?(?P<m4>\d{1,2})\.(?!\s?\d{2,4}\b(?!:)))"
)


def read(shown: str, document: Document, evidence: Evidence) -> Moment | None:
    """Parse a date without a year in a short text and add its year; None if that is unknown."""
    for match in _DAY.finditer(shown):
        shape = next(at for at in range(1, 5) if match[f"m{at}"])
        name = match[f"m{shape}"]
        month = int(name) if name.isdecimal() else moments.month(name)
        day = _choose_year(month or 0, int(match[f"d{shape}"]), document, evidence)
        if day:
            whole = f"{shown[: match.start()]} {day} {shown[match.end() :]}"
            reading = next(moments.spot(whole), None)
            return moments.settle(reading, "byline", evidence) if reading else None
    return None


def _choose_year(month: int, day: int, document: Document, evidence: Evidence) -> date | None:
    """Choose the year: that of the URL, of the same day in the markup, or the newest possible."""
    known = moments.month_in_address(document.address)
    if known and known[1] == month:
        return _date(known[0], month, day)
    twin = re.compile(rf"(?<!\d)(20\d\d)(?P<sign>[-/]?){month:02d}(?P=sign){day:02d}(?!\d)")
    years = {int(twin_date[1]) for twin_date in twin.finditer(document.html, 0, _MAX_YEARLESS)}
    if len(years) == 1:
        return _date(years.pop(), month, day)
    for year in (evidence.until.year, evidence.until.year - 1):
        newest = _date(year, month, day)
        if newest and timedelta(0) <= evidence.until - newest <= _FRESH:
            return newest
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
