"""Many cards drawn side by side by processes of their own: Pillow gives no other core a share."""

from __future__ import annotations

import multiprocessing
from collections.abc import Generator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from functools import partial
from pathlib import Path

from copydesk.illustrate.drawing import _card
from copydesk.kit import processes
from copydesk.news import Poster


def draw_cards(posters: Sequence[Poster], face: Path) -> Generator[bytes | None, None, None]:
    """Yield cards as `draw_card` makes them, in order of posters, up to the first that fails.

    Nothing where the machine has one core.
    """
    if processes.at_once() < 2:
        return
    pool = ProcessPoolExecutor(
        processes.at_once(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=processes.end_with_parent,
    )
    with pool:
        with processes.deaf():
            found = pool.map(partial(_card.draw_card, face=face), posters, chunksize=4)
        try:
            yield from found
        except (BrokenExecutor, OSError, ValueError):
            return
