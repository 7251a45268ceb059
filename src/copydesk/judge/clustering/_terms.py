"""The terms by which documents are compared: word stems, 4-grams of letters, names with numbers.

Each space makes up for the others: stems for inflection, 4-grams for compounds, cognates and other
spellings, names for telling apart two events of one kind (docs/design/coverage.md).
"""

from __future__ import annotations

import functools
import itertools
import math
import re
import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from copydesk.judge import words
from copydesk.kit import tables
from copydesk.news.story import CountedTerms

TEXT_CHARACTERS = 1500  # 600 cost one point of BCubed F1, the whole text gains none
NGRAM_CHARACTERS = 500
TITLE_COUNTS = 4
_HEADLINE_CASE = 0.75  # share of capitalized words above which capitals do not show names
_NOUNS_IN_CAPITALS = frozenset({"de"})  # languages where all nouns are capitalized
_CACHED_WORDS = 200_000
_WORD = re.compile(r"\w\w+")
_TELLING = (32, 32, 16)  # terms of each space by which a filed document is found
_MOST_COUNTED = 255
_LEAST_RATE = 1e-6
# crc32 mixes its seed with the first four letters, so no seed may turn one word into another.
_SEEDS = (0, 0x9E3779B1, 0xC2B2AE3D)
_STEPS_AN_OCTAVE = 15  # of a rate stored in a byte, which is exact to two percent

WORDS, NGRAMS, NAMES = range(3)
Counts = dict[int, int]

DAMPED = tuple(1.0 + math.log(max(1, count)) for count in range(64))
_RATES = tuple(_LEAST_RATE * 2 ** (step / _STEPS_AN_OCTAVE) for step in range(256))


@dataclass(frozen=True, slots=True)
class _WordForm:
    """The terms of one written word, as numbers in a vocabulary."""

    stem: int
    ngrams: tuple[int, ...]
    name: int
    rate: float

    @property
    def is_common(self) -> bool:
        """Return whether the word is too common in articles to be a name."""
        return self.rate > TOO_COMMON_FOR_A_NAME


@dataclass(frozen=True, slots=True)
class Terms:
    """The counts of a document's terms: words, 4-grams, names; those of the headline four times."""

    spaces: tuple[Counts, Counts, Counts]

    @property
    def length(self) -> int:
        """Return the number of different words in the document."""
        return len(self.spaces[WORDS])


