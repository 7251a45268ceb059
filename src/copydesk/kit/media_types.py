"""The Content-Type of a built site's file by its name, the same on every machine."""

from __future__ import annotations

from typing import Final

_UTF8: Final = "; charset=utf-8"
_BY_NAME = {
    "feed.xml": f"application/atom+xml{_UTF8}",
    "rss.xml": f"application/rss+xml{_UTF8}",
    "feed.json": f"application/feed+json{_UTF8}",
}
_BY_ENDING = {
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


def media_type(path: str) -> str:
    """Return the Content-Type header's value for the file at a path; text is UTF-8.

    Endings that are not in our table are looked up in the standard library's, since the system's
    differs between machines. Unknown ones are `application/octet-stream`.
    """
    name = path.rpartition("/")[2]
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    return _BY_NAME.get(name) or _BY_ENDING.get(ending) or _guess(name)


def _guess(name: str) -> str:
    import mimetypes

    return mimetypes.MimeTypes().guess_type(name)[0] or "application/octet-stream"
