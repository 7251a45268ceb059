"""What a text is made of, counted: length in any script, figures, and who is heard in it."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.judge.profile import Features
from copydesk.kit import tables
from copydesk.kit import text as plain_text
from copydesk.news import Beat

FULL_TEXT, BRIEF, CAPTION = 1500, 600, 150  # characters of an alphabet
_SHORTEST_NAME = 3
READ = 20_000  # characters that are looked through: what a book shows, its first chapter shows

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SYLLABLES = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_ROWS = tables.read_rows(__package__, "sourcing.toml", tuple[str, ...])
_SAID = re.compile(
    tables.any_of([rf"\b{tables.any_of(_ROWS['said'])}\b", *_ROWS["said_unspaced"]]),
    re.IGNORECASE,
)
QUOTED = re.compile(
    r'["\u201c\u201e\u00ab\u300c][^"\u201c\u201d\u00bb\u300d\n]{15,400}["\u201c\u201d\u00bb\u300d]'
)
_OWN = re.compile(tables.any_of(_ROWS["own"]), re.IGNORECASE)
_TOLD_TO = re.compile(
    r"\b(?:told|said to|speaking to|spoke to|interview with|statement to"
    r"|(?:seen|obtained|reviewed|viewed) by)\s+"
    r"((?:[Tt]he )?[A-Z]\w*(?: [A-Z]\w*){0,3})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMeasures:
    """What was counted in a text.

    `length` is in characters of an alphabet, `speakers` how often someone is named as the source
    of what is said, `quotes` the quoted sentences.
    """

    length: int = 0
    speakers: int = 0
    quotes: int = 0


@functools.lru_cache(maxsize=8)
def measure(text: str) -> TextMeasures:
    """Count what a text is made of, in time that grows with its length."""
    start = text[:READ]
    return TextMeasures(
        length=length(text),
        speakers=sum(1 for _ in _SAID.finditer(start)),
        quotes=sum(1 for _ in QUOTED.finditer(start)),
    )


def length(text: str) -> int:
    """Return the length of a text in characters of an alphabet.

    A Chinese character is worth three of them, a Japanese or Korean syllable two: what a page says
    in 1,500 English characters it says in about 450 Chinese or 700 Japanese ones.
    """
    if text.isascii():
        return len(text)
    return len(text) + 2 * len(_HAN.findall(text)) + len(_SYLLABLES.findall(text))


def own_reporting(text: str, domain: str) -> str:
    """Return what shows that a newsroom asked for itself, "" where nothing does.

    Someone told it to the newsroom, by its name or as "us", or was asked and would not answer.
    What is quoted does not count: there "me" is the speaker.
    """
    plain = QUOTED.sub("", text[:READ])
    own = _OWN.search(plain)
    by_name = (match for match in _TOLD_TO.finditer(plain) if _is_house(match.group(1), domain))
    evidence = own or next(by_name, None)
    return " ".join(evidence.group().split()) if evidence else ""


def _is_house(name: str, domain: str) -> bool:
    """Decide whether a name is that of a site: "The Standard" is standard.co.uk."""
    called = plain_text.squash(name).removeprefix("the")
    house = plain_text.squash(domain.partition(".")[0]).removeprefix("the")
    if min(len(called), len(house)) < _SHORTEST_NAME and not name.isupper():
        return False
    return called.startswith(house) or house.startswith(called)


# Lexicon: a list of words and beginnings of words, to be looked for among those of a text.

_WORD = re.compile(r"[^\W\d_]+")  # "l'attaque" is two: what stands before an apostrophe is a word


def places_of(text: str) -> Iterator[tuple[int, int, str]]:
    """Walk the same words, each behind from where to where it stands."""
    return ((*word.span(), word[0]) for word in _WORD.finditer(text))


def words_of(text: str) -> list[str]:
    """Return the words of a text as they stand in it, parted at apostrophes, too."""
    return _WORD.findall(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Entries in small letters, each one or more forms of a word divided by blanks.

    A form that ends with `*` stands for all words that begin so, but for those of a longer form;
    one behind a `!` is not meant: "accus* !accustom*". `whole` holds the entry of each form, "" for
    what is not meant; `beginnings` the same as pairs, the longest first, by their first letters, so
    many as the `shortest` has.
    """

    whole: Mapping[str, str]
    beginnings: Mapping[str, Sequence[tuple[str, str]]]
    shortest: int

    @classmethod
    def of(cls, entries: Iterable[str]) -> Lexicon:
        """Make a lexicon of its entries."""
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
        """Find the entries that some words are of, each with the first of its words."""
        found: dict[str, str] = {}
        for word in words:
            if entry := self.entry_of(word.lower()):
                found.setdefault(entry, word)
        return found

    def entry_of(self, word: str) -> str:
        """Return the entry that a word in small letters is of, "" for none."""
        if word in self.whole:
            return self.whole[word]
        for start, entry in self.beginnings.get(word[: self.shortest], ()):
            if word.startswith(start):
                return entry
        return ""


# Language: whether the readers of the site can read it.

LISTED = frozenset({"de", "en", "es", "fr"})  # languages that `tables` has lists of words for


def language_with_lists(features: Features, beat: Beat) -> str:
    """Return the language whose lists of words an article is read with, "" where none has any.

    Where a page does not say what it is written in, the site's language is meant.
    """
    written = base_language(features.language) or base_language(beat.locale)
    return written if written in LISTED else ""


def base_language(language: str) -> str:
    """Return the language of a tag, without its country or script: "en" of "en-US"."""
    return language.replace("_", "-").partition("-")[0].lower()


# What a signal finds: how often and why, nothing where it is not there.

Sightings = Iterable[tuple[int, str]]


def once(why: str, evidence: str) -> Sightings:
    """Return a signal that was found once, none where there is no evidence."""
    return [(1, f"{why}: {evidence}")] if evidence else []


class Steps:
    """Bounds that a count passes one after the other: a part that grows and ends."""

    def __init__(self, *bounds: int) -> None:
        self.bounds = bounds

    def sight(self, count: int, why: str) -> Sightings:
        """Return a signal as often as bounds are reached."""
        reached = bisect.bisect_right(self.bounds, count)
        return [(reached, why)] if reached else []
