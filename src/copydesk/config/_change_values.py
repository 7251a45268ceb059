"""Values changed in a beat.toml: its comments, its order and all else of it stay as they stand."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from copydesk.config import _toml
from copydesk.config._decode import decode
from copydesk.config._setting_error import setting_error

if TYPE_CHECKING:
    from tomlkit.items import Table

    from copydesk.errors import ConfigError

_MOST_BYTES = 2_000_000  # a library that keeps layout takes a minute for 50,000 sources
_INDEXED = re.compile(r"(\w+)\[(\d{1,9})\]")
_BY_HAND = "write it by hand"

SettingValue = int | float | str | list[str]


def change_values(data: bytes, values: Mapping[str, SettingValue]) -> bytes:
    """Return the bytes of a beat.toml with some values in it changed, or added where none stood.

    Each by its path as messages have it: `scoring.publish_at`, `source[3].trust`. Raises
    ConfigError where the result would be no sound beat.toml that differs in these values alone.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    if len(data) > _MOST_BYTES:
        raise setting_error(_toml.FILE, "", "too big to be changed by a program", _BY_HAND)
    wanted = _toml.parse(data)
    text = data.decode("utf-8-sig")
    try:
        document = tomlkit.parse(text)
        if tomlkit.dumps(document) != text:
            raise _cannot_keep()
        made: list[Table] = []
        for path, value in values.items():
            _put(document, path, value, make=lambda: _make_table(made))
            _put(wanted, path, value, make=dict)
        for table in made:
            table.add(tomlkit.nl())  # before whatever table follows
        after = tomlkit.dumps(document).rstrip("\n") + "\n"
    except (TOMLKitError, TypeError, ValueError) as error:
        raise _cannot_keep() from error
    changed = _with_line_ends(after, text).encode()
    changed = b"\xef\xbb\xbf" + changed if data.startswith(b"\xef\xbb\xbf") else changed
    if _toml.parse(changed) != wanted:
        raise _cannot_keep()
    decode(copy.deepcopy(wanted), {})
    return changed


def _make_table(made: list[Table]) -> Table:
    import tomlkit

    made.append(tomlkit.table())
    return made[-1]


def _put(tables: Any, path: str, value: object, make: Any) -> None:
    """Set a value, with the tables above it where they are not there."""
    *above, name = path.split(".")
    here = tables
    for part in above:
        indexed = _INDEXED.fullmatch(part)
        if indexed:
            here = here[indexed[1]][int(indexed[2])]
        else:
            if part not in here:
                here[part] = make()
            here = here[part]
    here[name] = value


def _with_line_ends(after: str, before: str) -> str:
    """Return a text with the line ends that another one has throughout."""
    if before.count("\r\n") != before.count("\n") or "\r\n" not in before:
        return after
    return after.replace("\r\n", "\n").replace("\n", "\r\n")


def _cannot_keep() -> ConfigError:
    what = "this cannot be written without changing how the rest stands there"
    return setting_error(_toml.FILE, "", what, _BY_HAND)
