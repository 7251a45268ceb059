"""Missing parts: texts and pictures that a backup leaves out, until rounds have them again.

    backup: a list of what it leaves out ── restore: of which records ──> .copydesk/restored.json
    each round fetches some of them ──> back, or lost for good

The list is a file of its own. The memory may be deleted at any time, and nothing else tells what
was lost with the disk from what had been dropped for room long before. Without the file nothing
more is fetched.
"""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from copydesk.archive import address_mark
from copydesk.kit import files, urls
from copydesk.news import Story

PARTS_A_ROUND = 200  # as many as looks at filed pages, which they are like
PARTS_A_HOST = 12  # a round: at five seconds between two, a minute

_FILE = "restored.json"
_MOST_BYTES = 64 * 1024 * 1024  # of the file: a third of a million parts
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPart:
    """The text or the picture of a record; `url` is its page's address, or the picture's.

    `due` is when it is asked for again after so many `tries`, None for at once. `lost` says why it
    cannot come back, "" while it may.
    """

    path: str
    kind: Literal["text", "picture"]
    url: str
    published_at: datetime | None = None
    tries: int = 0
    due: datetime | None = None
    lost: str = ""

    def is_due(self, now: datetime) -> bool:
        """Decide whether it is asked for now, a lost one never."""
        return not self.lost and (self.due is None or self.due <= now)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingParts:
    """What a restore missed, the newest stories' first; `back` counts what was fetched again."""

    restored: datetime
    parts: tuple[MissingPart, ...]
    back: int = 0

    @property
    def waiting(self) -> list[MissingPart]:
        """Return the parts that rounds still ask for."""
        return [part for part in self.parts if not part.lost]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCount:
    """How many texts and pictures wait, are back, and are lost for good since a restore.

    `rounds` is how many more rounds it takes at least, `seconds` how long they pause between
    requests to the host that takes longest.
    """

    texts: int
    pictures: int
    back: int
    lost: int
    rounds: int
    seconds: float

    @property
    def waiting(self) -> int:
        """Return how many texts and pictures wait."""
        return self.texts + self.pictures

    def describe(self) -> str:
        """Return in words, for a terminal, what a restore missed and how it stands."""
        told = f"back: {self.back:,}; lost: {self.lost:,}"
        if not self.waiting:
            return f"missing since the restore: nothing more; {told}"
        counts = f"{_count(self.texts, 'text')} and {_count(self.pictures, 'picture')}"
        minutes = math.ceil(self.seconds / 60)
        return (
            f"missing since the restore: {counts}; the next rounds fetch them (at least "
            f"{_count(self.rounds, 'round')}, {_count(minutes, 'minute')} of pauses at the slowest "
            f"host); {told}"
        )


def find_missing_parts(
    stories: Iterable[Story], texts: Collection[str], pictures: Collection[str]
) -> tuple[MissingPart, ...]:
    """Return the parts of records that a backup left out, by the marks of their addresses.

    The newest stories come first.
    """
    found = [part for story in stories for part in _parts_of(story, texts, pictures)]
    return tuple(sorted(found, key=_newest_first))


def _parts_of(
    story: Story, texts: Collection[str], pictures: Collection[str]
) -> Iterator[MissingPart]:
    at = story.published_at
    if any(address_mark(url) in texts for url in story.addresses):
        url = story.web_url or story.original_url
        yield MissingPart(path=story.path, kind="text", url=url, published_at=at)
    for image in story.images[:1]:
        if address_mark(image.url) in pictures:
            yield MissingPart(path=story.path, kind="picture", url=image.url, published_at=at)


def _newest_first(part: MissingPart) -> tuple[float, str, str]:
    return (-(part.published_at or _LONG_AGO).timestamp(), part.path, part.kind)


def read_missing_parts(private: Path) -> MissingParts | None:
    """Return what a restore missed; None where nothing was, or the file is damaged."""
    try:
        with (private / _FILE).open("rb") as file:
            return msgspec.json.decode(file.read(_MOST_BYTES), type=MissingParts)
    except (OSError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return None


def write_missing_parts(private: Path, missing: MissingParts) -> None:
    """Keep what a restore missed; raises OSError."""
    files.write_atomic(private / _FILE, msgspec.json.encode(missing))


def forget_missing_parts(private: Path) -> None:
    """Keep nothing of a restore."""
    with contextlib.suppress(OSError):
        (private / _FILE).unlink()


def count_missing_parts(missing: MissingParts, pause_of: Callable[[str], float]) -> MissingCount:
    """Count what waits and what is lost; `pause_of` gives the seconds between a host's requests."""
    waiting = missing.waiting
    kinds = Counter(part.kind for part in waiting)
    hosts = Counter(urls.host(part.url) for part in waiting)
    rounds = [math.ceil(count / PARTS_A_HOST) for count in hosts.values()]
    return MissingCount(
        texts=kinds["text"],
        pictures=kinds["picture"],
        back=missing.back,
        lost=len(missing.parts) - len(waiting),
        rounds=max((math.ceil(len(waiting) / PARTS_A_ROUND), *rounds)),
        seconds=max((count * pause_of(host) for host, count in hosts.items()), default=0.0),
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
