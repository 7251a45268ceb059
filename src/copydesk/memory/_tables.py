"""The tables of the memory database: outcomes of links, planned re-fetches, actions, digests,
counts.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from copydesk.kit import dates, tables, urls
from copydesk.kit.kept import read_row

_QUERIES = tables.read_queries(__package__)
FateState = Literal["filed", "dropped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of the link to `url`: a story (in the file `path`), dropped or failed, and why.

    `identity` is the URL's identity (kit.urls); `tries` counts the rounds that fetched it. `rules`
    is a digest of the rules that caused a drop, "" if it does not depend on rules.
    """

    identity: str
    url: str
    state: FateState
    at: datetime
    reason: str = ""
    detail: str = ""
    hint: str = ""
    path: str = ""
    source: str = ""
    tries: int = 1
    rules: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """A planned re-fetch of the article page at `url`; `path` is the path of its story record.

    `kept` is the stored state of the page, in the caller's format.
    """

    path: str
    url: str
    due: datetime
    kept: bytes = b"{}"


class _Tables:
    """Tables of one subject; `run` executes an SQL statement on them."""

    def __init__(self, run: Callable[..., sqlite3.Cursor]) -> None:
        self._run = run


class Revisits(_Tables):
    """The planned re-fetches of article pages, by the path of the story record (a database
    table).
    """

    def get(self, path: str) -> Revisit | None:
        """Return the next planned re-fetch of a story's article page, None if there is none."""
        statement = "SELECT path, url, due, kept FROM revisits WHERE path = ?"
        row = self._run(statement, path).fetchone()
        return None if row is None else _revisit(row)

    def paths(self) -> set[str]:
        """Return the paths of the stories whose article page will be re-fetched."""
        return {path for (path,) in self._run("SELECT path FROM revisits").fetchall()}

    def due(self, now: datetime, at_most: int = -1) -> Iterator[Revisit]:
        """Return the re-fetches of article pages that are due, longest overdue first; a limit of -1
        means all.
        """
        rows = self._run(
            "SELECT path, url, due, kept FROM revisits WHERE due <= ? ORDER BY due, path LIMIT ?",
            dates.rfc3339(now),
            at_most,
        )
        return map(_revisit, rows.fetchall())

    def share(self, now: datetime, late: datetime, at_most: int, a_host: int) -> list[Revisit]:
        """Return at most `at_most` due re-fetches, `a_host` for each host, taking turns between
        hosts.

        Each host's first re-fetch comes before any host's second. Within a host, re-fetches that
        are not yet `late` come first; otherwise a host with too many would keep all of them late
        for ever. The result is sorted with the longest due first.
        """
        times = (dates.rfc3339(late), dates.rfc3339(now))
        rows = self._run(_QUERIES["share"], *times, a_host, at_most).fetchall()
        return sorted(map(_revisit, rows), key=lambda revisit: (revisit.due, revisit.path))

    def put(self, revisit: Revisit) -> None:
        """Store a planned re-fetch, in place of the earlier one of the same story."""
        self._run(
            "INSERT OR REPLACE INTO revisits (path, url, due, kept, host) VALUES (?, ?, ?, ?, ?)",
            revisit.path,
            revisit.url,
            dates.rfc3339(revisit.due),
            revisit.kept,
            urls.host(revisit.url),
        )

    def forget_due(self, before: datetime) -> None:
        """Delete the planned re-fetches that were due before a time."""
        self._run("DELETE FROM revisits WHERE due < ?", dates.rfc3339(before))

    def forget(self, path: str) -> None:
        """Delete the planned re-fetch of the article page of the story at a record path."""
        self._run("DELETE FROM revisits WHERE path = ?", path)


def _revisit(row: tuple[Any, ...]) -> Revisit:
    return read_row(Revisit, "path, url, due, kept", row)


class Actions(_Tables):
    """Recent actions of editors by id, each with the data to undo it (a database table)."""

    def get(self, action_id: str) -> bytes | None:
        """Return the data to undo an editor's action, None if no action has this id."""
        row = self._run("SELECT kept FROM actions WHERE id = ?", action_id).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, action_id: str, at: datetime, kept: bytes) -> None:
        """Store the time of an editor's action, and the data to undo it."""
        moment = dates.rfc3339(at)
        self._run("INSERT OR REPLACE INTO actions VALUES (?, ?, ?)", action_id, moment, kept)

    def forget(self, before: datetime) -> None:
        """Delete the editors' actions from before a time."""
        self._run("DELETE FROM actions WHERE at < ?", dates.rfc3339(before))


