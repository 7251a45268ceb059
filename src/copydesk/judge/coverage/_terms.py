"""Terms: what a document is compared by. Stems of words, letters in fours, names and numbers.

Each space covers for the others: stems for inflection, fours for compounds, cognates and other
spellings, names for what tells two happenings of one kind apart (docs/design/coverage.md).
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from copydesk.judge import words
from copydesk.judge.coverage import _usual

TEXT_CHARACTERS = 1500  # 600 cost a point of BCubed F1, the whole text brings none
FOURS_CHARACTERS = 500
TITLE_COUNTS = 4
_FOUR = 4
_HEADLINE_CASE = 0.75  # with more words in capitals than this, capitals tell no names
_EVERY_NOUN = frozenset({"de"})  # languages whose capitals tell no names
_KEPT_WORDS = 200_000
_WORD = re.compile(r"\w\w+")

WORDS, FOURS, NAMES = range(3)
Counts = dict[int, int]


@dataclass(frozen=True, slots=True)
class _Form:
    """What a word as it is written stands for: the numbers of its terms."""

    stem: int
    fours: tuple[int, ...]
    name: int
    is_common: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """How often a document has each term, a mapping a space; a headline's count four times."""

    spaces: tuple[Counts, Counts, Counts]

    @property
    def length(self) -> int:
        """Give how many different words it has."""
        return len(self.spaces[WORDS])


class Vocabulary:
    """Give terms numbers.

    By number, `space` says which it is of, `general` how common it is in news at large, `spelt`
    how a word of it was first written.
    """

    def __init__(self) -> None:
        self.space: list[int] = []
        self.general = array("d")
        self.spelt: list[str] = []
        self._numbers: dict[tuple[int, str], int] = {}
        self._forms: dict[str, dict[str, _Form | None]] = {}  # by language and word

    def __len__(self) -> int:
        return len(self.space)

    def terms(self, title: str, text: str, language: str) -> Terms:
        """Give the terms of a headline and the beginning of a text."""
        language = language.lower()[:2] or "en"
        found = Terms(spaces=({}, {}, {}))
        self._count(title, language, TITLE_COUNTS if text else 1, found)
        if text:
            self._count(text[:TEXT_CHARACTERS], language, 1, found)
        return found

    def _count(self, text: str, language: str, times: int, found: Terms) -> None:
        """Add the terms of one part of a document; fours only of its first characters."""
        stems, fours, names = found.spaces
        forms = self._known(Counter(_words(text)), language)
        early = set(_words(text[:FOURS_CHARACTERS])) if len(text) > FOURS_CHARACTERS else None
        telling = _names_told([word for word, _, _ in forms], language)
        for word, form, count in forms:
            added = count * times
            stem = form.stem
            stems[stem] = stems.get(stem, 0) + added
            if not form.is_common and word in telling:
                names[form.name] = names.get(form.name, 0) + added
            if early is None or word in early:
                for four in form.fours:
                    fours[four] = fours.get(four, 0) + added

    def _known(self, counted: Counter[str], language: str) -> list[tuple[str, _Form, int]]:
        """Give the words that stand for something, with what and how often they stand there."""
        if sum(map(len, self._forms.values())) > _KEPT_WORDS:
            self._forms.clear()
        forms = self._forms.setdefault(language, {})
        found = []
        for word, count in counted.items():
            lower = word.lower()
            if lower not in forms:
                forms[lower] = self._made(lower, language)
            form = forms[lower]
            if form is not None:
                found.append((word, form, count))
        return found

    def _made(self, word: str, language: str) -> _Form | None:
        if _usual.is_empty(word, language):
            return None
        stem = words.stemmer(language)(word)
        bare = words.latin(word)
        framed = f"<{bare}>"
        fours = (framed[at : at + _FOUR] for at in range(max(1, len(framed) - _FOUR + 1)))
        general = _usual.rate(stem, language)
        name = bare if word[0].isdigit() else words.latin(stem)
        return _Form(
            stem=self._number((WORDS, stem), word, general),
            fours=tuple(
                self._number((FOURS, four), four, _usual.rate_of_four(four)) for four in fours
            ),
            name=self._number((NAMES, name), word, general),
            is_common=general > _usual.TOO_COMMON_FOR_A_NAME,
        )

    def _number(self, term: tuple[int, str], spelt: str, general: float) -> int:
        number = self._numbers.setdefault(term, len(self.space))
        if number == len(self.space):
            self.space.append(term[0])
            self.general.append(general)
            self.spelt.append(spelt)
        return number

    def numbers(self, phrases: Iterable[str], language: str) -> set[int]:
        """Give the numbers of all terms of these phrases."""
        found: set[int] = set()
        for phrase in phrases:
            for _, form, _ in self._known(Counter(_words(phrase)), language):
                found |= {form.stem, form.name, *form.fours}
        return found


def _words(text: str) -> list[str]:
    """Give the words of two and more letters; unspaced scripts by pairs of letters."""
    found = _WORD.findall(text)
    if text.isascii() or not words.is_unspaced(text):
        return found
    return [part for word in found for part in _paired(word)]


def _paired(word: str) -> list[str]:
    if not words.is_unspaced(word):
        return [word]
    return [word[step : step + 2] for step in range(len(word) - 1)]


def _names_told(words_: Sequence[str], language: str) -> Collection[str]:
    """Give the words that may be names or numbers: those with a capital or a digit ahead.

    Where nearly all or no words have one, as in headlines or scripts without capitals, all may.
    """
    told = {word for word in words_ if word[0].isupper() or word[0].isdigit()}
    if not told or len(told) > _HEADLINE_CASE * len(words_) or language in _EVERY_NOUN:
        return set(words_)
    return told
