"""The invented web of a soak: publishers whose feeds and pages change from round to round.

Everything follows from the seed and the number of the round, so a soak that was stopped makes the
same web again. Most rounds have new stories. Some stories are copied or retold by another
publisher, corrected or withdrawn; some pages and feeds are broken.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from world.newsroom import NOW, Answer, feed, page, record_web

EVERY = timedelta(minutes=10)
PUBLISHERS = ("gull", "heron", "tern", "auk", "plover")
HELD = "plover"  # the publisher whose stories wait for an editor
_LISTED = 20  # items in a feed
# ages in rounds at which a page may be asked: when it is new, and for each second look
_LOOKS = ((0, 12), (5, 9), (34, 48), (142, 160), (430, 455), (1005, 1040))
_MAIL_DATE = "%a, %d %b %Y %H:%M:%S GMT"
_SYLLABLES = tuple(f"{first}{middle}" for first in "bdfgklmnprstvz" for middle in "aeiou")
_BROKEN = ("error", "empty", "cut", "garbage", "list")


def time_of(number: int) -> datetime:
    """Return when a round begins."""
    return NOW + number * EVERY


@dataclass(kw_only=True)
class InventedStory:
    """A story of the web. `broken` says how its page is broken, "" if it is not."""

    number: int
    publisher: str
    began: int  # round
    title: str
    text: str
    broken: str = ""
    corrections: int = 0
    gone_from: int | None = None

    @property
    def url(self) -> str:
        return f"https://{self.publisher}.example/{self.number}"


class InventedWeb:
    """The web, as it is in one round; `go_to` moves it on."""

    def __init__(self, seed: int) -> None:
        self.stories: list[InventedStory] = []
        self.broken_feeds: set[str] = set()
        self._seed = seed
        self._round = -1
        words = random.Random(f"{seed} words")
        self._words = [
            "".join(words.choices(_SYLLABLES, k=words.randint(2, 4))) for _ in range(20_000)
        ]

    def go_to(self, number: int) -> None:
        """Let everything happen that happens up to a round."""
        while self._round < number:
            self._round += 1
            self._happen(random.Random(f"{self._seed} web {self._round}"))

    def record(self, file: Path) -> None:
        """Write the feeds of this round, and the pages that may be asked for in it."""
        answers: dict[str, Answer] = {}
        for publisher in PUBLISHERS:
            answers[f"https://{publisher}.example/feed.xml"] = self._make_feed(publisher)
        for story in self.stories:
            age = self._round - story.began
            if any(first <= age <= last for first, last in _LOOKS):
                answers[story.url] = self._make_page(story)
        partial = file.with_suffix(".new")
        record_web(partial, answers)
        partial.replace(file)

    def _happen(self, chance: random.Random) -> None:
        self.broken_feeds = {name for name in PUBLISHERS if chance.random() < 0.02}
        recent = [one for one in self.stories[-60:] if not one.broken and one.gone_from is None]
        for _ in range(chance.choices((0, 1, 2), (20, 60, 20))[0]):
            self._add(self._invent(chance))
        if recent and chance.random() < 0.12:
            self._copy(chance, chance.choice(recent))
        if recent and chance.random() < 0.08:
            self._retell(chance, chance.choice(recent))
        if recent and chance.random() < 0.12:
            self._correct(chance, chance.choice(recent))
        if recent and chance.random() < 0.05:
            chance.choice(recent).gone_from = self._round
        if chance.random() < 0.06:
            broken = self._invent(chance)
            broken.broken = chance.choice(_BROKEN)
            self._add(broken)

    def _add(self, story: InventedStory) -> None:
        self.stories.append(story)

    def _invent(self, chance: random.Random) -> InventedStory:
        is_near = chance.random() < 0.9
        end = " coast." if is_near else "."
        sentences = [self._sentence(chance, 14) + end for _ in range(16)]
        paragraphs = [" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4)]
        return InventedStory(
            number=len(self.stories),
            publisher=chance.choice(PUBLISHERS),
            began=self._round,
            title=self._sentence(chance, 7) + (" on the coast" if is_near else ""),
            text="\n".join(paragraphs),
        )

    def _copy(self, chance: random.Random, original: InventedStory) -> None:
        """Let another publisher print the same text under a headline of its own."""
        copy = self._invent(chance)
        copy.publisher = self._choose_other(chance, original)
        copy.text = original.text
        self._add(copy)

    def _retell(self, chance: random.Random, original: InventedStory) -> None:
        """Let another publisher report on the same event in other words."""
        retold = self._invent(chance)
        retold.publisher = self._choose_other(chance, original)
        names = original.title.split()[:5]
        sentences = [
            f"{self._sentence(chance, 6)} {' '.join(chance.sample(names, 3))} on the coast."
            for _ in range(14)
        ]
        retold.title = f"{' '.join(names)} {chance.choice(self._words)} coast"
        retold.text = "\n".join(" ".join(sentences[at : at + 4]) for at in range(0, 14, 4))
        self._add(retold)

    def _correct(self, chance: random.Random, story: InventedStory) -> None:
        story.corrections += 1
        story.title = f"{self._sentence(chance, 3)} {' '.join(story.title.split()[3:])}"
        story.text += f"\n{self._sentence(chance, 12)} on the coast."

    @staticmethod
    def _choose_other(chance: random.Random, story: InventedStory) -> str:
        return chance.choice([name for name in PUBLISHERS if name != story.publisher])

    def _sentence(self, chance: random.Random, count: int) -> str:
        return " ".join(chance.choices(self._words, k=count)).capitalize()

    def _list(self, publisher: str) -> Iterator[InventedStory]:
        mine = [one for one in self.stories if one.publisher == publisher]
        return reversed(mine[-_LISTED:])

    def _make_feed(self, publisher: str) -> Answer:
        if publisher in self.broken_feeds:
            return Answer(status="503 Busy", body=b"later", kind="text/plain")
        return feed(
            *(
                (story.title, story.url, f"{time_of(story.began):{_MAIL_DATE}}")
                for story in self._list(publisher)
            )
        )

    def _make_page(self, story: InventedStory) -> Answer:
        if story.gone_from is not None and self._round >= story.gone_from:
            return Answer(status="410 Gone", body=b"gone")
        whole = page(story.title, story.text, date=f"{time_of(story.began):%Y-%m-%dT%H:%M:%SZ}")
        return {
            "": whole,
            "error": Answer(status="500 Error", body=b"<html>error</html>"),
            "empty": Answer(body=b""),
            "cut": Answer(body=whole.body[:300]),
            "garbage": Answer(body=bytes(range(256)) * 20, kind="text/html"),
            "list": Answer(body=b"<html><body>" + b"<a href='/x'>x</a>" * 200 + b"</body></html>"),
        }[story.broken]
