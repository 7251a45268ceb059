"""Votes: which blocks of a page a reader took for the article."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copydesk.extract.text._blocks import Block
from copydesk.kit import text

_SEPARATORS = re.compile(r"[\W_]+")
_LONG = 25  # letters and digits of a block that can be looked up anywhere in a reading
_PATIENCE = 40_000_000  # characters searched for blocks that are not there, before it is enough


def squash(passage: str) -> str:
    """Reduce a text to its letters and digits, which readers leave alone."""
    return _SEPARATORS.sub("", passage).lower()


class Ballot:
    """One reader's reading, asked for blocks in the page's order."""

    def __init__(self, reading: str) -> None:
        self.squashed = squash(reading)
        words = text.words(reading)
        self._runs = set(zip(words, words[1:], words[2:], strict=False))
        self._patience = _PATIENCE
        self._taken = bytearray(len(self.squashed))

    def take(self, squashed: str, start: int) -> int:
        """Find where a squashed block begins at or behind `start`, -1 where it does not.

        What one block has taken is there for no other: a page shows its headline more than once.
        """
        at = self.squashed.find(squashed, start) if self._patience > 0 else -1
        if at < 0:
            self._patience -= len(self.squashed) - start
            return -1
        end = at + len(squashed)
        if self._taken[at] and self._taken[end - 1]:
            return -1
        self._taken[at:end] = b"\x01" * (end - at)
        return at

    def share(self, words: Sequence[str]) -> float:
        """Compute the share of a block's three-word runs that stand in the reading."""
        runs = list(zip(words, words[1:], words[2:], strict=False))
        return sum(run in self._runs for run in runs) / len(runs) if runs else 0.0


def votes(blocks: Sequence[Block], squashed: Sequence[str], reading: str) -> list[float]:
    """Compute for each block how much of it the reading holds, 0 to 1.

    Long blocks are found by their letters, in order; the short ones between two long ones count
    only where they stand between the same two in the reading.
    """
    ballot = Ballot(reading)
    said = [0.0] * len(blocks)
    spans = _anchor_long(blocks, squashed, ballot, said)
    begin = first = 0
    for last in (*spans, len(blocks)):
        start, end = spans.get(last, (len(ballot.squashed), 0))
        _place_short(squashed, said, ballot.squashed, (first, last, begin, start))
        first, begin = last + 1, end
    return said


def agreement(one: Sequence[float], other: Sequence[float], words: Sequence[int]) -> float:
    """Compute how far two readers agree, as an F1 of the words that they took: 0 to 1."""
    both = sum(min(a, b) * many for a, b, many in zip(one, other, words, strict=True))
    total = sum((a + b) * many for a, b, many in zip(one, other, words, strict=True))
    return 2 * both / total if total else 0.0


def _anchor_long(
    blocks: Sequence[Block], squashed: Sequence[str], ballot: Ballot, said: list[float]
) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    behind = 0
    for at, letters in enumerate(squashed):
        if len(letters) < _LONG:
            continue
        found = ballot.take(letters, behind)
        if found >= 0:
            behind = found + len(letters)
            spans[at] = (found, behind)
            said[at] = 1.0
        elif behind and ballot.take(letters, 0) >= 0:
            said[at] = 1.0
        else:
            share = ballot.share(text.words(blocks[at].text))
            said[at] = share if share < 1.0 else 0.0  # all of it, and another block has taken it
    return spans


def _place_short(
    squashed: Sequence[str], said: list[float], reading: str, gap: tuple[int, int, int, int]
) -> None:
    first, last, start, end = gap
    for at in range(first, last):
        letters = squashed[at]
        if letters and len(letters) < _LONG:
            found = reading.find(letters, start, end)
            if found >= 0:
                said[at] = 1.0
                start = found + len(letters)
