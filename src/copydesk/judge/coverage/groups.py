"""Find which stories of some weeks report on the same event.

New stories are placed day by day, even if they all came at once: each day's among the stories that
were there by then, as a run on that day would have done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from copydesk.judge import clustering
from copydesk.judge.clustering.documents import Assignment, GroupLikeness, NewsDocument
from copydesk.judge.coverage import _arrivals
from copydesk.judge.coverage._ruled_groups import RuledGroups
from copydesk.kit import dates
from copydesk.news import Beat, Reason, ReasonKind, Shelved, Story
from copydesk.news.ruling import find_matter
from copydesk.news.story import Corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroups:
    """The result of grouping: each group's stories, why new ones joined, and similar groups.

    `matters` has the matter of each story, by path; "" for an event without a matter.
    """

    paths: Mapping[str, Sequence[str]]
    reasons: Mapping[str, Reason]
    near: Mapping[str, Sequence[str]]
    matters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageMatch:
    """The stored stories on the same event as a given article, by path, and the reason for it.

    `reason` is None if the group formed around other stories that are not filed.
    """

    paths: tuple[str, ...]
    reason: Reason | None = None


def find_groups(
    stories: Sequence[Shelved], beat: Beat, fresh: frozenset[str], corpus: Corpus | None = None
) -> FoundGroups:
    """Find the groups that new stories form or join, by similar words and by editors' rules.

    Of the filed stories only those are compared that a new one may join, with the rest of their
    groups. `corpus` has the terms of the filed stories.
    """
    ruled = RuledGroups(beat, [shelved.story for shelved in stories], fresh)
    came = _arrivals.list_arrivals(stories, ruled)
    filed = [arrival for arrival in came if arrival.path not in fresh]
    places = Places(filed, beat, ruled)
    days = _arrivals.part_by_day(arrival for arrival in came if arrival.path in fresh)
    assignments: dict[str, Assignment] = {}
    if days:
        daily = _arrivals.SlidingCorpus(filed) if corpus is None else _arrivals.KeptCorpus(corpus)
        if corpus is not None and len(days) > 1:
            places.meet_only(_find_all_candidates(days, beat, corpus))
        assignments = _place_by_day(places, days, daily)
    return FoundGroups(
        paths=_list_paths(came, places),
        reasons={**_merge_reasons(came, places), **_reasons(came, assignments, ruled)},
        near=_list_near(assignments, places),
        matters={arrival.path: places.matter_of(arrival.key) for arrival in came},
    )


def find_candidates(new: Sequence[Shelved], beat: Beat, corpus: Corpus) -> set[str]:
    """Return the record names of the stored stories that `find_groups` compares new ones with."""
    moments = [_arrivals.moment_of(shelved) for shelved in new]
    documents = [_arrivals.to_document(*pair) for pair in zip(new, moments, strict=True)]
    return weigh_beside(corpus, beat).expect(documents, max(moments).timestamp())


def _find_all_candidates(
    days: Iterable[Iterable[_arrivals.Arrival]], beat: Beat, corpus: Corpus
) -> set[str]:
    """Return the filed stories whose groups the stories of any of the days may join."""
    return find_candidates([arrival.shelved for day in days for arrival in day], beat, corpus)


def _list_paths(came: Iterable[_arrivals.Arrival], places: Places) -> Mapping[str, Sequence[str]]:
    """Map group names to the paths of their stories."""
    paths: defaultdict[str, list[str]] = defaultdict(list)
    for arrival in came:
        paths[places.group_of(arrival.key)].append(arrival.path)
    return paths


def _list_near(
    assignments: Mapping[str, Assignment], places: Places
) -> Mapping[str, Sequence[str]]:
    """Map the paths of new stories to the present names of similar groups."""
    return {
        path: [places.group_of(name) for name, _ in assignment.near]
        for path, assignment in assignments.items()
    }


def _place_by_day(
    places: Places, days: Sequence[Sequence[_arrivals.Arrival]], daily: _arrivals.DailyCorpus
) -> dict[str, Assignment]:
    """Place new stories in groups day by day; return the assignment of each by path."""
    assignments: dict[str, Assignment] = {}
    for number, day in enumerate(days, 1):
        assignments.update(places.place(day, daily.of_day(day)))
        if number < len(days):
            daily.add(day)
    return assignments


def _merge_reasons(came: Iterable[_arrivals.Arrival], places: Places) -> dict[str, Reason]:
    """Map paths to why stories are in another group than the one that they began."""
    return {
        arrival.path: places.merges[arrival.key]
        for arrival in came
        if arrival.key in places.merges and not _knows_its_group(arrival.shelved.story)
    }


def _merge_reason(other: str, moment: datetime, shared: Iterable[str]) -> Reason:
    day = moment.astimezone(UTC).date().isoformat()
    return Reason.of(ReasonKind.JOINED_LATER, other=other, day=day, words=_quote(shared))


def _knows_its_group(story: Story) -> bool:
    """Return whether a story says why it is in its group, other than that it began one."""
    kinds = {reason.kind for reason in story.reasons if reason.about == "group"}
    return bool(kinds - {ReasonKind.FOUNDED})


def _quote(shared: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in shared)


def _reasons(
    came: Iterable[_arrivals.Arrival], assignments: Mapping[str, Assignment], ruled: RuledGroups
) -> dict[str, Reason]:
    """Map paths to why stories are in another story's group: similarity, or an editor's rule."""
    reasons = {}
    for arrival in came:
        if arrival.key in ruled.moved:
            reasons[arrival.path] = ruled.moved[arrival.key]
        elif not arrival.group and (reason := _reason_of(assignments[arrival.path])):
            reasons[arrival.path] = reason
    return reasons


def _reason_of(assignment: Assignment) -> Reason | None:
    """Return why a story is in the group of another, None if it began the group."""
    if assignment.same_headline:
        return Reason.of(ReasonKind.JOINED_BY_HEADLINE)
    if not assignment.similarity:
        return None
    words = _quote(assignment.shared)
    return Reason.of(ReasonKind.JOINED, likeness=f"{assignment.similarity:.2f}", words=words)


def find_coverage(
    others: Sequence[Shelved], filed: Sequence[Shelved], beat: Beat, corpus: Corpus | None = None
) -> Mapping[str, CoverageMatch]:
    """Map the path of each given story, not stored yet, to the stored stories on its event.

    They are placed as a run would place them: day by day, by the same words, thresholds and rules.
    `filed` are the stories that they may join (`find_candidates`) with all of their groups.
    `corpus` has the terms of all filed stories. Stories without coverage are left out.
    """
    paths = frozenset(shelved.story.path for shelved in others)
    originals = [shelved for shelved in filed if _arrivals.is_grouped(shelved.story, beat)]
    found = find_groups([*originals, *others], beat, paths, corpus)
    matches = {}
    for members in found.paths.values():
        ours = tuple(path for path in members if path not in paths)
        for path in paths.intersection(members) if ours else ():
            matches[path] = CoverageMatch(paths=ours, reason=found.reasons.get(path))
    return matches


class Places:
    """The assignment of stories to groups, updated day by day."""

    def __init__(self, filed: Sequence[_arrivals.Arrival], beat: Beat, ruled: RuledGroups) -> None:
        """Begin with the filed stories in their known groups."""
        self._beat = beat
        self._ruled = ruled
        self._arrivals = {arrival.key: arrival for arrival in filed}
        self._unmet: frozenset[str] = frozenset()
        self._latest = max((arrival.moment for arrival in filed), default=dates.EARLIEST)
        self._members: defaultdict[str, set[str]] = defaultdict(set)
        self._matters: dict[str, str] = {}  # by group
        self.merges: dict[str, Reason] = {}  # by the name of the story whose group was merged
        for arrival in filed:
            self._members[arrival.group].add(arrival.key)
            if matter := arrival.shelved.story.matter:
                self._matters.setdefault(arrival.group, matter)

    def group_of(self, key: str) -> str:
        """Return the name of a story's group, or the story's own name if it has none yet."""
        arrival = self._arrivals.get(key)
        return arrival.group if arrival else key

    def meet_only(self, keys: Collection[str]) -> None:
        """Limit the stored stories that new ones are compared with to those with these keys."""
        self._unmet = frozenset(self._arrivals.keys() - keys)

    def place(self, day: Sequence[_arrivals.Arrival], corpus: Corpus) -> dict[str, Assignment]:
        """Assign the new stories of a day to groups, new ones or those of stored stories.

        Returns the assignment of each new story by path.
        """
        new = {arrival.key: arrival for arrival in day}
        weighing = weigh_beside(corpus, self._beat)
        filed = self._load_candidates(weighing, new)
        stream = make_stream(weighing, corpus, self._ruled)
        assignments = {}
        coming = {**self._with_meaning(day), **filed, **new}
        for key, arrival in sorted(coming.items(), key=lambda item: item[1].order):
            if key in new:
                assignments[arrival.path] = stream.place(arrival.document)
            elif key in filed:
                stream.add(arrival.document)
            else:
                stream.learn_meaning(arrival.document)
        stream.settle()
        self._note(coming, stream.groups())
        self._explain_merges(sorted(new.values(), key=lambda arrival: arrival.order), assignments)
        for key in sorted(new, key=lambda key: new[key].order):
            self._link(key, [name for name, _ in assignments[new[key].path].near])
        return assignments

    def matter_of(self, key: str) -> str:
        """Return the matter of a story's event, "" if no other event is known to belong to it."""
        return self._matters.get(self.group_of(key), "")

    def _link(self, key: str, near: Iterable[str]) -> None:
        """Put the event of a new story into the matter of the most similar event, if it has none.

        An event that goes on from a lone event begins a matter with it, which gets the name of that
        event's first story.
        """
        own = self.group_of(key)
        for name in near:
            group = self.group_of(name)
            if own in self._matters or group == own:
                continue
            if members := self._members[group]:
                first = min(members, key=lambda member: (self._arrivals[member].moment, member))
                matter = self._matters.setdefault(group, first)
                self._matters[own] = find_matter(group, matter, self._beat.rulings)

    def _explain_merges(
        self, new: Iterable[_arrivals.Arrival], assignments: Mapping[str, Assignment]
    ) -> None:
        """Note why groups became one: the words of the new story that was most similar to both."""
        links = [
            (-similarity, assignments[arrival.path].group, other, arrival.moment, shared)
            for arrival in new
            for other, similarity, shared in assignments[arrival.path].beside
            if shared and arrival.moment != dates.EARLIEST
        ]
        for _, one, other, moment, shared in sorted(links):
            final = self.group_of(one)
            if one == other or final != self.group_of(other):
                continue
            for ours, theirs in ((one, other), (other, one)):
                if ours != final:
                    self.merges.setdefault(ours, _merge_reason(theirs, moment, shared))

    def _load_candidates(
        self, weighing: clustering.CorpusWeighing, new: Mapping[str, _arrivals.Arrival]
    ) -> dict[str, _arrivals.Arrival]:
        """Return by key the filed stories that new ones may join, with the rest of their groups.

        Also the stories of a group that has a new story's name, since that story may join another
        group.
        """
        documents = [arrival.document for arrival in new.values()]
        self._latest = max(self._latest, *(arrival.moment for arrival in new.values()))
        near = weighing.expect(documents, self._latest.timestamp()) - self._unmet
        groups = {self.group_of(key) for key in near & self._arrivals.keys()}
        groups.update(new, (arrival.group for arrival in new.values() if arrival.group))
        keys = {key for group in groups for key in self._members.get(group, ())}
        filed = {key: self._arrivals[key] for key in keys - new.keys()}
        weighing.load([arrival.document for arrival in filed.values()])
        return filed

    def _with_meaning(self, day: Sequence[_arrivals.Arrival]) -> dict[str, _arrivals.Arrival]:
        """Return the stories whose embeddings show the mean of a language, if there are any."""
        if not any(arrival.shelved.vector for arrival in day):
            return {}
        return {key: arrival for key, arrival in self._arrivals.items() if arrival.shelved.vector}

    def _note(self, came: Mapping[str, _arrivals.Arrival], groups: Mapping[str, str]) -> None:
        """Store the groups that the stream found for its stories."""
        for key, group in groups.items():
            arrival = came[key]
            if matter := self._matters.get(arrival.group):
                self._matters.setdefault(group, matter)
            self._members[arrival.group].discard(key)
            self._members[group].add(key)
            self._arrivals[key] = replace(arrival, group=group)


