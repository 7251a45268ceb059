"""A story with its measured picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from copydesk.news import Image

if TYPE_CHECKING:
    from copydesk.illustrate._picture import Picture
    from copydesk.news import Story


def with_image(story: Story, picture: Picture | None) -> Story:
    """Give the story with this picture, or with none where it could not be had (SPEC 2.11).

    The record keeps the address at the origin and the origin's size; `isCached` says that we hold
    a copy.
    """
    if picture is None:
        return replace(story, images=())
    image = Image(url=picture.url, width=picture.width, height=picture.height, is_cached=True)
    return replace(story, images=(image,))
