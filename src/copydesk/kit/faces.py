"""Lazy imports for a package's `__init__`: load a module when its name is first used (PEP 562).

    if TYPE_CHECKING:
        from copydesk.archive._archive import Archive as Archive
        from copydesk.archive._archive import Signature as Signature
    else:
        __getattr__ = faces.import_on_demand(__name__, __file__)

`as` with the same name marks it as re-exported for mypy and ruff, and tells this module where the
name is defined. The source file is parsed when a name is first used; it must list each name once.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

_NAME = re.compile(r"^    from (\S+) import (?:\(\s+)?(\w+) as \2\b", re.MULTILINE)


def import_on_demand(room: str, file: str) -> Callable[[str], object]:
    """Return a `__getattr__` for the package `room` that imports names when first used.

    No module of the package may have the name of something that it exports: once imported, the
    module would hide it.
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
    """Return each exported name with the module that defines it."""
    return {name: module for module, name in _NAME.findall(face.read_text("utf-8"))}
