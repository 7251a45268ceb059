"""Group documents one after the other: each goes into the group of its event.

terms  >  TF-IDF  >  inverted index  >  join or begin a group  >  merge  >  split

Only a bounded number of earlier documents is looked at, so the cost of a document does not grow
with the archive.
"""

from __future__ import annotations

import itertools
import math
import re
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from copydesk.judge import words
from copydesk.judge.clustering._group import (
    GROWTH,
    Centering,
    Group,
    Member,
    article_share,
    merge_groups,
    split_in_two,
)
from copydesk.judge.clustering._inverted_index import (
    DECAY_DAYS,
    FORGOTTEN_AFTER_DAYS,
    InvertedIndex,
)
from copydesk.judge.clustering._weighing import Weighing, find_sentences
from copydesk.judge.clustering.documents import (
    Assignment,
    GroupLikeness,
    NewsDocument,
    SeriesNumber,
    Veto,
)
from copydesk.kit import tables, text

JOIN = 0.27
_SIZE_BONUS = 0.02
_DAY = 86400.0
# Similarity, regardless of time, from which an event goes on from another: for headlines, articles.
# Below .19 two matters of Giveme5W1H become one, above .21 links are lost.
_GOES_ON = (0.6, 0.2)
# Of the parts that words have in an article's similarity, the most that one word may have. No right
# pair from JOIN on has more in Giveme5W1H and ECB+; half of the former's wrong ones below JOIN do.
_OF_ONE_WORD = 0.5
_ARTICLE = 0.4  # share of an article (`article_share`) from which a text counts as one
_SURE_SIZE = 2  # documents of groups that may merge at once; groups of one merge in `settle`
_MERGE_EVERY = 50  # documents

_Parts = list[tuple[float, int]]  # of a similarity, with their terms
_Words = tuple[str, ...]