def weigh_beside(corpus: Corpus, beat: Beat) -> clustering.CorpusWeighing:
    """Return an object that weights terms: those rare in a corpus and the site's subject most."""
    return clustering.CorpusWeighing(corpus, _words_of_main(beat), _words_below_main(beat))


def make_stream(
    weighing: clustering.CorpusWeighing, corpus: Corpus, ruled: RuledGroups
) -> clustering.Stream:
    """Return an empty stream that groups stories at the pace of a corpus and by editors' rules."""
    documents, words, *_ = corpus.sizes()
    return clustering.Stream(
        apart=ruled.apart,
        whole=ruled.whole,
        weighing=weighing,
        decay_days=clustering.find_decay_days(documents, words),
    )


def _words_of_main(beat: Beat) -> list[str]:
    """Return the words of the main topic, which occur everywhere on the site."""
    main = [topic for topic in beat.topics if topic.name == beat.topic]
    return [word for topic in main for word in (topic.name, *topic.keywords, *topic.aliases)]


def _words_below_main(beat: Beat) -> dict[str, float]:
    """Map the words of all other topics to the expected share of stories that have each.

    That assumes as many stories for each topic, and for each word of a topic: a topic's only word
    is in nearly all of its stories, while one of thirty names tells stories apart.
    """
    others = [topic for topic in beat.topics if topic.name != beat.topic]
    shares: dict[str, float] = {}
    for topic in others:
        words = dict.fromkeys((*topic.keywords, *topic.aliases))
        for word in words:
            share = min(clustering.OF_THE_BEAT, 1 / (len(others) * len(words)))
            shares[word] = max(share, shares.get(word, 0.0))
    return shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A group similar to a story: its stories' paths, the similarity and the threshold.

    `are_together` tells that the story is filed in it. `would_be_one` tells that a run would put it
    there today: it joins, or both groups merge in the end, for which less similarity may be enough.
    """

    paths: tuple[str, ...]
    likeness: GroupLikeness
    are_together: bool
    would_be_one: bool


def weigh_neighbours(
    story: Shelved, around: Sequence[Shelved], beat: Beat, corpus: Corpus
) -> tuple[Neighbour, ...]:
    """Return the groups most similar to a story, as if it were new, most similar first.

    `around` are the stories to compare it with, with all of their groups; `corpus` has their terms.
    """
    others = _list_others(story, around, beat)
    fresh = frozenset({story.story.path})
    ruled = RuledGroups(beat, [shelved.story for shelved in (*others, story)], fresh)
    came = _arrivals.list_arrivals([*others, story], ruled)
    filed = [arrival for arrival in came if arrival.path not in fresh]
    [own] = (arrival for arrival in came if arrival.path in fresh)
    document = replace(own.document, group="")
    weighing = weigh_beside(corpus, beat)
    weighing.expect([document], own.moment.timestamp())
    weighing.load([arrival.document for arrival in filed])
    stream = make_stream(weighing, corpus, ruled)
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
    """Return the other stories that may be in a group."""
    others = (other for other in around if other.story.path != story.story.path)
    return [other for other in others if _arrivals.is_grouped(other.story, beat)]


def _part_by_group(
    filed: Iterable[_arrivals.Arrival], groups: Mapping[str, str]
) -> Mapping[str, Sequence[_arrivals.Arrival]]:
    members: defaultdict[str, list[_arrivals.Arrival]] = defaultdict(list)
    for arrival in filed:
        members[groups[arrival.key]].append(arrival)
    return members


def _compare(
    stream: clustering.Stream,
    document: NewsDocument,
    members: Mapping[str, Sequence[_arrivals.Arrival]],
    group: str,
) -> Sequence[GroupLikeness]:
    """Return how similar a story is to nearby groups, and to those that it is filed in."""
    likenesses = stream.compare(document)
    known = {likeness.group for likeness in likenesses}
    beside = (name for name, arrivals in members.items() if _are_of(group, arrivals))
    return (*likenesses, *map(clustering.unlike_group, sorted(set(beside) - known)))


def _are_of(group: str, members: Iterable[_arrivals.Arrival]) -> bool:
    """Return whether any of the stories is filed in the group; False for the group ""."""
    return bool(group) and any(member.shelved.story.group == group for member in members)


def _make_neighbour(
    likeness: GroupLikeness,
    members: Sequence[_arrivals.Arrival],
    own: _arrivals.Arrival,
    settled: Mapping[str, str],
) -> Neighbour:
    """Return a group as a neighbour; `settled` maps each story to its final group."""
    return Neighbour(
        paths=tuple(member.path for member in members),
        likeness=likeness,
        are_together=_are_of(own.shelved.story.group, members),
        would_be_one=any(settled[member.key] == settled[own.key] for member in members),
    )
