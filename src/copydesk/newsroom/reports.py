"""The results that commands print; with `--json` they are printed as JSON (docs/reference/json.md).

Also reads and writes two files of fetching runs: the status of the last fetching run, and the list
of texts and pictures missing since a restore.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from copydesk.archive import address_mark
from copydesk.kit import dates, files, locks, text, urls
from copydesk.news import Dropped, Standing, Story
from copydesk.newsroom._newsroom import Failure, IncompleteSource, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployReport:
    """The result of an upload of the site (or a dry run): files sent, deleted, unchanged; bytes.

    `to` is the method, `target` the deploy target. `sending` and `deleting` list the files of a dry
    run in order. `pinged` counts the search engines and hubs that were notified.
    """

    to: str
    target: str
    sent: int
    deleted: int
    unchanged: int
    bytes: int
    seconds: float
    pinged: int = 0
    dry_run: bool = False
    sending: tuple[str, ...] = ()
    deleting: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Became = Literal["filed", "held", "updated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One story in a fetching run's report: whether it is new, corrected or published, and why.

    `why` has the main reasons for a new story, or the corrections of a story stored earlier.
    `standing` is its status after the run, None if unknown.
    """

    path: str
    title: str
    became: Became
    published: bool
    quality: int | None
    topics: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    standing: Standing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundReport:
    """The result of one run of fetching pages and storing stories; paths are record paths.

    `dropped` counts links by the reason why they gave no story. `waiting` counts links left for the
    next fetching run, `waiting_stories` all stories that wait for an editor. In a fetching run for
    a single page, `declined` is the reason why it was not stored. `missing` counts what a restore
    left missing, None if nothing. `standings` counts the new stories by status, `stories` all
    stories that the newsroom had at the end. `not_due` counts the sources that were not fetched, by
    reason; `next_due` is when the first of them is due, RFC 3339 or "". A fetching run is not
    `complete` if a record could not be written or committed, or if a deploy failed. It is `offline`
    if it fetched sources, and each request failed in the network.
    """

    leads: int = 0
    filed: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    waiting: int = 0
    looked_again: int = 0
    held: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    failed: tuple[Failure, ...] = ()
    skipped: tuple[str, ...] = ()
    commit: str | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    complete: bool = True
    stages: Mapping[str, float] = field(default_factory=dict)
    deploy: DeployReport | None = None
    headlines: tuple[Headline, ...] = ()
    waiting_stories: int = 0
    declined: Dropped | None = None
    missing: MissingCount | None = None
    offline: bool = False
    standings: Mapping[Standing, int] = field(default_factory=dict)
    stories: Mapping[Standing, int] = field(default_factory=dict)
    not_due: Mapping[str, int] = field(default_factory=dict)
    next_due: str = ""

    @property
    def incomplete(self) -> list[IncompleteSource]:
        """Return those of `failed` from which items were read: their XML ends too early."""
        return [failure for failure in self.failed if isinstance(failure, IncompleteSource)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """The result of one build of the site, and of the upload after it, if any."""

    stories: int
    pages: int
    written: int
    deleted: int
    unchanged: int
    seconds: float
    failed: tuple[Failure, ...] = ()
    deploy: DeployReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of use of a story's article; `name` is access, credit or refuses.

    `evidence` quotes the story's page; it is empty if the article is no longer stored.
    """

    name: str
    value: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One editors' rule, as text for people; `number` is its position in rulings.yaml, from 1.

    `titles` are the headlines of its `stories`, or the name of one whose file is missing.
    `is_active` is false if the rule has no effect now: its pin expired, its record is gone, or its
    topic is no longer in the settings. `note` says why.
    """

    number: int
    said: str
    by: str
    at: str
    why: str
    stories: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    until: str = ""
    is_active: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One finding that added or took points of a story's quality; `reason` is a sentence on it."""

    points: int
    why: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRow:
    """One part of a story's quality score: its points and the evidence; `part` is "" if unknown."""

    part: str
    points: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The rank of a story's quality among the last `stories` of a topic ("" means of all topics).

    `place` is the rank from the best, `median` the median quality, and `published` the number of
    these stories that are on the site.
    """

    topic: str
    place: int
    stories: int
    median: int
    published: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a story has its status, or why a link became no story.

    `standing` is the status (`news.Standing`), "" for a page that failed; `gone` means that the
    publisher has removed the story. `trust` is the score of its source, 0 to 100, None if unknown.
    `leader` is the path of the story that leads its group, "" for none; `otherwise` lists changes
    that would have led to another status. `parts` explain its `quality`, and `places` compare that
    with other stories. `titles` are the headlines of the story and of those that it names, by path.
    `matter` is the name of its matter under the editors' rules, `matter_title` what they call it.
    """

    path: str
    url: str
    state: str
    stage: str
    reasons: tuple[str, ...] = ()
    trust: int | None = None
    otherwise: tuple[str, ...] = ()
    leader: str = ""
    group: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    verdict: Mapping[str, str] | None = None
    history: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    rulings: tuple[Rule, ...] = ()
    standing: str = ""
    gone: bool = False
    quality: int | None = None
    parts: tuple[QualityRow, ...] = ()
    places: tuple[Place, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    matter: str = ""
    matter_title: str = ""


# Round status: the progress of the running round, or the result of the last one.
#
# It is one small file that the server's first page, its metrics and the desk show. The file is
# disposable, and written at most a few times a second.

_STATUS_FILE = "round.json"
_GAP_SECONDS = 0.2  # between two writes of the steps of a stage
_MOST_STATUS_BYTES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStatus:
    """The progress or result of a run of fetching and storing, identified by `began` and `pid`.

    `process` also tells the process from others that get its number later, as in each container.
    `done` steps of the `stage` are done, of `total`, which is None if unknown. The fields after
    `is_over` have the result once it is true. For a fetching run that was killed `is_over` stays
    false, but its process is gone.
    """

    pid: int
    began: datetime
    stage: str = ""
    done: int = 0
    total: int | None = None
    is_over: bool = False
    seconds: float = 0.0
    filed: int = 0
    updated: int = 0
    held: int = 0
    dropped: int = 0
    failed: int = 0
    complete: bool = False
    missing: MissingCount | None = None
    process: str = ""

    @property
    def is_at_work(self) -> bool:
        """Whether the fetching run is not over and its process still exists."""
        if self.is_over or self.process not in {"", locks.identity(self.pid).decode()}:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True


def read_round_status(private: Path) -> RoundStatus | None:
    """Return the status of the last run of fetching and storing stories, None if unknown."""
    return files.read_json(private / _STATUS_FILE, RoundStatus, _MOST_STATUS_BYTES)


class RoundTeller:
    """Displays a fetching run's progress, and writes it to a status file for other processes.

    Errors of writing are ignored, so that they do not fail the round.
    """

    def __init__(self, private: Path, now: datetime, progress: Progress) -> None:
        self._path = private / _STATUS_FILE
        self._progress = progress
        self._began = time.monotonic()
        self._written = 0.0
        pid = os.getpid()
        self._status = RoundStatus(pid=pid, began=now, process=locks.identity(pid).decode())
        self._write()

    def stage(
        self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
    ) -> None:
        """Begin a stage of the fetching run with `total` steps; None if the number is unknown."""
        self._progress.stage(name, total, hosts)
        self._status = replace(self._status, stage=name, done=0, total=total)
        self._write()

    def step(self, count: int = 1, host: str = "") -> None:
        """Count `count` further steps of the current stage as done."""
        self._progress.step(count, host)
        self._status = replace(self._status, done=self._status.done + count)
        if time.monotonic() - self._written >= _GAP_SECONDS:
            self._write()

    def end(self, report: RoundReport | None) -> None:
        """Write the fetching run's result to the status file; `report` is None if it failed."""
        report = report or RoundReport(complete=False)
        self._status = replace(
            self._status,
            is_over=True,
            seconds=round(time.monotonic() - self._began, 3),
            filed=len(report.filed),
            updated=len(report.updated),
            held=len(report.held),
            dropped=sum(report.dropped.values()),
            failed=len(report.failed) - len(report.incomplete),
            complete=report.complete,
            missing=report.missing,
        )
        self._write()

    def _write(self) -> None:
        self._written = time.monotonic()
        with contextlib.suppress(OSError):
            files.write_atomic(self._path, msgspec.json.encode(self._status), durable=False)


# Missing parts: texts and pictures that a backup leaves out and rounds fetch again.
#
#     backup: lists the parts left out ── restore: finds their records ──> .copydesk/restored.json
#     each round fetches some of them ──> back, or lost for good
#
# The list is a file of its own, as the memory may be deleted at any time. Nothing else separates
# the parts lost with the disk from those deleted long before to save space. Without the file, no
# part is fetched.

PARTS_A_ROUND = 200  # as many as the filed pages that a round checks again, a similar load
PARTS_A_HOST = 12  # in a round: takes a minute with five seconds between requests

_MISSING_FILE = "restored.json"
_MOST_MISSING_BYTES = 64 * 1024 * 1024  # of the file: a third of a million parts


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPart:
    """An article text or picture missing since a restore; `url` is that of the page or picture.

    `due` is the time of the next try, None for at once; `tries` counts those made. `lost` says why
    the part cannot come back, "" while it may.
    """

    path: str
    kind: Literal["text", "picture"]
    url: str
    published_at: datetime | None = None
    tries: int = 0
    due: datetime | None = None
    lost: str = ""

    def is_due(self, now: datetime) -> bool:
        """Return whether the missing text or picture should be fetched now; False if it is lost."""
        return not self.lost and (self.due is None or self.due <= now)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingParts:
    """The texts and pictures missing since a restore, newest first; `back` counts those fetched."""

    restored: datetime
    parts: tuple[MissingPart, ...]
    back: int = 0

    @property
    def waiting(self) -> list[MissingPart]:
        """Return the missing texts and pictures that can still be fetched."""
        return [part for part in self.parts if not part.lost]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCount:
    """The number of texts and pictures missing since a restore, fetched again, and lost for good.

    `rounds` is the least number of further fetching runs needed. `seconds` is the least time, set
    by the pauses between requests to the slowest host.
    """

    texts: int
    pictures: int
    back: int
    lost: int
    rounds: int
    seconds: float

    @property
    def waiting(self) -> int:
        """Return the number of texts and pictures still to be fetched."""
        return self.texts + self.pictures

    def describe(self) -> str:
        """Return the counts of missing texts and pictures as a sentence for a terminal."""
        told = f"found again: {self.back:,}; lost: {self.lost:,}"
        if not self.waiting:
            return f"missing since the restore: nothing; {told}"
        texts, pictures = text.count_of(self.texts, "text"), text.count_of(self.pictures, "picture")
        minutes = text.count_of(math.ceil(self.seconds / 60), "minute")
        return (
            f"missing since the restore: {texts} and {pictures}; the next runs fetch them "
            f"(at least {text.count_of(self.rounds, 'run')}, with pauses of {minutes} at the "
            f"slowest host); {told}"
        )


def find_missing_parts(
    stories: Iterable[Story], texts: Collection[str], pictures: Collection[str]
) -> tuple[MissingPart, ...]:
    """Return the texts and pictures that a backup left out, found by marks (hashes) of their URLs.

    The newest stories come first.
    """
    found = [part for story in stories for part in _parts_of(story, texts, pictures)]
    return tuple(sorted(found, key=_newest_first))


def _parts_of(
    story: Story, texts: Collection[str], pictures: Collection[str]
) -> Iterator[MissingPart]:
    at = story.published_at
    if any(address_mark(url) in texts for url in story.addresses):
        url = story.web_url or story.original_url
        yield MissingPart(path=story.path, kind="text", url=url, published_at=at)
    for image in story.images[:1]:
        if address_mark(image.url) in pictures:
            yield MissingPart(path=story.path, kind="picture", url=image.url, published_at=at)


def _newest_first(part: MissingPart) -> tuple[float, str, str]:
    return (-(part.published_at or dates.EARLIEST).timestamp(), part.path, part.kind)


def read_missing_parts(private: Path) -> MissingParts | None:
    """Return the stored list of texts and pictures missing since a restore, None if none."""
    return files.read_json(private / _MISSING_FILE, MissingParts, _MOST_MISSING_BYTES)


def write_missing_parts(private: Path, missing: MissingParts) -> None:
    """Store the list of texts and pictures missing since a restore; raises OSError."""
    files.write_atomic(private / _MISSING_FILE, msgspec.json.encode(missing))


def forget_missing_parts(private: Path) -> None:
    """Delete the stored list of texts and pictures missing since a restore."""
    with contextlib.suppress(OSError):
        (private / _MISSING_FILE).unlink()


def count_missing_parts(missing: MissingParts, pause_of: Callable[[str], float]) -> MissingCount:
    """Count the texts and pictures missing since a restore, and estimate the time to fetch them.

    `pause_of` returns the seconds between requests to a host.
    """
    waiting = missing.waiting
    kinds = Counter(part.kind for part in waiting)
    hosts = Counter(urls.host(part.url) for part in waiting)
    rounds = [math.ceil(count / PARTS_A_HOST) for count in hosts.values()]
    return MissingCount(
        texts=kinds["text"],
        pictures=kinds["picture"],
        back=missing.back,
        lost=len(missing.parts) - len(waiting),
        rounds=max((math.ceil(len(waiting) / PARTS_A_ROUND), *rounds)),
        seconds=max((count * pause_of(host) for host, count in hosts.items()), default=0.0),
    )
