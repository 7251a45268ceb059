"""Read the type and size of a fetched picture from its first bytes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.kit import urls

if TYPE_CHECKING:
    from copydesk.news.edition import Show

MIN_SIDE = 100  # pixels; smaller ones are trackers, avatars and buttons
MAX_PIXELS = 50_000_000  # 8,600 x 5,800; decoded it takes up to 200 MB
MAX_BYTES = 20_000_000
_LIGHT_BYTES = 500_000  # four times the forms of a photograph
_LIGHT_PIXELS = 12_000_000  # 4,000 x 3,000, decoded 48 MB
_FIRST = 262_144  # bytes; a camera's preview may come before the size
_HINT = "the story is shown without a picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A picture's type (for Pillow and for HTTP), and its size in pixels as browsers show it."""

    format: str
    type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPicture:
    """A picture as fetched from `url`: bytes, their SHA-256 in hex (`stem`), type and size."""

    url: str
    data: bytes
    measure: Measure
    stem: str

    @property
    def may_wait(self) -> bool:
        """Return whether the picture is small enough to be stored as fetched until a page shows it.

        A picture with many bytes, or one that needs much memory to decode, may not.
        """
        is_small = self.measure.width * self.measure.height <= _LIGHT_PIXELS
        return is_small and len(self.data) <= _LIGHT_BYTES and self.measure.format != "AVIF"


def measure_picture(url: str, data: bytes, least: int = MIN_SIDE) -> FetchedPicture:
    """Measure a fetched picture; raises PictureError if it is no picture, too small or too large.

    What the server said does not count: the first bytes tell the type. Each side must have at least
    `least` pixels.
    """
    measure = _measure(data, url, least)
    return FetchedPicture(
        url=url, data=data, measure=measure, stem=hashlib.sha256(data).hexdigest()
    )


def _measure(data: bytes, url: str, least: int) -> Measure:
    format_name = _format(data)
    if not format_name:
        raise PictureError(f"expected a picture, got {_what(data)}", subject=url, hint=_HINT)
    if len(data) > MAX_BYTES:
        raise PictureError("the picture is too big", subject=url, hint=_HINT)
    width, height = size(data)
    if width <= 0 or height <= 0:
        raise PictureError("the picture's width or height is unknown", subject=url, hint=_HINT)
    if min(width, height) < least:
        raise PictureError(f"the picture is too small ({width}x{height})", subject=url, hint=_HINT)
    if width * height > MAX_PIXELS:
        raise PictureError(f"the picture is too large ({width}x{height})", subject=url, hint=_HINT)
    return Measure(
        format=format_name, type=f"image/{format_name.lower()}", width=width, height=height
    )


def _format(data: bytes) -> str:
    """Return the format by the first bytes, "" for any but the five that browsers show."""
    if data[4:8] == b"ftyp" and data[8:12] in {b"avif", b"avis"}:
        return "AVIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    magic = {
        b"\xff\xd8\xff": "JPEG",
        b"\x89PNG\r\n\x1a\n": "PNG",
        b"GIF87a": "GIF",
        b"GIF89a": "GIF",
    }
    return next((name for start, name in magic.items() if data.startswith(start)), "")


def _what(data: bytes) -> str:
    """Describe for an error message what was fetched instead of a picture."""
    begun = data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        return "nothing"
    if b"<svg" in begun:
        return "SVG, which may contain scripts"
    if begun.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in begun:
        return "a web page"
    return "something else"


def size(data: bytes) -> tuple[int, int]:
    """Read a picture's (width, height) as browsers show it, from its first bytes; (0, 0) if
    unknown.
    """
    import imagesize

    try:
        width, height = imagesize.get(io.BytesIO(data[:_FIRST]))
    except Exception:  # imagesize parses hostile headers; any failure means no size
        return 0, 0
    return int(width), int(height)


def request_headers(show: Show, site_url: str) -> Mapping[str, str]:
    """Return the HTTP headers to request a publisher's picture with.

    If readers will load it from its publisher, we ask as their browsers will: with our site as the
    referrer, without a path (strict-origin-when-cross-origin). A server that refuses them then
    refuses us too, and the story has no picture. For our own copy no referrer is sent.
    """
    parsed = urls.parse(site_url) if show == "hotlink" else None
    return {} if parsed is None else {"Referer": f"{parsed.origin}/"}