class Vocabulary:
    """Gives each term of documents a number.

    By number: `space` is the term's space, `prior_rate` how common it is in all news, `spelling`
    how a word with it was first written ("" if only filed documents have it), `identity` the term's
    name in every vocabulary.
    """

    def __init__(self) -> None:
        self.space = bytearray()
        self.prior_rate = array("d")
        self.spelling: list[str] = []
        self.identity = array("I")
        self._numbers: dict[int, int] = {}  # by identity
        self._forms: dict[str, dict[str, _WordForm | None]] = {}  # by language and word

    def __len__(self) -> int:
        return len(self.space)

    def terms(self, title: str, text: str, language: str) -> Terms:
        """Count the terms of a headline and of the beginning of a text.

        `language` is a two-letter code.
        """
        terms = Terms(spaces=({}, {}, {}))
        self._count(title, language, TITLE_COUNTS if text else 1, terms)
        if text:
            self._count(text[:TEXT_CHARACTERS], language, 1, terms)
        return terms

    def _count(self, text: str, language: str, times: int, terms: Terms) -> None:
        """Add the terms of one part of a document; 4-grams only from its first characters."""
        stems, ngrams, names = terms.spaces
        forms = self._look_up(Counter(_words(text)), language)
        early = set(_words(text[:NGRAM_CHARACTERS])) if len(text) > NGRAM_CHARACTERS else None
        possible_names = _possible_names([word for word, _, _ in forms], language)
        for word, form, count in forms:
            added = count * times
            stem = form.stem
            stems[stem] = stems.get(stem, 0) + added
            if not form.is_common and word in possible_names:
                names[form.name] = names.get(form.name, 0) + added
            if early is None or word in early:
                for ngram in form.ngrams:
                    ngrams[ngram] = ngrams.get(ngram, 0) + added

    def _look_up(self, counted: Counter[str], language: str) -> list[tuple[str, _WordForm, int]]:
        """Return the words that are no stop words, with their terms and their counts."""
        if sum(map(len, self._forms.values())) > _CACHED_WORDS:
            self._forms.clear()
        forms = self._forms.setdefault(language, {})
        known = []
        for word, count in counted.items():
            lower = word.lower()
            if lower not in forms:
                forms[lower] = self._analyse(lower, language)
            form = forms[lower]
            if form is not None:
                known.append((word, form, count))
        return known

    def _analyse(self, word: str, language: str) -> _WordForm | None:
        if is_stop_word(word, language):
            return None
        stem = words.stemmer(language)(word)
        bare = words.transliterate(word)
        prior_rate = rate(stem, language)
        name = bare if word[0].isdigit() else words.transliterate(stem)
        return _WordForm(
            stem=self._number(WORDS, stem, word, prior_rate),
            ngrams=tuple(
                self._number(NGRAMS, ngram, ngram, rate_of_ngram(ngram)) for ngram in ngrams(bare)
            ),
            name=self._number(NAMES, name, word, prior_rate),
            rate=prior_rate,
        )

    def _number(self, space: int, term: str, spelling: str, prior_rate: float) -> int:
        return self._number_of(_identify(space, term), space, spelling, prior_rate)

    def _number_of(self, identity: int, space: int, spelling: str, prior_rate: float) -> int:
        number = self._numbers.setdefault(identity, len(self.space))
        if number == len(self.space):
            self.space.append(space)
            self.prior_rate.append(prior_rate)
            self.spelling.append(spelling)
            self.identity.append(identity)
        return number

    def numbers(self, phrases: Iterable[str], language: str) -> set[int]:
        """Return the numbers of all terms in the given phrases."""
        numbers: set[int] = set()
        for phrase in phrases:
            for _, form, _ in self._look_up(Counter(_words(phrase)), language):
                numbers |= {form.stem, form.name, *form.ngrams}
        return numbers

    def pack(self, title: str, text: str, language: str) -> CountedTerms:
        """Return a document's terms in a form that every other vocabulary can read (`unpack`)."""
        terms = self.terms(title, text, language)
        rates = self._rates(title, text, language, terms)
        telling = (
            self._telling(counts, rates)[:most]
            for counts, most in zip(terms.spaces, _TELLING, strict=True)
        )
        words_, ngrams, names = map(len, terms.spaces)
        return CountedTerms(
            terms=self._identities(itertools.chain.from_iterable(terms.spaces)),
            counts=bytes(
                min(count, _MOST_COUNTED) for counts in terms.spaces for count in counts.values()
            ),
            rates=bytes(rates[term] for counts in terms.spaces for term in counts),
            sizes=(words_, ngrams, names),
            telling=self._identities(itertools.chain.from_iterable(telling)),
        )

    def _identities(self, terms: Iterable[int]) -> array[int]:
        return array("I", map(self.identity.__getitem__, terms))

    def _rates(self, title: str, text: str, language: str, terms: Terms) -> dict[int, int]:
        """Return how common each term is, in steps, by the words of this document.

        Another document may have the same stem or name from another word, or in another language.
        """
        rates: dict[int, int] = {}
        for part in (title, text[:TEXT_CHARACTERS]):
            for _, form, _ in self._look_up(Counter(_words(part)), language):
                step = _step_of(form.rate)
                rates.setdefault(form.stem, step)
                rates.setdefault(form.name, step)
        rates.update((term, _step_of(self.prior_rate[term])) for term in terms.spaces[NGRAMS])
        return rates

    @staticmethod
    def _telling(counts: Counts, rates: Mapping[int, int]) -> list[int]:
        """Return the terms of a space, first those that are frequent here, rare in other news."""
        most = len(DAMPED) - 1
        weight = {
            term: DAMPED[min(count, most)] * math.log(_RATES[rates[term]])
            for term, count in counts.items()
        }
        return sorted(weight, key=weight.__getitem__)

    def unpack(self, counted: CountedTerms) -> Terms:
        """Return the terms of a packed document (`pack`), with this vocabulary's numbers."""
        space_of = itertools.chain.from_iterable(map(itertools.repeat, range(3), counted.sizes))
        spaces: tuple[Counts, Counts, Counts] = ({}, {}, {})
        for identity, count, step, space in zip(
            counted.terms, counted.counts, counted.rates, space_of, strict=True
        ):
            spaces[space][self._number_of(identity, space, "", _RATES[step])] = count
        return Terms(spaces=spaces)


