"""The forms of the pictures that pages will show, made by readers while records are filed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Self

from copydesk.engine.reading import ReaderPool
from copydesk.errors import CopydeskError, PictureError
from copydesk.illustrate import Album, FetchedPicture
from copydesk.news import ReasonKind, Story

_WAITS = frozenset({ReasonKind.ALL_HELD, ReasonKind.SOURCE_HELD})


class FormMaking:
    """Make forms beside other work, each picture's once.

    An async context: what is still under way at its end is given up.
    """

    def __init__(self, album: Album, readers: ReaderPool) -> None:
        self._album = album
        self._readers = readers
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def begin(self, stories: Iterable[Story]) -> None:
        """Hand the pictures of those that somebody will see to the readers, and wait for none.

        That are readers of the site, and editors who look at what waits for them.
        """
        shown = (story.images[0].url for story in stories if story.images and _is_seen(story))
        for fetched in self._album.find_waiting(shown):
            if fetched.stem not in self._tasks:
                self._tasks[fetched.stem] = asyncio.create_task(self._make(fetched))
        await asyncio.sleep(0)  # each has its turn before the caller keeps the loop to itself

    async def finish(self) -> None:
        """Wait until all that was begun is made."""
        await asyncio.gather(*self._tasks.values())

    async def _make(self, fetched: FetchedPicture) -> None:
        try:
            made = await self._readers.picture_forms(fetched)
        except CopydeskError:  # no page shows it, as if it had been evicted
            self._album.forget(fetched.url)
            return
        with contextlib.suppress(PictureError):  # it cannot be written now: a build tries again
            await asyncio.to_thread(self._album.keep, fetched, made)


def _is_seen(story: Story) -> bool:
    waits = (reason.kind in _WAITS for reason in story.reasons)
    return bool(story.published) or any(waits)
