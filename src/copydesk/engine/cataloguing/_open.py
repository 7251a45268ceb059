"""Open a newsroom's catalogue: its file, or where that cannot be had one in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from copydesk.catalogue import Catalogue
from copydesk.errors import CatalogueError

FILE = "catalogue.sqlite"


@contextlib.contextmanager
def open_catalogue(
    private: Path, warn: Callable[[CatalogueError], None] = lambda _error: None
) -> Iterator[Catalogue]:
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