def _identify(space: int, term: str) -> int:
    return zlib.crc32(term.encode("utf-8", "surrogatepass"), _SEEDS[space])


def _step_of(rate: float) -> int:
    """Return the step of a rate on a logarithmic scale; a step fits into a byte."""
    step = round(_STEPS_AN_OCTAVE * math.log2(max(rate, _LEAST_RATE) / _LEAST_RATE))
    return min(step, len(_RATES) - 1)


def _words(text: str) -> list[str]:
    """Split a text into words of two and more letters; scripts without spaces into letter pairs."""
    plain = _WORD.findall(text)
    if text.isascii() or not words.is_unspaced(text):
        return plain
    return [part for word in plain for part in _letter_pairs(word)]


def _letter_pairs(word: str) -> list[str]:
    if not words.is_unspaced(word):
        return [word]
    return [word[step : step + 2] for step in range(len(word) - 1)]


def _possible_names(words_: Sequence[str], language: str) -> Collection[str]:
    """Return the words that may be names or numbers: those that begin with a capital or a digit.

    If nearly all words or none have one, as in headlines or scripts without capitals, all may be.
    """
    capital = {word for word in words_ if word[0].isupper() or word[0].isdigit()}
    if not capital or len(capital) > _HEADLINE_CASE * len(words_) or language in _NOUNS_IN_CAPITALS:
        return set(words_)
    return capital


# Word frequencies in all news: the tables have for each word of a language in how many percent of
# articles it occurs.

LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "sl", "sv"})
TOO_COMMON_FOR_A_NAME = 3e-4
_STOP_WORD_SHARE = 0.45  # of the articles; words that more articles have are stop words
_WORDS_OF_AN_ARTICLE = 170  # different words of an article, in the collection of the tables
_UNSEEN = 1e-6
_UNSEEN_NGRAM = 2e-5


def is_stop_word(word: str, language: str) -> bool:
    """Return whether a lower-case word is a stop word, in its language or in English."""
    return word in _stop_words(language) or word in _stop_words("en")


def rate(stem: str, language: str) -> float:
    """Return how often a word stem occurs in news, as a share of the different words of a text."""
    return _stem_rates(language).get(stem, _UNSEEN)


def rate_of_ngram(ngram: str) -> float:
    """Return how often a 4-gram of Latin letters occurs in news, as `rate` does for stems."""
    return _ngram_rates().get(ngram, _UNSEEN_NGRAM)


def shares(language: str) -> Mapping[str, float]:
    """Map words of a language to the share of news articles with each; {} without a table."""
    if language not in LANGUAGES:
        return {}
    rows = tables.read_rows(__package__, f"words/{language}.toml", str)
    return {word: float(percent) / 100 for percent, row in rows.items() for word in row.split()}


@functools.cache
def _stop_words(language: str) -> frozenset[str]:
    return frozenset(word for word, share in shares(language).items() if share >= _STOP_WORD_SHARE)


@functools.cache
def _stem_rates(language: str) -> Mapping[str, float]:
    """Map each known stem to its rate in news: the sum over all forms with this stem."""
    stemmed = words.stemmer(language)
    rates: dict[str, float] = {}
    for word, share in shares(language).items():
        stem = stemmed(word)
        rates[stem] = rates.get(stem, 0.0) + _to_rate(share)
    return rates


@functools.cache
def _ngram_rates() -> Mapping[str, float]:
    rates: dict[str, float] = {}
    for word, share in shares("en").items():
        if share >= _STOP_WORD_SHARE:
            continue
        for ngram in set(ngrams(words.transliterate(word))):
            rates[ngram] = rates.get(ngram, _UNSEEN_NGRAM) + _to_rate(share)
    return rates


def ngrams(word: str) -> list[str]:
    """Return the 4-grams of a word with its ends marked (`<wor`); short words as a whole."""
    framed = f"<{word}>"
    return [framed[at : at + 4] for at in range(max(1, len(framed) - 3))]


def _to_rate(share: float) -> float:
    return -math.log(1.0 - min(share, 0.95)) / _WORDS_OF_AN_ARTICLE
