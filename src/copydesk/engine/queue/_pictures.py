"""Pictures on the desk: the album's own copies, and no picture of anybody else's host."""

from __future__ import annotations

import re
from pathlib import Path

from copydesk.engine.newsroom import Newsroom
from copydesk.news import PictureFile, Story

_FOLDER = "pictures"
_FILE = re.compile(r"[0-9a-f]{64}(?:-[0-9]{1,4})?\.(?:webp|jpg)")
_WIDE = 240  # pixels, that a row's picture has at least where there is such a form


def find_list_picture(
    newsroom: Newsroom, story: Story
) -> tuple[PictureFile | None, PictureFile | None]:
    """Return the form of a story's first picture that fits a list, None without one.

    And, where its forms are still to be made, the original that waits for that.
    """
    found = newsroom.album.find(story.images[0].url) if story.images else None
    if found is None:
        return None, None
    forms = [form for form in found.forms if _FILE.fullmatch(form.name)]
    wide = [form for form in forms if form.width >= _WIDE]
    original = PictureFile(
        name=found.original, width=found.width, height=found.height, type=found.type
    )
    waits = bool(found.original) and not found.forms
    form = min(wide or forms, key=lambda form: form.width, default=None)
    return form, original if waits else None


def picture_file(newsroom: Newsroom, name: str) -> Path | None:
    """Return the file of a form in the album, None for a name that none can have, or has."""
    if not _FILE.fullmatch(name):
        return None
    file = newsroom.private / _FOLDER / name
    return file if file.is_file() and not file.is_symlink() else None
