"""Pictures that the tests draw for themselves."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from random import Random

from PIL import Image

from copydesk.news import Page

URL = "https://www.harbour.example/i/ferry.jpg"


def drawn(width: int = 640, height: int = 360, mode: str = "RGB") -> Image.Image:
    """Draw a picture with something to see in it."""
    ramp = Image.linear_gradient("L").resize((width, height))
    return ramp.convert(mode)


def noise(width: int, height: int) -> Image.Image:
    """Draw what no encoder can foretell, the same each time."""
    return Image.frombytes("RGB", (width, height), Random(4).randbytes(3 * width * height))


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """Give a drawn picture as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def fetched(body: bytes, url: str = URL, content_type: str = "image/jpeg") -> Page:
    """Give bytes as a fetcher does."""
    return Page(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": content_type},
        body=body,
        fetched_at=datetime(2026, 3, 10, 12, tzinfo=UTC),
    )


def opened(data: bytes) -> Image.Image:
    """Decode a picture whole."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
