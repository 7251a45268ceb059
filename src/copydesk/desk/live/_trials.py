"""Trials: changes of rules that are tried one after the other in a thread of their own.

Whoever asked for one looks again; the last is what everybody who opens the page without one starts
from. A trial that is given up ends at its next step.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from copydesk import engine
from copydesk.errors import CopydeskError

_KEPT = 20  # trials that can still be looked at
_IDLE_SECONDS = 900.0  # after which the stories are let go of
_Answer = TypeVar("_Answer")


class GivenUp(Exception):  # noqa: N818 - a trial that nobody wants any more is no failure
    """Raised in a trial that somebody gave up."""


@dataclass(slots=True, kw_only=True)
class Trial:
    """A change that an editor tries: how far it is, and what came of it, or what was wrong."""

    id: str
    editor: str
    change: engine.RuleChange
    name: str = ""
    steps: int = 0
    total: int | None = None
    tried: engine.TriedRules | None = None
    error: CopydeskError | None = None
    is_given_up: bool = False

    @property
    def is_over(self) -> bool:
        """Decide whether nothing more will come of it."""
        return self.tried is not None or self.error is not None or self.is_given_up

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage; raises GivenUp."""
        self._end_if_nobody_waits()
        self.name, self.steps, self.total = name, 0, total

    def step(self, count: int = 1) -> None:
        """Note steps; raises GivenUp."""
        self._end_if_nobody_waits()
        self.steps += count

    def _end_if_nobody_waits(self) -> None:
        if self.is_given_up:
            raise GivenUp


class Trials:
    """Try changes in a newsroom, the workbench opened with the first; closed by who made it."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        """Take a newsroom; nothing is opened yet."""
        self._place = (root, environ)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="what-if")
        self._bench: engine.Workbench | None = None
        self._trials: OrderedDict[str, Trial] = OrderedDict()
        self._idle: asyncio.TimerHandle | None = None

    def begin(self, editor: str, change: engine.RuleChange) -> Trial:
        """Begin to try a change; what the same editor tried before is given up."""
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
        """Return a trial of an editor, None where it is not known any more."""
        found = self._trials.get(trial)
        return found if found is not None and found.editor == editor else None

    async def ask(self, question: Callable[[engine.Workbench], _Answer]) -> _Answer:
        """Return the workbench's answer, after what it is at; raises what that raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: question(self._workbench()))

    def close(self) -> None:
        """Give up what is under way, and close the workbench."""
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

    def _workbench(self) -> engine.Workbench:
        if self._bench is None:
            self._bench = engine.Workbench(*self._place)
        return self._bench

    def _close(self) -> None:
        if self._bench is not None:
            self._bench.close()

    def _let_go_later(self) -> None:
        """Let go of the stories once nobody has tried anything for a while."""
        if self._idle is not None:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(_IDLE_SECONDS, self._thread.submit, self._forget)

    def _forget(self) -> None:
        if self._bench is not None:
            self._bench.forget()
