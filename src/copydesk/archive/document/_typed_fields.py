"""The keys of one YAML mapping, each read as what the format says it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

import yaml

from copydesk.archive.document import _nodes
from copydesk.errors import RecordError
from copydesk.kit import dates

_T = TypeVar("_T")
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_YES = frozenset({"true", "yes", "on"})


class TypedFields:
    """Read typed values by key; a missing or empty key gives "", None or nothing.

    Every value of another kind is a RecordError that names the file, the line and the key.
    """

    def __init__(self, node: yaml.MappingNode, path: str, at: str = "") -> None:
        self._values: dict[str, yaml.Node] = {key.value: value for key, value in node.value}
        self._path = path
        self._at = at

    def __iter__(self) -> Iterator[str]:
        """Return the keys in the file's order."""
        return iter(self._values)

    def text(self, key: str, missing: str = "") -> str:
        """Return a scalar's text, whatever YAML takes it for: `title: 2024` is the text 2024."""
        node = self._scalar(key)
        return missing if node is None else str(node.value)

    def number(self, key: str) -> int | None:
        """Return a whole number, None where there is none."""
        node = self._scalar(key)
        if node is None:
            return None
        if not _WHOLE.fullmatch(node.value):
            raise self.wrong(key, "no whole number", "write it as 72")
        return int(node.value)

    def flag(self, key: str) -> bool | None:
        """Return true or false, None where neither is said."""
        node = self._scalar(key)
        if node is None:
            return None
        if _nodes.kind_of(node) != "bool":
            raise self.wrong(key, "neither true nor false", "write true or false, unquoted")
        return str(node.value).lower() in _YES

    def date(self, key: str) -> datetime | None:
        """Return a moment in UTC, None where there is none."""
        node = self._scalar(key)
        if node is None:
            return None
        moment = dates.parse(node.value)
        if moment is None:
            raise self.wrong(key, "no date", "write it as 2023-07-24T09:36:00Z")
        return moment

    def within(self, key: str) -> TypedFields | None:
        """Return the fields of a nested mapping, None where there is none."""
        node = self._values.get(key)
        if node is None or _is_null(node):
            return None
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(key, "no list of keys", "indent its keys below it by two blanks")
        return TypedFields(node, self._path, f"{self._at}{key}.")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list."""
        texts = []
        for item in self._items(key):
            if not isinstance(item, yaml.ScalarNode):
                raise self.wrong(key, "a list of something else than texts", "write - and a text")
            texts.append(str(item.value))
        return tuple(texts)

    def each(self, key: str, make: Callable[[TypedFields], _T]) -> tuple[_T, ...]:
        """Return what `make` reads out of each mapping of a list."""
        made = []
        for index, item in enumerate(self._items(key)):
            if not isinstance(item, yaml.MappingNode):
                raise self.wrong(key, "a list of something else than keys", "write - url: …")
            made.append(make(TypedFields(item, self._path, f"{self._at}{key}.{index}.")))
        return tuple(made)

    def require(self, key: str, value: _T | None) -> _T:
        """Return `value`, or raise RecordError where the record does not have the key."""
        if value is None or key not in self._values:
            raise RecordError(f"no {self._at}{key}", subject=self._path, hint=f"add {key}: …")
        return value

    def _items(self, key: str) -> list[yaml.Node]:
        node = self._values.get(key)
        if node is None or _is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(key, "no list", "write its items on lines of their own after -")
        return list(node.value)

    def _scalar(self, key: str) -> yaml.ScalarNode | None:
        node = self._values.get(key)
        if node is None or _is_null(node):
            return None
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(key, "a list where one value belongs", "write it on one line")
        return node

    def wrong(self, key: str, what: str, hint: str) -> RecordError:
        """Return the error to raise for a key whose value is none of what it may be."""
        node = self._values.get(key)
        if node is None:
            return RecordError(f"no {self._at}{key}", subject=self._path, hint=hint)
        shown = f" ({node.value[:40]!r})" if isinstance(node, yaml.ScalarNode) else ""
        return RecordError(
            f"{self._at}{key} in line {_nodes.line_of(node, self._path)} is {what}{shown}",
            subject=self._path,
            hint=hint,
        )


def _is_null(node: yaml.Node) -> bool:
    return _nodes.kind_of(node) == "null"
