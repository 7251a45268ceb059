"""The format of beat.toml: which one a file is written in, and how an older one is brought up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from copydesk.config._setting_error import setting_error, show_value
from copydesk.config._toml import FILE
from copydesk.errors import ConfigError

KEY = "format"

Step = Mapping[str, str]
"""The keys that got another name from one format to the next: old dotted path to new."""

# The step at index 0 leads from format 1 to 2. There is none yet: no key was ever renamed.
FORMAT_STEPS: Final[Sequence[Step]] = ()
_NOTHING: Final = object()


def upgrade_tables(tables: dict[str, object], steps: Sequence[Step] = FORMAT_STEPS) -> list[str]:
    """Bring tables to the newest format, in place; return a warning for each key that moved.

    A file that names no format is in format 1. Raises ConfigError for a format that is not known
    yet, and where a value stands under its old and its new name.
    """
    newest = len(steps) + 1
    written = _read_format(tables.pop(KEY, 1), newest)
    return [
        f"{FILE}: {old} is called {new} since format {number}: rename it there, and write "
        f"format = {number} above all tables"
        for number, step in enumerate(steps[written - 1 :], written + 1)
        for old, new in step.items()
        if _move(
            tables,
            old.split("."),
            new.split("."),
            setting_error(FILE, new, f"stands there twice, also as {old}", "keep the new one"),
        )
    ]


def _read_format(given: object, newest: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise setting_error(
            FILE, KEY, f"expected the number of a format such as 1, got {show_value(given)}"
        )
    if given > newest:
        what = f"written for a newer copydesk: format {given}, and this one knows {newest}"
        raise setting_error(
            FILE, KEY, what, "install a newer copydesk, or go back to an older beat.toml"
        )
    return given


def _move(
    table: dict[str, object], old: Sequence[str], new: Sequence[str], twice: ConfigError
) -> bool:
    """Move a value to its new place; below a common name in every table that stands there.

    Raises `twice` where the new place is taken.
    """
    if len(old) > 1 and len(new) > 1 and old[0] == new[0]:
        moves = [_move(inner, old[1:], new[1:], twice) for inner in _tables_in(table.get(old[0]))]
        return any(moves)
    value = _take(table, old)
    if value is _NOTHING:
        return False
    place = table
    for part in new[:-1]:
        below = place.setdefault(part, {})
        place = below if isinstance(below, dict) else {}  # the decoder says what is wrong here
    if new[-1] in place:
        raise twice
    place[new[-1]] = value
    return True


def _take(table: dict[str, object], path: Sequence[str]) -> object:
    """Take a value out of its table, and the table out with its last one."""
    name, *below = path
    if not below:
        return table.pop(name, _NOTHING)
    inner = table.get(name)
    if not isinstance(inner, dict):
        return _NOTHING
    value = _take(inner, below)
    if not inner and value is not _NOTHING:
        del table[name]
    return value


def _tables_in(value: object) -> list[dict[str, object]]:
    """Return a table, or those in a list of blocks."""
    values = value if isinstance(value, list) else [value]
    return [table for table in values if isinstance(table, dict)]
