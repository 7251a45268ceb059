"""Turn a fetched picture into a measured, cached one, and give a story its picture's size."""

from __future__ import annotations

from copydesk.illustrate._album import Album
from copydesk.illustrate._picture import Picture
from copydesk.illustrate._with_image import with_image

__all__ = ["Album", "Picture", "with_image"]
