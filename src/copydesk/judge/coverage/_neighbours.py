"""Neighbours: the groups that a filed story is most like, and what keeps it from each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from copydesk.judge.clustering import GroupLikeness, NewsDocument, Stream, unlike_group
from copydesk.judge.coverage._arrivals import Arrival, list_arrivals
from copydesk.judge.coverage._index_stories import is_grouped
from copydesk.judge.coverage._places import weigh_beside
from copydesk.judge.coverage._ruled_groups import RuledGroups
from copydesk.news import Beat, Corpus, Shelved


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A group beside a story: the paths of its stories, how like it is and what is needed to join.

    `are_together` says that the story is filed in it, `would_be_one` that a round would put it
    there today: it joins, or the two become one when all is in, for which less may do.
    """

    paths: tuple[str, ...]
    likeness: GroupLikeness
    are_together: bool
    would_be_one: bool


def weigh_neighbours(
    story: Shelved, around: Sequence[Shelved], beat: Beat, corpus: Corpus
) -> tuple[Neighbour, ...]:
    """Return the groups that a story is most like, as if it came now; the most like first.

    `around` are the stories that it is compared with, of each group all; `corpus` has their terms.
    """
    others = _list_others(story, around, beat)
    fresh = frozenset({story.story.path})
    ruled = RuledGroups(beat, [shelved.story for shelved in (*others, story)], fresh)
    came = list_arrivals([*others, story], ruled)
    filed = [arrival for arrival in came if arrival.path not in fresh]
    [own] = (arrival for arrival in came if arrival.path in fresh)
    document = replace(own.document, group="")
    weighing = weigh_beside(corpus, beat)
    weighing.expect([document], own.moment.timestamp())
    weighing.load([arrival.document for arrival in filed])
    stream = Stream(apart=ruled.apart, whole=ruled.whole, weighing=weighing)
    for arrival in filed:
        stream.add(arrival.document)
    members = _part_by_group(filed, stream.groups())
    likenesses = _compare(stream, document, members, story.story.group)
    stream.add(document)
    stream.settle()
    return tuple(
        _make_neighbour(likeness, members[likeness.group], own, stream.groups())
        for likeness in likenesses
    )


def _list_others(story: Shelved, around: Iterable[Shelved], beat: Beat) -> list[Shelved]:
    """Return the stories beside one that may stand in a group."""
    others = (other for other in around if other.story.path != story.story.path)
    return [other for other in others if is_grouped(other.story, beat)]


def _part_by_group(
    filed: Iterable[Arrival], groups: Mapping[str, str]
) -> Mapping[str, Sequence[Arrival]]:
    members: defaultdict[str, list[Arrival]] = defaultdict(list)
    for arrival in filed:
        members[groups[arrival.key]].append(arrival)
    return members


def _compare(
    stream: Stream, document: NewsDocument, members: Mapping[str, Sequence[Arrival]], group: str
) -> Sequence[GroupLikeness]:
    """Return how like a story is to the groups near it, and to those that it is filed in."""
    likenesses = stream.compare(document)
    known = {likeness.group for likeness in likenesses}
    beside = (name for name, arrivals in members.items() if _are_of(group, arrivals))
    return (*likenesses, *map(unlike_group, sorted(set(beside) - known)))


def _are_of(group: str, members: Iterable[Arrival]) -> bool:
    """Decide whether any of some stories is filed in a group; none is in ""."""
    return bool(group) and any(member.shelved.story.group == group for member in members)


def _make_neighbour(
    likeness: GroupLikeness, members: Sequence[Arrival], own: Arrival, settled: Mapping[str, str]
) -> Neighbour:
    """Return a group of some members beside a story; `settled` says where all are in the end."""
    return Neighbour(
        paths=tuple(member.path for member in members),
        likeness=likeness,
        are_together=_are_of(own.shelved.story.group, members),
        would_be_one=any(settled[member.key] == settled[own.key] for member in members),
    )
