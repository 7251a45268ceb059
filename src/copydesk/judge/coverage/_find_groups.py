"""Find which of the stories of some weeks report on the same happening."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from copydesk.judge.clustering import (
    OF_THE_BEAT,
    Assignment,
    CorpusWeighing,
    NewsDocument,
    Stream,
)
from copydesk.judge.coverage._index_stories import make_corpus, moment_of, to_document
from copydesk.judge.coverage._ruled_groups import RuledGroups, name_of
from copydesk.news import Beat, Corpus, Reason, ReasonKind, Shelved

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroups:
    """Paths by their group's name; of new stories why they joined, and which groups are near."""

    paths: Mapping[str, Sequence[str]]
    reasons: Mapping[str, Reason]
    near: Mapping[str, Sequence[str]]


def find_groups(
    stories: Sequence[Shelved], beat: Beat, fresh: frozenset[str], corpus: Corpus | None = None
) -> FoundGroups:
    """Find where new stories belong among those that are filed, by words and by rulings.

    Of the filed ones only those are compared that a new one may meet, and the others of their
    groups; `corpus` has the terms of the filed ones.
    """
    ruled = RuledGroups(beat, [shelved.story for shelved in stories], fresh)
    came = _as_they_came(stories, ruled)
    assignments: dict[str, Assignment] = {}
    groups: Mapping[str, str] = {}
    if any(arrival.path in fresh for arrival in came):
        filed = (arrival.shelved for arrival in came if arrival.path not in fresh)
        weighing = _weigh_beside(corpus or make_corpus(filed), beat)
        stream = Stream(apart=ruled.apart, whole=ruled.whole, weighing=weighing)
        assignments = _place(stream, weighing, came, fresh)
        groups = stream.groups()
    paths: defaultdict[str, list[str]] = defaultdict(list)
    for arrival in came:
        paths[groups.get(arrival.key, arrival.group)].append(arrival.path)
    return FoundGroups(
        paths=paths,
        reasons=_reasons(came, assignments, ruled),
        near={path: [name for name, _ in found.near] for path, found in assignments.items()},
    )


def find_candidates(new: Sequence[Shelved], beat: Beat, corpus: Corpus) -> set[str]:
    """Return the names of the filed stories that `find_groups` compares new ones with."""
    moments = [moment_of(shelved) for shelved in new]
    documents = [to_document(*pair) for pair in zip(new, moments, strict=True)]
    return _weigh_beside(corpus, beat).expect(documents, max(moments).timestamp())


def _weigh_beside(corpus: Corpus, beat: Beat) -> CorpusWeighing:
    return CorpusWeighing(corpus, _words_of_main(beat), _words_below_main(beat))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    """A story with the moment at which it came and the group that it is known to belong to."""

    shelved: Shelved
    moment: datetime
    key: str
    group: str

    @property
    def path(self) -> str:
        return self.shelved.story.path

    @property
    def document(self) -> NewsDocument:
        return to_document(self.shelved, self.moment, self.group)


def _place(
    stream: Stream, weighing: CorpusWeighing, came: Sequence[_Arrival], fresh: frozenset[str]
) -> dict[str, Assignment]:
    """Put the new stories, and of the others those that they may meet, into a stream in order.

    Returns where each new one was placed, by its path.
    """
    new = {arrival.key: arrival.document for arrival in came if arrival.path in fresh}
    filed = _load_candidates(weighing, came, new)
    assignments = {}
    for arrival in came:
        if arrival.key in new:
            assignments[arrival.path] = stream.place(new[arrival.key])
        elif arrival.key in filed:
            stream.add(filed[arrival.key])
        elif arrival.shelved.vector:
            stream.learn_meaning(arrival.document)
    stream.settle()
    return assignments


def _load_candidates(
    weighing: CorpusWeighing, came: Sequence[_Arrival], new: Mapping[str, NewsDocument]
) -> dict[str, NewsDocument]:
    """Return the filed stories that new ones may meet, and all others of their groups, by key.

    So are those of a group that is called after a new one, which may find itself elsewhere.
    """
    latest = max(arrival.moment for arrival in came).timestamp()
    near = {*weighing.expect(list(new.values()), latest), *new}
    groups = {arrival.group for arrival in came if arrival.key in near}.union(new)
    filed = {
        arrival.key: arrival.document
        for arrival in came
        if arrival.group in groups and arrival.key not in new
    }
    weighing.load(list(filed.values()))
    return filed


def _reasons(
    came: Iterable[_Arrival], assignments: Mapping[str, Assignment], ruled: RuledGroups
) -> dict[str, Reason]:
    """Return why stories stand in the groups of others, by path: by likeness or by a ruling."""
    reasons = {}
    for arrival in came:
        if arrival.key in ruled.moved:
            reasons[arrival.path] = ruled.moved[arrival.key]
        elif not arrival.group and (reason := _reason_of(assignments[arrival.path])):
            reasons[arrival.path] = reason
    return reasons


def _as_they_came(stories: Sequence[Shelved], ruled: RuledGroups) -> list[_Arrival]:
    """Return the stories in order of time, those of a known group first.

    What is new then sees whom a ruling brings into a group before it joins there.
    """
    latest = max((shelved.found for shelved in stories if shelved.found), default=_NEVER)
    arrivals = (
        _Arrival(
            shelved=shelved,
            moment=_moment(shelved, latest),
            key=name_of(shelved.story),
            group=ruled.group_of(shelved.story),
        )
        for shelved in stories
    )
    return sorted(arrivals, key=lambda one: (not one.group, one.moment, one.path))


def _words_of_main(beat: Beat) -> list[str]:
    """Return the words of the main topic: they stand everywhere on the beat."""
    main = [topic for topic in beat.topics if topic.name == beat.topic]
    return [word for topic in main for word in (topic.name, *topic.keywords, *topic.aliases)]


def _words_below_main(beat: Beat) -> dict[str, float]:
    """Return the words of the other topics, with the share of a beat's stories that may have each.

    That is as if each topic had as many stories as another, and each of its words as many of them:
    one with a single word has it nearly everywhere, one of thirty names tells them well apart.
    """
    others = [topic for topic in beat.topics if topic.name != beat.topic]
    shares: dict[str, float] = {}
    for topic in others:
        words = dict.fromkeys((*topic.keywords, *topic.aliases))
        for word in words:
            share = min(OF_THE_BEAT, 1 / (len(others) * len(words)))
            shares[word] = max(share, shares.get(word, 0.0))
    return shares


def _moment(shelved: Shelved, latest: datetime) -> datetime:
    """Return when a story came, not after the time when the last of all was found.

    That one is not asked where it is known when the story itself was found.
    """
    moment = moment_of(shelved)
    return moment if shelved.found else min(moment, latest)


def _reason_of(assignment: Assignment) -> Reason | None:
    """Return why a story is in the group of another, None where it began one."""
    if assignment.same_headline:
        return Reason.of(ReasonKind.JOINED_BY_HEADLINE)
    if not assignment.similarity:
        return None
    shared = ", ".join(f'"{word}"' for word in assignment.shared)
    return Reason.of(ReasonKind.JOINED, likeness=f"{assignment.similarity:.2f}", words=shared)
