"""Text into lines: as large as fits a box, of even length, cut where even the smallest does not."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

LEADING = 1.16
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Lines of text and the font that they are set in; `leading` is their distance in pixels."""

    font: FreeTypeFont
    lines: Sequence[str]

    @property
    def leading(self) -> int:
        """Return the distance of two baselines in pixels."""
        return round(self.font.size * LEADING)

    @property
    def height(self) -> int:
        """Return what all lines take in pixels."""
        return self.leading * len(self.lines)


@functools.lru_cache(maxsize=64)
def font(face: Path, size: int) -> FreeTypeFont:
    """Load a face at a size in pixels; raises OSError where the file is no face."""
    from PIL import ImageFont

    return ImageFont.truetype(face, size)


def fit_lines(words: str, face: Path, sizes: Sequence[int], box: tuple[int, int]) -> Setting:
    """Set a text in the first of these sizes in which it fits a box of (width, height) pixels.

    In none: in the last one, as many lines as there is room for, the last with an ellipsis.
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
    """Make the lines as even as they can be: the narrowest measure that needs no more of them."""
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
        for char in word if not lines[-1] else f" {word}":  # an address, or no blanks at all
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
