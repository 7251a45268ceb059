"""The cost of each part of our reading: its functions timed where they are called, nothing else."""

from __future__ import annotations

import functools
import importlib
import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from copydesk.extract import _read

# what is worth knowing inside the parts, ours and others'; what a version does not have is left out
_STEPS = (
    ("copydesk.extract.page", "decode"),
    ("copydesk.extract.page", "_parse"),
    ("copydesk.extract.page", "_has_too_many_attributes"),
    ("copydesk.extract.text._find", "cut"),
    ("copydesk.extract.text._find", "prepare"),
    ("copydesk.extract.text._find", "votes"),
    ("copydesk.extract.text._find", "choose_blocks"),
    ("trafilatura", "bare_extraction"),
    ("trafilatura", "extract"),
    ("resiliparse.extract.html2text", "extract_plain_text"),
    ("readability", "Document.summary"),
    ("htmldate", "find_date"),
)


class Clocks:
    """Seconds of the processor by part, and by step inside the parts."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = defaultdict(float)
        self.steps: dict[str, float] = defaultdict(float)
        for owner, name, label in _parts():
            setattr(owner, name, self._timed(getattr(owner, name), label, self.parts))
        for owner, name, label in _inside():
            setattr(owner, name, self._timed(getattr(owner, name), label, self.steps))

    def _timed(
        self, function: Callable[..., object], label: str, seconds: dict[str, float]
    ) -> Callable[..., object]:
        """Time the outermost call of a book of seconds; a step counts inside a part only."""

        @functools.wraps(function)
        def timed(*args: object, **kwargs: object) -> object:
            is_ours = seconds is self.parts or "" in self.parts
            if "" in seconds or not is_ours:
                return function(*args, **kwargs)
            seconds[""] = 0.0  # somebody is being timed
            began = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                seconds[label] += time.process_time() - began
                del seconds[""]

        return timed


def _parts() -> Iterator[tuple[ModuleType, str, str]]:
    """Give every function that the reader calls: its own, and those of the modules it names."""
    for name, value in list(vars(_read).items()):
        if inspect.ismodule(value) and value.__name__.startswith("copydesk.extract."):
            names = getattr(value, "__all__", dir(value))  # a lazy face knows its names alone
            for inner in sorted(one for one in names if inspect.isfunction(getattr(value, one))):
                if not inner.startswith("_"):
                    yield value, inner, f"{name.lstrip('_')}.{inner}"
        elif inspect.isfunction(value) and value.__module__ != _read.__name__:
            yield _read, name, name


def _inside() -> Iterator[tuple[Any, str, str]]:
    for module, path in _STEPS:
        try:
            owner: Any = importlib.import_module(module)
        except ImportError:
            continue
        *outer, name = path.split(".")
        for one in outer:
            owner = getattr(owner, one)
        if hasattr(owner, name):
            yield owner, name, f"{module}.{path}"
