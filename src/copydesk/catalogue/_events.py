"""Events: filed stories as they are read together, a group or a story with its copies as one.

The name of an event is its group's, else its original's, else the story's own (`placement.Groups`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from copydesk.catalogue._questions import StoryFilter, places, where
from copydesk.kit.databases import DisposableDatabase

_LOT = 400  # rows that are read at once
_FIRST_TIME = -(2**63)  # of a story without a time: the oldest of all
_OF_ORIGINAL = """nullif(
    (SELECT o.story_group FROM stories o WHERE o.name = s.copy_of LIMIT 1), '')"""
_EVENT = f"""CASE WHEN s.story_group <> '' THEN s.story_group WHEN s.copy_of <> ''
    THEN coalesce({_OF_ORIGINAL}, s.copy_of) ELSE s.name END"""
_ROW = f"s.path, coalesce(s.at, {_FIRST_TIME}), {_EVENT}, s.quality, s.heat"

EventCursor = tuple[int, str]  # a story's time in microseconds since 1970, its path


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledEvent:
    """An event that a filter wants stories of: their paths, the newest first.

    `at` is the time of the newest in microseconds since 1970; `quality` and `heat` are the highest
    of any, -1 where no story has one.
    """

    name: str
    at: int
    paths: tuple[str, ...]
    quality: int
    heat: int

    @property
    def cursor(self) -> EventCursor:
        """Return after what the next events come."""
        return self.at, self.paths[0]


def list_events(
    tables: DisposableDatabase, wanted: StoryFilter, limit: int, after: EventCursor | None
) -> list[FiledEvent]:
    """Return the events of the wanted stories, by the time of the newest, the latest first.

    `after` is the cursor of the last one that is known already.
    """
    found: dict[str, list[_Row]] = {}
    for row in _read_rows(tables, wanted, after):
        if row.event in found:
            found[row.event].append(row)
        elif len(found) == limit:
            break
        elif after is None or not _is_known(tables, wanted, row.event, after):
            found[row.event] = [row]
    whole = _read_matches(tables, wanted, found)
    return [_make_event(name, whole.get(name, rows)) for name, rows in found.items()]


def list_members(tables: DisposableDatabase, names: Collection[str]) -> dict[str, list[str]]:
    """Return the paths of all stories of some events by the event's name, the newest first."""
    members: dict[str, list[str]] = {name: [] for name in names}
    for row in _read_of_events(tables, "TRUE", (), names):
        members[row.event].append(row.path)
    return members


def event_of(tables: DisposableDatabase, name: str) -> str:
    """Return the event of the story of a name, "" where there is none."""
    rows = tables.run(f"SELECT {_EVENT} FROM stories s WHERE s.name = ? LIMIT 1", name)
    return str(rows[0][0]) if rows else ""


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    at: int
    event: str
    quality: int | None
    heat: int | None


def _read_rows(
    tables: DisposableDatabase, wanted: StoryFilter, after: EventCursor | None
) -> Iterator[_Row]:
    """Read the wanted stories, the newest first, those after a place; a lot at a time."""
    condition, values = where(wanted)
    place = after
    while True:
        beyond, bounds = "TRUE", list[object]()
        if place is not None:
            at = f"coalesce(s.at, {_FIRST_TIME})"
            beyond = f"({at} < ? OR ({at} = ? AND s.path > ?))"
            bounds = [place[0], place[0], place[1]]
        query = (
            f"SELECT {_ROW} FROM stories s WHERE ({condition}) AND {beyond}"
            " ORDER BY s.at DESC, s.path LIMIT ?"
        )
        rows = [_Row(*row) for row in tables.run(query, *values, *bounds, _LOT)]
        yield from rows
        if len(rows) < _LOT:
            return
        place = (rows[-1].at, rows[-1].path)


def _is_known(
    tables: DisposableDatabase, wanted: StoryFilter, event: str, after: EventCursor
) -> bool:
    """Decide whether a newer wanted story of an event stands before a place."""
    condition, values = where(wanted)
    rows = _read_of_events(tables, condition, values, [event])
    return any((-row.at, row.path) <= (-after[0], after[1]) for row in rows)


def _read_matches(
    tables: DisposableDatabase, wanted: StoryFilter, names: Collection[str]
) -> Mapping[str, list[_Row]]:
    condition, values = where(wanted)
    found: dict[str, list[_Row]] = {}
    for row in _read_of_events(tables, condition, values, names):
        found.setdefault(row.event, []).append(row)
    return found


def _read_of_events(
    tables: DisposableDatabase, condition: str, values: Iterable[object], names: Collection[str]
) -> Iterator[_Row]:
    """Read the stories of some events that a condition lets through, the newest first."""
    waiting, kept = iter(sorted(names)), tuple(values)
    while some := tuple(islice(waiting, _LOT)):
        of_these = places(len(some))
        query = (
            f"SELECT {_ROW} FROM stories s WHERE ({condition}) AND (s.story_group IN {of_these}"
            f" OR s.name IN {of_these} OR s.copy_of IN {of_these} OR s.copy_of IN"
            f" (SELECT o.name FROM stories o WHERE o.story_group IN {of_these}))"
            " ORDER BY s.at DESC, s.path"
        )
        rows = (_Row(*row) for row in tables.run(query, *kept, *some, *some, *some, *some))
        yield from (row for row in rows if row.event in some)


def _make_event(name: str, rows: list[_Row]) -> FiledEvent:
    return FiledEvent(
        name=name,
        at=rows[0].at,
        paths=tuple(row.path for row in rows),
        quality=max((row.quality for row in rows if row.quality is not None), default=-1),
        heat=max((row.heat for row in rows if row.heat is not None), default=-1),
    )
