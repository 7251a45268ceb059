"""Sums: what a site has under its headings, before and after a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.publish.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How many stories are published: in all, by day, month of their sitemap, source and topic."""

    count: int
    days: Mapping[str, int]
    months: Mapping[str, int]
    sources: Mapping[str, int]
    topics: Mapping[str, int]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Sums:
        """Give what a catalogue has now."""
        return cls(
            count=catalogue.count(),
            days=catalogue.sums("day"),
            months=catalogue.sums("month"),
            sources=catalogue.sums("source"),
            topics=catalogue.sums("topic"),
        )
