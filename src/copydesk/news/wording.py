"""Fill in sentence templates with values, and parse such sentences back (Wording).

A sentence is a text with placeholders: `{why}` takes any text, `{count:number}` digits,
`{url:address}` a text without blanks, `{name:word}` letters, digits and `_`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from copydesk.kit import tables

Kind = TypeVar("Kind", bound=StrEnum)

_GAP = re.compile(r"\{(\w+)(?::(\w+))?\}")
_LONG_CHARACTERS = 1_000  # a shorter text is matched at once
_FILLINGS = {None: ".*?", "number": "-?[0-9]+", "address": r"\S+", "word": r"\w+"}


def read_sentences(package: str, name: str, kinds: type[Kind]) -> dict[Kind, tuple[str, ...]]:
    """Return the sentences of each kind from a package's table, whose keys are the kinds."""
    rows = tables.read_rows(package, name, tuple[str, ...])
    return {kinds(key): sentences for key, sentences in rows.items()}


class _Sentence:
    """A sentence with placeholders, and the pattern that parses it."""

    def __init__(self, text: str) -> None:
        *parts, self._end = re.split(_GAP, text)
        self.start = parts[0] if parts else self._end
        self.gaps = tuple(parts[1::3])
        self._parts = tuple(zip(parts[::3], self.gaps, strict=True))
        pattern = "".join(
            f"{re.escape(words)}(?P<{gap}>{_FILLINGS[filling]})"
            for words, gap, filling in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
        )
        self._pattern = re.compile(pattern + re.escape(self._end), re.DOTALL)

    def say(self, values: Mapping[str, str]) -> str:
        """Return the sentence with its values; a missing value leaves its placeholder empty."""
        filled = (f"{words}{values.get(gap, '')}" for words, gap in self._parts)
        return "".join(filled) + self._end

    def read(self, text: str) -> dict[str, str] | None:
        """Return the values of the placeholders in a text, None if the text is no such sentence."""
        if len(text) > _LONG_CHARACTERS and not self._has_fixed_parts(text):
            return None
        match = self._pattern.fullmatch(text)
        return None if match is None else match.groupdict()

    def _has_fixed_parts(self, text: str) -> bool:
        """Return whether a text has the words between the placeholders, in their order.

        Without them a pattern with two placeholders takes time by the square of the text's length
        to fail.
        """
        place = 0
        for words, _ in self._parts:
            place = text.find(words, place)
            if place < 0:
                return False
            place += len(words)
        return text.endswith(self._end)


class Wording(Generic[Kind]):
    """The sentence templates for each kind in an enum, those with the most values first.

    If a text matches sentences of two kinds, the first in the table wins. A text that matches none
    is of kind `other`, with the whole text as the value `text`. Templates in `former` are only
    parsed, after the others of their kind: stored texts of earlier versions have them.
    """

    def __init__(
        self,
        table: Mapping[Kind, Sequence[str]],
        other: Kind,
        former: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        whole: Mapping[Kind, Sequence[str]] = {other: ("{text}",)}
        self._sentences = {
            kind: tuple(map(_Sentence, texts)) for kind, texts in {**table, **whole}.items()
        }
        self._readers = [
            (kind, sentence.start, sentence)
            for kind, sentences in self._sentences.items()
            for sentence in (*sentences, *map(_Sentence, former.get(kind, ())))
        ]
        self._other = other

    def say(self, kind: Kind, values: Mapping[str, str]) -> str:
        """Return the sentence of a kind: its first template with all values, else its last."""
        *fuller, last = self._sentences[kind]
        full = (sentence for sentence in fuller if all(values.get(gap) for gap in sentence.gaps))
        return next(full, last).say(values)

    def parse(self, text: str) -> tuple[Kind, dict[str, str]]:
        """Parse a sentence made from a template; return its kind, and the values by name."""
        for kind, start, sentence in self._readers:
            if text.startswith(start) and (values := sentence.read(text)) is not None:
                return kind, values
        return self._other, {"text": text}


class Rewording:
    """Former and present templates of the texts that values of sentences have, by the value's name.

    A placeholder in a template is a value as well: its text is reworded by the rows of its name.
    The values named in `lists` are texts joined by commas, which are reworded one by one.
    """

    def __init__(
        self, rows: Mapping[str, Iterable[tuple[str, str]]], lists: Container[str] = ()
    ) -> None:
        self._lists = lists
        self._rows = {
            name: [(_Sentence(former), _Sentence(present)) for former, present in pairs]
            for name, pairs in rows.items()
        }

    def renew_all(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return values with the present texts for former ones."""
        return {
            name: ", ".join(self._renew(name, part) for part in self._split(name, text))
            for name, text in values.items()
        }

    def _split(self, name: str, text: str) -> list[str]:
        return text.split(", ") if name in self._lists else [text]

    def _renew(self, name: str, text: str) -> str:
        for former, present in self._rows.get(name, ()):
            if (values := former.read(text)) is not None:
                return present.say(self.renew_all(values))
        return text
