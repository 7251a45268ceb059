"""Originals: the bytes of proven pictures as they came, kept until a page shows them."""

from __future__ import annotations

from pathlib import Path

from copydesk.errors import PictureError
from copydesk.illustrate._measure import FetchedPicture, measure_picture
from copydesk.illustrate._picture import Picture


def read_original(picture: Picture, folder: Path) -> FetchedPicture:
    """Return a picture as it was fetched; raises PictureError where its file is lost or another."""
    try:
        fetched = measure_picture(picture.url, (folder / picture.original).read_bytes())
    except OSError as error:
        raise PictureError("lost original of a picture", subject=picture.url) from error
    if fetched.stem != picture.stem:
        raise PictureError("damaged original of a picture", subject=picture.url)
    return fetched
