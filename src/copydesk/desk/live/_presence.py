"""Presence: which story each editor has before them, as long as they have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from copydesk.errors import UsageError

_LASTS = timedelta(minutes=10)  # without a word of a tab it is as good as closed
_MOST_TABS = 500
_CHARACTERS = 300


class Looking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tab says: the event that its editor stands on, "" for none."""

    tab: str
    event: str


@dataclass(frozen=True, slots=True)
class _Seen:
    name: str
    event: str
    at: datetime


class Presence:
    """Who stands on which event, by the tab of their browser; kept in memory alone."""

    def __init__(self) -> None:
        self._tabs: dict[str, _Seen] = {}

    def note(self, body: bytes, name: str, at: datetime) -> None:
        """Take in what a tab of an editor says; raises UsageError where that is nothing known."""
        try:
            looking = msgspec.json.decode(body, type=Looking)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise UsageError(f"this is nobody's place ({error})") from error
        if max(len(looking.tab), len(looking.event)) > _CHARACTERS:
            raise UsageError("too long for a place")
        self._tabs.pop(looking.tab, None)
        if looking.event:
            self._tabs[looking.tab] = _Seen(name, looking.event, at)
        self._forget(at)

    def list_all(self) -> list[Mapping[str, str]]:
        """Return where everybody stands."""
        return [
            {"tab": tab, "name": seen.name, "event": seen.event} for tab, seen in self._tabs.items()
        ]

    def _forget(self, now: datetime) -> None:
        """Forget who has said nothing for long, and the first of too many."""
        late = [tab for tab, seen in self._tabs.items() if now - seen.at > _LASTS]
        for tab in (*late, *list(self._tabs)[:-_MOST_TABS]):
            self._tabs.pop(tab, None)
