"""Signatures: what a catalogue has read, looked up without opening it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from copydesk.kit import databases

_QUERY = """SELECT path, signature FROM stories WHERE path IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT path, signature FROM broken WHERE path IN (SELECT value FROM json_each(?1))"""


def read_signatures(file: Path, paths: Iterable[str]) -> dict[str, int]:
    """Return the signatures of these records when the catalogue in a file read them, by path.

    Nothing where it cannot be read or is of another version: it is neither made nor changed.
    """
    return dict(databases.read_rows(file, _QUERY, orjson.dumps([*paths]).decode()))