class Stream:
    """Groups documents one after the other, by the events that they report on.

    `beat` are the words of the site's subject, which are too common to tell stories apart. `topics`
    are words of the topics below it, with the expected share of documents that have them. `apart`
    has for a document's key the keys of documents that are never in its group. A group with a
    document of `whole` is not split. A given `weighing` replaces `beat` and `topics`. A similarity
    is down to a third after `decay_days`. Of more than `most_unfolded` documents, the groups that
    had no report for longest are folded: only the sum of their reports is kept, and their keys.
    """

    most_unfolded = 100_000

    def __init__(
        self,
        beat: Iterable[str] = (),
        apart: Mapping[str, frozenset[str]] | None = None,
        whole: Iterable[str] = (),
        topics: Mapping[str, float] | None = None,
        *,
        weighing: Weighing | None = None,
        decay_days: float = DECAY_DAYS,
    ) -> None:
        self._weighing = weighing or Weighing(beat, topics or {})
        self._centering = Centering()
        self._index = InvertedIndex(decay_days)
        self._apart = apart or {}
        self._whole = frozenset(whole)
        self._groups: dict[str, Group] = {}
        self._group_of: dict[str, Group] = {}
        self._touched: dict[Group, None] = {}
        self._fresh: dict[Group, None] = {}
        self._living: deque[Group] = deque()
        self._unfolded: dict[Group, None] = {}  # that which had a document last comes last
        self._unfolded_count = 0  # documents
        self._numbers = itertools.count()
        self._headlines = Headlines()
        self._outside: dict[tuple[int, ...], set[int]] = {}  # terms of the present document
        self._count = 0
        self._day = self._previous_day = 0.0

    def add(self, document: NewsDocument) -> str:
        """Put a document into the most similar group, or into a new one; return the group's name.

        Returns the group's name: the known one, else the key of its first document.
        """
        member = self._to_member(document)
        near = self._discount(document, member, self._index.find_near(member))
        return self._name_of(self._add_member(document, member, near))

    def place(self, document: NewsDocument) -> Assignment:
        """Put a document into a group as `add` does; return the group and their similarity."""
        member = self._to_member(document)
        near = self._discount(document, member, self._index.find_near(member))
        again = self._group_with_headline(document, member)
        earlier = self._find_earlier(document, member)
        similarity = {group: similarity_to(group, sum_) for group, sum_ in near.items()}
        shared = {group: self._spell_common_terms(document, member, group) for group in near}
        names = {other: self._name_of(other) for other in near}
        group = self._add_member(document, member, near)
        return Assignment(
            group=self._name_of(group),
            similarity=similarity.get(group, 0.0),
            shared=shared.get(group, ()),
            near=tuple((self._name_of(one), score) for one, score in earlier if one is not group),
            same_headline=again is not None
            and _root_of(again) is group
            and similarity.get(group, 0.0) < JOIN,
            beside=tuple((names[one], similarity[one], shared[one]) for one in near),
        )

    def _find_earlier(self, document: NewsDocument, member: Member) -> list[tuple[Group, float]]:
        """Return the groups that a document's event goes on from, with their similarity."""
        alike = self._discount(document, member, self._index.find_alike(member))
        scores = {_root_of(group): similarity_to(group, sum_) for group, sum_ in alike.items()}
        least = _goes_on_from(member.length)
        return [
            (group, score)
            for group, score in sorted(scores.items(), key=_by_similarity)
            if score >= least and not self._rests_on_one_word(member, group)
        ]

    def _discount(
        self, document: NewsDocument, member: Member, found: Mapping[Group, float]
    ) -> Mapping[Group, float]:
        """Return similarities to groups without what comes from sentences that both have."""
        if not member.sentences:
            return found
        left = dict(found)
        for group in found:
            if common := self._find_common_sentences(member, group):
                parts = self._index.find_common_terms(member.vector, group)
                counted = self._leave_out(common, document, parts)
                whole = sum(part for part, _ in parts)
                left[group] *= sum(part for part, _ in counted) / whole if whole else 0.0
        return left

    def _find_common_sentences(self, member: Member, group: Group) -> list[int]:
        """Return the sentences that say nothing of the event though a group has them, too.

        Such a sentence may stand on pages about any event. But a report begins with what happened:
        if only this group has that sentence, all that only this group has counts.
        """
        common = self._index.find_common_sentences(member, group)
        begins_alike = bool(common) and common.get(member.sentences[0], False)
        return [sentence for sentence, is_own in common.items() if not (is_own and begins_alike)]

    def _leave_out(self, common: Iterable[int], document: NewsDocument, parts: _Parts) -> _Parts:
        """Return the parts of a similarity whose terms a document has outside of some sentences."""
        left_out = tuple(common)
        if left_out not in self._outside:
            texts = find_sentences(document.text)
            sentences = [texts[one] for one in left_out]
            self._outside[left_out] = self._weighing.find_terms_outside(document, sentences)
        outside = self._outside[left_out]
        return [(part, term) for part, term in parts if term in outside]

    def _spell_common_terms(self, document: NewsDocument, member: Member, group: Group) -> _Words:
        """Return the words that make a document similar to a group."""
        parts = self._index.find_common_terms(member.vector, group)
        if common := self._find_common_sentences(member, group):
            parts = self._leave_out(common, document, parts)
        return self._weighing.spell(parts)

    def compare(self, document: NewsDocument) -> tuple[GroupLikeness, ...]:
        """Return how similar a document is to nearby groups, most similar first, without adding it.

        It is not added. Whether it would join a group is decided as in `add`.
        """
        member = self._to_member(document)
        near = self._discount(document, member, self._index.find_near(member))
        scores = {group: similarity_to(group, sum_) for group, sum_ in near.items()}
        return tuple(
            GroupLikeness(
                group=self._name_of(group),
                similarity=score,
                needed=JOIN - _bonus_of(group),
                shared=self._spell_common_terms(document, member, group),
                veto=self._find_veto(member, group)
                or ("" if score + _bonus_of(group) >= JOIN else "likeness"),
            )
            for group, score in sorted(scores.items(), key=_by_similarity)
        )

    def learn_meaning(self, document: NewsDocument) -> None:
        """Use a document's embedding for the mean of its language, without adding the document."""
        self._centering.center(document.vector, document.language_code)

    def _to_member(self, document: NewsDocument) -> Member:
        language = document.language_code
        self._outside.clear()
        vector, length = self._weighing.weigh(document)
        if document.moment is not None:
            self._previous_day, self._day = self._day, document.moment.timestamp() / _DAY
        return Member(
            key=document.key,
            vector=vector,
            language=language,
            day=self._day,
            length=length,
            series=find_numbers(document.title),
            sentences=array("I", find_sentences(document.text)) if document.text else (),
            embedding=self._centering.center(document.vector, language)
            if document.vector
            else None,
        )

    def _add_member(
        self, document: NewsDocument, member: Member, near: Mapping[Group, float]
    ) -> Group:
        self._end_oldest(min(self._day, self._previous_day))
        group = (
            self._group_by_name(document)
            or self._nearest_group(near, member)
            or self._group_with_headline(document, member)
            or self._begin_group(member.key)
        )
        group.add(member, near.get(group, 0.0))
        self._unfolded.pop(group, None)
        self._unfolded[group] = None
        self._unfolded_count += 1
        self._headlines.note(document.title, member.day, group)
        self._index.add(group, member)
        for other, similarity in near.items():
            if other is not group:
                group.add_edge(other, similarity)
        self._group_of[member.key] = group
        self._count += 1
        if not document.group:
            self._fresh[group] = None
        if self._count % _MERGE_EVERY == 0:
            self._merge_fresh()
        while self._unfolded_count > self.most_unfolded:
            self._fold_oldest()
        return _root_of(self._group_of[member.key])

    def _group_by_name(self, document: NewsDocument) -> Group | None:
        if not document.group:
            return None
        if document.group not in self._groups:
            return self._begin_group(document.group)
        group = _root_of(self._groups[document.group])
        if group.has_ended:
            group.has_ended = False
            self._living.append(group)
        return group

    def _group_with_headline(self, document: NewsDocument, member: Member) -> Group | None:
        """Return the group that had exactly the same headline within six days, None if none had."""
        earlier = self._headlines.find(document.title, member.day)
        group = _root_of(earlier) if earlier else None
        if group is None or group.has_ended or self._are_apart(member.key, group):
            return None
        return group

    def _nearest_group(self, near: Mapping[Group, float], member: Member) -> Group | None:
        best, least = None, JOIN
        for group, similarity in near.items():
            score = similarity_to(group, similarity) + _bonus_of(group)
            if score < least or (score == least and best is not None):
                continue
            if not self._find_veto(member, group):
                best, least = group, score
        return best

    def _find_veto(self, member: Member, group: Group) -> Veto:
        """Return what keeps a document out of a similar group: "series", "apart"; "" for
        nothing.
        """
        if group.contradicts(member.series):
            return "series"
        if self._are_apart(member.key, group):
            return "apart"
        return "likeness" if self._rests_on_one_word(member, group) else ""

    def _rests_on_one_word(self, member: Member, group: Group) -> bool:
        """Return whether an article is like a group most of all by one word, a famous name."""
        if article_share(member.length) < _ARTICLE:
            return False
        parts = self._index.find_common_terms(member.vector, group)
        of_words = [part for part, term in parts if self._weighing.is_word(term)]
        return bool(of_words) and of_words[0] > _OF_ONE_WORD * sum(of_words)

    def _begin_group(self, name: str) -> Group:
        """Begin a new group; documents known to be in an earlier one of its name still go there."""
        group = Group(name=name, number=next(self._numbers))
        self._groups.setdefault(name, group)
        self._living.append(group)
        return group

    def _name_of(self, group: Group) -> str:
        """Return a group's name; never one that is the key of a document in another group.

        If it is, the group is named after its own first document.
        """
        of_namesake = self._group_of.get(group.name)
        is_own = of_namesake is None or _root_of(of_namesake) is group
        return group.name if is_own else group.first_key

    def _end_oldest(self, day: float) -> None:
        """Remove the oldest groups from the index, once no document can join them any more.

        The day must have been reached by two documents in a row: one may have a wrong date.
        """
        for _ in range(min(2, len(self._living))):
            group = self._living.popleft()
            if group.merged_into is None and day - group.last <= FORGOTTEN_AFTER_DAYS:
                self._living.append(group)
            elif group.merged_into is None:
                self._index.remove(group)
                self._unfolded.pop(group, None)
                self._unfolded_count -= len(group.members)
                group.end()

    def _fold_oldest(self) -> None:
        """Fold the group that had no new document for longest, unless it can be merged now."""
        group = next(iter(self._unfolded))
        merge_groups([group], 1, self._merge)
        if group in self._unfolded:
            del self._unfolded[group]
            for waiting in (self._touched, self._fresh):
                waiting.pop(group, None)
            self._unfolded_count -= len(group.members)
            self._index.fold(group)
            group.fold()

    def _merge_fresh(self) -> None:
        """Merge groups that got new documents; groups with one document wait.

        The next document may tell more about them.
        """
        fresh, self._fresh = self._fresh, {}
        self._touched.update(fresh)
        merge_groups(_living_groups(fresh), _SURE_SIZE, self._merge)

    def settle(self) -> None:
        """Merge groups that turned out to be about one event, and split those that are about two.

        Only groups with new documents since the last call are looked at.
        """
        self._merge_fresh()
        touched, self._touched = self._touched, {}
        merge_groups(_living_groups(touched), 1, self._merge)
        self._split_where_due({**touched, **self._fresh})
        self._fresh.clear()

    def _split_where_due(self, touched: Iterable[Group]) -> None:
        """Split groups that have become two, repeatedly."""
        waiting = _living_groups(touched)
        while waiting:
            group = waiting.pop()
            has_grown = group.size >= GROWTH * group.size_when_checked
            if group.folded or not has_grown or self._whole.intersection(group.keys):
                continue
            group.size_when_checked = group.size
            halves = split_in_two(group)
            if halves is not None:
                waiting += self._split(group, *halves)

    def _split(
        self, group: Group, staying: Sequence[Member], leaving: Sequence[Member]
    ) -> tuple[Group, Group]:
        """Split a group: it keeps its first document and those with it; others get a new group."""
        if group.name in {member.key for member in leaving}:
            staying, leaving = leaving, staying
        self._index.remove(group)
        group.clear()
        second = self._begin_group(leaving[0].key)
        self._unfolded[second] = None
        for half, members in ((group, staying), (second, leaving)):
            for member in members:
                half.add(member, self._index.similarity(half, member))
                self._index.add(half, member)
                self._group_of[member.key] = half
        return group, second

    def _merge(self, one: Group, other: Group) -> Group | None:
        """Merge the smaller or younger of two groups into the other; None if they stay apart."""
        if one.differs_in_series(other) or self._keep_apart(one, other):
            return None
        if (other.size, -other.number) > (one.size, -one.number):
            one, other = other, one
        self._index.replace(other, one)
        self._unfolded.pop(other, None)
        self._touched.pop(other, None)
        self._unfolded.setdefault(one)
        for names, keys in ((self._groups, (other.name,)), (self._group_of, other.keys)):
            names.update((key, one) for key in keys if names[key] is other)
        one.absorb(other)
        self._fresh[one] = None
        return one

    def _keep_apart(self, one: Group, other: Group) -> bool:
        return bool(self._apart) and any(self._are_apart(key, other) for key in one.keys)

    def _are_apart(self, key: str, group: Group) -> bool:
        if not self._apart:
            return False
        others = self._apart.get(key, frozenset())
        return any(
            member in others or key in self._apart.get(member, frozenset()) for member in group.keys
        )

    @property
    def group_count(self) -> int:
        """Return the number of groups that documents were put into."""
        return len({_root_of(group) for group in self._group_of.values()})

    @property
    def postings(self) -> int:
        """Return the number of entries in the index, which determines the memory use."""
        return len(self._index)

    def groups(self) -> Mapping[str, str]:
        """Map each document's key to the name of its group."""
        return {key: self._name_of(_root_of(group)) for key, group in self._group_of.items()}


