"""Open a newsroom's catalogue: its file, or where that cannot be had one in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from copydesk.catalogue import Catalogue
from copydesk.engine.cataloguing._follow import Snapshot, follow_commits, sweep_records
from copydesk.engine.newsroom import Newsroom, Progress
from copydesk.errors import CatalogueError

FILE = "catalogue.sqlite"
_Answer = TypeVar("_Answer")
Warn = Callable[[CatalogueError], None]


def _say_nothing(_error: CatalogueError) -> None:
    """Warn of nothing."""


@contextlib.contextmanager
def open_catalogue(private: Path, warn: Warn = _say_nothing) -> Iterator[Catalogue]:
    """Open the catalogue below `private` for the block, to be brought up to date by the caller.

    Where its file can be neither opened nor made it is one in memory, for which every record is
    read: slower, and `warn` is told.
    """
    try:
        catalogue = Catalogue(private / FILE)
    except CatalogueError as error:
        warn(error)
        catalogue = Catalogue()
    with contextlib.closing(catalogue):
        yield catalogue


@contextlib.contextmanager
def open_swept_catalogue(
    newsroom: Newsroom, progress: Progress, warn: Warn = _say_nothing
) -> Iterator[tuple[Catalogue, Snapshot]]:
    """Open the catalogue, up to date with every record, for the block; and say how these stand.

    Where its file cannot be opened, read or written it is one in memory, and `warn` is told.
    """
    with contextlib.ExitStack() as stack:
        try:
            catalogue = stack.enter_context(contextlib.closing(Catalogue(newsroom.private / FILE)))
            snapshot = sweep_records(newsroom, catalogue, progress)
        except CatalogueError as error:
            warn(error)
            catalogue = stack.enter_context(contextlib.closing(Catalogue()))
            snapshot = sweep_records(newsroom, catalogue, progress)
        yield catalogue, snapshot


def ask_catalogue(
    newsroom: Newsroom, question: Callable[[Catalogue], _Answer], warn: Warn = _say_nothing
) -> _Answer:
    """Return the answer to a question that is put to a catalogue up to date with all commits.

    Where its file cannot be opened, read or written the question is put again, to one in memory for
    which every record is read, and `warn` is told.
    """
    try:
        with contextlib.closing(Catalogue(newsroom.private / FILE)) as catalogue:
            follow_commits(newsroom, catalogue)
            return question(catalogue)
    except CatalogueError as error:
        warn(error)
    with contextlib.closing(Catalogue()) as catalogue:
        follow_commits(newsroom, catalogue)
        return question(catalogue)
