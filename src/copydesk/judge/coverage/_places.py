"""Places: who stands in which group by now, and where the new stories of a day belong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from copydesk.judge.clustering import OF_THE_BEAT, Assignment, CorpusWeighing, Stream
from copydesk.judge.coverage._arrivals import Arrival
from copydesk.judge.coverage._index_stories import NO_TIME
from copydesk.judge.coverage._ruled_groups import RuledGroups
from copydesk.news import Beat, Corpus


class Places:
    """The groups of the stories that are there, day after day."""

    def __init__(self, filed: Sequence[Arrival], beat: Beat, ruled: RuledGroups) -> None:
        """Begin with the filed stories in the groups that they are known to belong to."""
        self._beat = beat
        self._ruled = ruled
        self._arrivals = {arrival.key: arrival for arrival in filed}
        self._unmet: frozenset[str] = frozenset()
        self._latest = max((arrival.moment for arrival in filed), default=NO_TIME)
        self._members: defaultdict[str, set[str]] = defaultdict(set)
        for arrival in filed:
            self._members[arrival.group].add(arrival.key)

    def group_of(self, key: str) -> str:
        """Return the name of a story's group, the key itself where there is no such story."""
        arrival = self._arrivals.get(key)
        return arrival.group if arrival else key

    def meet_only(self, keys: Collection[str]) -> None:
        """Let new stories meet no others of those that are there by now."""
        self._unmet = frozenset(self._arrivals.keys() - keys)

    def place(self, day: Sequence[Arrival], corpus: Corpus) -> dict[str, Assignment]:
        """Put a day's new stories, and of the others those that they may meet, into a stream.

        Returns where each new one was placed, by its path.
        """
        new = {arrival.key: arrival for arrival in day}
        weighing = weigh_beside(corpus, self._beat)
        filed = self._load_candidates(weighing, new)
        stream = Stream(apart=self._ruled.apart, whole=self._ruled.whole, weighing=weighing)
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
        return assignments

    def _load_candidates(
        self, weighing: CorpusWeighing, new: Mapping[str, Arrival]
    ) -> dict[str, Arrival]:
        """Return those that new ones may meet, and all others of their groups, by key.

        So are those of a group that is called after a new one, which may find itself elsewhere.
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

    def _with_meaning(self, day: Sequence[Arrival]) -> dict[str, Arrival]:
        """Return the stories that say where a language points, where that is asked for."""
        if not any(arrival.shelved.vector for arrival in day):
            return {}
        return {key: arrival for key, arrival in self._arrivals.items() if arrival.shelved.vector}

    def _note(self, came: Mapping[str, Arrival], groups: Mapping[str, str]) -> None:
        """Note in which groups the stories of a stream are now."""
        for key, group in groups.items():
            arrival = came[key]
            self._members[arrival.group].discard(key)
            self._members[group].add(key)
            self._arrivals[key] = replace(arrival, group=group)


def weigh_beside(corpus: Corpus, beat: Beat) -> CorpusWeighing:
    """Return what weighs documents by how common each term is in a corpus, and on a beat."""
    return CorpusWeighing(corpus, _words_of_main(beat), _words_below_main(beat))


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
