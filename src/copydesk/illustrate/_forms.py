"""Decode a picture and make its versions for web pages: WebP in two widths, AVIF, one JPEG."""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi
from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.news.edition import PictureFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from PIL.Image import Image

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from copydesk.kit import urls

if TYPE_CHECKING:
    from copydesk.news.edition import Show

SMALL_WIDTH = 320
_WORTH = 1.5  # a picture that is not so much wider than a form needs no such form
_QUALITY = 80
_WASTE = 0.95  # of the WebP's bytes: a larger AVIF is not kept
_HINT = "the story is shown without a picture"
MAX_WIDTH = 640
MAX_HEIGHT = 960
_ORIENTATION = 0x0112
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # EXIF's orientation as Pillow's Transpose
_MAX_PROFILE = 4_000_000  # bytes; those of printing presses have up to 3 million
# An AVIF may have more pixels than it says, up to 268 million (600 MB): one at a time.
_LARGE = threading.Lock()
_MAX_SCANS = 100  # of a JPEG; cameras and tools make 1 to 12
_MAX_SCANNED = 500_000_000  # pixels times scans: up to half a second


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureForms:
    """The versions of a picture for web pages with their bytes, main one first, and its
    ThumbHash.
    """

    forms: Mapping[PictureFile, bytes]
    thumb_hash: bytes


def make_forms(fetched: FetchedPicture) -> PictureForms:
    """Make all versions of a picture for web pages. The same picture always gives the same bytes.

    Raises PictureError if the picture is cut off or damaged anywhere.
    """
    with refuse_damage(fetched.url):
        image = decode(fetched.data, fetched.measure)
        return PictureForms(forms=_forms(image, fetched.stem), thumb_hash=thumb_hash(image))


def prove_picture(fetched: FetchedPicture) -> None:
    """Check that `make_forms` can make a picture's web versions; raises PictureError if not."""
    with refuse_damage(fetched.url):
        prove(fetched.data, fetched.measure)


