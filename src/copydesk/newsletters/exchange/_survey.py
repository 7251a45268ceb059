"""Check a whole subscriber file before its first row is imported: can we see who unsubscribed?

A file whose status words are not in our table is refused, and the words are listed: a guess would
send mail to people who unsubscribed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace

from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.newsletters.exchange._layouts import FileLayout, StateColumn, find_address, read_cell
from copydesk.newsletters.exchange._standings import read_state, tells_state
from copydesk.newsletters.exchange._table import FileRow

_MOST_CELLS = 5  # cells of a column that an error names
_LONGEST_CELL = 40  # characters of it


@dataclass(slots=True)
class _Column:
    """A column while the file is checked: whether it holds statuses, and its unknown cells."""

    column: StateColumn
    is_state: bool
    unknown: list[str] = field(default_factory=list)


def ignore_columns(layout: FileLayout, ignored: Sequence[str]) -> FileLayout:
    """Return a file's layout without some columns; raises UsageError for one that must be read.

    `ignored` are column names as in the file, in upper or lower case.
    """
    dropped = {name.strip().casefold() for name in ignored}
    _refuse_names(layout, dropped)
    free = layout.free_columns.items()
    return replace(
        layout,
        free_columns={place: name for place, name in free if name.casefold() not in dropped},
        states=tuple(column for column in layout.states if column.name.casefold() not in dropped),
    )


def _refuse_names(layout: FileLayout, dropped: Set[str]) -> None:
    unknown = dropped - {name.casefold() for name in layout.free_columns.values()}
    if unknown:
        names = ", ".join(layout.free_columns.values()) or "none"
        raise UsageError(
            "there is no such column that may be ignored",
            subject=", ".join(sorted(unknown)),
            hint=f"of this file, read as {layout.name}, these may be: {names}",
        )


def survey_states(layout: FileLayout, rows: Iterable[FileRow]) -> FileLayout:
    """Return a file's layout with all its status columns, found by their names and their cells.

    Raises UsageError if one of their cells is not understood.
    """
    columns = _list_columns(layout)
    for row in rows if columns else ():
        if row.fields and "@" in find_address(layout, row.fields):
            _note_cells(columns, row.fields)
    found = [column for column in columns if column.is_state]
    _refuse_unknown(layout, [column for column in found if column.unknown])
    return replace(layout, states=tuple(column.column for column in found))


def _list_columns(layout: FileLayout) -> list[_Column]:
    places = {column.place for column in layout.states}
    others = [
        StateColumn(name=name, place=place, meaning="word")
        for place, name in layout.free_columns.items()
        if place not in places
    ]
    return [
        *(_Column(column, is_state=True) for column in layout.states),
        *(_Column(column, is_state=False) for column in others),
    ]


def _note_cells(columns: Sequence[_Column], fields: tuple[str, ...]) -> None:
    for column in columns:
        cell = read_cell(column.column, fields)
        if not column.is_state and tells_state(cell):
            column.is_state = True
        if len(column.unknown) > _MOST_CELLS or read_state(column.column.meaning, cell):
            continue
        if (shown := _show(cell)) not in column.unknown:
            column.unknown.append(shown)


def _show(cell: str) -> str:
    if "@" in cell:
        return "(an address)"
    return text.fold(cell)[:_LONGEST_CELL] or "(empty)"


def _refuse_unknown(layout: FileLayout, columns: Sequence[_Column]) -> None:
    if not columns:
        return
    told = "; ".join(f"{column.column.name} ({_list_cells(column)})" for column in columns)
    raise UsageError(
        "a column seems to say who left, in words that are not known here",
        subject=told,
        hint=_suggest_fixes(layout, [column.column for column in columns]),
    )


def _suggest_fixes(layout: FileLayout, columns: Sequence[StateColumn]) -> str:
    """Return what the owner can do about columns with unknown status words."""
    words = ", ".join(
        f"in {column.name} write "
        + ("subscribed or unsubscribed" if column.meaning == "word" else "yes or no")
        for column in columns
    )
    free = [column.name for column in columns if column.place in layout.free_columns]
    if not free:
        return words
    options = " ".join(f'--ignore-column "{name}"' for name in free)
    return (
        f"{words}; or take out who left and drop the column; or, if it is about something else, "
        f"have it ignored: {options}"
    )


def _list_cells(column: _Column) -> str:
    more = ", …" if len(column.unknown) > _MOST_CELLS else ""
    return ", ".join(column.unknown[:_MOST_CELLS]) + more
