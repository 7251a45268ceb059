"""What commands report: the shapes that `--json` prints (docs/reference/json.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from copydesk.engine.newsroom._failures import Failure
from copydesk.engine.newsroom._missing import MissingCount
from copydesk.news import Dropped


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
