"""A room's face that imports what stands behind it when somebody first asks for it (PEP 562).

    if TYPE_CHECKING:
        from copydesk.archive._archive import Archive as Archive
        from copydesk.archive._archive import Signature as Signature
    else:
        __getattr__ = faces.import_on_demand(__name__, __file__)

`as` with the same name tells mypy and ruff that a name is the face's own, and tells this module
where it is made. The source is read when the first name is asked for, and each stands there once.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

_NAME = re.compile(r"^    from (\S+) import (?:\(\s+)?(\w+) as \2\b", re.MULTILINE)


def import_on_demand(room: str, file: str) -> Callable[[str], object]:
    """Return the `__getattr__` of the face of `room`, whose source is `file`.

    No public module of the room may be called as one of its names: it would stand in its place once
    imported.
    """
    modules = cache(lambda: _read_names(Path(file)))

    def find(name: str) -> object:
        if name == "__all__":
            return sorted(modules())
        if name not in modules():
            raise AttributeError(f"module {room!r} has no attribute {name!r}", name=name)
        value: object = getattr(importlib.import_module(modules()[name]), name)
        setattr(importlib.import_module(room), name, value)
        return value

    return find


def _read_names(face: Path) -> Mapping[str, str]:
    """Read each name of a face with the module that makes it."""
    return {name: module for module, name in _NAME.findall(face.read_text("utf-8"))}
