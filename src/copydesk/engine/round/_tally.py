"""Tally: what a round counts as it goes, and the fates it leaves in memory."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from copydesk.engine.newsroom import Failure
from copydesk.kit import urls
from copydesk.memory import Fate, FateState
from copydesk.news import Dropped, Lead, Story


@dataclass(slots=True, kw_only=True)
class Tally:
    """Count leads, drops and failures; `now` is the round's clock."""

    now: datetime
    leads: int = 0
    waiting: list[Lead] = field(default_factory=list)
    looked_again: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    failed: list[Failure] = field(default_factory=list)
    fates: list[Fate] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)

    def copy(self) -> Tally:
        """Return a tally that goes on from this one and leaves it as it is."""
        return replace(
            self,
            waiting=[*self.waiting],
            dropped=Counter(self.dropped),
            failed=[*self.failed],
            fates=[*self.fates],
            stages=dict(self.stages),
        )

    def drop(self, lead: Lead, dropped: Dropped, tries: int = 1) -> None:
        """Count an expected no and keep its fate."""
        self.dropped[dropped.reason] += 1
        fate = self._fate(lead, "dropped")
        self.fates.append(replace(fate, reason=dropped.reason, detail=dropped.detail, tries=tries))

    def fail(self, lead: Lead, failure: Failure, tries: int = 1) -> None:
        """Count a failure and keep it for the next round."""
        self.failed.append(failure)
        fate = self._fate(lead, "failed")
        self.fates.append(replace(fate, detail=failure.what, hint=failure.hint, tries=tries))

    def file(self, lead: Lead, story: Story) -> None:
        """Keep where a lead was filed."""
        self.fates.append(replace(self._fate(lead, "filed"), path=story.path))

    def not_filed(self, paths: Set[str]) -> None:
        """Take back what `file` noted of these paths: they did not reach the disk."""
        self.fates = [
            replace(fate, state="failed", path="", detail="the record could not be written")
            if fate.state == "filed" and fate.path in paths
            else fate
            for fate in self.fates
        ]

    @contextlib.contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the seconds that the block takes to a stage."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.stages[stage] = self.stages.get(stage, 0.0) + time.perf_counter() - began

    def _fate(self, lead: Lead, state: FateState) -> Fate:
        return Fate(
            identity=urls.identity(lead.url),
            url=lead.url,
            state=state,
            at=self.now,
            source=lead.source,
        )
