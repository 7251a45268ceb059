"""How much of a list we had: counts by kind, in all and for each site of the list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from copydesk.kit import urls
from copydesk.news import RecallKind

# What each kind is called, in the order in which a table has them.
KIND_WORDS: Mapping[RecallKind, str] = MappingProxyType(
    {
        RecallKind.HAVE: "we have it",
        RecallKind.COVERED: "in another newsroom's words",
        RecallKind.DROPPED: "dropped",
        RecallKind.OPEN: "failed or waits",
        RecallKind.UNSEEN: "never seen",
    }
)
_HAD = (RecallKind.HAVE, RecallKind.COVERED)


class Recalled(Protocol):
    """A listed story, and where it stands with us."""

    @property
    def url(self) -> str:
        """Return its address."""
        ...

    @property
    def kind(self) -> RecallKind:
        """Return where it stands."""
        ...

    @property
    def source(self) -> str:
        """Return the source of ours on its site, "" for none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRecall:
    """How many stories of one site there are of each kind, and whether it is a source of ours."""

    site: str
    stories: int
    kinds: Mapping[RecallKind, int]
    is_source: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallCounts:
    """How many stories there are of each kind, and of which sites, those we miss most of first.

    `share` is that of the happenings that we had, in whoever's words, `own` that of the very pages;
    None where there are no stories.
    """

    stories: int
    kinds: Mapping[RecallKind, int]
    share: float | None
    own: float | None
    sites: tuple[SiteRecall, ...]


def count_recall(stories: Iterable[Recalled]) -> RecallCounts:
    """Count the stories of a list by where they stand."""
    by_site: defaultdict[str, Counter[RecallKind]] = defaultdict(Counter)
    sources: set[str] = set()
    for story in stories:
        site = urls.registrable_domain(story.url)
        by_site[site][story.kind] += 1
        if story.source and urls.registrable_domain(story.source) == site:
            sources.add(site)
    kinds = Counter[RecallKind]()
    for counted in by_site.values():
        kinds.update(counted)
    total = kinds.total()
    sites = (
        SiteRecall(
            site=site,
            stories=counted.total(),
            kinds=_by_kind(counted),
            is_source=site in sources,
        )
        for site, counted in by_site.items()
    )
    return RecallCounts(
        stories=total,
        kinds=_by_kind(kinds),
        share=_share(sum(kinds[kind] for kind in _HAD), total),
        own=_share(kinds[RecallKind.HAVE], total),
        sites=tuple(sorted(sites, key=lambda told: (-_count_gaps(told.kinds), told.site))),
    )


def _by_kind(counted: Mapping[RecallKind, int]) -> Mapping[RecallKind, int]:
    return {kind: counted.get(kind, 0) for kind in RecallKind}


def _count_gaps(kinds: Mapping[RecallKind, int]) -> int:
    return sum(count for kind, count in kinds.items() if kind not in _HAD)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