def similarity_to(group: Group, sum_: float) -> float:
    """Compute a document's similarity to a group, 0 to 1, from the sum over its members."""
    return sum_ / math.sqrt(group.square)


def unlike_group(name: str) -> GroupLikeness:
    """Return the result of comparing a document with a group that shares no important word."""
    return GroupLikeness(group=name, similarity=0.0, needed=JOIN, shared=(), veto="likeness")


def _goes_on_from(words: int) -> float:
    """Return the similarity from which a document's event goes on from another one."""
    headlines, articles = _GOES_ON
    return headlines + (articles - headlines) * min(1.0, 2.0 * article_share(words))


def _bonus_of(group: Group) -> float:
    """Return the bonus that a group's size adds to a similarity."""
    return _SIZE_BONUS * math.log(group.size)


def _by_similarity(pair: tuple[Group, float]) -> tuple[float, int]:
    group, similarity = pair
    return (-similarity, group.number)


def _living_groups(groups: Iterable[Group]) -> list[Group]:
    """Return the groups that the given ones were merged into, without ended ones, oldest first."""
    roots = {group for group in map(_root_of, groups) if not group.has_ended}
    return sorted(roots, key=lambda group: group.number)


def _root_of(group: Group) -> Group:
    """Return the group that a group was finally merged into, or the group itself."""
    while group.merged_into is not None:
        group = group.merged_into
    return group


