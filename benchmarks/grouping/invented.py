"""Endless streams of invented news, as thick as one likes, for measuring time and memory.

Words come as often as words do (Zipf), every event has one to thirty stories, half of them within
two thirds of a day. Nothing here says how well anything groups.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from copydesk.judge.clustering.documents import NewsDocument

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_MOST_STORIES = 30
_LASTS_DAYS = 1.0  # mean time of an event's story after its first
_WORDS, _NAMES = 60_000, 30_000
_EMPTY_WORDS = "the of to and in for on with at from by as is are was after over has be it that"
_EMPTY = tuple(_EMPTY_WORDS.split())
_EMPTY_SHARE = (0.2, 0.4)  # in headlines, in texts
_OWN_SHARE = (0.6, 0.25)  # of an event's own words among the others
_HEAD_LETTERS = "b br c d dr f g gr h k l m n p pl r s st t tr v w"
_CORE_LETTERS = "a e i o u ai ea ou er an in on ar"
_HEADS, _CORES = tuple(_HEAD_LETTERS.split()), tuple(_CORE_LETTERS.split())

Event = Callable[[], tuple[str, str]]  # the headline and text of one more of its stories


class Invented:
    """Headlines and texts made of syllables; `characters` is how long a text is."""

    def __init__(self, seed: int, characters: int) -> None:
        self._chance = random.Random(seed)
        self._characters = characters
        self._words = self._coined(_WORDS)
        self._names = [word.capitalize() for word in self._coined(_NAMES)]
        self._often = list(itertools.accumulate(1.0 / (rank + 3) for rank in range(_WORDS)))

    def _coined(self, count: int) -> list[str]:
        """Give different words, the short ones first: they are the frequent ones."""
        choice = self._chance.choice
        made: dict[str, None] = {}
        while len(made) < count:
            syllables = 1 + (len(made) > 300) + (len(made) > 10_000)
            made["".join(choice(_HEADS) + choice(_CORES) for _ in range(syllables + 1))] = None
        return list(made)

    def _any(self, count: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._often, k=count)

    def event(self) -> Event:
        """Begin an event with a few names and words of its own."""
        chance = self._chance
        own = [*chance.choices(self._names, k=4), *self._any(7), str(chance.randrange(2, 900))]

        def story() -> tuple[str, str]:
            title = self._sentence(own, chance.randint(6, 13), 0)
            sentences: list[str] = []
            length = 0
            while length < self._characters:
                sentences.append(self._sentence(own, chance.randint(12, 28), 1) + ".")
                length += len(sentences[-1]) + 1
            return title, " ".join(sentences)[: self._characters]

        return story

    def _sentence(self, own: Sequence[str], count: int, part: int) -> str:
        chance = self._chance
        words = self._any(count)
        for at in range(count):
            if chance.random() < _EMPTY_SHARE[part]:
                words[at] = chance.choice(_EMPTY)
            elif chance.random() < _OWN_SHARE[part]:
                words[at] = chance.choice(own)
        words[0] = words[0].capitalize()
        return " ".join(words)


class Recombined:
    """Headlines cut in two: the first half of one story's, the second half of another's.

    Two stories of those given make one event.
    """

    def __init__(self, seed: int, stories: Sequence[Sequence[str]]) -> None:
        self._chance = random.Random(seed)
        self._stories = stories

    def event(self) -> Event:
        """Begin an event of two stories."""
        chance = self._chance
        ahead, behind = chance.choices(self._stories, k=2)

        def story() -> tuple[str, str]:
            first, second = chance.choice(ahead).split(), chance.choice(behind).split()
            return " ".join([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]]), ""

        return story


def stream(
    begun: Callable[[], Event], chance: random.Random, per_day: float
) -> Iterator[NewsDocument]:
    """Give documents in the order of time without end, so many a day in the mean."""
    coming: list[tuple[datetime, int, Event]] = []
    number = itertools.count()
    mean = _mean_stories()
    moment = _BEGIN
    while True:
        moment += timedelta(days=chance.expovariate(per_day / mean))
        while coming and coming[0][0] <= moment:
            when, at, event = heapq.heappop(coming)
            title, text = event()
            yield NewsDocument(key=f"{at}", title=title, text=text, language="en", moment=when)
        event = begun()
        for at in range(_stories(chance.random())):
            later = chance.expovariate(1.0 / _LASTS_DAYS) if at else 0.0
            heapq.heappush(coming, (moment + timedelta(days=later), next(number), event))


def _stories(share: float) -> int:
    """Give how many stories an event has: half of them one, few of them many."""
    return min(_MOST_STORIES, int((1.0 - share) ** -0.9))


def _mean_stories() -> float:
    steps = 10_000
    return sum(_stories((step + 0.5) / steps) for step in range(steps)) / steps
