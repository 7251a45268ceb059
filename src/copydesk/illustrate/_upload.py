"""An upload: a picture of an editor's own, made anew so that nothing of its file is left."""

from __future__ import annotations

from copydesk.errors import PictureError
from copydesk.illustrate._decode import decode
from copydesk.illustrate._forms import encode, refuse_damage
from copydesk.illustrate._measure import measure_picture

UPLOAD_BYTES = 5_000_000
_MOST_PIXELS = 25_000_000  # decoded 100 MB; a larger JPEG is read at a half or a quarter
_QUALITY = 90  # the forms for pages are made of it once more


def make_upload(data: bytes) -> bytes:
    """Return a picture as WebP of at most 640 by 960 pixels, without what its file says beside it.

    Raises PictureError for what is no picture, too small, too large or damaged.
    """
    if len(data) > UPLOAD_BYTES:
        raise PictureError("picture has too many bytes", subject="upload", hint="5 MB at most")
    measured = measure_picture("upload", data)
    size = measured.measure
    if size.format != "JPEG" and size.width * size.height > _MOST_PIXELS:
        what = f"picture too large ({size.width} x {size.height})"
        raise PictureError(what, subject="upload", hint="25 megapixels at most, or as JPEG")
    with refuse_damage("upload"):
        return encode(decode(data, size), "WEBP", quality=_QUALITY, method=4)
