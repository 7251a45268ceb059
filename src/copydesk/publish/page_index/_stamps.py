"""Stamps: what a site was built from, looked up without opening its index."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from copydesk.kit import databases

# a site whose build is under way, or was killed, has no head
_QUERY = """SELECT path, stamp FROM paper_sites AS built JOIN paper_entries AS story
    ON story.site = built.id AND path IN (SELECT value FROM json_each(?))
    WHERE built.site = ? AND head <> x''"""


def read_stamps(file: Path, site: str, paths: Iterable[str]) -> dict[str, str]:
    """Return the stamps of these stories when their site was last built, by path.

    Nothing where the index cannot be read or is of another version: it is neither made nor changed.
    """
    return dict(databases.read_rows(file, _QUERY, orjson.dumps([*paths]).decode(), site))
