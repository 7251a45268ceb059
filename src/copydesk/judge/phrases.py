"""Many keywords found in one pass over a text's words."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from copydesk.judge.words import Tokens, stemmer, tokenize, tokenize_keyword

_START = 3  # letters by which most words of a text are passed over
_ACRONYM_TO = 3
_EXACT_TO = 2  # letters of a word that keeps its accents
_HEAD = 7  # letters of a keyword that is looked for at the end of longer words
_BEFORE = 3  # letters that stand before it at least
COMPOUNDING = frozenset({"da", "de", "nb", "nl", "nn", "no", "sv"})  # languages of one-word nouns
_TONES = frozenset({"vi"})  # languages whose accents make another word


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """One place of a text where a phrase stands: which, and its words from `start` to `end`."""

    phrase: int
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    """A node of a trie of stems: what follows by the next stem, the phrases that end here."""

    following: dict[str, _Node] = field(default_factory=dict)
    ending: list[int] = field(default_factory=list)


class Phrases:
    """Keywords of one language, looked for together; a match names one by its place in the list.

    A phrase stands where its words do, whole, in a row, each as written or in an inflected form. A
    word of up to three letters or in capitals stands as it is; written in capitals only, up to
    three letters ("US", "IT") are found in capitals only. Accents count in the shortest only.

    In German and its kin what a noun is stands at its end: "Landesregierung" is a "Regierung". A
    word that is no keyword itself is taken for the long one that it ends in.
    """

    def __init__(self, phrases: Sequence[str], language: str) -> None:
        self._language = language
        self._phrases = [tokenize_keyword(phrase) for phrase in phrases]
        self._root = _Node()
        for number, phrase in enumerate(self._phrases):
            if self.can_stand(number):
                self._add(number, phrase)
        self._heads = dict(self._find_heads()) if language[:2] in COMPOUNDING else {}
        self._head_sizes = sorted({len(head) for head in self._heads}, reverse=True)
        self._phrases_at_end = functools.lru_cache(maxsize=16_384)(self._take_apart)
        known = {word for phrase in self._phrases for word in phrase.folded}
        self._starts = frozenset(word[:_START] for word in known)

    def can_stand(self, number: int) -> bool:
        """Decide whether a phrase has anything to look for: blanks and a single sign have not."""
        folded = self._phrases[number].folded
        return len(folded) > 1 or any(map(str.isalnum, folded))

    def _add(self, number: int, phrase: Tokens) -> None:
        node = self._root
        for word in phrase.folded:
            node = node.following.setdefault(stem(word, self._language), _Node())
        node.ending.append(number)

    def _find_heads(self) -> Iterator[tuple[str, list[int]]]:
        """Yield the stems of single long words, each with its phrases."""
        for head, node in self._root.following.items():
            long = [
                number
                for number in node.ending
                if len(self._phrases[number]) == 1 and len(self._phrases[number].folded[0]) >= _HEAD
            ]
            if long and head.isalpha():
                yield head, long

    def find(self, text: Tokens) -> Iterator[PhraseMatch]:
        """Yield every place of a text where one of the phrases stands, in order."""
        starts, language = self._starts, self._language
        stems = [stem(word, language) if word[:_START] in starts else "" for word in text.folded]
        first = self._root.following
        for start, begun in enumerate(stems):
            if begun and begun in first:
                yield from self._find_from(start, stems, text)
            elif self._heads and len(text.folded[start]) >= _HEAD + _BEFORE:
                for number in self._phrases_at_end(text.folded[start]):
                    yield PhraseMatch(number, start, start + 1)

    def _take_apart(self, word: str) -> tuple[int, ...]:
        """Return the phrases that are the head of a compound, the longest head that there is."""
        whole = stem(word, self._language)
        for size in self._head_sizes:
            before = len(whole) - size
            if before >= _BEFORE and (numbers := self._heads.get(whole[before:])):
                heads = ((number, self._phrases[number].folded[0]) for number in numbers)
                return tuple(
                    number
                    for number, head in heads
                    if is_form(head, word[before:], self._language, alone=True)
                )
        return ()

    def _find_from(self, start: int, stems: Sequence[str], text: Tokens) -> Iterator[PhraseMatch]:
        node = self._root
        for end in range(start, len(stems)):
            following = node.following.get(stems[end])
            if following is None:
                return
            node = following
            for number in node.ending:
                if self._matches(self._phrases[number], text, start):
                    yield PhraseMatch(number, start, end + 1)

    def _matches(self, phrase: Tokens, text: Tokens, start: int) -> bool:
        """Decide whether the words are those of the phrase, now that their stems are."""
        last = len(phrase) - 1
        if last in phrase.owners and start + last not in text.owners:
            return False
        alone = last == 0
        return all(
            self._is_same_word(written, folded, text.written[at], text.folded[at], alone)
            for at, (written, folded) in enumerate(
                zip(phrase.written, phrase.folded, strict=True), start
            )
        )

    def _is_same_word(self, ours: str, folded: str, theirs: str, other: str, alone: bool) -> bool:
        is_capital = len(ours) > 1 and ours.isupper()
        if is_capital and alone and len(ours) <= _ACRONYM_TO:
            return ours == theirs
        if len(ours) <= _EXACT_TO or self._language in _TONES:
            return ours.casefold() == theirs.casefold()
        if is_capital:
            return folded == other
        return is_form(folded, other, self._language, alone=alone)


def list_stems(text: str, language: str, *, is_keyword: bool = False) -> list[str]:
    """Return the stem of each word of a text, or of a keyword, as a search for phrases has them."""
    tokens = tokenize_keyword(text) if is_keyword else tokenize(text)
    return [stem(word, language) for word in tokens.folded]


# Inflected forms: which forms of a keyword's word a text may use in its place.
#
# Snowball's stems alone say too much: "organ" and "organization", "universe" and "university" have
# one stem. So two words of one stem must also differ in their endings only, and what endings may be
# depends on how much of a word the keyword gives.

_LEAST = 3  # letters of a word that has other forms
_STEM = 4  # letters that two forms share, but for a plural
_LONG = 7  # letters that two verb forms share where no other word stands beside them
_OTHER = 3  # letters of an ending in languages other than English
_PLURAL = frozenset({"", "s", "es", "y", "ies"})
_VERB = frozenset({*_PLURAL, "e", "d", "ed", "ied", "ing"})
_PAST = ("d", "ed", "ied")
_NOUN = frozenset({"ion", "ions"})
_BARE = frozenset({"", "s", "e", "es"})  # of a noun that a doing in -ing is not: "programs"
_WITH_DOERS = frozenset({"de", "nl"})  # languages where -er makes the doer of a thing


@functools.lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """Return the stem of a folded word; a short one, or in a language without stems, is its own."""
    if len(word) < _LEAST or not word.isalpha():
        return word
    return stemmer(language)(word)


@functools.lru_cache(maxsize=65_536)
def is_form(word: str, other: str, language: str, *, alone: bool) -> bool:
    """Decide whether a text's folded word is a form of a keyword's that has the same stem.

    `alone`: the keyword is this one word. Then it is a verb only if it is long or stands in the
    past: "market" is not "marketing" nor "programming" a "program", but "regulate" is "regulation",
    and "arrested" is "arrests". In languages other than English a word of four letters in -s may
    be anything ("arts" is not "Art"), and who does a thing is not the thing ("Gründer", "Gründe").
    """
    if word == other:
        return True
    shared = _count_common_letters(word, other)
    ours, theirs = word[shared:], other[shared:]
    if shared < _STEM:
        is_known = language == "en" or not ours
        return shared == _LEAST and is_known and _are_plural({ours, theirs})
    if language != "en":
        return max(len(ours), len(theirs)) <= _OTHER and not _is_doer(word, ours, language)
    if {ours, theirs} <= _PLURAL:
        return True
    return _may_be_verb(ours, theirs, shared, alone) and _are_verbal(
        {ours, theirs}, word[shared - 1]
    )


def _is_doer(word: str, ending: str, language: str) -> bool:
    """Decide whether a keyword is one who does, of which a text's word lacks the ending."""
    return bool(ending) and word.endswith("er") and language in _WITH_DOERS


def _may_be_verb(ours: str, theirs: str, shared: int, alone: bool) -> bool:
    """Decide whether a keyword with this ending may be a verb, found in a form with that one."""
    if not alone or ours.endswith(_PAST):
        return True
    return shared >= _LONG and not (ours.endswith("ing") and theirs in _BARE)


def _count_common_letters(word: str, other: str) -> int:
    """Count the letters that two words begin with."""
    pairs = enumerate(zip(word, other, strict=False))
    return next((at for at, (ours, theirs) in pairs if ours != theirs), min(len(word), len(other)))


def _are_plural(endings: set[str]) -> bool:
    return endings <= {"", "s", "es"} or endings == {"y", "ies"}


def _are_verbal(endings: set[str], last: str) -> bool:
    """Decide whether both are endings of one verb; the last letter may be doubled before them."""
    known = _VERB | _NOUN if last == "t" else _VERB
    single = {ending.removeprefix(last) if len(ending) > 1 else ending for ending in endings}
    return single <= known
