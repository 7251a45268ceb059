"""The fuzz targets by name: their first inputs, and a check for any bytes.

Each target is a module of this folder with `SEEDS` (bytes) and `check(data)`, which raises if the
product is at fault: an exception that the room does not promise, or a broken invariant.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Seconds of the processor for one input.
SECONDS = {
    "feeds": 2.0,
    "pages": 2.0,
    "records": 2.0,
    "settings": 2.0,
    "warc": 2.0,
    "returned_mail": 2.0,
    "pictures": 10.0,  # up to 50 million pixels are decoded
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A fuzz target: `mutate` changes an input at random where mutated bytes alone go nowhere."""

    name: str
    seeds: Sequence[bytes]
    check: Callable[[bytes], None]
    mutate: Callable[[bytes, int], bytes] | None
    seconds: float


def load(name: str) -> Target:
    """Return the target of a name; importing it loads the rooms that it tries."""
    module = importlib.import_module(f"fuzz.{name}")
    return Target(
        name=name,
        seeds=module.SEEDS,
        check=module.check,
        mutate=getattr(module, "mutate", None),
        seconds=SECONDS[name],
    )
