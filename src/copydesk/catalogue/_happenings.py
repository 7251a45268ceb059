"""Happenings: a group of stories, or a story with its copies, is listed as one.

A happening has the name of its group, else of the original, else of the story itself
(`placement.Groups`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from copydesk.catalogue._questions import StoryFilter, places, where
from copydesk.kit.databases import DisposableDatabase

_LOT = 400  # names in one statement, and the least number of rows read at once
_FIRST_TIME = -(2**63)  # a story without a time is the oldest
_AT = f"coalesce(s.at, {_FIRST_TIME})"
_OF_ORIGINAL = """nullif(
    (SELECT o.story_group FROM stories o WHERE o.name = s.copy_of LIMIT 1), '')"""
_HAPPENING = f"""CASE WHEN s.story_group <> '' THEN s.story_group WHEN s.copy_of <> ''
    THEN coalesce({_OF_ORIGINAL}, s.copy_of) ELSE s.name END"""
# The stories that may belong to some happenings, each part found by an index: members of a group, a
# story and its copies, copies of members.
_CANDIDATES = """
    SELECT id FROM stories WHERE story_group <> '' AND story_group IN {names}
    UNION SELECT id FROM stories WHERE name IN {names}
    UNION SELECT id FROM stories WHERE copy_of <> '' AND copy_of IN {names}
    UNION SELECT c.id FROM stories o JOIN stories c ON c.copy_of = o.name AND c.copy_of <> ''
        WHERE o.story_group <> '' AND o.story_group IN {names}"""

HappeningCursor = tuple[int, str]  # a story's time in microseconds since 1970, its path


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledHappening:
    """A happening with a story that matches a filter.

    `path` is the newest such story, `at` its time in microseconds since 1970. `quality` and `heat`
    are the highest of the stories read, -1 for none.
    """

    name: str
    at: int
    path: str
    quality: int
    heat: int

    @property
    def cursor(self) -> HappeningCursor:
        """The position after which the next page begins."""
        return self.at, self.path


def list_happenings(
    tables: DisposableDatabase, wanted: StoryFilter, limit: int, after: HappeningCursor | None
) -> list[FiledHappening]:
    """Return the happenings of the stories that match, by their newest story, the latest first.

    `after` is the cursor of the last one of the page before.
    """
    found: dict[str, list[_Row]] = {}
    for row in _read_rows(tables, wanted, limit, after):
        if row.happening in found:
            found[row.happening].append(row)
        elif len(found) == limit:
            break
        elif after is None or not _is_known(tables, wanted, row.happening, after):
            found[row.happening] = [row]
    return [_make_happening(name, rows) for name, rows in found.items()]


def list_members(tables: DisposableDatabase, names: Collection[str]) -> dict[str, list[str]]:
    """Return by happening the paths of all its stories, the newest first."""
    members: dict[str, list[str]] = {name: [] for name in names}
    waiting = iter(sorted(names))
    while some := tuple(islice(waiting, _LOT)):
        candidates = _CANDIDATES.format(names=places(len(some)))
        query = (
            f"SELECT s.path, {_HAPPENING} FROM ({candidates}) c CROSS JOIN stories s ON s.id = c.id"
            " ORDER BY s.at DESC, s.path"
        )
        for path, happening in tables.run(query, *some * 4):
            if happening in some:
                members[happening].append(path)
    return members


def find_happening(tables: DisposableDatabase, name: str) -> str:
    """Return the happening of the story of a name, "" for none."""
    rows = tables.run(f"SELECT {_HAPPENING} FROM stories s WHERE s.name = ? LIMIT 1", name)
    return str(rows[0][0]) if rows else ""


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    at: int
    happening: str
    quality: int | None
    heat: int | None


def _read_rows(
    tables: DisposableDatabase, wanted: StoryFilter, limit: int, after: HappeningCursor | None
) -> Iterator[_Row]:
    """Read the stories that match, the newest first, from a position on; many at a time."""
    condition, values = where(wanted)
    lot, place = max(_LOT, 2 * limit), after
    while True:
        beyond, bounds = "TRUE", list[object]()
        if place is not None:  # the index leaves out stories without a time
            beyond = f"(s.at IS NULL OR s.at <= ?) AND ({_AT} < ? OR ({_AT} = ? AND s.path > ?))"
            bounds = [place[0], place[0], place[0], place[1]]
        query = (
            f"SELECT s.path, {_AT}, {_HAPPENING}, s.quality, s.heat FROM stories s"
            f" WHERE ({condition}) AND {beyond} ORDER BY s.at DESC, s.path LIMIT ?"
        )
        rows = [_Row(*row) for row in tables.run(query, *values, *bounds, lot)]
        yield from rows
        if len(rows) < lot:
            return
        place = (rows[-1].at, rows[-1].path)


def _is_known(
    tables: DisposableDatabase, wanted: StoryFilter, happening: str, after: HappeningCursor
) -> bool:
    """Return whether a matching story of a happening is before or at a position."""
    condition, values = where(wanted)
    candidates = _CANDIDATES.format(names=places(1))
    query = (
        f"SELECT 1 FROM ({candidates}) c CROSS JOIN stories s USING (id)"
        f" WHERE ({condition}) AND ({_AT} > ? OR ({_AT} = ? AND s.path <= ?)) AND {_HAPPENING} = ?"
    )
    bounds = (after[0], after[0], after[1])
    return bool(tables.run(f"{query} LIMIT 1", *[happening] * 4, *values, *bounds, happening))


def _make_happening(name: str, rows: list[_Row]) -> FiledHappening:
    return FiledHappening(
        name=name,
        at=rows[0].at,
        path=rows[0].path,
        quality=max((row.quality for row in rows if row.quality is not None), default=-1),
        heat=max((row.heat for row in rows if row.heat is not None), default=-1),
    )
