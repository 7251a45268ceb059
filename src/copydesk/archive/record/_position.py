"""Where the keys of a mapping are written, and the lines that a person put between them."""

from __future__ import annotations

import hashlib
from typing import NamedTuple


class MappingPosition(NamedTuple):
    """The column of a mapping's keys, its dotted path with a dot at its end, lines to put back.

    `unknown` holds lines by the dotted path of the key before them. Each is taken out when it is
    written, so that a picture that stands there twice does not get them twice.
    """

    unknown: dict[str, str]
    path: str = ""
    column: int = 0

    def inside(self, key: str) -> MappingPosition:
        """Return the position of the keys below a key."""
        path = f"{self.path}{key}." if self.unknown else ""
        return MappingPosition(self.unknown, path, self.column + 2)

    def item(self, index: int, address: str) -> MappingPosition:
        """Return the position of the keys of an item in the list whose dashes stand here."""
        path = f"{self.path}{name_item(index, address)}." if self.unknown else ""
        return MappingPosition(self.unknown, path, self.column + 2)


def name_item(index: int, address: str) -> str:
    """Name a list's item by its address, so that unknown keys follow it when the list changes."""
    if not address:
        return str(index)
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:8]


class Lines:
    """The lines of one mapping in the making; unknown ones come back at their places.

    With `dash` it is an item of a list.
    """

    def __init__(self, position: MappingPosition, *, dash: bool = False) -> None:
        self.lines: list[str] = []
        self._unknown = position.unknown
        self._path = position.path
        self._indent = " " * position.column
        self._lead = " " * (position.column - 2) + "- " if dash else self._indent
        self._put_unknown("")

    def add(self, key: str, lines: list[str]) -> None:
        """Add a key's line, then lines below it that are indented already, then unknown ones."""
        if lines:
            self.lines.append(self._lead + lines[0])
            self.lines += lines[1:]
            self._lead = self._indent
        self._put_unknown(key)

    def _put_unknown(self, key: str) -> None:
        unknown = self._unknown.pop(self._path + key, None) if self._unknown else None
        if unknown is not None:
            self.lines.append(unknown)
            self._lead = self._indent
