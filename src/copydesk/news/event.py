"""One entry of a story's history (Event); with the kinds of events and their sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from copydesk.kit import dates
from copydesk.news.wording import Wording, read_sentences


class EventKind(StrEnum):
    """The kind of an event in a story's history; most are changes by the publisher."""

    FILED = "filed"  # by an editor, who found its page
    HEADLINE_CHANGED = "headline-changed"
    HEADLINE_KEPT = "headline-kept"  # changed at the publisher, but an editor's headline is kept
    EXCERPT_CHANGED = "excerpt-changed"
    EXCERPT_KEPT = "excerpt-kept"
    EXCERPT_RESPELLED = "excerpt-respelled"  # in commas or spelling, which is no news
    TEXT_CHANGED = "text-changed"
    NUMBER_CHANGED = "number-changed"
    MOVED = "moved"
    GONE = "gone"
    BACK = "back"
    DEPOSED = "deposed"  # another story leads its group now
    CORRECTED = "corrected"  # here, by an editor
    OTHER = "other"


PUBLISHERS_CHANGES = frozenset(
    {
        EventKind.HEADLINE_CHANGED,
        EventKind.EXCERPT_CHANGED,
        EventKind.TEXT_CHANGED,
        EventKind.NUMBER_CHANGED,
        EventKind.GONE,
        EventKind.BACK,
    }
)

# What `show_changes = false` of a source, or an editor's rule, keeps off the site.
CONCEALABLE = PUBLISHERS_CHANGES | {EventKind.HEADLINE_KEPT, EventKind.EXCERPT_KEPT}

_WORDING = Wording(read_sentences(__package__, "events.toml", EventKind), other=EventKind.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a story's history: `2026-11-24T13:10:00Z title was "Old words"`.

    `at` is the time as written in the line, "" for none; `what` is the sentence after it.
    """

    what: str
    at: str = ""

    def __str__(self) -> str:
        return f"{self.at} {self.what}" if self.at else self.what

    @property
    def kind(self) -> EventKind:
        """Return the kind of the event in a story's history, `EventKind.OTHER` if unknown."""
        return _WORDING.parse(self.what)[0]

    @property
    def values(self) -> Mapping[str, str]:
        """Return the values that the event's sentence contains, by name: `title`, `new`, …."""
        return _WORDING.parse(self.what)[1]

    @classmethod
    def of(cls, kind: EventKind, **values: str | int) -> Event:
        """Return an event for a story's history, of the given kind and without a time."""
        return cls(what=_WORDING.say(kind, {name: str(value) for name, value in values.items()}))

    @classmethod
    def parse(cls, line: str) -> Event:
        """Parse a line of a story's history. A line without a time becomes `what` as a whole."""
        first, blank, rest = line.partition(" ")
        if blank and first and dates.parse(first) is not None:
            return cls(at=first, what=rest)
        return cls(what=line)
