"""A story's place among others, by quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.news import Standing

Shown = tuple[int, str]  # a quality, and where its story stands


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRank:
    """The `place` of a story by quality among `stories` that are counted, itself one of them.

    Who is as good shares its place. `median` is their middle quality, `published` how many of them
    are on the site.
    """

    place: int
    stories: int
    median: int
    published: int


def rank_among(story: Shown, others: Sequence[Shown]) -> TopicRank:
    """Return the place of a story among others."""
    every = (story, *others)
    return TopicRank(
        place=1 + sum(quality > story[0] for quality, _ in others),
        stories=len(every),
        median=_find_median([quality for quality, _ in every]),
        published=sum(standing == Standing.PUBLISHED for _, standing in every),
    )


def _find_median(numbers: Sequence[int]) -> int:
    """Return the middle one of numbers; of an even count the lower of the two."""
    return sorted(numbers)[(len(numbers) - 1) // 2]
