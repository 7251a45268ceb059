"""Counts: how many stories stand in each view and in an editor's own, beside every page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from copydesk import engine
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk_store import DeskStore, SavedView
from copydesk.errors import DeskStoreError


@dataclass(frozen=True, slots=True)
class Counts:
    """Count stories for the list of views; asked in the newsroom's thread alone.

    `read_question` reads the query of an address.
    """

    opened: OpenNewsroom
    store: DeskStore
    read_question: Callable[[Mapping[str, str]], engine.QueueQuestion]

    def count_views(self) -> Mapping[engine.QueueView, int]:
        """Return how many stories stand in each view."""
        count, newsroom = self.opened.queue.count, self.opened.newsroom
        return {view: count(newsroom, engine.QueueQuestion(view=view)) for view in engine.VIEWS}

    def count_drops(self) -> int:
        """Return how many leads were dropped of late."""
        return engine.count_drops(self.opened.newsroom)

    def count_own(self, editor: str) -> Sequence[tuple[SavedView, int | None]]:
        """Return an editor's saved views, each with its count as far as that is known.

        A page without them is better than none: none where the desk's file fails.
        """
        views: Sequence[SavedView] = ()
        with contextlib.suppress(DeskStoreError):
            views = self.store.saved_views.of(editor)
        questions = [self.read_question(dict(parse_qsl(view.query))) for view in views]
        counts = self.opened.queue.count_lately(self.opened.newsroom, questions)
        return list(zip(views, counts, strict=True))
