"""Where each value came from, by its dotted path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from copydesk.config._toml import FILE

_DEFAULT = "default"
_IN_A_BLOCK = re.compile(r"(\w+)\[(\d{1,9})\]\.(.+)")


class Origins(Mapping[str, str]):
    """Map a dotted path to "default", "beat.toml", an environment variable or a file in `_data`.

    A beat may have 50,000 sources of 14 options each. Of a block only the names of the options
    that stand in the file are held, and its origins are worked out when someone asks.
    """

    def __init__(self) -> None:
        self._recorded: dict[str, str] = {}
        self._names: dict[str, Sequence[str]] = {}
        self._given: dict[str, Sequence[frozenset[str]]] = {}

    def record(self, path: str, origin: str) -> None:
        """Write down the origin of one value, in the place of an earlier one."""
        self._recorded[path] = origin

    def add_blocks(self, block: str, names: Sequence[str], given: Sequence[frozenset[str]]) -> None:
        """Write down the options that the blocks of one name can have, and those that each has.

        An option of a table within a block is named with it: `listing.item`.
        """
        self._names[block] = names
        self._given[block] = given

    def __getitem__(self, path: str) -> str:
        """Return the origin of one value; raises KeyError for a path that is none."""
        if path in self._recorded:
            return self._recorded[path]
        found = _IN_A_BLOCK.fullmatch(path)
        if found is None:
            raise KeyError(path)
        block, index, name = found[1], int(found[2]), found[3]
        given = self._given.get(block, ())
        if index >= len(given) or name not in self._names_of(block, given[index]):
            raise KeyError(path)
        return FILE if name in given[index] else _DEFAULT

    def __iter__(self) -> Iterator[str]:
        """Yield every path: those of sections and of `_data` first, then block by block."""
        yield from self._recorded
        for block, sets in self._given.items():
            for index, given in enumerate(sets):
                for name in self._names_of(block, given):
                    path = f"{block}[{index}].{name}"
                    if path not in self._recorded:
                        yield path

    def _names_of(self, block: str, given: frozenset[str]) -> Iterator[str]:
        """Yield the names of a block's options: those of a table in it only where it has one."""
        tables = {name.partition(".")[0] for name in given if "." in name}
        for name in self._names[block]:
            table, dot, _ = name.partition(".")
            if not dot or table in tables:
                yield name

    def __len__(self) -> int:
        """Count the paths."""
        return sum(1 for _ in self)
