"""Headlines that come again some days later, when similarity has decayed with time.

What is run again late often keeps its headline, and then it is the same happening: so in all 16
pairs of og2021's development part that come one to fourteen days apart.
"""

from __future__ import annotations

from collections import deque

from copydesk.judge.clustering._group import Group
from copydesk.kit import text

_LEAST_WORDS = 5  # fewer stand over many things: "live updates", "letters to the editor"
_WITHIN_DAYS = 6.0  # a weekly column comes after seven


class Headlines:
    """Remember for some days which group each headline stood in."""

    def __init__(self) -> None:
        self._groups: dict[str, tuple[float, Group]] = {}
        self._days: deque[tuple[float, str]] = deque()

    def note(self, title: str, day: float, group: Group) -> None:
        """Note where a headline of some length stands, and forget those of long ago."""
        key = _key(title)
        if not key:
            return
        self._groups[key] = (day, group)
        self._days.append((day, key))
        while day - self._days[0][0] > _WITHIN_DAYS:
            _, old = self._days.popleft()
            if old in self._groups and day - self._groups[old][0] > _WITHIN_DAYS:
                del self._groups[old]

    def find(self, title: str, day: float) -> Group | None:
        """Return the group that had this headline within six days, None where none had."""
        then, group = self._groups.get(_key(title), (0.0, None))
        return group if group is not None and abs(day - then) < _WITHIN_DAYS else None


def _key(title: str) -> str:
    """Return a headline's words in lower case, "" for one that is too short to tell anything."""
    words = text.words(title)
    return " ".join(words) if len(words) >= _LEAST_WORDS else ""
