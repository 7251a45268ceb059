"""The workbench: a bench that stays open between two questions, and is made anew when old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from copydesk.archive import git
from copydesk.engine.newsroom import Newsroom, Progress, ResidentNewsroom
from copydesk.engine.settings import SettingsReport, undo_settings
from copydesk.engine.what_if._bench import Bench
from copydesk.engine.what_if._front import FrontPlace, compare_fronts, plan_front
from copydesk.engine.what_if._open_bench import open_bench
from copydesk.engine.what_if._rule_change import RuleChange, apply_change
from copydesk.engine.what_if._summary import Summary, summarize
from copydesk.engine.what_if._try_rules import try_rules
from copydesk.engine.what_if._write_rules import (
    RulesDraft,
    draft_rules,
    write_rules,
)
from copydesk.news import Story

DAYS = 30
_FRESH = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRules:
    """What a change of rules would do, and the draft of the files that it would be written into.

    `front` is the front page by these rules beside the one of today.
    """

    summary: Summary
    front: tuple[FrontPlace, ...]
    draft: RulesDraft


class Workbench:
    """Try and write rules in a newsroom; used by one thread at a time, closed by who opened it.

    Between two questions the stories stay in memory (about 15 kB each) until `forget` is called.
    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        """Open the newsroom in `root`; raises ConfigError, MemoryStoreError."""
        self._resident = ResidentNewsroom(root, environ)
        self._kept: tuple[tuple[object, ...], datetime, Bench] | None = None
        self._front_today: Sequence[Story] = ()

    def try_change(self, change: RuleChange, progress: Progress) -> TriedRules:
        """Try a change on the stories of the last thirty days; raises as `apply_change` does."""
        newsroom = self._open()
        settings = apply_change(newsroom.settings, change)
        draft = draft_rules(newsroom, change)
        bench = self._bench(newsroom, progress)
        outcome = try_rules(bench, settings, progress)
        judged = outcome if change.judges else None
        front = compare_fronts(self._front_today, plan_front(bench, judged, settings))
        summary = summarize(bench, outcome, change.keywords)
        return TriedRules(summary=summary, front=front, draft=draft)

    def write(self, change: RuleChange, by: str, stands: str, why: str) -> SettingsReport:
        """Commit a change; raises as `write_rules` does."""
        return write_rules(self._open(), change, by, stands, why)

    def undo(self, commit: str, by: str) -> SettingsReport:
        """Take a commit of rules back; raises as `undo_settings` does."""
        return undo_settings(self._open(), commit, by)

    def forget(self) -> None:
        """Let go of the stories."""
        self._kept = None

    def close(self) -> None:
        """Close the newsroom."""
        self._resident.close()

    def _open(self) -> Newsroom:
        return self._resident.newsroom(datetime.now(UTC))

    def _bench(self, newsroom: Newsroom, progress: Progress) -> Bench:
        """Return the bench that is open while commit and settings are the same, else another."""
        head = git.Repository(newsroom.root).head()
        settings = newsroom.settings
        key = (head, newsroom.beat, settings.review, settings.front)
        if self._kept is not None:
            known, since, bench = self._kept
            if known == key and newsroom.now - since < _FRESH:
                return bench
        self._kept = None
        bench = open_bench(newsroom, DAYS, progress)
        self._kept = (key, newsroom.now, bench)
        self._front_today = plan_front(bench, None, settings)
        return bench
