"""A story with its measured picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from copydesk.kit import text
from copydesk.news import Image

if TYPE_CHECKING:
    from copydesk.illustrate._picture import Picture
    from copydesk.news import Figure, Story

_LONGEST_TITLE = 300
_LONGEST_CREDIT = 160


def with_image(story: Story, picture: Picture | None, figure: Figure | None = None) -> Story:
    """Return the story with this picture, or with none where it could not be had (SPEC 2.11).

    The record keeps the address at the origin and the origin's size; `isCached` says that we hold
    a copy. `figure` says what the picture shows and whose it is; without one the record says
    neither, as the reference does.
    """
    if picture is None:
        return replace(story, images=())
    image = Image(
        url=picture.url,
        width=picture.width,
        height=picture.height,
        is_cached=picture.is_cached,
        title=text.shorten(text.fold(figure.alt), _LONGEST_TITLE) if figure else "",
        attribution=text.shorten(text.fold(figure.credit), _LONGEST_CREDIT) if figure else "",
    )
    return replace(story, images=(image,))
