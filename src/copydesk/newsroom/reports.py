"""What commands report: the shapes that `--json` prints (docs/reference/json.md)."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from copydesk.archive import address_mark
from copydesk.kit import files, urls
from copydesk.news import Dropped, Story
from copydesk.newsroom._newsroom import Failure, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployReport:
    """What one deploy did, or with `dry_run` would do: files sent, deleted, left; bytes sent.

    `to` is the way, `target` the place. `sending` and `deleting` name the files of a dry run, in
    order. `pinged` counts who was told of the change.
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
    """One story of a round: what became of it, whether it is published now, and first of all why.

    `why` are the chief reasons of a new story, or what was corrected in one that was filed before.
    """

    path: str
    title: str
    became: Became
    published: bool
    quality: int | None
    topics: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundReport:
    """What one round did. Paths are those of records; `dropped` counts by reason.

    `waiting` leads found no place in the round and come next; `waiting_stories` counts all that
    wait for an editor. Where the round was about one page, `declined` is why that was not filed.
    `missing` counts what a restore missed, None where it missed nothing. It is not `complete` where
    a record could not be written or committed that should have been, or where a deploy failed.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What one build wrote below the web root, and what a deploy then did if one was asked for."""

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
    """On what terms a story stands: `name` is access, credit or refuses.

    `evidence` is what its page says of it, nothing where the article is no longer kept.
    """

    name: str
    value: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as a person reads it; `number` counts from 1 in the order of the file.

    `is_active` says whether it does anything: a pin may have expired, a record be gone, a topic be
    none of the beat any more. `note` says why it does not.
    """

    number: int
    said: str
    by: str
    at: str
    why: str
    stories: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    until: str = ""
    is_active: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What earned or cost points, in words; `reason` is the sentence on it among the reasons."""

    points: int
    why: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRow:
    """One part of a quality: its points and what they come from; `part` is "" where unknown."""

    part: str
    points: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a story's quality stands among the last `stories` of a topic, "" being all topics.

    `place` counts from the best, `median` is their middle quality, and `published` of them are on
    the site.
    """

    topic: str
    place: int
    stories: int
    median: int
    published: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a story is where it is, or why a lead was dropped.

    `standing` is where it stands (`news.Standing`), "" for a page that failed, and `gone` says that
    its publisher has it no longer. `trust` is what is known of its source, 0 to 100, None for
    nothing. `leader` is the path of who
    leads its group, "" for none; `otherwise` says what would have changed where it stands. `parts`
    are those of its `quality`, `places` how that stands among others.
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


# Round status: where the round that is at work stands, and what the last one did.
#
# One small file, for whoever shows it: the server's first page, its metrics, later the desk. It is
# disposable, and written at most a few times a second.

_STATUS_FILE = "round.json"
_GAP_SECONDS = 0.2  # between two writes of a stage's steps
_MOST_STATUS_BYTES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStatus:
    """A round, at work or over; `began` and `pid` tell it from every other one.

    `done` of `total` steps of its `stage` are done, None where nobody can know how many there are.
    Once it `is_over`, the rest says what it did. One that was killed is not over, but its process
    is gone.
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

    @property
    def is_at_work(self) -> bool:
        """Whether its process is still there, and it is not over."""
        if self.is_over:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True


def read_round_status(private: Path) -> RoundStatus | None:
    """Return how the last round of a newsroom stands, None where none is known."""
    try:
        with (private / _STATUS_FILE).open("rb") as file:
            return msgspec.json.decode(file.read(_MOST_STATUS_BYTES), type=RoundStatus)
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return None


