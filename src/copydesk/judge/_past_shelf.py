"""The shelf as it stood at an earlier moment, for judging again what came in then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from copydesk.judge.copies import COPIES_WITHIN
from copydesk.news import Shelf, Shelved

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class PastShelf:
    """A shelf as the round of a moment saw it.

    Copies are looked for in the weeks before it, and in all that came in with the same round: a
    first round takes in what is older than that, and its copies stood beside each other.
    """

    def __init__(self, shelf: Shelf, moment: datetime) -> None:
        self._shelf = shelf
        self._moment = moment
        self._since = moment - COPIES_WITHIN

    def at(self, url: str) -> str | None:
        """Return the path of the record that stands for this address."""
        return self._shelf.at(url)

    def holds(self, name: str) -> bool:
        """Decide whether a record of this name is filed."""
        return self._shelf.holds(name)

    def near(self, fingerprint: tuple[int, ...]) -> Iterator[Shelved]:
        """Yield the stories of those weeks and of that round whose fingerprint is near."""
        for shelved in self._shelf.near(fingerprint):
            is_recent = (shelved.story.published_at or _LONG_AGO) >= self._since
            if is_recent or shelved.found == self._moment:
                yield shelved

    def between(self, start: datetime, end: datetime) -> Iterable[Shelved]:
        """Return the stories published in [start, end]."""
        return self._shelf.between(start, end)
