"""Shelf: finds filed stories and their fingerprints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from copydesk.news.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A filed story with the text that was read for it ("" where it is no longer kept).

    `found` is when its article was found, None where that is not known any more.
    `vector` is where its words point in a space of meaning (384 signed bytes, of which only the
    direction counts), b"" where that is not known.
    """

    story: Story
    text: str = ""
    found: datetime | None = None
    vector: bytes = b""


class Shelf(Protocol):
    """What the judge may ask about what is filed already."""

    def at(self, url: str) -> str | None:
        """Return the path of the record that stands for this address, by the address's identity."""
        ...

    def holds(self, name: str) -> bool:
        """Decide whether a record of this name is filed."""
        ...

    def near(self, fingerprint: tuple[int, ...]) -> Iterable[Shelved]:
        """Return stories whose fingerprint is near, candidates for an exact check, best first."""
        ...

    def between(self, start: datetime, end: datetime) -> Iterable[Shelved]:
        """Return the stories published in [start, end], by time and path ascending."""
        ...
