"""Documents: what a stream is given, and what it says of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsDocument:
    """A report to be grouped.

    `moment` is None where no time is known: then it came with the one before. `group` is the name
    of the group that it is known to belong to, "" where that is to be found out. `vector` is
    `news.Shelved.vector`.
    """

    key: str
    title: str
    text: str = ""
    language: str = ""
    moment: datetime | None = None
    group: str = ""
    vector: bytes = b""

    @property
    def language_code(self) -> str:
        """Return the two letters of its language, English where none is known."""
        return self.language.lower()[:2] or "en"


# Why a document does not join a group: it is not similar enough, its headline's numbers name
# another happening, an editor keeps it from one of the group's; "" where it would join.
Veto = Literal["", "likeness", "series", "apart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLikeness:
    """How similar a document is to a group, by which words, and how similar it must be to join."""

    group: str
    similarity: float
    needed: float
    shared: tuple[str, ...]
    veto: Veto


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Where a document stands: its group, how similar it is, by which words, what is near.

    `similarity` is 0 in a group of its own; `near` are (group, similarity) pairs without regard to
    time, the most similar first. `same_headline` says that a group of days ago has its headline.
    """

    group: str
    similarity: float = 0.0
    shared: tuple[str, ...] = ()
    near: tuple[tuple[str, float], ...] = ()
    same_headline: bool = False
