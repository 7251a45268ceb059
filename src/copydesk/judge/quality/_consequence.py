"""Quality signals of importance: terms on lives, law, jobs, …, and a country in the headline."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.judge.profile import Features
from copydesk.judge.quality import wording
from copydesk.judge.quality._measure import (
    Lexicon,
    Sightings,
    Steps,
    language_with_lists,
    length,
    places_of,
    words_of,
)
from copydesk.kit import tables
from copydesk.news import Beat

READ = 4_000  # characters at the beginning of a text that are searched for important terms
IN_TEXT = Steps(2, 4, 6, 9, 13, 18, 24)  # different words
IN_LEDE = Steps(4, 6, 8, 11)
UNLISTED = Steps(300, 900, 1_800, 3_500)  # characters of a text whose language has no list
_NAMED = 5


def in_title(features: Features, _beat: Beat) -> Sightings:
    """Find an important term (on lives, law, jobs, …) in the headline of an article."""
    word = wording.weighty(features.title[: wording.HEADLINE], features.language)
    if not word or not features.topics:
        return []
    return [(1, f'important term: "{word}" in title')]


def of_states(features: Features, beat: Beat) -> Sightings:
    """Find the name of a country in the headline of an article, as a quality signal."""
    language = language_with_lists(features, beat)
    if not language or not features.topics:
        return []
    word = find_state(features.title[: wording.HEADLINE], language)
    return [(1, f'names a country: "{word}" in title')] if word else []


def in_lede(features: Features, beat: Beat) -> Sightings:
    """Count the important terms in an article's headline and lede, for texts that are short."""
    language = language_with_lists(features, beat)
    if not language:
        return []
    matters = find_matters(f"{features.title[: wording.HEADLINE]}\n{features.lede}", language)
    return IN_LEDE.sight(matters.count, f"{matters.count} important terms in title and lede")


def in_text(features: Features, beat: Beat) -> Sightings:
    """Count the important terms (on lives, law, jobs, …) in an article's text, each once.

    A language without lists of terms is scored by the length of the text.
    """
    text = _what_is_read(features)
    language = language_with_lists(features, beat)
    if not language:
        why = "scored by length, since its language has no list of important terms"
        return UNLISTED.sight(length(text), why)
    matters = find_matters(text, language)
    named = ", ".join((*matters.words, *matters.of_field)[:_NAMED])
    return IN_TEXT.sight(matters.count, f"{matters.count} important terms in the text: {named}")


def locate_in_text(
    passages: Sequence[str], features: Features, beat: Beat
) -> Iterator[Sequence[tuple[int, int]]]:
    """Yield for each passage the (start, end) places of the important terms that earn points."""
    language = language_with_lists(features, beat)
    if not language:
        return iter([()] * len(passages))
    return locate_matters(passages, _what_is_read(features), language)


def _what_is_read(features: Features) -> str:
    return f"{features.title[: wording.HEADLINE]}\n{(features.text or features.lede)[:READ]}"


_FIELD = "-field"  # ends the names of rows with the words of a single field, such as sport
_KEPT_WORDS = 1 << 14  # cached: most words of a text were in earlier texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """The important terms (lives, law, jobs, …) found in a text, and those of its main field.

    Words with the same beginning (`killed`, `killing`) count once; all are spelled as in the text.
    """

    words: tuple[str, ...] = ()
    of_field: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Return the number of different important terms in the text."""
        return len(self.words) + len(self.of_field)


@functools.lru_cache(maxsize=8)
def find_matters(text: str, language: str) -> Matters:
    """Find the important terms (on lives, law, jobs, …) in a text, by lists of its language."""
    found = _find_rows(text, language)
    stakes = [of_row for row, of_row in found.items() if not row.endswith(_FIELD)]
    field = found.get(_name_field(found), {})
    return Matters(
        words=tuple(dict.fromkeys(word for of_row in stakes for word in of_row.values())),
        of_field=tuple(field.values()),
    )


def locate_matters(
    passages: Iterable[str], text: str, language: str
) -> Iterator[Sequence[tuple[int, int]]]:
    """Yield for each passage the (start, end) places of the important terms in it."""
    found = _find_rows(text, language)
    field = _name_field(found)
    lexicons = [
        lexicon
        for row, lexicon in _matter_lexicons(language).items()
        if row == field or not row.endswith(_FIELD)
    ]
    for passage in passages:
        yield [
            (start, end)
            for start, end, word in places_of(passage)
            if any(lexicon.entry_of(word.lower()) for lexicon in lexicons)
        ]


def _find_rows(text: str, language: str) -> Mapping[str, Mapping[str, str]]:
    """Return for each row of the lists the entries in a text, each with its first word."""
    found: dict[str, dict[str, str]] = {row: {} for row in _matter_lexicons(language)}
    for word in dict.fromkeys(words_of(text)):
        for row, entry in _entries_of(word.lower(), language):
            found[row].setdefault(entry, word)
    return found


@functools.lru_cache(maxsize=_KEPT_WORDS)
def _entries_of(word: str, language: str) -> tuple[tuple[str, str], ...]:
    """Return the rows with a lower-case word, each with its entry."""
    entries = ((row, lexicon.entry_of(word)) for row, lexicon in _matter_lexicons(language).items())
    return tuple((row, entry) for row, entry in entries if entry)


def _name_field(found: Mapping[str, Mapping[str, str]]) -> str:
    """Return the field that most words of a text belong to, "" for none."""
    fields = [row for row in found if row.endswith(_FIELD)]
    return max(fields, key=lambda row: len(found[row]), default="")


@functools.cache
def _matter_lexicons(language: str) -> Mapping[str, Lexicon]:
    rows = tables.read_rows(__package__, f"matters/{language}.toml", tuple[str, ...])
    return {row: Lexicon.of(entries) for row, entries in rows.items()}


_DOTS = re.compile(r"\b([A-Z])\.(?=[A-Z]\b)")  # of "U.S."
_INITIALS = 3  # letters: a name so short is one in capitals only


def find_state(headline: str, language: str) -> str:
    """Return the first word of a headline that names a country, a people or a union, "" for none.

    Names must have a capital: a turkey is not Turkey, and "us" is not the US.
    """
    names, adjectives = _state_lexicons(language)
    for word in words_of(_DOTS.sub(r"\1", headline)):
        small = word.lower()
        named = word.isupper() if len(word) <= _INITIALS else word[0].isupper()
        if (named and names.entry_of(small)) or adjectives.entry_of(small):
            return word
    return ""


@functools.cache
def _state_lexicons(language: str) -> tuple[Lexicon, Lexicon]:
    rows = tables.read_rows(__package__, f"states/{language}.toml", tuple[str, ...])
    return Lexicon.of(rows["names"]), Lexicon.of(rows.get("adjectives", ()))
