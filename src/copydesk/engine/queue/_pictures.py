"""Pictures on the desk: the album's own copies, and no picture of anybody else's host."""

from __future__ import annotations

import re
from pathlib import Path

from copydesk.engine.newsroom import Newsroom
from copydesk.news import PictureFile, Story

_FOLDER = "pictures"
_FILE = re.compile(r"[0-9a-f]{64}(?:-[0-9]{1,4})?\.(?:webp|jpg)")
_WIDE = 240  # pixels, that a row's picture has at least where there is such a form


def find_list_picture(newsroom: Newsroom, story: Story) -> PictureFile | None:
    """Return the form of a story's first picture that fits a list, None without a copy of it."""
    found = newsroom.album.find(story.images[0].url) if story.images else None
    forms = [form for form in found.forms if _FILE.fullmatch(form.name)] if found else []
    wide = [form for form in forms if form.width >= _WIDE]
    return min(wide or forms, key=lambda form: form.width, default=None)


def picture_file(newsroom: Newsroom, name: str) -> Path | None:
    """Return the file of a form in the album, None for a name that none can have, or has."""
    if not _FILE.fullmatch(name):
        return None
    file = newsroom.private / _FOLDER / name
    return file if file.is_file() and not file.is_symlink() else None
