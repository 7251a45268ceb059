"""Measure a fetched picture from its first bytes, and give a story a picture with that size."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.kit import text, urls
from copydesk.news import Image

if TYPE_CHECKING:
    from copydesk.illustrate._album_files import Picture
    from copydesk.news import Figure, Show, Story

MIN_SIDE = 100  # pixels; smaller ones are trackers, avatars and buttons
MAX_PIXELS = 50_000_000  # 8,600 x 5,800; decoded it takes up to 200 MB
MAX_BYTES = 20_000_000
_LIGHT_BYTES = 500_000  # four times what the forms of a photograph have
_LIGHT_PIXELS = 12_000_000  # 4,000 x 3,000, decoded 48 MB
_FIRST = 262_144  # bytes; a camera's preview may stand before the size
_HINT = "the story goes without a picture"
_LONGEST_TITLE = 300
_LONGEST_CREDIT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Type as Pillow and the web name it, width and height in pixels as a browser shows them."""

    format: str
    type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPicture:
    """A picture as it came from `url`: its bytes, measured; `stem` is their SHA-256 in hex."""

    url: str
    data: bytes
    measure: Measure
    stem: str

    @property
    def may_wait(self) -> bool:
        """Decide whether it may be kept as it came until a page shows it.

        What has many bytes, or may take much memory whenever it is decoded, may not.
        """
        is_small = self.measure.width * self.measure.height <= _LIGHT_PIXELS
        return is_small and len(self.data) <= _LIGHT_BYTES and self.measure.format != "AVIF"


def measure_picture(url: str, data: bytes, least: int = MIN_SIDE) -> FetchedPicture:
    """Measure what was fetched; raise PictureError where it is none, too small or too large.

    No word of the server counts: the type is what the first bytes say. `least` is how many pixels
    each side must have.
    """
    measure = _measure(data, url, least)
    return FetchedPicture(
        url=url, data=data, measure=measure, stem=hashlib.sha256(data).hexdigest()
    )


def _measure(data: bytes, url: str, least: int) -> Measure:
    format_name = _format(data)
    if not format_name:
        raise PictureError(f"not a picture but {_what(data)}", subject=url, hint=_HINT)
    if len(data) > MAX_BYTES:
        raise PictureError("picture has too many bytes", subject=url, hint=_HINT)
    width, height = size(data)
    if width <= 0 or height <= 0:
        raise PictureError("picture without a size", subject=url, hint=_HINT)
    if min(width, height) < least:
        raise PictureError(f"picture too small ({width} x {height})", subject=url, hint=_HINT)
    if width * height > MAX_PIXELS:
        raise PictureError(f"picture too large ({width} x {height})", subject=url, hint=_HINT)
    return Measure(
        format=format_name, type=f"image/{format_name.lower()}", width=width, height=height
    )


def _format(data: bytes) -> str:
    """Return the format by its first bytes; "" for anything but the five that browsers show."""
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
    """Describe for a person what came instead of a picture."""
    begun = data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        return "nothing"
    if b"<svg" in begun:
        return "SVG, which may hold scripts"
    if begun.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in begun:
        return "a web page"
    return "something else"


def size(data: bytes) -> tuple[int, int]:
    """Read width and height from the first bytes, turned as the camera says; 0 where unknown."""
    import imagesize

    try:
        width, height = imagesize.get(io.BytesIO(data[:_FIRST]))
    except Exception:  # it reads hostile headers with struct; any failure is "no size"
        return 0, 0
    return int(width), int(height)


def request_headers(show: Show, site_url: str) -> Mapping[str, str]:
    """Return the headers with which a picture is asked for.

    Where readers will load it from its publisher we ask as their browsers will: as
    strict-origin-when-cross-origin has it they name our site, without a path. So a guard that
    turns them away turns us away too, and the story goes without. For our own copy nobody is named.
    """
    parsed = urls.parse(site_url) if show == "hotlink" else None
    return {} if parsed is None else {"Referer": f"{parsed.origin}/"}


def with_image(story: Story, picture: Picture | None, figure: Figure | None = None) -> Story:
    """Return the story with this picture, or with none where it could not be had (SPEC 2.11).

    The record keeps the address at the origin and the origin's size; `isCached` says that we hold
    a copy. `figure` says what the picture shows and whose it is; without one the record says
    neither, as the reference does.
    """
    if picture is None:
        return replace(story, images=())
    image = Image(
        url=picture.url,
        width=picture.width,
        height=picture.height,
        is_cached=picture.is_cached,
        title=text.shorten(text.fold(figure.alt), _LONGEST_TITLE) if figure else "",
        attribution=text.shorten(text.fold(figure.credit), _LONGEST_CREDIT) if figure else "",
    )
    return replace(story, images=(image,))
