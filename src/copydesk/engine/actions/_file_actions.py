"""File actions: what waits at the desk is filed by a process of its own, and then known to all.

waiting ── work_off ──> commits ──> the catalogue follows them ──> browsers hear of it
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from copydesk import illustrate
from copydesk.desk_store import open_desk
from copydesk.engine.actions._work_off import Tell, WorkedOff, work_off
from copydesk.engine.cataloguing import ask_catalogue
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import RecordError


def file_actions(newsroom: Newsroom, tell: Tell) -> WorkedOff:
    """File what waits in the newsroom's desk until nothing does; `tell` hears what is waited for.

    Raises DeskStoreError where the desk's file fails, RecordError as `ask_catalogue` does.
    """
    with contextlib.closing(open_desk(newsroom.private)) as desk:
        done = work_off(newsroom, desk.actions, tell)
    if done.outcomes:
        ask_catalogue(newsroom, lambda catalogue: catalogue.version())
        make_pictures(newsroom, (path for outcome in done.outcomes for path in outcome.paths))
    return done


def make_pictures(newsroom: Newsroom, paths: Iterable[str]) -> None:
    """Make what the desk shows of the pictures of some records; others are passed over."""
    urls = []
    for path in newsroom.archive.story_paths_among(paths):
        with contextlib.suppress(RecordError):  # it was edited since, and cannot be read
            urls += [image.url for image in newsroom.archive.read(path).images[:1]]
    illustrate.make_waiting(newsroom.album, urls)
