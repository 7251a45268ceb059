"""Keep in memory: editors' tests of new rules, composed newsletter issues, uploaded lists.

A test of rules is asked for again by its id until it is over. One that its editor gave up ends at
its next step.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from copydesk.desk._newsroom_thread import NewsroomThread, OpenNewsroom
from copydesk.desk_store import DeskStore
from copydesk.desk_store.letter_edits import KeptChange, KeptEdits
from copydesk.editing import what_if
from copydesk.errors import CopydeskError, UsageError
from copydesk.news.letter import Issue
from copydesk.newsletters import exchange, issues
from copydesk.newsletters.composing import drafts
from copydesk.newsroom import Newsroom

_KEPT = 20  # trials that can be opened again
_IDLE_SECONDS = 900.0  # until the loaded stories are forgotten
_Answer = TypeVar("_Answer")


class GivenUp(Exception):  # noqa: N818 - a trial that nobody wants any more is no failure
    """Raised to stop a test of new publishing rules that its editor has cancelled."""


@dataclass(slots=True, kw_only=True)
class Trial:
    """A test of new publishing rules for an editor: its progress, and its result or error."""

    id: str
    editor: str
    change: what_if.RuleChange
    name: str = ""
    steps: int = 0
    total: int | None = None
    tried: what_if.TriedRules | None = None
    error: CopydeskError | None = None
    is_given_up: bool = False

    @property
    def is_over(self) -> bool:
        """Return whether the test of rules has ended: done, failed or cancelled."""
        return self.tried is not None or self.error is not None or self.is_given_up

    def stage(
        self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
    ) -> None:
        """Begin a stage of a rule test; raises GivenUp if its editor has cancelled the test."""
        self._end_if_nobody_waits()
        self.name, self.steps, self.total = name, 0, total

    def step(self, count: int = 1, host: str = "") -> None:
        """Count steps of a rule test; raises GivenUp if its editor has cancelled the test."""
        self._end_if_nobody_waits()
        self.steps += count

    def _end_if_nobody_waits(self) -> None:
        if self.is_given_up:
            raise GivenUp


class Trials:
    """Runs editors' tests of new publishing rules, one at a time, in a thread.

    Whoever creates it calls `close`.
    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        """Set the newsroom folder to test rules in; it is opened with the first test."""
        self._place = (root, environ)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="what-if")
        self._bench: what_if.Workbench | None = None
        self._trials: OrderedDict[str, Trial] = OrderedDict()
        self._idle: asyncio.TimerHandle | None = None

    def begin(self, editor: str, change: what_if.RuleChange) -> Trial:
        """Start testing a change of rules; the editor's earlier test is cancelled."""
        for trial in self._trials.values():
            if trial.editor == editor and not trial.is_over:
                trial.is_given_up = True
        trial = Trial(id=uuid4().hex, editor=editor, change=change)
        self._trials[trial.id] = trial
        while len(self._trials) > _KEPT:
            self._trials.popitem(last=False)
        self._thread.submit(self._try, trial)
        self._let_go_later()
        return trial

    def find(self, trial: str, editor: str) -> Trial | None:
        """Return an editor's test of rules by its id, None if there is no such test (any more)."""
        found = self._trials.get(trial)
        return found if found is not None and found.editor == editor else None

    async def ask(self, question: Callable[[what_if.Workbench], _Answer]) -> _Answer:
        """Call a function with the loaded stories for testing rules, and return its result.

        It waits for the current test.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: question(self._workbench()))

    def close(self) -> None:
        """Cancel the current test of rules, and close the newsroom folder that tests use."""
        for trial in self._trials.values():
            trial.is_given_up = True
        self._thread.submit(self._close)
        self._thread.shutdown(wait=True)

    def _try(self, trial: Trial) -> None:
        try:
            trial.tried = self._workbench().try_change(trial.change, trial)
        except GivenUp:
            pass
        except CopydeskError as error:
            trial.error = error
        except Exception as error:  # a bug must not leave an editor waiting for ever
            what = f"unexpected {type(error).__name__}: {error}"
            trial.error = CopydeskError(what, hint="please report it")

    def _workbench(self) -> what_if.Workbench:
        if self._bench is None:
            self._bench = what_if.Workbench(*self._place)
        return self._bench

    def _close(self) -> None:
        if self._bench is not None:
            self._bench.close()

    def _let_go_later(self) -> None:
        """Release the loaded stories when nobody has tested rules for a quarter of an hour."""
        if self._idle is not None:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(_IDLE_SECONDS, self._thread.submit, self._forget)

    def _forget(self) -> None:
        if self._bench is not None:
            self._bench.forget()


_TOLD_CHANGES = 30
_KEPT_SECONDS = 60.0  # the front page's order moves with the hour

_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedLetter:
    """The next issue of a newsletter as composed now, with the editors' changes in it."""

    row: issues.LetterRow
    draft: drafts.IssueDraft
    kept: KeptEdits
    changes: Sequence[KeptChange] = ()

    @property
    def issue(self) -> Issue:
        """Return the newsletter issue as it would be now."""
        return self.draft.issue

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the newsletter issue's stories, in order."""
        return tuple(story.name for story in self.issue.stories)


