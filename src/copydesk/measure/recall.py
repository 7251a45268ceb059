"""Count how many stories of a given list we covered, in all and for each site of the list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from copydesk.kit import urls
from copydesk.news.story import RecallKind

# The label of each kind, in the order of table columns.
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
    """A listed story of another site, and how we covered it."""

    @property
    def url(self) -> str:
        """Return the listed story's URL."""
        ...

    @property
    def kind(self) -> RecallKind:
        """Return how we covered the listed story."""
        ...

    @property
    def source(self) -> str:
        """Return the URL of our source on the story's site, "" for none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRecall:
    """The number of a site's listed stories of each kind, and whether it is one of our sources."""

    site: str
    stories: int
    kinds: Mapping[RecallKind, int]
    is_source: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallCounts:
    """The number of listed stories of each kind, and the sites, those with the most gaps first.

    `share` is the share of stories whose event we had from any publisher, `own` that of the pages
    themselves; None if there are no stories.
    """

    stories: int
    kinds: Mapping[RecallKind, int]
    share: float | None
    own: float | None
    sites: tuple[SiteRecall, ...]


def count_recall(stories: Iterable[Recalled]) -> RecallCounts:
    """Count the stories of a list by how we covered them."""
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
