"""Pictures of the first version: one WebP, up to 1,200 pixels wide, and no word of its forms."""

from __future__ import annotations

from pathlib import Path

from copydesk.illustrate._forms import PictureForms, make_forms
from copydesk.illustrate._measure import FetchedPicture, Measure, size
from copydesk.illustrate._picture import Picture
from copydesk.news import PictureFile, Thumbnail

_WIDTH = 1_200
_HEIGHT = 4_800


def find_earlier(picture: Picture) -> Thumbnail:
    """Return the one file of a picture that was not made anew yet, in the size that it has."""
    scale = min(1, _WIDTH / picture.width, _HEIGHT / picture.height)
    form = PictureFile(
        name=picture.file,
        width=max(1, round(picture.width * scale)),
        height=max(1, round(picture.height * scale)),
        type="image/webp",
    )
    return Thumbnail(forms=(form,))


def renew(picture: Picture, folder: Path) -> PictureForms:
    """Make the forms from the file that is there; nothing is fetched.

    Raises OSError where it cannot be read, PictureError where it is damaged.
    """
    stored = (folder / picture.file).read_bytes()
    width, height = size(stored)
    seen = Measure(format="WEBP", type="image/webp", width=width, height=height)
    return make_forms(FetchedPicture(url=picture.url, data=stored, measure=seen, stem=picture.stem))