@dataclass(slots=True, kw_only=True)
class IssuesToCome:
    """Composes the next issues of newsletters in a thread, one at a time, and caches them.

    No page of the web interface then waits for a build of the site.
    """

    thread: NewsroomThread
    store: DeskStore
    clock: Callable[[], float] = time.monotonic
    _composed: dict[str, tuple[_Key, float, ComposedLetter]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def compose(self, letter_id: str) -> ComposedLetter:
        """Return the next issue of a newsletter, by today's stories, settings and editors' changes.

        Raises UsageError for an unknown newsletter, and what composing raises.
        """
        async with self._turn:
            key = await self.thread.ask(self._find_key, letter_id)
            known = self._composed.get(letter_id)
            if known and known[0] == key and self.clock() - known[1] < _KEPT_SECONDS:
                return known[2]
            composed = await self.thread.change(compose_letter, self.store, letter_id)
            self._composed[letter_id] = key, self.clock(), composed
        return composed

    def _find_key(self, opened: OpenNewsroom, letter_id: str) -> _Key:
        """Return all that a newsletter issue depends on; call this in the newsroom's thread."""
        row = issues.find_letter(opened.newsroom, letter_id)
        version = self.store.letters.of(letter_id).version
        last = row.last.path if row.last else ""
        has_stash = any(part.kind == "stash" for part in row.options.parts)
        stashes = self.store.stashes.list_common() if has_stash else ()
        return stashes, opened.queue.catalogue.version(), opened.newsroom.settings, last, version


def compose_letter(newsroom: Newsroom, store: DeskStore, letter_id: str) -> ComposedLetter:
    """Compose the next issue of a newsletter; raises UsageError for an unknown newsletter."""
    row = issues.find_letter(newsroom, letter_id)
    kept = store.letters.of(letter_id)
    changes = store.letters.list_changes(letter_id, _TOLD_CHANGES)
    draft = issues.draft_letter(newsroom, letter_id, newsroom.now, kept.edits)
    return ComposedLetter(
        row=row,
        draft=draft,
        kept=kept,
        # an edit made this moment is not in it
        changes=tuple(change for change in changes if change.number <= kept.version),
    )


IMPORTED_FILE = "readers.csv"
_UPLOAD_KEPT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """An uploaded file of newsletter subscribers, with default values for its rows.

    The `name` of the file tells some programs' exports apart.
    """

    data: bytes = field(repr=False)
    options: exchange.ImportOptions
    name: str = IMPORTED_FILE


@dataclass(frozen=True, slots=True)
class _Waiting:
    by: str
    at: datetime
    sent: ImportedFile


class Uploads:
    """Keeps the last file that each owner uploaded, in memory, for half an hour."""

    def __init__(self) -> None:
        self._files: dict[str, _Waiting] = {}

    def put(self, sent: ImportedFile, by: str, at: datetime) -> str:
        """Store an uploaded file instead of its owner's last one; return a token for it."""
        self._files = {
            token: waiting
            for token, waiting in self._files.items()
            if waiting.by != by and at - waiting.at < _UPLOAD_KEPT
        }
        token = secrets.token_urlsafe(16)
        self._files[token] = _Waiting(by, at, sent)
        return token

    def take(self, token: str, by: str) -> ImportedFile:
        """Return and delete the uploaded file of a token; UsageError if it is gone."""
        waiting = self._files.get(token)
        if waiting is None or waiting.by != by:
            raise UsageError("the uploaded file has expired", hint="upload the file again")
        del self._files[token]
        return waiting.sent
