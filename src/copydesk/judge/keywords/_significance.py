"""Significance: which ties are more than chance, where many words are tried on few stories.

How likely a word stands in so many events of a topic by chance is Fisher's exact test; how many
words may be so unlikely is bounded by Benjamini and Hochberg ("Controlling the false discovery
rate", 1995), among the words that are frequent enough to be found at all (Tarone, 1990).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

Tie = TypeVar("Tie")

_NEGLIGIBLE = 1e-9
_CHANCE = 0.1  # of the words that are offered: so many may be no better than chance


def select_sure(
    standings: Mapping[Tie, tuple[int, int]], totals: Counter[int], of_topic: int, events: int
) -> set[Tie]:
    """Return what stands in a topic's events more often than chance would have it.

    `standings` are the counts of each candidate, in the topic's events and in all; `totals` says
    how many words were tried, candidates or not, by the number of events that have them.
    """
    tried = sum(
        words
        for total, words in totals.items()
        if _compute_chance(min(total, of_topic), total, of_topic, events) <= _CHANCE
    )
    chances = {
        tie: _compute_chance(on, total, of_topic, events) for tie, (on, total) in standings.items()
    }
    sure: set[Tie] = set()
    waiting: list[Tie] = []
    for rank, tie in enumerate(sorted(chances, key=lambda tie: chances[tie]), 1):
        waiting.append(tie)
        if chances[tie] * tried <= _CHANCE * rank:
            sure.update(waiting)
            waiting.clear()
    return sure


def _compute_chance(on: int, total: int, of_topic: int, events: int) -> float:
    """Compute how likely `on` or more of a word's events are the topic's by chance."""
    most = min(total, of_topic)
    others = events - of_topic
    least = max(on, total - others)
    share = math.exp(
        _log_choose(of_topic, least)
        + _log_choose(others, total - least)
        - _log_choose(events, total)
    )
    chance = 0.0
    for count in range(least, most + 1):
        chance += share
        if share < chance * _NEGLIGIBLE:
            break  # beyond the middle each is smaller than the one before
        rest = (count + 1) * (others - total + count + 1)
        share *= (of_topic - count) * (total - count) / rest if rest else 0.0
    return min(1.0, chance)


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
