"""The stream: documents come in one after the other, each into the group of its happening.

terms  >  rarity  >  near (_index)  >  join or begin  >  bridges

Nothing looks at all that came before: the cost of a document does not grow with the archive.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from copydesk.judge.coverage import _bridges, _drift, _marks
from copydesk.judge.coverage._group import Group, Member
from copydesk.judge.coverage._headlines import Headlines
from copydesk.judge.coverage._index import FORGOTTEN_AFTER_DAYS, Index
from copydesk.judge.coverage._points import Points
from copydesk.judge.coverage._rarity import OF_THE_BEAT, Rarity
from copydesk.judge.coverage._terms import FOURS, Vocabulary

JOIN = 0.27
_SIZE_BONUS = 0.02
_DAY = 86400.0
_BACKGROUND = 0.13  # half of what joins, without regard to time
_SHOWN = 4
_SURE = 2  # groups of so many documents may merge at once; single ones when all is in
_OFTEN = 50  # documents between two looks at what has become one


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is put beside others.

    `moment` is None where time says nothing: then it came with the one before. `group` is the name
    of the group that it is known to belong to, "" where that is to be found out. `vector` is
    `news.Shelved.vector`.
    """

    key: str
    title: str
    text: str = ""
    language: str = ""
    moment: datetime | None = None
    group: str = ""
    vector: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a document stands: its group, how like it is, by which words, what is near.

    `likeness` is 0 in a group of its own; `near` are (group, likeness) pairs without regard to
    time, the most like first. `same_headline` says that a group of days ago has its headline.
    """

    group: str
    likeness: float = 0.0
    shared: tuple[str, ...] = ()
    near: tuple[tuple[str, float], ...] = ()
    same_headline: bool = False


class Stream:
    """Group documents as they come.

    `beat` are the subject's own words: they stand everywhere and tell no two stories apart.
    `topics` are those of the topics below it, with the share of documents that may have them.
    `apart` has, by a document's key, the keys of those that it never stands in one group with;
    a group with one of the documents of `whole` is not cut.
    """

    def __init__(
        self,
        beat: Iterable[str] = (),
        apart: Mapping[str, frozenset[str]] | None = None,
        whole: Iterable[str] = (),
        topics: Mapping[str, float] | None = None,
    ) -> None:
        self._vocabulary = Vocabulary()
        self._rarity = Rarity(self._vocabulary, self._shares(beat, topics or {}))
        self._points = Points()
        self._index = Index()
        self._apart = apart or {}
        self._whole = frozenset(whole)
        self._groups: dict[str, Group] = {}
        self._of: dict[str, Group] = {}
        self._touched: dict[Group, None] = {}
        self._fresh: dict[Group, None] = {}
        self._living: deque[Group] = deque()
        self._numbers = itertools.count()
        self._headlines = Headlines()
        self._count = 0
        self._day = self._before = 0.0

    def _shares(self, beat: Iterable[str], topics: Mapping[str, float]) -> dict[int, float]:
        """Give the share of documents that may have each of these words' terms, the largest."""
        shares = {**topics, **dict.fromkeys(beat, OF_THE_BEAT)}
        found: dict[int, float] = {}
        for phrase, share in shares.items():
            for term in self._vocabulary.numbers([phrase], "en"):
                found[term] = max(share, found.get(term, 0.0))
        return found

    def add(self, document: Document) -> str:
        """Put a document into the group that it is most like, or into one of its own.

        Gives the group's name: the one it is known by, else the key of its first document.
        """
        member = self._member(document)
        near = self._index.near(member)
        return self._name(self._put(document, member, near))

    def place(self, document: Document) -> Place:
        """Put a document as `add` does, and give where and why."""
        member = self._member(document)
        near = self._index.near(member)
        again = self._again(document, member)
        alike = self._index.near(member, now=False)
        likeness = {group: likeness_to(group, sum_) for group, sum_ in near.items()}
        background = {_left(group): likeness_to(group, sum_) for group, sum_ in alike.items()}
        shared = {group: self._index.shared(member.vector, group) for group in near}
        group = self._put(document, member, near)
        return Place(
            group=self._name(group),
            likeness=likeness.get(group, 0.0),
            shared=self._spelt(shared.get(group, [])),
            near=tuple(
                (self._name(other), score)
                for other, score in sorted(background.items(), key=_most_like)
                if score >= _BACKGROUND and other is not group
            ),
            same_headline=again is not None
            and _left(again) is group
            and likeness.get(group, 0.0) < JOIN,
        )

    def _spelt(self, terms: Iterable[int]) -> tuple[str, ...]:
        """Give a few of these terms as they are written, each once."""
        vocabulary = self._vocabulary
        words = (vocabulary.spelt[term] for term in terms if vocabulary.space[term] != FOURS)
        return tuple(itertools.islice(dict.fromkeys(words), _SHOWN))

    def _member(self, document: Document) -> Member:
        language = document.language.lower()[:2] or "en"
        terms = self._vocabulary.terms(document.title, document.text, language)
        if document.moment is not None:
            self._before, self._day = self._day, document.moment.timestamp() / _DAY
        return Member(
            key=document.key,
            vector=self._rarity.weighed(terms),
            language=language,
            day=self._day,
            length=terms.length,
            marks=_marks.marks(document.title),
            point=self._points.centred(document.vector, language) if document.vector else None,
        )

    def _put(self, document: Document, member: Member, near: Mapping[Group, float]) -> Group:
        self._end_old(min(self._day, self._before))
        group = (
            self._known(document)
            or self._nearest(near, member)
            or self._again(document, member)
            or self._new(member.key)
        )
        group.take(member, near.get(group, 0.0))
        self._headlines.note(document.title, member.day, group)
        self._index.put(group, member)
        for other, likeness in near.items():
            if other is not group:
                group.meet(other, likeness)
        self._of[member.key] = group
        self._count += 1
        if not document.group:
            self._fresh[group] = None
        if self._count % _OFTEN == 0:
            self._bridge()
        return _left(group)

    def _known(self, document: Document) -> Group | None:
        if not document.group:
            return None
        if document.group not in self._groups:
            return self._new(document.group)
        group = _left(self._groups[document.group])
        if group.has_ended:
            group.has_ended = False
            self._living.append(group)
        return group

    def _again(self, document: Document, member: Member) -> Group | None:
        """Give the group of some days ago that has a document's very headline."""
        found = self._headlines.find(document.title, member.day)
        group = _left(found) if found else None
        if group is None or group.has_ended or self._are_apart(member.key, group):
            return None
        return group

    def _nearest(self, near: Mapping[Group, float], member: Member) -> Group | None:
        best, least = None, JOIN
        for group, likeness in near.items():
            score = likeness_to(group, likeness) + _SIZE_BONUS * math.log(group.size)
            if score < least or (score == least and best is not None):
                continue
            if not _marks.forbid(member.marks, group) and not self._are_apart(member.key, group):
                best, least = group, score
        return best

    def _new(self, name: str) -> Group:
        """Begin a group; what is known under a name that another one has goes on to that one."""
        group = Group(name=name, number=next(self._numbers))
        self._groups.setdefault(name, group)
        self._living.append(group)
        return group

    def _name(self, group: Group) -> str:
        """Give what a group is called, never by a document that stands in another one.

        Where its namesake does, it is called after its own first document.
        """
        namesakes = self._of.get(group.name)
        return group.name if namesakes is None or _left(namesakes) is group else group.begun_by

    def _end_old(self, day: float) -> None:
        """Forget the terms of the oldest groups that nothing can join any more.

        The day is one that two documents in a row have reached: one clock may be wrong.
        """
        for _ in range(min(2, len(self._living))):
            group = self._living.popleft()
            if group.merged_into is None and day - group.last <= FORGOTTEN_AFTER_DAYS:
                self._living.append(group)
            elif group.merged_into is None:
                self._index.remove(group)
                group.end()

    def _bridge(self) -> None:
        """Merge what has become one since the last time; groups of one document wait.

        The next document may say more of them.
        """
        fresh, self._fresh = self._fresh, {}
        self._touched.update(fresh)
        _bridges.cross(_still(fresh), _SURE, self._merged)

    def settle(self) -> None:
        """Merge groups between which bridges have appeared, and cut those that have drifted.

        Looks at those that have got documents since this was last asked.
        """
        self._bridge()
        touched, self._touched = self._touched, {}
        _bridges.cross(_still(touched), 1, self._merged)
        self._cut({**touched, **self._fresh})
        self._fresh.clear()

    def _cut(self, touched: Iterable[Group]) -> None:
        """Cut groups that have become two, again and again."""
        waiting = _still(touched)
        while waiting:
            group = waiting.pop()
            if group.size < _drift.GROWN * group.looked_at or self._whole.intersection(group.keys):
                continue
            group.looked_at = group.size
            found = _drift.halves(group)
            if found is not None:
                waiting += self._parted(group, *found)

    def _parted(
        self, group: Group, one: Sequence[Member], other: Sequence[Member]
    ) -> tuple[Group, Group]:
        """Leave a group its first document and those with it; the others get one of their own."""
        if group.name in {member.key for member in other}:
            one, other = other, one
        self._index.remove(group)
        group.clear()
        second = self._new(other[0].key)
        for left, members in ((group, one), (second, other)):
            for member in members:
                left.take(member, self._index.likeness(left, member))
                self._index.put(left, member)
                self._of[member.key] = left
        return group, second

    def _merged(self, one: Group, other: Group) -> Group | None:
        """Give the larger group, the older of two equals, with the other in it."""
        if _marks.differ(one, other) or self._keep_apart(one, other):
            return None
        if (other.size, -other.number) > (one.size, -one.number):
            one, other = other, one
        self._index.replace(other, one)
        one.swallow(other)
        self._fresh[one] = None
        return one

    def _keep_apart(self, one: Group, other: Group) -> bool:
        return bool(self._apart) and any(self._are_apart(key, other) for key in one.keys)

    def _are_apart(self, key: str, group: Group) -> bool:
        if not self._apart:
            return False
        others = self._apart.get(key, frozenset())
        return any(one in others or key in self._apart.get(one, frozenset()) for one in group.keys)

    def groups(self) -> Mapping[str, str]:
        """Give the name of each document's group, by the document's key."""
        return {key: self._name(_left(group)) for key, group in self._of.items()}


def likeness_to(group: Group, sum_: float) -> float:
    """Give how like a document is to a group, 0 to 1, from its summed likeness to the members."""
    return sum_ / math.sqrt(group.square)


def _most_like(one: tuple[Group, float]) -> tuple[float, int]:
    return (-one[1], one[0].number)


def _still(groups: Iterable[Group]) -> list[Group]:
    """Give the groups that these have become and that still live, each once, the oldest first."""
    left = {group for group in map(_left, groups) if not group.has_ended}
    return sorted(left, key=lambda group: group.number)


def _left(group: Group) -> Group:
    """Give the group that a group has become part of, itself where it has not."""
    while group.merged_into is not None:
        group = group.merged_into
    return group
