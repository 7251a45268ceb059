"""Terms: what a document is compared by. Stems of words, character 4-grams, names and numbers.

Each space covers for the others: stems for inflection, 4-grams for compounds, cognates and other
spellings, names for what tells two happenings of one kind apart (docs/design/coverage.md).
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from copydesk.judge import words
from copydesk.judge.clustering import _frequencies

TEXT_CHARACTERS = 1500  # 600 cost a embedding of BCubed F1, the whole text brings none
NGRAM_CHARACTERS = 500
TITLE_COUNTS = 4
_HEADLINE_CASE = 0.75  # share of words with a capital above which capitals tell no names
_NOUNS_IN_CAPITALS = frozenset({"de"})  # languages whose capitals tell no names
_CACHED_WORDS = 200_000
_WORD = re.compile(r"\w\w+")

WORDS, NGRAMS, NAMES = range(3)
Counts = dict[int, int]


@dataclass(frozen=True, slots=True)
class _WordForm:
    """What a word as it is written stands for: the numbers of its terms."""

    stem: int
    ngrams: tuple[int, ...]
    name: int
    is_common: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """How often a document has each term, a mapping a space; a headline's count four times."""

    spaces: tuple[Counts, Counts, Counts]

    @property
    def length(self) -> int:
        """Return how many different words it has."""
        return len(self.spaces[WORDS])


class Vocabulary:
    """Number the terms of documents.

    By number, `space` says which it is of, `prior_rate` how common it is in news at large,
    `spelling` how a word of it was first written.
    """

    def __init__(self) -> None:
        self.space: list[int] = []
        self.prior_rate = array("d")
        self.spelling: list[str] = []
        self._numbers: dict[tuple[int, str], int] = {}
        self._forms: dict[str, dict[str, _WordForm | None]] = {}  # by language and word

    def __len__(self) -> int:
        return len(self.space)

    def terms(self, title: str, text: str, language: str) -> Terms:
        """Count the terms of a headline and the beginning of a text."""
        language = language.lower()[:2] or "en"
        terms = Terms(spaces=({}, {}, {}))
        self._count(title, language, TITLE_COUNTS if text else 1, terms)
        if text:
            self._count(text[:TEXT_CHARACTERS], language, 1, terms)
        return terms

    def _count(self, text: str, language: str, times: int, terms: Terms) -> None:
        """Add the terms of one part of a document; 4-grams only of its first characters."""
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
        """Return the words that tell something, with their terms and how often they stand there."""
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
        if _frequencies.is_stop_word(word, language):
            return None
        stem = words.stemmer(language)(word)
        bare = words.transliterate(word)
        prior_rate = _frequencies.rate(stem, language)
        name = bare if word[0].isdigit() else words.transliterate(stem)
        return _WordForm(
            stem=self._number((WORDS, stem), word, prior_rate),
            ngrams=tuple(
                self._number((NGRAMS, ngram), ngram, _frequencies.rate_of_ngram(ngram))
                for ngram in _frequencies.ngrams(bare)
            ),
            name=self._number((NAMES, name), word, prior_rate),
            is_common=prior_rate > _frequencies.TOO_COMMON_FOR_A_NAME,
        )

    def _number(self, term: tuple[int, str], spelling: str, prior_rate: float) -> int:
        number = self._numbers.setdefault(term, len(self.space))
        if number == len(self.space):
            self.space.append(term[0])
            self.prior_rate.append(prior_rate)
            self.spelling.append(spelling)
        return number

    def numbers(self, phrases: Iterable[str], language: str) -> set[int]:
        """Return the numbers of all terms of these phrases."""
        numbers: set[int] = set()
        for phrase in phrases:
            for _, form, _ in self._look_up(Counter(_words(phrase)), language):
                numbers |= {form.stem, form.name, *form.ngrams}
        return numbers


def _words(text: str) -> list[str]:
    """Split a text into words of two and more letters; unspaced scripts into pairs of letters."""
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

    Where nearly all or no words have one, as in headlines or scripts without capitals, all may.
    """
    capital = {word for word in words_ if word[0].isupper() or word[0].isdigit()}
    if not capital or len(capital) > _HEADLINE_CASE * len(words_) or language in _NOUNS_IN_CAPITALS:
        return set(words_)
    return capital