# A headline that comes again days later, when similarity has decayed, is about the same event: in
# all 16 pairs of og2021's development part that are one to fourteen days apart.

_LEAST_WORDS = 5  # shorter ones are used for anything: "live updates", "letters to the editor"
_WITHIN_DAYS = 6.0  # a weekly column comes after seven


class Headlines:
    """A memory of headlines: which group of documents each belongs to, for some days."""

    def __init__(self) -> None:
        self._groups: dict[int, tuple[float, Group]] = {}
        self._days: deque[tuple[float, int]] = deque()

    def note(self, title: str, day: float, group: Group) -> None:
        """Store the group of a headline if it is long enough; forget those after six days."""
        key = _key(title)
        if not key:
            return
        self._groups[key] = (day, group)
        self._days.append((day, key))
        while day - self._days[0][0] > _WITHIN_DAYS:
            _, old = self._days.popleft()
            if old in self._groups and day - self._groups[old][0] > _WITHIN_DAYS:
                del self._groups[old]

    def find(self, title: str, day: float) -> Group | None:
        """Return the group that had the same headline within six days, None if none had."""
        then, group = self._groups.get(_key(title), (0.0, None))
        return group if group is not None and abs(day - then) < _WITHIN_DAYS else None


def _key(title: str) -> int:
    """Return a hash of the words of a headline in lower case, 0 if it is too short to compare."""
    words = text.words(title)
    return hash(tuple(words)) if len(words) >= _LEAST_WORDS else 0


