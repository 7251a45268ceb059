"""Compute ThumbHashes: a blurred picture in 25 bytes (https://evanw.github.io/thumbhash).

Our own code because it is short, and the packages bring numpy or use old names of Pillow; the
tests compare it with values of the reference implementation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

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
    """Compute the ThumbHash (25 bytes of a blurred picture) of a picture in RGB or RGBA."""
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
