"""The index: groups found by the terms of their documents, at a cost that has a bound.

The heaviest terms of a document are looked up first, the latest groups of each term, until enough
places were visited; the rest of the terms then only decides between the best that were found.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from datetime import timedelta

from copydesk.judge.coverage._group import Group, Member, meaning_share
from copydesk.judge.coverage._points import product
from copydesk.judge.coverage._rarity import Vector

FADES_IN_DAYS = 2.0  # a likeness is a third after so many days; 1 to 4 are alike
ENDS_AFTER_DAYS = 14.0
FORGOTTEN_AFTER_DAYS = 30.0
# Only what is so near may join, part or lead: the index has let go what ended longer ago.
NEIGHBOURS_WITHIN = timedelta(days=FORGOTTEN_AFTER_DAYS)
ACROSS_LANGUAGES = 1.9  # only names and cognates can agree: what is left weighs more
_VISITS = 400
_LATEST = 100
_BEST = 10
_LEAST = 0.02**2  # of what was visited, squared: less than that never comes to anything
_MOST = 700.0  # the largest power of e that is a float
_FAR = 200.0  # days behind which weights are brought back into the range of a float


Rest = list[tuple[int, float]]


class _Seen:
    """How likenesses count for a document of one language and day."""

    def __init__(self, language: str, day: float, origin: float) -> None:
        self._language = language
        self._day = day
        self._origin = origin
        self._now = 0.0 if math.isinf(day) else _faded(origin - day)

    def weight(self, group: Group, language: str) -> float:
        """Give what a likeness to a group's documents counts; nothing to what has ended."""
        day = self._day
        if group.has_ended or ENDS_AFTER_DAYS < day - group.last < math.inf:
            return 0.0
        weight = self._now
        if day < group.last or math.isinf(day):
            weight = _faded(self._origin - group.last)
            if day < group.first:  # a late comer
                weight *= _faded(day - group.first)
        return weight if language == self._language else weight * ACROSS_LANGUAGES


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
        seen = _Seen(member.language, member.day if now else math.inf, self._origin or 0.0)
        shares, rest = self._visited(member.vector)
        found: dict[Group, float] = {}
        for slot in sorted(shares, key=shares.__getitem__, reverse=True)[: 3 * _BEST]:
            group = self._group_of[slot]
            weight = seen.weight(group, self._language_of[slot])
            if weight:
                found[group] = found.get(group, 0.0) + shares[slot] * weight
        found = {
            group: sum_ for group, sum_ in found.items() if sum_ * sum_ >= _LEAST * group.square
        }
        if len(found) > _BEST:
            best = sorted(found, key=lambda one: _worst_last(one, found[one]))[:_BEST]
            found = {group: found[group] for group in best}
        if rest:
            more = self._shares(found, rest)
            for group in found:
                found[group] += self._faded(group, more, seen)
        if member.point is None:
            return found
        return {
            group: self._with_meaning(group, likeness, member, seen)
            for group, likeness in found.items()
        }

    def likeness(self, group: Group, member: Member) -> float:
        """Give the summed likeness to a group's documents, faded with time."""
        seen = _Seen(member.language, member.day, self._origin or 0.0)
        shares = self._shares([group], member.vector)
        return self._with_meaning(group, self._faded(group, shares, seen), member, seen)

    def _with_meaning(self, group: Group, likeness: float, member: Member, seen: _Seen) -> float:
        """Let meaning count beside words where a group has documents of the same language."""
        slot = group.slots.get(member.language)
        if slot is None or slot not in self._meant or member.point is None:
            return likeness
        alike = product(member.point, self._meant[slot]) * seen.weight(group, member.language)
        share = meaning_share(member.length)
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

    def _shares(
        self, groups: Iterable[Group], terms: Iterable[tuple[int, float]]
    ) -> Mapping[int, float]:
        """Give what these terms add up to in these groups, by slot."""
        postings, known = self._postings, len(self._postings)
        slots = [slot for group in groups for slot in group.slots.values()]
        shares = dict.fromkeys(slots, 0.0)
        wanted = shares.keys()
        for term, weight in terms:
            if term < known:
                places = postings[term]
                for slot in places.keys() & wanted:
                    shares[slot] += weight * places[slot]
        return shares

    @staticmethod
    def _faded(group: Group, shares: Mapping[int, float], seen: _Seen) -> float:
        return sum(
            shares[slot] * seen.weight(group, language)
            for language, slot in group.slots.items()
            if shares[slot]
        )

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
        up = math.exp((member.day - (self._origin or 0.0)) / FADES_IN_DAYS)
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
        down = _faded((self._origin or 0.0) - day)
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
            slot = group.slots.get(member.language, -1)  # none where it ended and lives again
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


def _faded(days: float) -> float:
    """Give what is left of a likeness over so many days, as a negative number."""
    return math.exp(min(_MOST, days / FADES_IN_DAYS))


def _worst_last(group: Group, likeness: float) -> tuple[float, int]:
    return (-likeness / math.sqrt(group.square), group.number)
