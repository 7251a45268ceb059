"""Measure a text: its length, its quotes and named sources, and which listed words it contains."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from copydesk.judge.profile import Features
from copydesk.judge.words import base_language
from copydesk.kit import tables
from copydesk.kit import text as plain_text
from copydesk.news import Beat

FULL_TEXT, BRIEF, CAPTION = 1500, 600, 150  # characters of an alphabet
_SHORTEST_NAME = 3
READ = 20_000  # characters that are searched; longer texts show the same at their beginning

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SYLLABLES = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_ROWS = tables.read_rows(__package__, "sourcing.toml", tuple[str, ...])
_SAID = re.compile(
    tables.any_of([rf"\b{tables.any_of(_ROWS['said'])}\b", *_ROWS["said_unspaced"]]), re.IGNORECASE
)
QUOTED = re.compile(
    r'["\u201c\u201e\u00ab\u300c][^"\u201c\u201d\u00bb\u300d\n]{15,400}["\u201c\u201d\u00bb\u300d]'
)
_OWN = re.compile(tables.any_of(_ROWS["own"]), re.IGNORECASE)
_EDITIONS = frozenset({"", *_ROWS["editions"]})  # what may follow a publisher's name
_TOLD_TO = re.compile(
    r"\b(?:told|said to|speaking to|spoke to|interview with|statement to"
    r"|(?:seen|obtained|reviewed|viewed) by)\s+"
    r"((?:[Tt]he )?[A-Z]\w*(?: [A-Z]\w*){0,3})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMeasures:
    """The length of a text, and how many named sources and quotes it has.

    `length` is in characters of an alphabet, `speakers` counts the named sources of statements,
    `quotes` the quoted sentences.
    """

    length: int = 0
    speakers: int = 0
    quotes: int = 0


@functools.lru_cache(maxsize=8)
def measure(text: str) -> TextMeasures:
    """Count length, named sources and quotes of a text, in linear time."""
    start = text[:READ]
    return TextMeasures(
        length=length(text),
        speakers=sum(1 for _ in _SAID.finditer(start)),
        quotes=sum(1 for _ in QUOTED.finditer(start)),
    )


def length(text: str) -> int:
    """Return the length of a text in letters; Chinese, Japanese and Korean characters count more.

    A Chinese character counts as three of them, a Japanese or Korean syllable as two: 1,500
    characters in English say as much as about 450 in Chinese or 700 in Japanese.
    """
    if text.isascii():
        return len(text)
    return len(text) + 2 * len(_HAN.findall(text)) + len(_SYLLABLES.findall(text))


_OPENS = '"\u201c\u201e\u00ab\u300c'
_SPOKEN = re.compile(f'[{_OPENS}][^{_OPENS}\u201d\u00bb\u300d]*(["\u201d\u00bb\u300d\u201c]|$)')


def drop_quotations(text: str) -> str:
    """Return a text without its quotations: what is left are the author's own words.

    A quotation that runs over several paragraphs opens each of them and closes only the last one.
    """
    paragraphs = [line for line in text[:READ].split("\n") if line.strip()]
    kept = []
    for paragraph, following in zip_longest(paragraphs, paragraphs[1:], fillvalue=""):
        goes_on = following.lstrip()[:1] in tuple(_OPENS)

        def cut(match: re.Match[str], goes_on: bool = goes_on) -> str:
            return "" if match[1] or goes_on else match[0]

        kept.append(_SPOKEN.sub(cut, paragraph))
    return "\n".join(kept)


def own_reporting(text: str, domain: str) -> str:
    """Return the words in a text that show the publisher's own reporting, "" if there are none.

    Someone told the publisher something, named or as "us", or was asked and declined to answer.
    Quotes are left out, since there "me" is the speaker.
    """
    plain = drop_quotations(text)
    own = _OWN.search(plain)
    by_name = (match for match in _TOLD_TO.finditer(plain) if is_house(match.group(1), domain))
    evidence = own or next(by_name, None)
    return " ".join(evidence.group().split()) if evidence else ""


def is_house(name: str, domain: str) -> bool:
    """Return whether a name is that of a site's domain: "The Standard" is standard.co.uk."""
    called = plain_text.squash(name).removeprefix("the")
    house = plain_text.squash(domain.partition(".")[0]).removeprefix("the")
    if min(len(called), len(house)) < _SHORTEST_NAME and not name.isupper():
        return False
    shorter, longer = sorted((called, house), key=len)
    return longer.startswith(shorter) and longer[len(shorter) :] in _EDITIONS


