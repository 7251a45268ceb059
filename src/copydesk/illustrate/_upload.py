"""An upload: a picture of an editor's own, made anew so that nothing of its file is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.illustrate._decode import decode
from copydesk.illustrate._forms import encode, lay_on_white, refuse_damage
from copydesk.illustrate._measure import MIN_SIDE, measure_picture

if TYPE_CHECKING:
    from PIL.Image import Image

UPLOAD_BYTES = 5_000_000
_MOST_PIXELS = 25_000_000  # decoded 100 MB; a larger JPEG is read at a half or a quarter
_QUALITY = 90  # the forms for pages are made of it once more
_LEAST_OF_LOGO = 32  # pixels; many are wide and low


def make_upload(data: bytes) -> bytes:
    """Return a picture as WebP of at most 640 by 960 pixels, without what its file says beside it.

    Raises PictureError for what is no picture, too small, too large or damaged.
    """
    image = _decode_upload(data, MIN_SIDE)
    with refuse_damage("upload"):
        return encode(image, "WEBP", quality=_QUALITY, method=4)


def make_logo(data: bytes, side: int) -> bytes:
    """Return a picture whole in the middle of a white square of so many pixels, as JPEG.

    Raises PictureError as `make_upload` does.
    """
    import PIL.Image
    from PIL import ImageOps

    image = _decode_upload(data, _LEAST_OF_LOGO)
    with refuse_damage("upload"):
        square = PIL.Image.new("RGB", (side, side), "white")
        fitted = ImageOps.contain(lay_on_white(image), (side, side))
        square.paste(fitted, ((side - fitted.width) // 2, (side - fitted.height) // 2))
        return encode(square, "JPEG", quality=_QUALITY, optimize=True)


def _decode_upload(data: bytes, least: int) -> Image:
    if len(data) > UPLOAD_BYTES:
        raise PictureError("picture has too many bytes", subject="upload", hint="5 MB at most")
    size = measure_picture("upload", data, least).measure
    if size.format != "JPEG" and size.width * size.height > _MOST_PIXELS:
        what = f"picture too large ({size.width} x {size.height})"
        raise PictureError(what, subject="upload", hint="25 megapixels at most, or as JPEG")
    with refuse_damage("upload"):
        return decode(data, size)
