"""Make the forms of pictures that pages have come to show."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from copydesk.errors import PictureError
from copydesk.illustrate._album import Album
from copydesk.illustrate._forms import make_forms


def make_waiting(album: Album, urls: Iterable[str]) -> None:
    """Make the forms of those of some pictures that wait for a page; forget what has none.

    What cannot be written now goes on waiting.
    """
    for fetched in album.find_waiting(urls):
        try:
            made = make_forms(fetched)
        except PictureError:
            album.forget(fetched.url)
            continue
        with contextlib.suppress(PictureError):
            album.keep(fetched, made)