class RoundTeller:
    """Pass a round's progress on, and write it down for others to read.

    What cannot be written is not told: a round does not fail for that.
    """

    def __init__(self, private: Path, now: datetime, progress: Progress) -> None:
        self._path = private / _STATUS_FILE
        self._progress = progress
        self._began = time.monotonic()
        self._written = 0.0
        self._status = RoundStatus(pid=os.getpid(), began=now)
        self._write()

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage."""
        self._progress.stage(name, total)
        self._status = replace(self._status, stage=name, done=0, total=total)
        self._write()

    def step(self, count: int = 1) -> None:
        """Note that `count` steps are done."""
        self._progress.step(count)
        self._status = replace(self._status, done=self._status.done + count)
        if time.monotonic() - self._written >= _GAP_SECONDS:
            self._write()

    def end(self, report: RoundReport | None) -> None:
        """Write down what the round did, None where it failed."""
        report = report or RoundReport(complete=False)
        self._status = replace(
            self._status,
            is_over=True,
            seconds=round(time.monotonic() - self._began, 3),
            filed=len(report.filed),
            updated=len(report.updated),
            held=len(report.held),
            dropped=sum(report.dropped.values()),
            failed=len(report.failed),
            complete=report.complete,
            missing=report.missing,
        )
        self._write()

    def _write(self) -> None:
        self._written = time.monotonic()
        with contextlib.suppress(OSError):
            files.write_atomic(self._path, msgspec.json.encode(self._status), durable=False)


# Missing parts: texts and pictures that a backup leaves out, until rounds have them again.
#
#     backup: a list of what it leaves out ── restore: of which records ──> .copydesk/restored.json
#     each round fetches some of them ──> back, or lost for good
#
# The list is a file of its own. The memory may be deleted at any time, and nothing else tells what
# was lost with the disk from what had been dropped for room long before. Without the file nothing
# more is fetched.

PARTS_A_ROUND = 200  # as many as looks at filed pages, which they are like
PARTS_A_HOST = 12  # a round: at five seconds between two, a minute

_MISSING_FILE = "restored.json"
_MOST_MISSING_BYTES = 64 * 1024 * 1024  # of the file: a third of a million parts
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPart:
    """The text or the picture of a record; `url` is its page's address, or the picture's.

    `due` is when it is asked for again after so many `tries`, None for at once. `lost` says why it
    cannot come back, "" while it may.
    """

    path: str
    kind: Literal["text", "picture"]
    url: str
    published_at: datetime | None = None
    tries: int = 0
    due: datetime | None = None
    lost: str = ""

    def is_due(self, now: datetime) -> bool:
        """Decide whether it is asked for now, a lost one never."""
        return not self.lost and (self.due is None or self.due <= now)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingParts:
    """What a restore missed, the newest stories' first; `back` counts what was fetched again."""

    restored: datetime
    parts: tuple[MissingPart, ...]
    back: int = 0

    @property
    def waiting(self) -> list[MissingPart]:
        """Return the parts that rounds still ask for."""
        return [part for part in self.parts if not part.lost]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCount:
    """How many texts and pictures wait, are back, and are lost for good since a restore.

    `rounds` is how many more rounds it takes at least, `seconds` how long they pause between
    requests to the host that takes longest.
    """

    texts: int
    pictures: int
    back: int
    lost: int
    rounds: int
    seconds: float

    @property
    def waiting(self) -> int:
        """Return how many texts and pictures wait."""
        return self.texts + self.pictures

    def describe(self) -> str:
        """Return in words, for a terminal, what a restore missed and how it stands."""
        told = f"back: {self.back:,}; lost: {self.lost:,}"
        if not self.waiting:
            return f"missing since the restore: nothing more; {told}"
        counts = f"{_count(self.texts, 'text')} and {_count(self.pictures, 'picture')}"
        minutes = math.ceil(self.seconds / 60)
        return (
            f"missing since the restore: {counts}; the next rounds fetch them (at least "
            f"{_count(self.rounds, 'round')}, {_count(minutes, 'minute')} of pauses at the slowest "
            f"host); {told}"
        )


def find_missing_parts(
    stories: Iterable[Story], texts: Collection[str], pictures: Collection[str]
) -> tuple[MissingPart, ...]:
    """Return the parts of records that a backup left out, by the marks of their addresses.

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
    return (-(part.published_at or _LONG_AGO).timestamp(), part.path, part.kind)


def read_missing_parts(private: Path) -> MissingParts | None:
    """Return what a restore missed; None where nothing was, or the file is damaged."""
    try:
        with (private / _MISSING_FILE).open("rb") as file:
            return msgspec.json.decode(file.read(_MOST_MISSING_BYTES), type=MissingParts)
    except (OSError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return None


def write_missing_parts(private: Path, missing: MissingParts) -> None:
    """Keep what a restore missed; raises OSError."""
    files.write_atomic(private / _MISSING_FILE, msgspec.json.encode(missing))


def forget_missing_parts(private: Path) -> None:
    """Keep nothing of a restore."""
    with contextlib.suppress(OSError):
        (private / _MISSING_FILE).unlink()


def count_missing_parts(missing: MissingParts, pause_of: Callable[[str], float]) -> MissingCount:
    """Count what waits and what is lost; `pause_of` gives the seconds between a host's requests."""
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


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