@contextlib.contextmanager
def refuse_damage(url: str) -> Iterator[None]:
    """Raise PictureError for any error in the `with` block, such as one in decoding a picture."""
    try:
        yield
    except MemoryError as error:
        raise PictureError("the picture is too large to decode", subject=url, hint=_HINT) from error
    except Exception as error:
        # Pillow's decoders answer damage with OSError, SyntaxError, ValueError, EOFError, struct
        # errors and more; whatever it is, the picture cannot be used
        raise PictureError("the picture is damaged or cut off", subject=url, hint=_HINT) from error


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
    """Encode every size as AVIF; return {} if one of them saves too little compared with its WebP.

    A browser that takes AVIF looks at no other format, so there are all widths or none. The
    smallest comes first: it takes a quarter of the time, and decides for two of three pictures.
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
    """Encode a picture as AVIF that looks as good as its WebP, b"" if Pillow cannot.

    The bits for each pixel of the WebP tell how much detail a picture has; with more detail, the
    quality at which both are equal is higher (SSIMULACRA2, on 33 photographs). Speed 9 is the first
    that takes less time than the WebP; slower ones save a tenth more and take three to ten times as
    long.
    """
    from PIL import features

    if not features.check("avif"):
        return b""
    bits = 8 * webp_bytes / (image.width * image.height)
    quality = round(min(66.0, max(54.0, 52 + 12 * bits)))
    return encode(image, "AVIF", quality=quality, speed=9, max_threads=1)


def lay_on_white(image: Image) -> Image:
    """Return a picture with its transparent parts filled with white."""
    import PIL.Image

    if image.mode == "RGB":
        return image
    sheet = PIL.Image.new("RGB", image.size, "white")
    sheet.paste(image, mask=image.getchannel("A"))
    return sheet


def encode(image: Image, kind: str, **options: object) -> bytes:
    """Encode a picture to bytes in a format, without any metadata of its file."""
    image.info.clear()
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def decode(data: bytes, seen: Measure) -> Image:
    """Decode a picture as RGB, or RGBA if it has transparency, within 640 by 960 pixels.

    Raises any error of Pillow's if it is cut off or damaged.
    """
    return _settle(_load(data, seen))


def prove(data: bytes, seen: Measure) -> None:
    """Raise the error that `decode` would raise for a picture, in a fifth of its time.

    All of it is decoded, but only one pixel is converted: whether that fails depends on the kind of
    picture and not on its size.
    """
    _settle(_load(data, seen).crop((0, 0, 1, 1)))


def _load(data: bytes, seen: Measure) -> Image:
    """Decode a whole picture as it is stored."""
    from PIL import Image

    _refuse_scans(data, seen)
    # warnings about damaged metadata would only clutter the output of a run
    warnings.filterwarnings("ignore", module=r"PIL\.")
    image = Image.open(io.BytesIO(data), formats=(seen.format,))
    if sorted(image.size) != sorted((seen.width, seen.height)):
        raise ValueError("the picture's header and data have different sizes")
    image.draft("RGB", (2 * MAX_HEIGHT, 2 * MAX_HEIGHT))  # a large JPEG at a half or a quarter
    with _LARGE if seen.format == "AVIF" else contextlib.nullcontext():
        image.load()
    return image


def _settle(image: Image) -> Image:
    """Return a decoded picture upright, in sRGB, no larger than the largest form."""
    orientation, profile = _orientation(image), image.info.get("icc_profile")
    lies = orientation in {5, 6, 7, 8}
    room = (MAX_HEIGHT, MAX_WIDTH) if lies else (MAX_WIDTH, MAX_HEIGHT)
    upright = _upright(_fit(_plain(image), *room), orientation)
    return _opaque(_in_srgb(upright, profile))


def _refuse_scans(data: bytes, seen: Measure) -> None:
    """Refuse a JPEG with very many scans: 60 bytes can cost a second of decoding."""
    if seen.format != "JPEG":
        return
    scans = data.count(b"\xff\xda")
    if scans > _MAX_SCANS or (scans > 20 and scans * seen.width * seen.height > _MAX_SCANNED):
        raise ValueError("the JPEG has too many scans (decoding passes)")


def _plain(image: Image) -> Image:
    """Convert a picture to a mode whose colours can be mixed."""
    if image.mode.startswith("I"):  # 16 bits of grey, of which Pillow would keep the low ones
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"LA", "PA"} or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in {"RGB", "RGBA", "L", "CMYK"} else image.convert("RGB")


def _orientation(image: Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # damaged EXIF data costs only the rotation
        return 1


def _fit(image: Image, width: int, height: int) -> Image:
    from PIL.Image import Resampling

    scale = min(1, width / image.width, height / image.height)
    if scale == 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _upright(image: Image, orientation: int) -> Image:
    from PIL.Image import Transpose

    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(Transpose(turn))


def _in_srgb(image: Image, profile: object) -> Image:
    """Convert a picture to RGB or RGBA by its own colour profile."""
    if isinstance(profile, bytes) and 0 < len(profile) <= _MAX_PROFILE and image.mode != "L":
        image = _convert(image, profile)
    return image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")


def _convert(image: Image, profile: bytes) -> Image:
    from PIL import ImageCms

    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(
            image, own, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a damaged or unsuitable profile costs only the exact colours
    return made or image


def _opaque(image: Image) -> Image:
    """Drop an alpha channel that is opaque everywhere."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image


# ThumbHash: a blurred picture in 25 bytes (https://evanw.github.io/thumbhash).
#
# Our own code because it is short, and the packages bring numpy or use old names of Pillow; the
# tests compare it with values of the reference implementation.

SIDE = 32  # pixels of each side are used; the finest wave of the hash has 7 a side
_DIGITS = 9  # later digits differ between machines
_Pixel = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Waves:
    """One channel as cosine waves: its mean, the other coefficients (0 to 1), and their scale."""

    mean: float
    others: Sequence[float]
    scale: float


def thumb_hash(image: Image) -> bytes:
    """Compute a picture's ThumbHash: 25 bytes from which browsers draw a blurred preview."""
    small = image.convert("RGBA")
    small.thumbnail((SIDE, SIDE))
    width, height = small.size
    channels, is_clear = _channels(list(zip(*(iter(small.tobytes()),) * 4, strict=True)))
    finest = 5 if is_clear else 7
    longest = max(width, height)
    across, down = (max(1, _round(finest * side / longest)) for side in (width, height))
    shapes = [(max(3, across), max(3, down)), (3, 3), (3, 3), (5, 5)]
    waves = [
        _waves(channel, width, shape)
        for channel, shape in zip(channels, shapes if is_clear else shapes[:3], strict=True)
    ]
    return _pack(waves, down if width > height else across, is_wide=width > height)


