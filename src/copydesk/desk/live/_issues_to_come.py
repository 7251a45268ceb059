"""Issues to come: each letter's, composed beside the newsroom's thread; kept while all stays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from copydesk import engine
from copydesk.desk._newsroom_thread import NewsroomThread, OpenNewsroom
from copydesk.desk_store import DeskStore
from copydesk.desk_store.letter_edits import KeptChange, KeptEdits
from copydesk.news import Issue

_TOLD_CHANGES = 30
_KEPT_SECONDS = 60.0  # the front page's order moves with the hour

_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedLetter:
    """A letter's issue to come, the edits that it was composed with, and the latest of these.

    So many stories in it are `new`, of the `fewest` that it takes.
    """

    row: engine.LetterRow
    draft: engine.IssueDraft
    kept: KeptEdits
    changes: Sequence[KeptChange] = ()

    @property
    def issue(self) -> Issue:
        """Return the issue as it would be."""
        return self.draft.issue

    @property
    def new(self) -> int:
        """Return how many stories are new."""
        return self.draft.new

    @property
    def fewest(self) -> int:
        """Return how many new stories it takes."""
        return self.draft.fewest

    @property
    def names(self) -> tuple[str, ...]:
        """Return the records of its stories in their order."""
        return tuple(story.name for story in self.issue.stories)


@dataclass(slots=True, kw_only=True)
class IssuesToCome:
    """Compose issues, one at a time: a build is waited for, and no page may wait with it."""

    thread: NewsroomThread
    store: DeskStore
    clock: Callable[[], float] = time.monotonic
    _composed: dict[str, tuple[_Key, float, ComposedLetter]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def compose(self, letter_id: str) -> ComposedLetter:
        """Return a letter's issue as it would be now, by today's records, settings and edits.

        Raises UsageError where there is no such letter, and what composing raises.
        """
        async with self._turn:
            key = await self.thread.ask(lambda opened: self._find_key(opened, letter_id))
            known = self._composed.get(letter_id)
            if known and known[0] == key and self.clock() - known[1] < _KEPT_SECONDS:
                return known[2]
            composed = await self.thread.change(
                lambda newsroom: compose_letter(newsroom, self.store, letter_id)
            )
            self._composed[letter_id] = key, self.clock(), composed
        return composed

    def _find_key(self, opened: OpenNewsroom, letter_id: str) -> _Key:
        """Return what an issue hangs on; asked in the newsroom's thread."""
        row = engine.find_letter(opened.newsroom, letter_id)
        version = self.store.letters.of(letter_id).version
        last = row.last.path if row.last else ""
        has_stash = any(part.kind == "stash" for part in row.options.parts)
        stashes = self.store.stashes.list_common() if has_stash else ()
        return stashes, opened.queue.version(), opened.newsroom.settings, last, version


def compose_letter(newsroom: engine.Newsroom, store: DeskStore, letter_id: str) -> ComposedLetter:
    """Compose a letter's issue to come; raises UsageError where there is no such letter."""
    row = engine.find_letter(newsroom, letter_id)
    kept = store.letters.of(letter_id)
    changes = store.letters.list_changes(letter_id, _TOLD_CHANGES)
    draft = engine.draft_letter(newsroom, letter_id, newsroom.now, kept.edits)
    return ComposedLetter(
        row=row,
        draft=draft,
        kept=kept,
        # one that came in this moment is not in it
        changes=tuple(change for change in changes if change.number <= kept.version),
    )