class SiteManifest:
    """The digests of all files of a built site, or of those uploaded to one deploy target."""

    def __init__(self, run: Callable[..., sqlite3.Cursor], site: str) -> None:
        self._run = run
        self._site = site

    def get(self, path: str) -> str | None:
        """Return the digest of the site's file at `path` as last written, None if it was never
        written.
        """
        query = "SELECT digest FROM manifest WHERE site = ? AND path = ?"
        row = self._run(query, self._site, path).fetchone()
        return None if row is None else str(row[0])

    def put(self, path: str, digest: str) -> None:
        """Store the digest of the site's file at `path`."""
        self._run("INSERT OR REPLACE INTO manifest VALUES (?, ?, ?)", self._site, path, digest)

    def forget(self, path: str) -> None:
        """Delete the digest of the site's file at `path`."""
        self._run("DELETE FROM manifest WHERE site = ? AND path = ?", self._site, path)

    def paths(self) -> Iterator[str]:
        """Yield the path of every file of the site that was written."""
        rows = self._run("SELECT path FROM manifest WHERE site = ?", self._site).fetchall()
        return iter([path for (path,) in rows])

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield the path and digest of every file of the site that was written."""
        rows = self._run("SELECT path, digest FROM manifest WHERE site = ?", self._site)
        return iter(rows.fetchall())


KeyedTable = Literal[
    "hosts", "hubs", "letters", "overtaken", "pushed", "recall", "sites", "taught", "tips",
    "untold", "vectors", "waiting", "webhooks",
]  # fmt: skip


class KeyedBytes:
    """A database table that stores bytes by key, in a format that only its user knows."""

    def __init__(self, run: Callable[..., sqlite3.Cursor], table: KeyedTable) -> None:
        self._run = run
        self._table = table  # one of a fixed list of names, so safe to put into SQL

    def get(self, key: str) -> bytes | None:
        """Return the bytes stored under the key, None if there are none."""
        row = self._run(f"SELECT kept FROM {self._table} WHERE key = ?", key).fetchone()  # noqa: S608
        return None if row is None else bytes(row[0])

    def put(self, key: str, kept: bytes) -> None:
        """Store bytes under the key, in place of earlier ones."""
        self._run(f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)", key, kept)  # noqa: S608

    def forget(self, key: str) -> None:
        """Delete the bytes stored under the key."""
        self._run(f"DELETE FROM {self._table} WHERE key = ?", key)  # noqa: S608

    def forget_all(self) -> None:
        """Delete all rows of the table."""
        self._run(f"DELETE FROM {self._table}")  # noqa: S608

    def items(self, prefix: str = "") -> Iterator[tuple[str, bytes]]:
        """Yield every key with this prefix and its bytes, sorted by key."""
        where = "WHERE key >= ? AND key < ?" if prefix else "WHERE ? = ?"
        bounds = (prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)) if prefix else ("", "")
        rows = self._run(f"SELECT key, kept FROM {self._table} {where} ORDER BY key", *bounds)  # noqa: S608
        return iter(rows.fetchall())

    def keys(self) -> list[str]:
        """Return every key of the table, sorted."""
        return [key for (key,) in self._run(f"SELECT key FROM {self._table} ORDER BY key")]  # noqa: S608


# Count what each source brought, how long stories took, and how often their pages were read.
#
# A duration is counted in a step of a histogram, from which the median can be read. Each step is
# longer than the one before by a fifth (2 ** 0.25), so 76 steps cover a minute to a year, and a
# value read is within a tenth of the true one. Two histograms can be added up; two medians cannot.

_SHORTEST = 60.0  # seconds; shorter durations are step 0
_STEPS_A_DOUBLING = 4
_LAST = 76  # a year and longer


def find_step(seconds: float) -> int:
    """Return the number (0 to 76) of the histogram step for a duration in seconds."""
    if seconds < _SHORTEST:
        return 0
    return min(_LAST, 1 + int(_STEPS_A_DOUBLING * math.log2(seconds / _SHORTEST)))


def find_share(counts: Mapping[int, int], share: float) -> float | None:
    """Return a percentile of durations from a histogram, in seconds, None without any counts.

    `share` is from 0 to 1: 0.5 gives the median. The result is the middle of a step; 30 seconds for
    the first.
    """
    wanted = share * sum(counts.values())
    if not wanted:
        return None
    seen = 0
    for step in sorted(counts):
        seen += counts[step]
        if seen >= wanted:
            return _middle(step)
    return _middle(max(counts))


def _middle(step: int) -> float:
    if step <= 0:
        return _SHORTEST / 2
    return float(_SHORTEST * 2 ** ((step - 0.5) / _STEPS_A_DOUBLING))


# "asked" counts how often a source was fetched, "unanswered" how often it gave no list, "lead" the
# pages that it listed for the first time. "filed", "dropped" (`what` is the reason) and "failed"
# are their outcomes. "delay" (`what` is the step of a histogram) is the time from publication to
# filing, "timed" (`what` is the path) is each story behind a delay.
CountKind = Literal["asked", "unanswered", "lead", "filed", "dropped", "failed", "delay", "timed"]
Tally = Mapping[tuple[CountKind, str], int]  # by kind and what


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """The counts of one source (feed, sitemap, page) for one day; `source` is "" for pages that
    editors asked for.

    The source was `asked` so many times and gave no list `unanswered` times. `leads` are new on
    that day; together with earlier failed ones they gave `filed` stories, `dropped` ones and
    `failed` pages. `delay_seconds` is the median from publication to filing, None if unknown.
    """

    day: date
    source: str
    asked: int = 0
    unanswered: int = 0
    leads: int = 0
    filed: int = 0
    dropped: int = 0
    failed: int = 0
    delay_seconds: float | None = None


class SourceCounts(_Tables):
    """Counts of what fetching rounds found, by day in the newsroom's time zone (a database
    table).
    """

    def add(self, day: date, source: str, tally: Tally) -> None:
        """Add what a fetching round counted for a source to the counts of a day."""
        for (kind, what), count in sorted(tally.items()):
            self._run(_QUERIES["count"], day.isoformat(), source, kind, what, count)

    def list_source_days(self, since: date) -> list[SourceDay]:
        """Return the counts of each source for each day since a day, by day and source.

        Days on which a source was not asked are left out.
        """
        tallies: dict[tuple[str, str], Counter[str]] = {}
        delays: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        for day, source, kind, what, count in self._run(_QUERIES["all_days"], since.isoformat()):
            tally = tallies.setdefault((day, source), Counter())
            if kind == "delay":
                delays[day, source][int(what)] += count
            else:
                tally[kind] += count
        return [
            SourceDay(
                day=date.fromisoformat(day),
                source=source,
                asked=tally["asked"],
                unanswered=tally["unanswered"],
                leads=tally["lead"],
                filed=tally["filed"],
                dropped=tally["dropped"],
                failed=tally["failed"],
                delay_seconds=find_share(delays[day, source], 0.5),
            )
            for (day, source), tally in tallies.items()
        ]

    def list_drops(self, since: date) -> dict[tuple[date, str], int]:
        """Return how many links became no story since a day, by day and reason."""
        rows = self._run(_QUERIES["drops"], since.isoformat())
        return {(date.fromisoformat(day), reason): count for day, reason, count in rows}

    def sum_delays_by_day(self, since: date) -> Mapping[str, Mapping[int, int]]:
        """Return how many stories had which delay since publication, by the day when they were
        stored.

        Delays are steps of `find_step`; days are written as 2026-11-27.
        """
        return self._sum(_QUERIES["delays_by_day"], since)

    def sum_delays_by_source(self, since: date) -> Mapping[str, Mapping[int, int]]:
        """Return how many stories since a day had which delay since publication, by source URL."""
        return self._sum(_QUERIES["delays_by_source"], since)

    def _sum(self, query: str, since: date) -> Mapping[str, Mapping[int, int]]:
        sums: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for of, step, stories in self._run(query, since.isoformat()):
            sums[of][step] = stories
        return sums

    def list_delay_paths(self, since: date, until: date, source: str | None = None) -> list[str]:
        """Return the paths of the stories whose publication delay was counted on some days."""
        bounds = (since.isoformat(), until.isoformat(), source, source)
        return [path for (path,) in self._run(_QUERIES["timed"], *bounds)]

    def count_delay_paths(self, since: date) -> tuple[Counter[str], Counter[str]]:
        """Return how many stories' delays were counted since a day, once by day and once by source.

        None for days that an earlier version counted.
        """
        by_day, by_source = Counter[str](), Counter[str]()
        for day, source, stories in self._run(_QUERIES["count_timed"], since.isoformat()):
            by_day[day] += stories
            by_source[source] += stories
        return by_day, by_source

    def first_day(self) -> date | None:
        """Return the first day with counts of sources, None without any."""
        (first,) = self._run("SELECT min(day) FROM counts").fetchone()
        return None if first is None else date.fromisoformat(first)

    def forget(self, before: date) -> None:
        """Delete all counts of the days before a given day."""
        self._run("DELETE FROM counts WHERE day < ?", before.isoformat())


class Reads(_Tables):
    """Page views of stories, by UTC day and record name, from the site's own counter (a database
    table).
    """

    def add(self, day: date, counts: Mapping[str, int]) -> None:
        """Add page views of stories, by record name, to the counts of a day."""
        for name, count in counts.items():
            self._run(_QUERIES["add_reads"], day.isoformat(), name, count)

    def since(self, day: date) -> dict[str, int]:
        """Return the page views of each story since a day, by record name, without stories that had
        none.
        """
        total = "SELECT name, SUM(count) FROM reads WHERE day >= ? GROUP BY name ORDER BY name"
        return dict(self._run(total, day.isoformat()))

    def forget(self, before: date) -> None:
        """Delete the page views of the days before a given day."""
        self._run("DELETE FROM reads WHERE day < ?", before.isoformat())
