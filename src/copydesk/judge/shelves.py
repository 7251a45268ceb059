"""Recent stories in memory that new ones are compared with: found by URL, time or similar text."""

from __future__ import annotations

import bisect
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from copydesk.judge.copies import COPIES_WITHIN
from copydesk.kit import dates, urls
from copydesk.news import Shelved, Story
from copydesk.news.story import Shelf, time_and_path

_CANDIDATES = 32  # most stories that are found
POSTINGS_A_HASH = 128  # most stories of one hash that are looked at
_SHARED = 4  # hashes in common from which a story is a candidate


class MemoryShelf:
    """Recent stories and their texts in memory, which new stories are compared with."""

    def __init__(self) -> None:
        self._stories: dict[str, Shelved] = {}
        self._names: set[str] = set()
        self._paths: dict[str, str] = {}
        self._times: list[tuple[datetime, str]] = []
        self._hashes: defaultdict[int, list[str]] = defaultdict(list)
        self._groups: defaultdict[str, set[str]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._stories)

    def __iter__(self) -> Iterator[Shelved]:
        """Yield all stories with their texts."""
        return iter(self._stories.values())

    def add(self, shelved: Shelved, fingerprint: tuple[int, ...] | None) -> None:
        """Add a story, or replace the story with the same path; None keeps its fingerprint."""
        path = shelved.story.path
        known = path in self._stories
        if known:
            self.replace(shelved.story)
        else:
            bisect.insort(self._times, time_and_path(shelved.story))
            self._index_addresses(shelved.story)
        self._stories[path] = shelved
        self._names.add(PurePosixPath(path).stem)
        if shelved.story.group:
            self._groups[shelved.story.group].add(path)
        if fingerprint is not None:
            if known:
                self._forget_hashes(path)
            for value in fingerprint:
                self._hashes[value].append(path)

    def replace(self, story: Story) -> None:
        """Replace the stored story that has the same path, but keep its text.

        If there is none, the story is added without a text.
        """
        old = self._stories.get(story.path)
        if old is None:
            self.add(Shelved(story=story), None)
            return
        if old.story.published_at != story.published_at:
            self._times.remove(time_and_path(old.story))
            bisect.insort(self._times, time_and_path(story))
        self._index_addresses(story)
        self._stories[story.path] = replace(old, story=story)
        if story.group:
            self._groups[story.group].add(story.path)

    def add_address(self, url: str, path: str) -> None:
        """Add another URL for the story at a path, unless a story has that URL already."""
        self._paths.setdefault(urls.identity(url), path)

    def at(self, url: str) -> str | None:
        """Return the path of the story with this URL, None if there is none."""
        return self._paths.get(urls.identity(url))

    def near(self, fingerprint: tuple[int, ...]) -> Iterator[Shelved]:
        """Yield at most 32 stories with similar text (shared fingerprint hashes), best first.

        A hash that more than 128 stories share comes from boilerplate: only the first 128 are
        looked at.
        """
        yield from choose_nearest(self.count_shared_hashes(fingerprint), fingerprint, self.get)

    def count_shared_hashes(self, fingerprint: tuple[int, ...]) -> Counter[str]:
        """Return by path how many hashes of a text fingerprint each story shares."""
        shared: Counter[str] = Counter()
        for value in fingerprint:
            shared.update(itertools.islice(self._hashes.get(value, ()), POSTINGS_A_HASH))
        return shared

    def get(self, path: str) -> Shelved | None:
        """Return the story at a path with its text, None if there is none."""
        return self._stories.get(path)

    def holds(self, name: str) -> bool:
        """Return whether there is a story with this record name (file name without `.md`)."""
        return name in self._names

    def between(self, start: datetime, end: datetime) -> Iterator[Shelved]:
        """Yield the stories published from `start` to `end`, sorted by time, then path."""
        first = bisect.bisect_left(self._times, (start, ""))
        for moment, path in self._times[first:]:
            if moment > end:
                return
            yield self._stories[path]

    def of_groups(self, names: Collection[str]) -> Iterator[Shelved]:
        """Yield the stories of the groups with these names, sorted by time, then path."""
        paths = {path for name in names for path in self._groups.get(name, ())}
        stories = (self._stories[path] for path in paths)
        members = [shelved for shelved in stories if shelved.story.group in names]
        yield from sorted(members, key=lambda shelved: time_and_path(shelved.story))

    def _index_addresses(self, story: Story) -> None:
        for url in story.addresses:
            self._paths.setdefault(urls.identity(url), story.path)

    def _forget_hashes(self, path: str) -> None:
        for paths in self._hashes.values():
            if path in paths:
                paths.remove(path)


def choose_nearest(
    shared: Mapping[str, int], fingerprint: tuple[int, ...], get: Callable[[str], Shelved | None]
) -> Iterator[Shelved]:
    """Yield the (at most 32) stories that share most hashes with a text fingerprint, best first.

    `shared` counts the shared hashes by path, `get` returns the story at a path.
    """
    least = max(2, min(_SHARED, len(fingerprint) // 8))
    found = ((count, get(path)) for path, count in shared.items() if count >= least)
    close = [(-count, *time_and_path(one.story), one) for count, one in found if one is not None]
    close.sort(key=lambda candidate: candidate[:3])
    for *_, shelved in close[:_CANDIDATES]:
        yield shelved


class PastShelf:
    """The stored stories as they were at an earlier time, for scoring the stories of then again.

    Copies are looked for in the weeks before that moment, and among all stories of the same run:
    the first run takes in older stories, too.
    """

    def __init__(self, shelf: Shelf, moment: datetime) -> None:
        self._shelf = shelf
        self._moment = moment
        self._since = moment - COPIES_WITHIN

    def at(self, url: str) -> str | None:
        """Return the path of the story with this URL, None if there is none."""
        return self._shelf.at(url)

    def holds(self, name: str) -> bool:
        """Return whether there is a story with this record name (file name without `.md`)."""
        return self._shelf.holds(name)

    def near(self, fingerprint: tuple[int, ...]) -> Iterator[Shelved]:
        """Yield the stories with similar text that existed at that time."""
        for shelved in self._shelf.near(fingerprint):
            is_recent = (shelved.story.published_at or dates.EARLIEST) >= self._since
            if is_recent or shelved.found == self._moment:
                yield shelved

    def between(self, start: datetime, end: datetime) -> Iterable[Shelved]:
        """Return the stories published from `start` to `end`."""
        return self._shelf.between(start, end)
