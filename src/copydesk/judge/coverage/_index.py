"""The index: groups found by the terms of their documents, at a cost that has a bound.

The heaviest terms of a document are looked up first, the latest groups of each term, until enough
places were visited; the rest of the terms then only decides between the best that were found.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Mapping
from operator import itemgetter

from copydesk.judge.coverage._group import Group, Member, long_share
from copydesk.judge.coverage._points import product
from copydesk.judge.coverage._rarity import Vector

FADES_IN_DAYS = 2.0  # a likeness is a third after so many days; 1 to 4 are alike
ENDS_AFTER_DAYS = 14.0
FORGOTTEN_AFTER_DAYS = 30.0
ACROSS_LANGUAGES = 1.9  # only names and cognates can agree: what is left weighs more
_VISITS = 800
_LATEST = 200
_BEST = 10
_MEANING = (0.3, 0.1)  # how much of a likeness is of meaning, for few words and for many
_FAR = 200.0  # days behind which weights are brought back into the range of a float


Rest = list[tuple[int, float]]


class Index:
    """Hold the terms of groups, as summed weights.

    Weights grow with the day of their document instead of fading with every day that passes:
    what is asked for is faded as a whole.
    """

    def __init__(self) -> None:
        self._origin: float | None = None
        self._postings: list[dict[int, float]] = []
        self._group_of: list[Group] = []
        self._language_of: list[str] = []
        self._meant: dict[int, list[float]] = {}

    def near(self, member: Member, *, now: bool = True) -> Mapping[Group, float]:
        """Give the summed likeness to the documents of at most ten groups, faded with time.

        With `now=False` as if no time had passed since the last document of each group.
        """
        language, day = member.language, member.day if now else math.inf
        shares, rest = self._visited(member.vector)
        found: dict[Group, float] = {}
        for slot, share in heapq.nlargest(3 * _BEST, shares.items(), key=itemgetter(1)):
            group = self._group_of[slot]
            weight = self._weight(slot, language, day)
            if weight:
                found[group] = found.get(group, 0.0) + share * weight
        if len(found) > _BEST:
            best = heapq.nsmallest(_BEST, found, key=lambda one: _worst_last(one, found[one]))
            found = {group: found[group] for group in best}
        if rest:
            for group in found:
                found[group] += self._rest(group, rest, language, day)
        if member.point is None:
            return found
        return {
            group: self._with_meaning(group, likeness, member, day)
            for group, likeness in found.items()
        }

    def _with_meaning(self, group: Group, likeness: float, member: Member, day: float) -> float:
        """Let meaning count beside words where a group has documents of the same language."""
        slot = group.slots.get(member.language)
        if slot is None or slot not in self._meant or member.point is None:
            return likeness
        alike = product(member.point, self._meant[slot]) * self._weight(slot, member.language, day)
        share = _share_of_meaning(member.length)
        return max(0.0, (1.0 - share) * likeness + share * alike)

    def _visited(self, vector: Vector) -> tuple[dict[int, float], Rest]:
        """Give what the heaviest terms add up to, by slot, and the terms that were not reached."""
        postings, known = self._postings, len(self._postings)
        shares: dict[int, float] = {}
        visits = 0
        for at, (term, weight) in enumerate(vector):
            if visits > _VISITS:
                return shares, list(zip(vector.terms[at:], vector.weights[at:], strict=True))
            places = postings[term] if term < known else None
            if not places:
                continue
            items = places.items()
            if len(places) > _LATEST:
                items = itertools.islice(reversed(items), _LATEST)  # type: ignore[assignment]
            visits += min(len(places), _LATEST)
            for slot, sum_ in items:
                shares[slot] = shares.get(slot, 0.0) + weight * sum_
        return shares, []

    def _rest(self, group: Group, rest: Rest, language: str, day: float) -> float:
        postings, known = self._postings, len(self._postings)
        total = 0.0
        for slot in group.slots.values():
            share = 0.0
            for term, weight in rest:
                if term < known and (sum_ := postings[term].get(slot)):
                    share += weight * sum_
            total += share * self._weight(slot, language, day)
        return total

    def _weight(self, slot: int, language: str, day: float) -> float:
        """Give what a likeness to a slot's documents counts on a day; nothing to what has ended."""
        group = self._group_of[slot]
        if group.has_ended or ENDS_AFTER_DAYS < day - group.last < math.inf:
            return 0.0
        day = min(day, group.last) if math.isinf(day) else day
        weight = math.exp((self._since - max(day, group.last)) / FADES_IN_DAYS)
        if day < group.first:  # a late comer
            weight *= math.exp((day - group.first) / FADES_IN_DAYS)
        return weight if self._language_of[slot] == language else weight * ACROSS_LANGUAGES

    @property
    def _since(self) -> float:
        return self._origin or 0.0

    def shared(self, vector: Vector, group: Group) -> list[int]:
        """Give the terms of a document that a group's documents have, the most telling first."""
        known = len(self._postings)
        found = []
        for term, weight in vector:
            if term < known:
                places = self._postings[term]
                best = max((places.get(slot, 0.0) for slot in group.slots.values()), default=0.0)
                if best:
                    found.append((-best * weight, term))
        return [term for _, term in sorted(found)]

    def put(self, group: Group, member: Member) -> None:
        """Add the terms of a new member of a group."""
        if self._origin is None:
            self._origin = member.day
        elif member.day - self._origin > _FAR:
            self._bring_back(member.day)
        slot = self._slot(group, member.language)
        up = math.exp((member.day - self._since) / FADES_IN_DAYS)
        postings = self._postings
        for term, weight in member.vector:
            if term >= len(postings):
                postings.extend({} for _ in range(term + 1 - len(postings)))
            places = postings[term]
            places[slot] = places.get(slot, 0.0) + weight * up
        if member.point is not None:
            meant = self._meant.setdefault(slot, [0.0] * len(member.point))
            self._meant[slot] = [
                sum_ + one * up for sum_, one in zip(meant, member.point, strict=True)
            ]

    def _bring_back(self, day: float) -> None:
        """Let all weights be as of this day."""
        down = math.exp((self._since - day) / FADES_IN_DAYS)
        self._origin = day
        for places in self._postings:
            for slot in places:
                places[slot] *= down
        for slot, meant in self._meant.items():
            self._meant[slot] = [sum_ * down for sum_ in meant]

    def _slot(self, group: Group, language: str) -> int:
        slot = group.slots.get(language)
        if slot is None:
            slot = group.slots[language] = len(self._group_of)
            self._group_of.append(group)
            self._language_of.append(language)
        return slot

    def remove(self, group: Group) -> None:
        """Take all terms of a group out."""
        for member in group.members:
            slot = group.slots[member.language]
            for term in member.vector.terms:
                self._postings[term].pop(slot, None)
        for slot in group.slots.values():
            self._meant.pop(slot, None)
        group.slots = {}

    def replace(self, group: Group, by: Group) -> None:
        """Give all places of a group to another one that is about to swallow it."""
        for member in group.members:
            self._slot(by, member.language)
        self.remove(group)
        for member in group.members:
            self.put(by, member)


def _share_of_meaning(length: int) -> float:
    """Give how much meaning says of a document: words that are few may be others by chance."""
    few, many = _MEANING
    return few + (many - few) * long_share(length)


def _worst_last(group: Group, likeness: float) -> tuple[float, int]:
    return (-likeness / math.sqrt(group.square), group.number)
