"""The site's icons: the first letter of its title, light on red, in the sizes that are wanted.

A change of how they look needs another `DRAWING_VERSION` (`_card`).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.illustrate.drawing import _face, _lines
from copydesk.kit import text

if TYPE_CHECKING:
    from PIL.Image import Image

_RED, _WHITE, _NOTHING = (0x9C, 0x1C, 0x1F, 255), (255, 255, 255, 255), (0, 0, 0, 0)
_FINER = 4
_LETTER, _MASKED = 0.86, 0.62  # of the icon's side; of a masked one a fifth may be cut off
ICON_NAMES = (
    "favicon.ico",
    "apple-touch-icon.png",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable.png",
)


def draw_icons(title: str, face: Path) -> Mapping[str, bytes]:
    """Draw the icons of a title, by their names (ICON_NAMES)."""
    initial = text.initial(title)
    points = _face.read_code_points(face)
    if not all(ord(char) in points for char in initial):
        initial = ""
    small = [_icon(initial, face, size, is_round=True) for size in (16, 32, 48)]
    ico = io.BytesIO()
    small[-1].save(ico, "ICO", sizes=[image.size for image in small], append_images=small[:-1])
    return {
        "favicon.ico": ico.getvalue(),
        "apple-touch-icon.png": _png(_icon(initial, face, 180, is_round=False)),
        "icon-192.png": _png(_icon(initial, face, 192, is_round=True)),
        "icon-512.png": _png(_icon(initial, face, 512, is_round=True)),
        "icon-maskable.png": _png(_icon(initial, face, 512, is_round=False, share=_MASKED)),
    }


def _icon(initial: str, face: Path, size: int, *, is_round: bool, share: float = _LETTER) -> Image:
    from PIL import Image, ImageDraw

    side = size * _FINER
    # With its colours multiplied by alpha, as reducing wants it: else it would be copied for that.
    image = Image.new("RGBa", (side, side), _NOTHING if is_round else _RED)
    draw = ImageDraw.Draw(image)
    if is_round:
        draw.rounded_rectangle((0, 0, side - 1, side - 1), side * 10 // 64, fill=_RED)
    middle = side / 2
    if initial:
        font = _lines.font(face, round(side * share))
        left, top, right, bottom = font.getbbox(initial, anchor="ls")
        at = (middle - (left + right) / 2, middle - (top + bottom) / 2)
        draw.text(at, initial, font=font, fill=_WHITE, anchor="ls")
    else:
        draw.circle((middle, middle), side / 6, fill=_WHITE)
    return image.reduce(_FINER).convert("RGBA")


def _png(image: Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
