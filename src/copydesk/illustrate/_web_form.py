"""The form for the page: decoded once to prove it whole, at most 1,200 pixels wide, WebP."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.illustrate._measure import Measure

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_WIDTH = 1_200
MAX_HEIGHT = 4_800  # WebP ends at 16,383; no page shows a column that long
_QUALITY = 80
_HINT = "the story goes without a picture"


def web_form(data: bytes, seen: Measure, url: str) -> bytes:
    """Give a picture as WebP: first frame, upright, no metadata, the same bytes every time.

    Raises PictureError where the picture is cut off or damaged anywhere.
    """
    try:
        return _encode(_fitted(_decode(data, seen)))
    except MemoryError as error:
        raise PictureError("picture too large to decode", subject=url, hint=_HINT) from error
    except Exception as error:
        # Pillow's decoders answer damage with OSError, SyntaxError, ValueError, EOFError, struct
        # errors and more; whatever it is, the picture cannot be used
        raise PictureError("picture damaged or cut off", subject=url, hint=_HINT) from error


def _decode(data: bytes, seen: Measure) -> Image:
    """Decode the first frame whole, turned upright, in sRGB colours."""
    from PIL import Image, ImageOps

    image = Image.open(io.BytesIO(data), formats=(seen.format,))
    if image.width * image.height != seen.width * seen.height:
        raise ValueError("two sizes in one picture")
    image.draft("RGB", (MAX_WIDTH, MAX_HEIGHT))  # a large JPEG is decoded at a half or a quarter
    image.load()
    with contextlib.suppress(Exception):  # a damaged camera note costs only the turn
        ImageOps.exif_transpose(image, in_place=True)
    return _in_srgb(image)


def _in_srgb(image: Image) -> Image:
    """Give the picture as RGB or RGBA, its own colour profile applied."""
    profile = image.info.get("icc_profile")
    has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    plain = image.convert("RGBA" if has_alpha else "RGB")
    if profile and image.mode in {"RGB", "RGBA"}:
        plain = _converted(plain, profile)
    return plain


def _converted(image: Image, profile: bytes) -> Image:
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a damaged profile costs only the exact colours
    return converted or image


def _fitted(image: Image) -> Image:
    from PIL.Image import Resampling

    scale = min(1, MAX_WIDTH / image.width, MAX_HEIGHT / image.height)
    if scale == 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _encode(image: Image) -> bytes:
    image.info.clear()
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return out.getvalue()
