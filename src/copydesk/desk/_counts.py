"""Counts: how many stories stand in each view and in an editor's own, beside every page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from copydesk import engine
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk_store import DeskStore, SavedView
from copydesk.errors import DeskStoreError
from copydesk.news import Beat

_STALE = timedelta(minutes=1)


@dataclass(slots=True)
class SourceTroubles:
    """How many sources need a person, counted anew once a minute and when beat.toml changes."""

    _known: tuple[Beat, datetime, int] | None = None

    def count(self, newsroom: engine.Newsroom) -> int:
        """Return how many do, as of a minute ago at most."""
        known, now = self._known, newsroom.now
        if known is None or known[0] is not newsroom.beat or not now - known[1] < _STALE:
            count = sum(row.needs_person for row in engine.check_sources(newsroom))
            known = self._known = newsroom.beat, now, count
        return known[2]


@dataclass(frozen=True, slots=True)
class Counts:
    """Count stories for the list of views; asked in the newsroom's thread alone.

    `read_question` reads the query of an address.
    """

    opened: OpenNewsroom
    store: DeskStore
    read_question: Callable[[Mapping[str, str]], engine.QueueQuestion]
    troubles: SourceTroubles = field(default_factory=SourceTroubles)

    def count_views(self) -> Mapping[engine.QueueView, int]:
        """Return how many stories stand in each view."""
        count, newsroom = self.opened.queue.count, self.opened.newsroom
        return {view: count(newsroom, engine.QueueQuestion(view=view)) for view in engine.VIEWS}

    def count_drops(self) -> int:
        """Return how many leads were dropped of late."""
        return engine.count_drops(self.opened.newsroom)

    def count_troubled_sources(self) -> int:
        """Return how many sources need a person."""
        return self.troubles.count(self.opened.newsroom)

    def advise_on_front(self) -> Mapping[str, str] | None:
        """Return what is wrong with the web server in front, None where nothing is."""
        newsroom = self.opened.newsroom
        found = engine.advise_on_front(newsroom.settings, newsroom.private, newsroom.now)
        if found is None:
            return None
        header = found.header if found.is_silent else ""
        return {"addresses": ", ".join(found.addresses), "line": found.line, "header": header}

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
