"""Lent: the memory's database for a room that keeps tables of its own in it.

They have the memory's fate: deleted with it, and changed together with all else of a block.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Lent:
    """How to speak to the database: one statement, or one for each row of values.

    The names of a room's tables begin with a word of its own. Both raise MemoryStoreError.
    """

    run: Callable[..., sqlite3.Cursor]
    run_many: Callable[[str, Iterable[Sequence[Any]]], None]
