"""Kept counts: how many stories stand in saved views, counted again as far as a page has time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from copydesk.engine.queue._question import QueueQuestion

_KEPT_SECONDS = 20.0  # that a count holds: a round changes the catalogue every second
_COUNTING_SECONDS = 0.02  # that one page spends on counts; one is made however long it takes
_MOST = 1_000  # counts that are kept: of thirty editors, all their views


@dataclass(frozen=True, slots=True)
class _Kept:
    count: int
    at: float


class KeptCounts:
    """Keep the counts of questions; `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[QueueQuestion, _Kept] = {}

    def count_all(
        self, questions: Sequence[QueueQuestion], count: Callable[[QueueQuestion], int]
    ) -> list[int | None]:
        """Return the count of each question, None where there was no time for a first one.

        The oldest are made again first, so that every view has its turn.
        """
        began = self._clock()
        stale = [one for one in dict.fromkeys(questions) if self._age(one, began) > _KEPT_SECONDS]
        for question in sorted(stale, key=lambda one: -self._age(one, began)):
            now = self._clock()
            if now - began > _COUNTING_SECONDS:
                break
            self._known.pop(question, None)  # it comes back as the newest
            self._known[question] = _Kept(count(question), now)
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return [kept.count if (kept := self._known.get(one)) else None for one in questions]

    def _age(self, question: QueueQuestion, now: float) -> float:
        kept = self._known.get(question)
        return now - kept.at if kept else float("inf")