_WORD = re.compile(r"[^\W\d_]+")  # "l'attaque" is two words


def places_of(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the start, end and spelling of each word in a text."""
    return ((*word.span(), word[0]) for word in _WORD.finditer(text))


def words_of(text: str) -> list[str]:
    """Return the words of a text as written; "l'attaque" is two words."""
    return _WORD.findall(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """A list of words and prefixes of words (`accus*`) to search texts for.

    An entry has one or more lower-case forms, separated by spaces. A form with `*` matches all
    words that begin so, unless a longer form matches; a form with `!` excludes words: "accus*
    !accustom*". `whole` has the entry of each whole form, "" for excluded ones; `beginnings` the
    same as pairs, the longest first, by their first `shortest` letters.
    """

    whole: Mapping[str, str]
    beginnings: Mapping[str, Sequence[tuple[str, str]]]
    shortest: int

    @classmethod
    def of(cls, entries: Iterable[str]) -> Lexicon:
        """Make a lexicon from entries such as "accus* !accustom*": a prefix, without one word."""
        whole: dict[str, str] = {}
        beginnings: dict[str, str] = {}
        for entry in entries:
            for form in entry.split():
                meant = "" if form.startswith("!") else entry
                forms = beginnings if form.endswith("*") else whole
                forms[form.strip("!*")] = meant
        shortest = min(map(len, beginnings), default=0)
        by_head: dict[str, list[tuple[str, str]]] = {}
        for start in sorted(beginnings, key=len, reverse=True):
            by_head.setdefault(start[:shortest], []).append((start, beginnings[start]))
        return cls(whole=whole, beginnings=by_head, shortest=shortest)

    def find(self, words: Iterable[str]) -> Mapping[str, str]:
        """Search words for the lexicon's entries; map those found to the first word of each."""
        found: dict[str, str] = {}
        for word in words:
            if entry := self.entry_of(word.lower()):
                found.setdefault(entry, word)
        return found

    def entry_of(self, word: str) -> str:
        """Return the lexicon's entry that a lower-case word matches, "" for none."""
        if word in self.whole:
            return self.whole[word]
        for start, entry in self.beginnings.get(word[: self.shortest], ()):
            if word.startswith(start):
                return entry
        return ""


LISTED = frozenset({"de", "en", "es", "fr"})  # languages with lists of words in `tables`


def language_with_lists(features: Features, beat: Beat) -> str:
    """Return the language of an article if there are word lists for it, else "".

    If the page does not tell its language, it is the site's.
    """
    written = base_language(features.language) or base_language(beat.locale)
    return written if written in LISTED else ""


# What a signal finds: pairs of how often and why, none if it is not there.
Sightings = Iterable[tuple[int, str]]


def once(why: str, evidence: str) -> Sightings:
    """Return the result of a quality signal that counts once, or nothing without evidence."""
    return [(1, f"{why}: {evidence}")] if evidence else []


class Steps:
    """Thresholds for a count in an article, such as of quotes; each one reached earns points."""

    def __init__(self, *bounds: int) -> None:
        self.bounds = bounds

    def sight(self, count: int, why: str) -> Sightings:
        """Return a quality signal that counts once for each threshold that is reached."""
        reached = bisect.bisect_right(self.bounds, count)
        return [(reached, why)] if reached else []
