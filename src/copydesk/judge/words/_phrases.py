"""Many keywords found in one pass over a text's words."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from copydesk.judge.words._forms import is_form, stem
from copydesk.judge.words._tokens import Tokens, tokenize, tokenize_keyword

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
