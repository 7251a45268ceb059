"""Turn a fetched picture into a measured, cached one, give a story its picture's size, draw cards.

picture = album.find(url) or album.add(url, page)     # with measure_only no copy is kept
album.note(url, article)                              # when those of all articles have come:
if not album.is_common(url, article):
    story = with_image(story, picture, figure)

form = easel.poster(poster)                           # a share picture, drawn once for its words
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.illustrate._album import Album
    from copydesk.illustrate._easel import Easel
    from copydesk.illustrate._picture import Picture
    from copydesk.illustrate._request_headers import request_headers
    from copydesk.illustrate._with_image import with_image

__all__ = ["Album", "Easel", "Picture", "request_headers", "with_image"]

_MADE_IN = {
    "copydesk.illustrate._album": "Album",
    "copydesk.illustrate._easel": "Easel",
    "copydesk.illustrate._picture": "Picture",
    "copydesk.illustrate._request_headers": "request_headers",
    "copydesk.illustrate._with_image": "with_image",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
