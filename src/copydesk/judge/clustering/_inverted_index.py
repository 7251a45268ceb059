"""An inverted index from terms to groups of documents, to find similar groups at a limited cost.

The heaviest terms of a document are looked up first, in the latest groups of each term, until
enough postings were read. The other terms only rank the best groups found so far.
"""

from __future__ import annotations

import itertools
import math
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from operator import mul

from copydesk.judge.clustering._group import (
    ACROSS_LANGUAGES,
    Group,
    Member,
    article_share,
    dot,
    embedding_share,
)
from copydesk.judge.clustering.documents import Vector

DECAY_DAYS = 2.0  # after which a similarity is down to a third
_SLOW_DECAY_DAYS = 4.0  # the same where few articles come: 2 to 4 days cost headlines .017
_SLOW_PACE = 10.0  # articles a day
ENDS_AFTER_DAYS = 14.0
FORGOTTEN_AFTER_DAYS = 30.0
# Only stories within this time can be in one group: older groups are not in the index.
NEIGHBOURS_WITHIN = timedelta(days=FORGOTTEN_AFTER_DAYS)
_VISITS = 400  # postings read for a document, heaviest terms first
_LATEST = 100  # postings read for one term
_BEST = 10  # most groups that are found
_LEAST = 0.02**2  # squared similarity below which a group is ignored
_LARGEST_EXPONENT = 700.0  # of e that a float can hold
_REBASE_DAYS = 200.0  # after which weights are scaled back into the range of a float
_FOLDED_TERMS = 32  # the heaviest, that are kept of a folded group
_FOUND_BY = 8  # the heaviest of them, by which it is found
_LEVELS = 255  # of a folded weight, which is exact to this part of the heaviest one

_Postings = list[tuple[int, float]]
_Sums = dict[int, float]
_NOTHING: _Sums = {}


def find_decay_days(documents: int, words: int) -> float:
    """Return how slowly similarity decays in a beat, by the documents and words of its last weeks.

    An event goes on while reports on it keep coming: the answer three days later belongs to it. The
    more a beat has to tell, the sooner the next report of the same kind is about another event; and
    headlines alone are too much alike for any patience.
    """
    pace = documents / FORGOTTEN_AFTER_DAYS
    share = article_share(words / max(1, documents)) * min(1.0, _SLOW_PACE / max(1.0, pace))
    return DECAY_DAYS + share * (_SLOW_DECAY_DAYS - DECAY_DAYS)


class _Weighting:
    """The weight of similarities for a document of one language and day."""

    def __init__(self, language: str, day: float, origin: float, decay_days: float) -> None:
        self._language = language
        self._day = day
        self._origin = origin
        self._decay_days = decay_days
        self._of_today = 0.0 if math.isinf(day) else _decay(origin - day, decay_days)

    def weight(self, group: Group, language: str) -> float:
        """Return the weight of a document's similarity to a group, 0 for a group that is closed."""
        day = self._day
        if group.has_ended or ENDS_AFTER_DAYS < day - group.last < math.inf:
            return 0.0
        weight = self._of_today
        if day < group.last or math.isinf(day):
            weight = _decay(self._origin - group.last, self._decay_days)
            if day < group.first:  # it came late
                weight *= _decay(day - group.first, self._decay_days)
        return weight if language == self._language else weight * ACROSS_LANGUAGES


