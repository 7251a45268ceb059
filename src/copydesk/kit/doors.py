"""A room's door that imports what stands behind it when somebody first asks for it (PEP 562)."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping


def lazy(room: str, made_in: Mapping[str, str]) -> Callable[[str], object]:
    """Give the `__getattr__` of a room's `__init__`, which takes each name from its module.

    `made_in` holds the names, set apart by blanks, by the modules that make them. No public module
    of the room may be called as one of its names: it would stand in its place once imported.
    """
    modules = {name: module for module, names in made_in.items() for name in names.split()}

    def find(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {room!r} has no attribute {name!r}", name=name)
        found: object = getattr(importlib.import_module(modules[name]), name)
        setattr(importlib.import_module(room), name, found)
        return found

    return find
