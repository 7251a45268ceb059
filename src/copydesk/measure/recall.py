"""Count how many of other sites' stories, from a list, this site has covered, in all
and by site.
"""

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
        RecallKind.HAVE: "in the newsroom",
        RecallKind.COVERED: "covered by another publisher",
        RecallKind.DROPPED: "dropped",
        RecallKind.OPEN: "failed or pending",
        RecallKind.UNSEEN: "never found",
    }
)
_HAD = (RecallKind.HAVE, RecallKind.COVERED)


class Recalled(Protocol):
    """A story in a list of other sites' stories, and whether and how our site covered it."""

    @property
    def url(self) -> str:
        """Return the URL of the story in the list."""
        ...

    @property
    def kind(self) -> RecallKind:
        """Return whether and how our site covered the listed story."""
        ...

    @property
    def source(self) -> str:
        """Return the URL of our source (watched feed or page) on the story's site, "" if we have
        none.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRecall:
    """How many of another site's listed stories we covered, missed, …, and if we watch
    that site.
    """

    site: str
    stories: int
    kinds: Mapping[RecallKind, int]
    is_source: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallCounts:
    """How many listed stories of other sites our site covered, missed, …, in all and by site.

    `share` is the share of stories whose event we had from any publisher, `own` that of the pages
    themselves; None if there are no stories.
    """

    stories: int
    kinds: Mapping[RecallKind, int]
    share: float | None
    own: float | None
    sites: tuple[SiteRecall, ...]


def count_recall(stories: Iterable[Recalled]) -> RecallCounts:
    """Count how many listed stories of other sites our site covered, missed, and so on."""
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