class InvertedIndex:
    """An index from terms to the groups of documents that contain them, with summed weights.

    Weights grow with the day of their document, instead of all decaying each day: the sums that are
    asked for decay as a whole.
    """

    def __init__(self, decay_days: float = DECAY_DAYS) -> None:
        self._decay_days = decay_days
        self._origin: float | None = None
        self._postings: defaultdict[int, _Sums] = defaultdict(dict)
        self._group_of: list[Group] = []
        self._language_of: list[str] = []
        self._folds: list[bytes] = []  # of each slot: terms, heaviest first, and their levels
        self._scales = array("d")  # of the levels of each slot
        self._folded: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))  # slots
        self._embeddings: dict[int, list[float]] = {}
        self._sentences: dict[int, tuple[int, ...]] = {}  # slots of each, the latest last

    def __len__(self) -> int:
        """Return the number of postings (pairs of term and group) in the index."""
        return sum(map(len, (*self._postings.values(), *self._folded.values())))

    def find_near(self, member: Member) -> Mapping[Group, float]:
        """Map the ten groups most similar to a document to their similarity, lower with age."""
        return self._find(member, member.day)

    def find_alike(self, member: Member) -> Mapping[Group, float]:
        """Map the ten groups most similar to a document to their similarity at any age."""
        return self._find(member, math.inf)

    def _weighting(self, language: str, day: float) -> _Weighting:
        return _Weighting(language, day, self._origin or 0.0, self._decay_days)

    def _find(self, member: Member, day: float) -> Mapping[Group, float]:
        weighting = self._weighting(member.language, day)
        sums, rest = self._visit_heaviest(member.vector)
        near = self._select_best(sums, weighting)
        if rest:
            more = self._sum_products(near, rest)
            for group in near:
                near[group] += self._decay_sums(group, more, weighting)
        if member.embedding is None:
            return near
        return {
            group: self._blend_embeddings(group, similarity, member, weighting)
            for group, similarity in near.items()
        }

    def _select_best(self, sums: Mapping[int, float], weighting: _Weighting) -> dict[Group, float]:
        """Return the groups with the largest sums that have not ended."""
        near: dict[Group, float] = {}
        for slot in sorted(sums, key=sums.__getitem__, reverse=True)[: 3 * _BEST]:
            group = self._group_of[slot]
            weight = weighting.weight(group, self._language_of[slot])
            if weight:
                near[group] = near.get(group, 0.0) + sums[slot] * weight
        near = {group: sum_ for group, sum_ in near.items() if sum_ * sum_ >= _LEAST * group.square}
        if len(near) <= _BEST:
            return near
        best = sorted(near, key=lambda group: _by_similarity(group, near[group]))[:_BEST]
        return {group: near[group] for group in best}

    def similarity(self, group: Group, member: Member) -> float:
        """Return the sum of a document's similarity to each document of a group, lower if older."""
        weighting = self._weighting(member.language, member.day)
        sums = self._sum_products([group], member.vector)
        decayed = self._decay_sums(group, sums, weighting)
        return self._blend_embeddings(group, decayed, member, weighting)

    def _blend_embeddings(
        self, group: Group, similarity: float, member: Member, weighting: _Weighting
    ) -> float:
        """Add the similarity of embeddings, where the group has documents in the same language."""
        slot = self._find_slot(group, member.language)
        if slot not in self._embeddings or member.embedding is None:
            return similarity
        product = dot(member.embedding, self._embeddings[slot])
        product *= weighting.weight(group, member.language)
        share = embedding_share(member.length)
        return max(0.0, (1.0 - share) * similarity + share * product)

    def _visit_heaviest(self, vector: Vector) -> tuple[_Sums, _Postings]:
        """Return the sums over the heaviest terms by slot, and the remaining terms."""
        postings, folded, scales = self._postings, self._folded, self._scales
        sums: _Sums = {}
        guesses: _Sums = {}  # of the sums of folded slots
        rest: _Postings = []
        visits = 0
        for at, (term, weight) in enumerate(vector):
            if visits > _VISITS:
                rest = list(zip(vector.terms[at:], vector.weights[at:], strict=True))
                break
            places = postings.get(term, _NOTHING)
            items = places.items()
            if len(places) > _LATEST:
                items = itertools.islice(reversed(items), _LATEST)  # type: ignore[assignment]
            latest = folded[term][-_LATEST:] if term in folded else ()
            visits += min(len(places), _LATEST) + len(latest)
            for slot, sum_ in items:
                sums[slot] = sums.get(slot, 0.0) + weight * sum_
            for slot in latest:
                guesses[slot] = guesses.get(slot, 0.0) + weight * scales[slot] * _LEVELS
        if folded:
            self._add_folds(sums, guesses, vector)
        return sums, rest

    def _add_folds(self, sums: _Sums, guesses: _Sums, vector: Vector) -> None:
        """Add the sums over the terms of the most promising folded slots."""
        for slot, sum_ in sums.items():
            if self._folds[slot]:
                guesses[slot] = guesses.get(slot, 0.0) + sum_
        weights = dict(vector)
        for slot in sorted(guesses, key=guesses.__getitem__, reverse=True)[:_BEST]:
            terms, levels = self._unpack(slot)
            product = sum(map(mul, map(weights.get, terms, itertools.repeat(0.0)), levels))
            sums[slot] = sums.get(slot, 0.0) + product * self._scales[slot]

    def _unpack(self, slot: int) -> tuple[memoryview, bytes]:
        """Return the terms of a folded slot, and the level of the weight of each."""
        count = len(self._folds[slot]) // 5
        return memoryview(self._folds[slot])[: 4 * count].cast("I"), self._folds[slot][4 * count :]

    def _sum_products(
        self, groups: Iterable[Group], terms: Iterable[tuple[int, float]]
    ) -> Mapping[int, float]:
        """Return the sums over the given terms in the given groups, by slot."""
        sums = dict.fromkeys([slot for group in groups for slot in group.slots], 0.0)
        asked = sums.keys()
        for term, weight in terms:
            if term in self._postings:
                places = self._postings[term]
                for slot in places.keys() & asked:
                    sums[slot] += weight * places[slot]
        return sums

    def _decay_sums(self, group: Group, sums: Mapping[int, float], weighting: _Weighting) -> float:
        return sum(
            sums[slot] * weighting.weight(group, self._language_of[slot])
            for slot in group.slots
            if sums[slot]
        )

    def find_common_terms(self, vector: Vector, group: Group) -> list[tuple[float, int]]:
        """Return (part of the similarity, term) for each term that a document shares with a group.

        The largest parts come first; they are not decayed.
        """
        folded = {slot: self._unfold(slot) for slot in group.slots}
        shared = []
        for term, weight in vector:
            places = self._postings.get(term, _NOTHING)
            sums = (places.get(slot, 0.0) + of.get(term, 0.0) for slot, of in folded.items())
            if best := max(sums, default=0.0):
                shared.append((best * weight, term))
        return sorted(shared, key=lambda part: (-part[0], part[1]))

    def find_common_sentences(self, member: Member, group: Group) -> Mapping[int, bool]:
        """Map the sentences that a document shares with a group to whether no other has them."""
        slots = set(group.slots)
        found = {sentence: self._sentences.get(sentence, ()) for sentence in member.sentences}
        return {
            sentence: slots.issuperset(there)
            for sentence, there in found.items()
            if not slots.isdisjoint(there)
        }

    def add(self, group: Group, member: Member) -> None:
        """Add the terms of a group's new document to the index."""
        if self._origin is None:
            self._origin = member.day
        elif member.day - self._origin > _REBASE_DAYS:
            self._rebase(member.day)
        slot = self._slot(group, member.language)
        up = math.exp((member.day - (self._origin or 0.0)) / self._decay_days)
        postings = self._postings
        for term, weight in member.vector:
            places = postings[term]
            places[slot] = places.get(slot, 0.0) + weight * up
        self._add_sentences(member, slot)
        if member.embedding is not None:
            summed = self._embeddings.setdefault(slot, [0.0] * len(member.embedding))
            self._embeddings[slot] = [
                sum_ + number * up for sum_, number in zip(summed, member.embedding, strict=True)
            ]

    def _add_sentences(self, member: Member, slot: int) -> None:
        for sentence in member.sentences:
            others = [one for one in self._sentences.get(sentence, ()) if one != slot]
            self._sentences[sentence] = (*others[1 - _LATEST :], slot)

    def _rebase(self, day: float) -> None:
        """Scale all weights to a new base day, so that they stay in range."""
        down = _decay((self._origin or 0.0) - day, self._decay_days)
        self._origin = day
        self._scales = array("d", [scale * down for scale in self._scales])
        for places in self._postings.values():
            for slot in places:
                places[slot] *= down
        for slot, summed in self._embeddings.items():
            self._embeddings[slot] = [sum_ * down for sum_ in summed]

    def _slot(self, group: Group, language: str) -> int:
        slot = self._find_slot(group, language)
        if slot < 0:
            slot = len(self._group_of)
            group.slots += (slot,)
            self._group_of.append(group)
            self._language_of.append(language)
            self._folds.append(b"")
            self._scales.append(0.0)
        return slot

    def _find_slot(self, group: Group, language: str) -> int:
        """Return a group's slot for a language, -1 where it has none."""
        return next((slot for slot in group.slots if self._language_of[slot] == language), -1)

    def remove(self, group: Group) -> None:
        """Remove all entries of a group from the index."""
        self._take_out(group)
        for slot in group.slots:
            self._embeddings.pop(slot, None)
            self._store_fold(slot)
        group.slots = ()

    def _take_out(self, group: Group) -> dict[int, _Sums]:
        """Remove the entries of a group's documents; return the sums of their terms by slot."""
        sums: dict[int, _Sums] = {slot: {} for slot in group.slots}
        vectors = (member.vector.terms for member in group.members)
        for term in dict.fromkeys(itertools.chain.from_iterable(vectors)):
            places = self._postings.get(term, _NOTHING)
            for slot in places.keys() & sums.keys():
                sums[slot][term] = places.pop(slot)
                if not places:
                    del self._postings[term]
        for member in group.members:
            self._forget_sentences(member.sentences, sums.keys())
        return sums

    def _forget_sentences(self, sentences: Iterable[int], slots: Collection[int]) -> None:
        for sentence in sentences:
            left = [slot for slot in self._sentences.pop(sentence, ()) if slot not in slots]
            if left:
                self._sentences[sentence] = tuple(left)

    def fold(self, group: Group) -> None:
        """Replace the entries of a group's documents by the heaviest terms of their sum."""
        for slot, sums in self._take_out(group).items():
            self._store_fold(slot, sums, self._unfold(slot))

    def _unfold(self, slot: int) -> _Sums:
        """Return the sums of a folded slot's terms."""
        terms, levels = self._unpack(slot)
        return {t: level * self._scales[slot] for t, level in zip(terms, levels, strict=True)}

    def _store_fold(self, slot: int, *parts: _Sums) -> None:
        """Replace what is folded of a slot by the heaviest terms of the sum of these parts."""
        for term in self._unpack(slot)[0][:_FOUND_BY]:
            self._folded[term].remove(slot)
        sums: defaultdict[int, float] = defaultdict(float)
        for term, sum_ in itertools.chain.from_iterable(part.items() for part in parts):
            sums[term] += sum_
        heaviest = sorted(filter(sums.get, sums), key=sums.__getitem__, reverse=True)
        del heaviest[_FOLDED_TERMS:]
        most = sums[heaviest[0]] if heaviest else 0.0
        levels = bytes(round(sums[term] / most * _LEVELS) for term in heaviest)
        self._folds[slot] = array("I", heaviest).tobytes() + levels
        self._scales[slot] = most / _LEVELS
        for term in heaviest[:_FOUND_BY]:
            self._folded[term].append(slot)

    def replace(self, group: Group, by: Group) -> None:
        """Move all index entries of a group to the group that is about to absorb it."""
        for slot in group.slots:
            own = self._slot(by, self._language_of[slot])
            self._store_fold(own, self._unfold(own), self._unfold(slot))
        self.remove(group)
        for member in group.members:
            self.add(by, member)


def _decay(days: float, decay_days: float) -> float:
    """Return the factor by which a similarity changes over days; days in the past are negative."""
    return math.exp(min(_LARGEST_EXPONENT, days / decay_days))


def _by_similarity(group: Group, similarity: float) -> tuple[float, int]:
    return (-similarity / math.sqrt(group.square), group.number)
