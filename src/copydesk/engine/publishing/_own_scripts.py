"""Own scripts: those of the site that copydesk brings, told from what a theme puts there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from copydesk.kit import within
from copydesk.rendering import read_template

_NAMES = ("site.js", "search.js")
_MOST_BYTES = 1_000_000


def own_script_digests() -> Mapping[str, str]:
    """Return the SHA-256 of each script that a site has by copydesk itself, by its path there."""
    return {name: _digest((read_template(name) or "").encode()) for name in _NAMES}


def find_own_scripts(site: Path, digests: Mapping[str, str]) -> frozenset[str]:
    """Return the paths of a built site's scripts that are copydesk's own; asks the disk."""
    return frozenset(name for name, digest in digests.items() if _is_own(site, name, digest))


def _is_own(site: Path, name: str, digest: str) -> bool:
    try:
        return _digest(within.read(site, name, _MOST_BYTES)) == digest
    except OSError:
        return False


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
