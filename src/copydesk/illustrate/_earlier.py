"""Pictures of the first version: one WebP, up to 1,200 pixels wide, and no word of its forms."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from copydesk.illustrate._forms import make_forms
from copydesk.illustrate._measure import FetchedPicture, Measure, size
from copydesk.illustrate._picture import Picture
from copydesk.news import PictureFile, Thumbnail

_WIDTH = 1_200
_HEIGHT = 4_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A picture as this version keeps it, and its forms with their bytes."""

    picture: Picture
    forms: Mapping[PictureFile, bytes]


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


def renew_forms(picture: Picture, same: Picture) -> Renewed:
    """Return a picture the forms that were made of the same bytes under another address."""
    return Renewed(picture=replace(picture, forms=same.forms, thumb_hash=same.thumb_hash), forms={})


def renew(picture: Picture, folder: Path) -> Renewed:
    """Make the forms from the file that is there; nothing is fetched.

    Raises OSError where it cannot be read, PictureError where it is damaged.
    """
    stored = (folder / picture.file).read_bytes()
    width, height = size(stored)
    seen = Measure(format="WEBP", type="image/webp", width=width, height=height)
    fresh = make_forms(
        FetchedPicture(url=picture.url, data=stored, measure=seen, stem=picture.stem)
    )
    thumb_hash = base64.b64encode(fresh.thumb_hash).decode()
    return Renewed(
        picture=replace(picture, forms=tuple(fresh.forms), thumb_hash=thumb_hash),
        forms=fresh.forms,
    )
