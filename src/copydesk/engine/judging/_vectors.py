"""Vectors: where texts point in a space of meaning, remembered from round to round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from copydesk import embed
from copydesk.memory import Memory
from copydesk.news import Beat


class Points(Protocol):
    """Whatever gives texts as vectors, as `embed.Model` does."""

    def vectors(self, texts: Iterable[str]) -> Sequence[bytes]:
        """Compute a vector for each text, b"" for a text without a word."""
        ...


class Vectors:
    """Turn texts into vectors, from the memory where it has them; without a model as b""."""

    def __init__(self, memory: Memory, model: Points | None = None) -> None:
        self._memory = memory
        self._model = model
        self._asked: set[str] = set()

    @property
    def has_model(self) -> bool:
        """Return whether texts have vectors."""
        return self._model is not None

    def of(self, title: str, text: str) -> bytes:
        """Return the vector of an article's title and text, b"" where there is none."""
        told = embed.passage(title, text) if self._model else ""
        if not self._model or not told:
            return b""
        key = embed.key_of(told)
        self._asked.add(key)
        known = self._memory.vectors.get(key)
        if known is not None and len(known) == embed.SIZE:
            return known
        (vector,) = self._model.vectors([told])
        if vector:
            self._memory.vectors.put(key, vector)  # at once: a killed round need not begin again
        return vector

    def forget_others(self) -> None:
        """Forget every vector that was not asked for: its story is too old to be grouped."""
        for key in set(self._memory.vectors.keys()) - self._asked:
            self._memory.vectors.forget(key)


def open_vectors(beat: Beat, memory: Memory) -> Vectors:
    """Open the newsroom's vectors; raises ModelError where it wants some and has no model.

    A profile that groups by a rule of its own wants none.
    """
    scoring = beat.scoring
    wants = scoring.embed and scoring.traits.groups_by_meaning
    model = embed.Model(scoring.embed_threads) if wants else None
    return Vectors(memory, model)
