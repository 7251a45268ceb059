"""Neighbours: the groups that a filed story is most like, and what keeps it from each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from copydesk.judge.clustering import GroupLikeness, Stream, unlike_group
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
    others = [
        other
        for other in around
        if other.story.path != story.story.path and is_grouped(other.story, beat)
    ]
    fresh = frozenset({story.story.path})
    ruled = RuledGroups(beat, [shelved.story for shelved in (*others, story)], fresh)
    came = list_arrivals([*others, story], ruled)
    weighing = weigh_beside(corpus, beat)
    stream = Stream(apart=ruled.apart, whole=ruled.whole, weighing=weighing)
    filed = [arrival for arrival in came if arrival.path not in fresh]
    [own] = (arrival for arrival in came if arrival.path in fresh)
    document = replace(own.document, group="")
    weighing.expect([document], own.moment.timestamp())
    weighing.load([arrival.document for arrival in filed])
    for arrival in filed:
        stream.add(arrival.document)
    groups = stream.groups()
    likenesses = list(stream.compare(document))
    known = {likeness.group for likeness in likenesses}
    beside = {groups[a.key] for a in filed if story.story.group == a.shelved.story.group != ""}
    likenesses += map(unlike_group, sorted(beside - known))
    stream.add(document)
    stream.settle()
    return tuple(
        _make_neighbour(
            likeness,
            [arrival for arrival in filed if groups[arrival.key] == likeness.group],
            story.story.group,
            stream.groups(),
            own.key,
        )
        for likeness in likenesses
    )


def _make_neighbour(
    likeness: GroupLikeness,
    members: Sequence[Arrival],
    group: str,
    settled: Mapping[str, str],
    key: str,
) -> Neighbour:
    """Return a group of some members beside the story of a key, which is filed in a group."""
    return Neighbour(
        paths=tuple(member.path for member in members),
        likeness=likeness,
        are_together=any(group and group == member.shelved.story.group for member in members),
        would_be_one=any(settled[member.key] == settled[key] for member in members),
    )
