"""What a bucket says of a file to readers: its type, and how long a browser may keep it."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping

_UTF8 = "; charset=utf-8"
_TYPES = {
    ".html": f"text/html{_UTF8}",
    ".css": f"text/css{_UTF8}",
    ".js": f"text/javascript{_UTF8}",
    ".mjs": f"text/javascript{_UTF8}",
    ".txt": f"text/plain{_UTF8}",
    ".xml": f"application/xml{_UTF8}",
    ".json": f"application/json{_UTF8}",
    ".webmanifest": f"application/manifest+json{_UTF8}",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}
_FEEDS = {
    "feed.xml": f"application/atom+xml{_UTF8}",
    "rss.xml": f"application/rss+xml{_UTF8}",
    "feed.json": f"application/feed+json{_UTF8}",
}
_UNCHANGING = "pictures/"  # named by a hash of what is in them
_YEAR_SECONDS = 31_536_000


def object_headers(path: str, max_age_seconds: int) -> Mapping[str, str]:
    """Return the headers to store with the file at a path."""
    name = path.rpartition("/")[2]
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    kind = _FEEDS.get(name) or _TYPES.get(ending) or _guess_type(name)
    caching = f"public, max-age={max_age_seconds}"
    if path.startswith(_UNCHANGING):
        caching = f"public, max-age={_YEAR_SECONDS}, immutable"
    return {"Content-Type": kind, "Cache-Control": caching}


def _guess_type(name: str) -> str:
    """Ask the standard library's own table; the system's differs from machine to machine."""
    return mimetypes.MimeTypes().guess_type(name)[0] or "application/octet-stream"
