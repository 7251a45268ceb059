"""A shelf of what a newsroom has filed, as a round opens it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from copydesk.newsroom import Newsroom
from copydesk.newsroom.cataloguing import open_catalogue, sweep_records
from copydesk.rounds import FiledShelf, Vectors


@contextlib.contextmanager
def filed_shelf(newsroom: Newsroom, vectors: Vectors | None = None) -> Iterator[FiledShelf]:
    """Open a shelf for the block, over a catalogue that is up to date."""
    with open_catalogue(newsroom.private) as catalogue:
        sweep_records(newsroom, catalogue)
        yield FiledShelf(newsroom, catalogue, vectors or Vectors(newsroom.memory))
