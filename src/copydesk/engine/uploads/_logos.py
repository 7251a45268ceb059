"""Logos: a picture of any kind in, the two squares out that stand for a publisher."""

from __future__ import annotations

from copydesk.config import LOGO_SIDES
from copydesk.illustrate import make_logo_apart


def make_logo(data: bytes) -> tuple[bytes, ...]:
    """Return a picture as JPEG of each side that a logo has, the smallest first.

    It is decoded by processes of their own; raises PictureError for what is no picture.
    """
    return tuple(make_logo_apart(data, side) for side in LOGO_SIDES)
