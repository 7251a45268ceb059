"""Removals: the addresses that an editor took away for good."""

from __future__ import annotations

from pathlib import Path

from copydesk import archive
from copydesk.kit import urls


def read_removals(root: Path) -> frozenset[str]:
    """Return the identities of addresses that an editor removed for good; raises RecordError."""
    return frozenset(map(urls.identity, archive.read_rulings(root).removed))
