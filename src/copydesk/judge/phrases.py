"""Find many keywords in one pass over a text, also in inflected forms and compounds."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from copydesk.judge.words import Tokens, tokenize, tokenize_keyword
from copydesk.kit import text as plain_text

_START = 3  # first letters, by which most words of a text are skipped
_ACRONYM_TO = 3
_EXACT_TO = 2  # letters of a word that keeps its accents
_HEAD = 7  # least letters of a keyword that is searched for at the end of compounds
_BEFORE = 3  # least letters of a compound before it
COMPOUNDING = frozenset({"da", "de", "nb", "nl", "nn", "no", "sv"})  # compounds are one word
_TONES = frozenset({"vi"})  # languages where another accent makes another word


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A phrase found in a text: the phrase's number, and its words from `start` to `end`."""

    phrase: int
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    """A node of a trie of stems: the next nodes by stem, and the phrases that end here."""

    following: dict[str, _Node] = field(default_factory=dict)
    ending: list[int] = field(default_factory=list)


class Phrases:
    """A set of keywords of one language to search texts for, each known by its number.

    The words of a phrase are found as whole words in a row, each as written or inflected. Words of
    up to three letters, or in capitals, are not inflected; acronyms of up to three letters in
    capitals ("US", "IT") are found in capitals only. Accents matter only in words of up to two
    letters.

    In German and related languages the last part of a compound counts: a "Landesregierung" is a
    "Regierung". A word that is not a keyword itself is a match for the longest keyword at its end.
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
        """Return whether a text can contain a phrase; it cannot if it is blank or a single sign."""
        folded = self._phrases[number].folded
        return len(folded) > 1 or any(map(str.isalnum, folded))

    def _add(self, number: int, phrase: Tokens) -> None:
        node = self._root
        for word in phrase.folded:
            node = node.following.setdefault(stem(word, self._language), _Node())
        node.ending.append(number)

    def _find_heads(self) -> Iterator[tuple[str, list[int]]]:
        """Yield the stems of long single-word phrases, each with its phrases."""
        for head, node in self._root.following.items():
            long = [
                number
                for number in node.ending
                if len(self._phrases[number]) == 1 and len(self._phrases[number].folded[0]) >= _HEAD
            ]
            if long and head.isalpha():
                yield head, long

    def find(self, text: Tokens) -> Iterator[PhraseMatch]:
        """Yield every match of a phrase in a text, in order."""
        starts, language = self._starts, self._language
        stems = [stem(word, language) if word[:_START] in starts else "" for word in text.folded]
        first = self._root.following
        for start, begun in enumerate(stems):
            if begun and begun in first:
                yield from self._find_from(start, stems, text)
            elif self._heads and len(text.folded[start]) >= _HEAD + _BEFORE:
                for number in self._phrases_at_end(text.folded[start]):
                    yield PhraseMatch(number, start, start + 1)

    def is_at_end(self, word: str) -> bool:
        """Return whether a long word of a text ends with a phrase, as compounds do."""
        is_long = bool(self._heads) and len(word) >= _HEAD + _BEFORE
        return is_long and bool(self._phrases_at_end(word))

    def _take_apart(self, word: str) -> tuple[int, ...]:
        """Return the phrases that are the last part of a compound, those with the longest one."""
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
        """Return whether the words match the phrase; their stems do."""
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
    """Return the stem of each word of a text, or of a keyword, as `Phrases` compares them."""
    tokens = tokenize_keyword(text) if is_keyword else tokenize(text)
    return [stem(word, language) for word in tokens.folded]


# Snowball's stems alone match too much: "organ" and "organization", "universe" and "university"
# have one stem. So two words with one stem must also have endings that forms of one word may have;
# which endings these are depends on the length of what both words share.

_LEAST = 3  # least letters of a word with other forms
_STEM = 4  # least letters that two forms share, apart from plurals
_LONG = 7  # least letters that two verb forms share if the keyword is one word
_OTHER = 3  # most letters of an ending in languages other than English
_PLURAL = frozenset({"", "s", "es", "y", "ies"})
_VERB = frozenset({*_PLURAL, "e", "d", "ed", "ied", "ing"})
_PAST = ("d", "ed", "ied")
_NOUN = frozenset({"ion", "ions"})
_BARE = frozenset({"", "s", "e", "es"})  # of a noun that a doing in -ing is not: "programs"
_WITH_DOERS = frozenset({"de", "nl"})  # languages where -er makes the doer of a thing


@functools.lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """Return the stem of a lower-case word without accents; short words are left unchanged."""
    if len(word) < _LEAST or not word.isalpha():
        return word
    return plain_text.stemmer(language)(word)


@functools.lru_cache(maxsize=65_536)
def is_form(word: str, other: str, language: str, *, alone: bool) -> bool:
    """Return whether a word of a text (`other`) is an inflected form of a keyword.

    `alone`: the keyword is this one word. Then the word counts as a verb only if it is long or in
    the past tense: "market" does not match "marketing" nor "programming" "program", but "regulate"
    matches "regulation", and "arrested" "arrests". In languages other than English a four-letter
    word in -s may be anything ("arts" is not "Art"), and a person is not the thing done ("Gründer",
    "Gründe").
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
    """Return whether a keyword names a person in -er and the text's word lacks that ending."""
    return bool(ending) and word.endswith("er") and language in _WITH_DOERS


def _may_be_verb(ours: str, theirs: str, shared: int, alone: bool) -> bool:
    """Return whether a keyword with one ending may be a verb whose form has the other ending."""
    if not alone or ours.endswith(_PAST):
        return True
    return shared >= _LONG and not (ours.endswith("ing") and theirs in _BARE)


def _count_common_letters(word: str, other: str) -> int:
    """Count the letters that both words begin with."""
    pairs = enumerate(zip(word, other, strict=False))
    return next((at for at, (ours, theirs) in pairs if ours != theirs), min(len(word), len(other)))


def _are_plural(endings: set[str]) -> bool:
    return endings <= {"", "s", "es"} or endings == {"y", "ies"}


def _are_verbal(endings: set[str], last: str) -> bool:
    """Return whether both are endings of one verb; its last letter may be doubled before them."""
    known = _VERB | _NOUN if last == "t" else _VERB
    single = {ending.removeprefix(last) if len(ending) > 1 else ending for ending in endings}
    return single <= known
