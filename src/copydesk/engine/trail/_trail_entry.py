"""Trail entry: one thing that befell a story; its kinds and all their words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from copydesk.news.wording import Wording


class TrailKind(StrEnum):
    """What befell a story."""

    FOUND = "found"
    READ = "read"
    JUDGED = "judged"
    FILED = "filed"
    WRITTEN = "written"
    CHANGED = "changed"  # by a round, or by rejudging
    EVENT = "event"  # its publisher did something: a line of its history
    VERDICT = "verdict"
    CLEARED = "cleared"
    RULED = "ruled"
    RULE_UNDONE = "rule-undone"
    CORRECTED = "corrected"
    UNDONE = "undone"
    ALONG = "along"  # by a word on another story
    EDITED = "edited"  # in the file, by whoever committed that
    ARCHIVED = "archived"
    DELETED = "deleted"
    DROPPED = "dropped"
    FAILED = "failed"
    OTHER = "other"


_WORDING = Wording(
    {
        TrailKind.FOUND: (
            "found in {source}",
            "found; in which source is not known any more",
        ),
        TrailKind.READ: (
            "read: {characters:number} characters of text",
            "read; its text is not kept any more",
        ),
        TrailKind.JUDGED: (
            "judged: quality {quality:number}, {standing}",
            "judged: {standing}",
            "judged; how is not known any more",
        ),
        TrailKind.FILED: ("filed",),
        TrailKind.WRITTEN: ("written here",),
        TrailKind.CHANGED: ("changed by a round",),
        TrailKind.VERDICT: ("verdict: {said}",),
        TrailKind.CLEARED: ("verdict taken back",),
        TrailKind.RULE_UNDONE: ("rule taken back: {rule}",),
        TrailKind.RULED: ("rule: {rule}",),
        TrailKind.CORRECTED: ("corrected, with a note for readers",),
        TrailKind.UNDONE: ("undone ({undone})", "undone"),
        TrailKind.ALONG: ("changed by a word on another story",),
        TrailKind.EDITED: ("edited by hand",),
        TrailKind.ARCHIVED: ("moved: {to}",),
        TrailKind.DELETED: ("its record was deleted",),
        TrailKind.DROPPED: ("dropped: {reason}",),
        TrailKind.FAILED: ("could not be read: {reason}",),
        TrailKind.EVENT: ("{event}",),
    },
    other=TrailKind.OTHER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """One thing that befell a story: what, when, by whom, why, and the commit that holds it.

    `at` is a time (RFC 3339), "" where nobody knows it any more; `by` an editor, the one who
    committed, "" for the newsroom itself; `fields` are those of the record that changed with it.
    `count` says how often the same happened in a row, the last time at `until`.
    """

    kind: TrailKind
    what: str
    at: str = ""
    by: str = ""
    why: str = ""
    commit: str = ""
    action: str = ""
    fields: tuple[str, ...] = ()
    count: int = 1
    until: str = ""


def describe(kind: TrailKind, **values: str | int) -> str:
    """Return the words for a kind, filled with values; those that nobody knows are ""."""
    return _WORDING.say(kind, {name: str(value) for name, value in values.items()})