# Numbers of a series in headlines: "12th package" and "13th package", "Day 3" and "Day 4", "Super
# Bowl 51" and "52" are two stories however similar their words are. Numbers of victims, amounts of
# money and percentages are left out, since they change during an event.

_ORDINAL = re.compile(
    rf"\b(\d{{1,3}}(?:st|nd|rd|th)|{'|'.join(words.ORDINALS)})[\s-]+([^\W\d_]{{3,}})", re.IGNORECASE
)
_NUMBERED = re.compile(
    r"\b([A-Z][^\W\d_]{2,}|[Dd]ay|[Pp]art|[Rr]ound|[Ss]tage|[Ww]eek|[Ee]pisode|[Ss]eason|[Gg]ame)"
    r"[\s-]+#?(\d{1,3})\b(?![.,:%]\d|\s?(?:%|per\b|million|billion|people|dead|years?|days?\b))"
)
_DIGIT = re.compile(r"\d")
_SCORE = re.compile(r"\b(\d{1,3})\s?[-\u2013:]\s?(\d{1,3})\b(?!\s?[-\u2013:/]\s?\d)")
_NO_SERIES = frozenset(tables.read_lines(__package__, "no_series.txt"))


def find_numbers(title: str) -> frozenset[SeriesNumber]:
    """Return the numbers in a headline ("12th package", "Day 3") that tell similar events apart."""
    if not _DIGIT.search(title):  # most have none
        return frozenset(_ordinals(title))
    return frozenset((*_ordinals(title), *_names_with_number(title), *_scores(title)))


def _ordinals(title: str) -> Iterator[SeriesNumber]:
    for match in _ORDINAL.finditer(title):
        number, what = match.group(1).lower(), match.group(2).lower()
        if what in _NO_SERIES:
            continue
        which = words.ORDINALS[number] if number in words.ORDINALS else number[:-2]
        yield what, which


def _names_with_number(title: str) -> Iterator[SeriesNumber]:
    for match in _NUMBERED.finditer(title):
        what = match.group(1).lower()
        if what not in _NO_SERIES:
            yield what, match.group(2)


def _scores(title: str) -> Iterator[SeriesNumber]:
    for match in _SCORE.finditer(title):
        high, low = sorted(map(int, match.groups()), reverse=True)
        yield "score", f"{high}-{low}"
