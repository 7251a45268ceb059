"""The forms of a picture for pages: two widths of WebP, AVIF where it is smaller, one JPEG."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.illustrate._decode import decode, prove
from copydesk.illustrate._measure import FetchedPicture
from copydesk.illustrate._thumb_hash import thumb_hash
from copydesk.news import PictureFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from PIL.Image import Image

SMALL_WIDTH = 320
_WORTH = 1.5  # times as wide: a picture of 400 pixels needs none of 320
_QUALITY = 80
_WASTE = 0.95  # of the WebP's bytes: an AVIF above that is not kept
_HINT = "the story goes without a picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureForms:
    """What was made of a picture: its forms with their bytes, the main one first, its hash."""

    forms: Mapping[PictureFile, bytes]
    thumb_hash: bytes


def make_forms(fetched: FetchedPicture) -> PictureForms:
    """Make every form of a picture, the same bytes every time; their names begin with its stem.

    Raises PictureError where the picture is cut off or damaged anywhere.
    """
    with refuse_damage(fetched.url):
        image = decode(fetched.data, fetched.measure)
        return PictureForms(forms=_forms(image, fetched.stem), thumb_hash=thumb_hash(image))


def prove_picture(fetched: FetchedPicture) -> None:
    """Prove that `make_forms` can make the forms of a picture; raises PictureError as it does."""
    with refuse_damage(fetched.url):
        prove(fetched.data, fetched.measure)


@contextlib.contextmanager
def refuse_damage(url: str) -> Iterator[None]:
    """Turn whatever goes wrong with a picture into PictureError."""
    try:
        yield
    except MemoryError as error:
        raise PictureError("picture too large to decode", subject=url, hint=_HINT) from error
    except Exception as error:
        # Pillow's decoders answer damage with OSError, SyntaxError, ValueError, EOFError, struct
        # errors and more; whatever it is, the picture cannot be used
        raise PictureError("picture damaged or cut off", subject=url, hint=_HINT) from error


def _forms(image: Image, stem: str) -> dict[PictureFile, bytes]:
    sizes = {stem: image}
    if image.width >= SMALL_WIDTH * _WORTH:
        sizes[f"{stem}-{SMALL_WIDTH}"] = _small(image)
    webp = {name: encode(size, "WEBP", quality=_QUALITY, method=4) for name, size in sizes.items()}
    avif = _avif_of_each(sizes, webp)
    jpeg = encode(lay_on_white(image), "JPEG", quality=_QUALITY, progressive=True, optimize=True)
    return {
        **{_form(f"{name}.webp", sizes[name]): data for name, data in webp.items()},
        **{_form(f"{name}.avif", sizes[name]): data for name, data in avif.items()},
        _form(f"{stem}.jpg", image): jpeg,
    }


def _avif_of_each(sizes: Mapping[str, Image], webp: Mapping[str, bytes]) -> dict[str, bytes]:
    """Encode every size as AVIF; {} where one saves too little beside its WebP.

    A browser that takes AVIF looks at no other: all widths, or none. The smallest comes first: it
    takes a quarter of the time, and two of three pictures end with it.
    """
    made: dict[str, bytes] = {}
    for name, image in reversed([*sizes.items()]):
        data = _avif(image, len(webp[name]))
        if not 0 < len(data) <= _WASTE * len(webp[name]):
            return {}
        made[name] = data
    return {name: made[name] for name in sizes}


def _form(name: str, image: Image) -> PictureFile:
    kind = {"webp": "image/webp", "avif": "image/avif", "jpg": "image/jpeg"}
    return PictureFile(
        name=name, width=image.width, height=image.height, type=kind[name.rsplit(".", 1)[1]]
    )


def _small(image: Image) -> Image:
    from PIL.Image import Resampling

    height = max(1, round(image.height * SMALL_WIDTH / image.width))
    return image.resize((SMALL_WIDTH, height), Resampling.LANCZOS)


def _avif(image: Image, webp_bytes: int) -> bytes:
    """Encode a picture as AVIF that looks as good as its WebP; b"" where Pillow cannot.

    How busy a picture is, its WebP says by its bits a pixel; the busier, the higher the quality at
    which the two are equal (SSIMULACRA2, on 33 photographs). Speed 9 is the first that takes less
    time than the WebP; slower ones save a tenth more and take three to ten times as long.
    """
    from PIL import features

    if not features.check("avif"):
        return b""
    bits = 8 * webp_bytes / (image.width * image.height)
    quality = round(min(66.0, max(54.0, 52 + 12 * bits)))
    return encode(image, "AVIF", quality=quality, speed=9, max_threads=1)


def lay_on_white(image: Image) -> Image:
    """Return a picture through which nothing is seen."""
    import PIL.Image

    if image.mode == "RGB":
        return image
    sheet = PIL.Image.new("RGB", image.size, "white")
    sheet.paste(image, mask=image.getchannel("A"))
    return sheet


def encode(image: Image, kind: str, **options: object) -> bytes:
    """Return a picture in a format, without what its file said beside the pixels."""
    image.info.clear()
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
