"""Set text in a font: which characters the font can draw, and lines that fit a box."""

from __future__ import annotations

import functools
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.kit import text

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

LEADING = 1.16
_ELLIPSIS = "…"
OWN_FACE = Path(__file__).parent / "faces" / "SourceSerifPro-Semibold.ttf"
_ORNAMENT = frozenset({"So", "Sk", "Cf", "Cc", "Cn", "Co", "Me"})  # emoji and their modifiers
_SELECTORS = range(0xFE00, 0xFE10)
_MOST_RANGES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Lines of text and their font; `leading` is the distance of lines in pixels."""

    font: FreeTypeFont
    lines: Sequence[str]

    @property
    def leading(self) -> int:
        """Return the distance of two baselines in pixels."""
        return round(self.font.size * LEADING)

    @property
    def height(self) -> int:
        """Return the height of all lines in pixels."""
        return self.leading * len(self.lines)


@functools.lru_cache(maxsize=64)
def font(face: Path, size: int) -> FreeTypeFont:
    """Load a font at a size in pixels; raises OSError if the file is no font."""
    from PIL import ImageFont

    return ImageFont.truetype(face, size)


def fit_lines(words: str, face: Path, sizes: Sequence[int], box: tuple[int, int]) -> Setting:
    """Break a text into lines, in the first of some font sizes that fits a (width, height) box.

    If none fits, the last size is used: as many lines as there is room for, then an ellipsis.
    """
    width, height = box
    for size in sizes:
        own = font(face, size)
        lines = _wrap(words, own, width)
        most = max(1, int(height // (size * LEADING)))
        if len(lines) <= most:
            return Setting(font=own, lines=_even(words, own, width, lines))
    shown = lines[:most]
    return Setting(font=own, lines=[*shown[:-1], _cut(f"{shown[-1]} {lines[most]}", own, width)])


def _even(words: str, own: FreeTypeFont, width: int, lines: Sequence[str]) -> Sequence[str]:
    """Break the text into lines of similar width: the narrowest that needs no more lines."""
    low, high, best = width // 2, width, lines
    while high - low > 8 and len(lines) > 1:
        middle = (low + high) // 2
        tried = _wrap(words, own, middle)
        if len(tried) <= len(lines):
            high, best = middle, tried
        else:
            low = middle
    return best


def _wrap(words: str, own: FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if _length(longer, own) <= width:
            lines[-1] = longer
            continue
        if _length(word, own) <= width:
            lines.append(word)
            continue
        for char in word if not lines[-1] else f" {word}":  # a URL, or a language without spaces
            if _length(lines[-1] + char, own) <= width:
                lines[-1] += char
            else:
                lines.append(char.lstrip())
    return [line for line in lines if line] or [""]


def _cut(words: str, own: FreeTypeFont, width: int) -> str:
    while words and _length(words + _ELLIPSIS, own) > width:
        words = words[:-1].rstrip(" ,;:–—-")
    return words + _ELLIPSIS


@functools.lru_cache(maxsize=10_000)
def _length(words: str, own: FreeTypeFont) -> float:
    return own.getlength(words)


@functools.lru_cache(maxsize=4)
def read_code_points(file: Path) -> frozenset[int]:
    """Read which code points a TrueType or OpenType font can draw; raises PictureError for none."""
    try:
        points = frozenset(_points(file.read_bytes()))
    except (OSError, struct.error, ValueError) as error:
        raise PictureError("a face cannot be read", subject=str(file), hint=str(error)) from error
    if not points:
        raise PictureError("a face has no characters", subject=str(file))
    return points


def to_settable(words: str, points: frozenset[int]) -> str:
    """Return a text as the font can draw it, "" if a letter is missing or no letter is left.

    Emoji that the font lacks are left out, since a headline says the same without them.
    """
    letters = []
    for char in unicodedata.normalize("NFC", text.fold(words)):
        if ord(char) in points:
            letters.append(char)
        elif unicodedata.category(char) not in _ORNAMENT and ord(char) not in _SELECTORS:
            return ""
    folded = text.fold("".join(letters))
    return folded if any(map(str.isalnum, folded)) else ""


def _points(data: bytes) -> Iterator[int]:
    start = _table(data)
    for index in range(struct.unpack_from(">H", data, start + 2)[0]):
        offset = start + struct.unpack_from(">I", data, start + 4 + 8 * index + 4)[0]
        kind = struct.unpack_from(">H", data, offset)[0]
        if kind == 4:
            yield from _segments(data, offset)
        elif kind == 12:
            yield from _groups(data, offset)


def _table(data: bytes) -> int:
    """Find the start of the font's table `cmap`, which maps characters to glyphs."""
    for index in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        if tag == b"cmap":
            return int(offset)
    raise ValueError("no table of characters")


def _segments(data: bytes, offset: int) -> Iterator[int]:
    """Yield the characters of a `cmap` table of format 4 that have a glyph."""
    count = struct.unpack_from(">H", data, offset + 6)[0] // 2
    ends, starts = offset + 14, offset + 16 + 2 * count
    for index in range(count):
        end = struct.unpack_from(">H", data, ends + 2 * index)[0]
        start, delta, places = (
            struct.unpack_from(">H", data, starts + 2 * (index + step * count))[0]
            for step in range(3)
        )
        where = starts + 2 * (index + 2 * count) + places
        for point in range(start, min(end, 0xFFFE) + 1):
            glyph = point
            if places:
                glyph = struct.unpack_from(">H", data, where + 2 * (point - start))[0]
            if (glyph + delta) % 65_536 and (glyph or not places):
                yield point


def _groups(data: bytes, offset: int) -> Iterator[int]:
    """Yield the characters of a `cmap` table of format 12."""
    count = struct.unpack_from(">I", data, offset + 12)[0]
    if count > _MOST_RANGES:
        raise ValueError("more ranges than there are characters")
    for index in range(count):
        start, end, glyph = struct.unpack_from(">III", data, offset + 16 + 12 * index)
        yield from range(start + (0 if glyph else 1), min(end, 0x10FFFF) + 1)
