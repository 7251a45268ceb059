"""What a bucket says of a file to readers: its type, and how long a browser may keep it."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk.kit.media_types import media_type

_UNCHANGING = "pictures/"  # named by a hash of what is in them
_YEAR_SECONDS = 31_536_000


def object_headers(path: str, max_age_seconds: int) -> Mapping[str, str]:
    """Return the headers to store with the file at a path."""
    caching = f"public, max-age={max_age_seconds}"
    if path.startswith(_UNCHANGING):
        caching = f"public, max-age={_YEAR_SECONDS}, immutable"
    return {"Content-Type": media_type(path), "Cache-Control": caching}
