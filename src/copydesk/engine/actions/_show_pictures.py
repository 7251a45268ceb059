"""The pictures that the desk shows of what editors decide."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from copydesk import illustrate
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import RecordError


def make_pictures(newsroom: Newsroom, paths: Iterable[str]) -> None:
    """Make what the desk shows of the pictures of some records; others are passed over."""
    urls = []
    for path in newsroom.archive.story_paths_among(paths):
        with contextlib.suppress(RecordError):  # it was edited since, and cannot be read
            urls += [image.url for image in newsroom.archive.read(path).images[:1]]
    illustrate.make_waiting(newsroom.album, urls)
