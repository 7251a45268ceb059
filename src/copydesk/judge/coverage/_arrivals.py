"""Arrivals: stories in the order in which they came, each on its own day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from copydesk.judge.clustering import NewsDocument
from copydesk.judge.coverage._index_stories import NO_TIME, moment_of, to_document
from copydesk.judge.coverage._ruled_groups import RuledGroups, name_of
from copydesk.news import Shelved

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A story with the moment at which it came and the group that it is known to belong to."""

    shelved: Shelved
    moment: datetime
    key: str
    group: str

    @property
    def path(self) -> str:
        """Return the path of the story."""
        return self.shelved.story.path

    @property
    def order(self) -> tuple[bool, datetime, str]:
        """Return its place among others: those of a known group come first, then by time.

        What is new then sees whom a ruling brings into a group before it joins there.
        """
        return (not self.group, self.moment, self.path)

    @property
    def document(self) -> NewsDocument:
        """Return the story as a document of a stream."""
        return to_document(self.shelved, self.moment, self.group)


def list_arrivals(stories: Sequence[Shelved], ruled: RuledGroups) -> list[Arrival]:
    """Return the stories in order, with the groups that they are known to belong to."""
    latest = max((shelved.found for shelved in stories if shelved.found), default=_NEVER)
    arrivals = (
        Arrival(
            shelved=shelved,
            moment=_moment(shelved, latest),
            key=name_of(shelved.story),
            group=ruled.group_of(shelved.story),
        )
        for shelved in stories
    )
    return sorted(arrivals, key=lambda arrival: arrival.order)


def part_by_day(arrivals: Iterable[Arrival]) -> list[list[Arrival]]:
    """Return arrivals in parts, one a day (UTC); what has no time comes with the last."""
    days: defaultdict[date, list[Arrival]] = defaultdict(list)
    timeless = []
    for arrival in arrivals:
        if arrival.moment == NO_TIME:
            timeless.append(arrival)
        else:
            days[arrival.moment.astimezone(UTC).date()].append(arrival)
    parts = [days[day] for day in sorted(days)] or [[]]
    parts[-1] += timeless
    return parts if parts[-1] else []


def _moment(shelved: Shelved, latest: datetime) -> datetime:
    """Return when a story came, not after the time when the last of all was found.

    That one is not asked where it is known when the story itself was found.
    """
    moment = moment_of(shelved)
    return moment if shelved.found else min(moment, latest)