def average(hashed: bytes) -> str:
    """Return a ThumbHash's mean colour as `#rrggbb`, "" for a picture with transparency."""
    header = int.from_bytes(hashed[:3], "little")
    if len(hashed) < 5 or header >> 23:
        return ""
    light = (header & 63) / 63
    yellow, red = ((header >> 6 & 63) / 31.5 - 1, (header >> 12 & 63) / 31.5 - 1)
    blue = light - 2 / 3 * yellow
    most = (3 * light - blue + red) / 2
    parts = (most, most - red, blue)
    return "#" + "".join(f"{_round(255 * min(1.0, max(0.0, part))):02x}" for part in parts)


def _channels(pixels: Sequence[_Pixel]) -> tuple[list[list[float]], bool]:
    """Compute lightness, yellow-blue, red-green and, if there is transparency, opacity."""
    opaque = sum(alpha for *_, alpha in pixels) / 255
    mean = [
        sum(pixel[band] * pixel[3] for pixel in pixels) / 255 / 255 / (opaque or 1)
        for band in range(3)
    ]
    light, yellow, red, seen = [], [], [], []
    for *colours, alpha in pixels:
        share = alpha / 255
        r, g, b = (
            base * (1 - share) + share * c / 255 for base, c in zip(mean, colours, strict=True)
        )
        light.append((r + g + b) / 3)
        yellow.append((r + g) / 2 - b)
        red.append(r - g)
        seen.append(share)
    is_clear = opaque < len(pixels) - 1e-9
    return [light, yellow, red, *([seen] if is_clear else [])], is_clear


def _waves(channel: Sequence[float], width: int, shape: tuple[int, int]) -> _Waves:
    """Transform a channel into waves: first each line, then down, which is a tenth of the work."""
    across, down = shape
    height = len(channel) // width
    rows = [channel[start : start + width] for start in range(0, len(channel), width)]
    lines = []
    for x_wave in range(across):
        curve = [cos(pi / width * x_wave * (x + 0.5)) for x in range(width)]
        lines.append([sum(map(float.__mul__, row, curve)) for row in rows])
    levels = []
    for y_wave in range(down):
        curve = [cos(pi / height * y_wave * (y + 0.5)) for y in range(height)]
        for x_wave in range(across):
            if x_wave * down < across * (down - y_wave):
                total = sum(map(float.__mul__, lines[x_wave], curve))
                levels.append(round(total / len(channel), _DIGITS))
    mean, *levels = levels
    scale = max(map(abs, levels))
    return _Waves(mean, [0.5 + 0.5 / scale * level for level in levels] if scale else levels, scale)


def _pack(waves: Sequence[_Waves], finest: int, *, is_wide: bool) -> bytes:
    light, yellow, red = waves[:3]
    is_clear = len(waves) > 3
    first = (
        _round(63 * light.mean)
        | _round(31.5 + 31.5 * yellow.mean) << 6
        | _round(31.5 + 31.5 * red.mean) << 12
        | _round(31 * light.scale) << 18
        | is_clear << 23
    )
    second = finest | _round(63 * yellow.scale) << 3 | _round(63 * red.scale) << 9 | is_wide << 15
    head = first.to_bytes(3, "little") + second.to_bytes(2, "little")
    if is_clear:
        head += bytes([_round(15 * waves[3].mean) | _round(15 * waves[3].scale) << 4])
    halves = [_round(15 * level) for wave in waves for level in wave.others]
    halves += [0] * (len(halves) % 2)
    return head + bytes(
        low | high << 4 for low, high in zip(halves[::2], halves[1::2], strict=True)
    )


def _round(value: float) -> int:
    """Round as the reference does, half upwards."""
    return int(value + 0.5)


# Type and size of a picture, from its first bytes.

MIN_SIDE = 100  # pixels; smaller ones are trackers, avatars and buttons
MAX_PIXELS = 50_000_000  # 8,600 x 5,800; decoded it takes up to 200 MB
MAX_BYTES = 20_000_000
_LIGHT_BYTES = 500_000  # four times the forms of a photograph
_LIGHT_PIXELS = 12_000_000  # 4,000 x 3,000, decoded 48 MB
_FIRST = 262_144  # bytes; a camera's preview may come before the size


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
