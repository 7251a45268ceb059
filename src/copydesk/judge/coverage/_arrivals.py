"""Turn stories into documents to be grouped day by day, and index those to compare them with."""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from copydesk.judge import clustering
from copydesk.judge.clustering.documents import LayeredCorpus, MemoryCorpus, NewsDocument
from copydesk.judge.coverage._ruled_groups import RuledGroups, name_of
from copydesk.judge.gate import blocking_ruling
from copydesk.kit import dates, text
from copydesk.news import Beat, Shelved, Story
from copydesk.news.story import Corpus, IndexedDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A story to be grouped by event, with the time when it came and its group so far, or ""."""

    shelved: Shelved
    moment: datetime
    key: str
    group: str

    @property
    def path(self) -> str:
        """Return the path of the story."""
        return self.shelved.story.path

    @property
    def order(self) -> tuple[bool, datetime, str]:
        """Return the key to sort stories for grouping: known groups first, then by time, path.

        So a new story meets the stories that a rule brings into a group before it joins.
        """
        return (not self.group, self.moment, self.path)

    @property
    def document(self) -> NewsDocument:
        """Return the story as a document that can be grouped by event."""
        return to_document(self.shelved, self.moment, self.group)


def list_arrivals(stories: Sequence[Shelved], ruled: RuledGroups) -> list[Arrival]:
    """Return stories in the order of grouping, each with its time and its group so far."""
    latest = max((shelved.found for shelved in stories if shelved.found), default=dates.LATEST)
    arrivals = (
        Arrival(
            shelved=shelved,
            moment=_moment(shelved, latest),
            key=name_of(shelved.story),
            group=ruled.group_of(shelved.story),
        )
        for shelved in stories
    )
    return sorted(arrivals, key=lambda arrival: arrival.order)


def part_by_day(arrivals: Iterable[Arrival]) -> list[list[Arrival]]:
    """Split stories to be grouped by UTC day, earliest first. The last day has the undated ones."""
    days: defaultdict[date, list[Arrival]] = defaultdict(list)
    timeless = []
    for arrival in arrivals:
        if arrival.moment == dates.EARLIEST:
            timeless.append(arrival)
        else:
            days[arrival.moment.astimezone(UTC).date()].append(arrival)
    parts = [days[day] for day in sorted(days)] or [[]]
    parts[-1] += timeless
    return parts if parts[-1] else []


def _moment(shelved: Shelved, latest: datetime) -> datetime:
    """Return when a story came, but not later than when the last story was found.

    That limit only counts if it is not known when the story itself was found.
    """
    moment = moment_of(shelved)
    return moment if shelved.found else min(moment, latest)


TERMS_VERSION = 3  # raise it when a text gets other terms, or other telling ones


def index_stories(stories: Sequence[tuple[Shelved, bytes]]) -> Iterator[IndexedDocument]:
    """Yield stories in the form that a corpus (index of terms) stores, with the given digests."""
    terms = clustering.index_terms(to_document(shelved) for shelved, _ in stories)
    for (shelved, digest), counted in zip(stories, terms, strict=True):
        yield IndexedDocument(
            key=name_of(shelved.story),
            second=int(moment_of(shelved).timestamp()),
            digest=digest,
            terms=counted,
        )


def make_corpus(stories: Iterable[Shelved]) -> Corpus:
    """Return a corpus (an index of the terms) of the given stories, in memory."""
    return MemoryCorpus(index_stories([(shelved, b"") for shelved in stories]))


def extend_corpus(corpus: Corpus, stories: Iterable[Shelved]) -> Corpus:
    """Return a corpus with further stories that it does not have; the old one is not changed."""
    fresh = MemoryCorpus(index_stories([(shelved, b"") for shelved in stories]))
    return LayeredCorpus(corpus, fresh) if fresh.sizes()[0] else corpus


def is_grouped(story: Story, beat: Beat) -> bool:
    """Return whether a story may be in a group: no copy, not excluded by an editor or rule."""
    return not (story.copy_of or story.is_kept_out or is_excluded(story, beat))


def _is_merged(story: Story, beat: Beat) -> bool:
    return any(rule.said == "merge" and name_of(story) in rule.stories for rule in beat.rulings)


def is_excluded(story: Story, beat: Beat) -> bool:
    """Return whether a story may be in no group since it is blocked or outside the site's subject.

    A story that is still in one was not judged since the rules changed, and stays. An own story of
    the site is only in a group that an editor puts it into.
    """
    if story.is_own and not story.group and not _is_merged(story, beat):
        return True
    if story.group or story.published:
        return False
    is_off_beat = bool(beat.topics) and beat.scoring.off_beat == "drop" and not story.topics
    return is_off_beat or bool(blocking_ruling(story, beat.rulings))


def moment_of(shelved: Shelved) -> datetime:
    """Return when a story was published, else found; `dates.EARLIEST` if neither is known.

    The story's own date counts, unless it is later than the time when the story was found: then it
    is wrong.
    """
    published, found = shelved.story.published_at or dates.EARLIEST, shelved.found
    if found is None:
        return published
    return found if published == dates.EARLIEST else min(published, found)


def to_document(
    shelved: Shelved, moment: datetime = dates.EARLIEST, group: str = ""
) -> NewsDocument:
    """Return a story as a document that can be grouped by event."""
    story = shelved.story
    return NewsDocument(
        key=name_of(story),
        title=story.title,
        text=text.prose(shelved.text) or story.excerpt,
        language=story.language,
        moment=None if moment == dates.EARLIEST else moment,
        group=group,
        vector=shelved.vector,
    )


_DAY = timedelta(days=1)


class DailyCorpus(Protocol):
    """A corpus (index of terms) of stored stories to which each day's stories are added."""

    def of_day(self, new: Sequence[Arrival]) -> Corpus:
        """Return the stored stories, as a corpus, that a day's new stories are compared with."""
        ...

    def add(self, placed: Iterable[Arrival]) -> None:
        """Add the stories of a day to the corpus after they were grouped."""
        ...


class KeptCorpus:
    """A stored corpus (index of terms) of some weeks of stories, with the stories added since."""

    def __init__(self, kept: Corpus) -> None:
        self._kept = kept
        self._since = MemoryCorpus()

    def of_day(self, new: Sequence[Arrival]) -> Corpus:
        """Return the stored stories, as a corpus, that a day's new stories are compared with."""
        return LayeredCorpus(self._kept, self._since) if self._since.sizes()[0] else self._kept

    def add(self, placed: Iterable[Arrival]) -> None:
        """Add the stories of a day to the corpus after they were grouped."""
        documents = list(_index(arrival.shelved for arrival in placed))
        known = self._kept.terms_of([document.key for document in documents])
        for document in documents:
            if document.key not in known:  # it was there, and a ruling set it free
                self._since.add(document)


class SlidingCorpus:
    """A corpus (index of terms) of the stories in the weeks around a day that moves forward."""

    def __init__(self, filed: Iterable[Arrival]) -> None:
        documents = _index(arrival.shelved for arrival in filed)
        self._waiting = deque(sorted(documents, key=_order))
        self._inside: list[tuple[int, str, IndexedDocument]] = []
        self._corpus = MemoryCorpus()

    def of_day(self, new: Sequence[Arrival]) -> Corpus:
        """Return the stored stories, as a corpus, that a day's new stories are compared with."""
        moments = [arrival.moment for arrival in new if arrival.moment != dates.EARLIEST]
        if not moments:
            self._take_in(float("inf"))
            return self._corpus
        day = min(moments).replace(hour=0, minute=0, second=0, microsecond=0)
        self._take_in((day + _DAY + clustering.NEIGHBOURS_WITHIN).timestamp())
        start = (day - clustering.NEIGHBOURS_WITHIN).timestamp()
        while self._inside and self._inside[0][0] < start:
            self._corpus.remove(heapq.heappop(self._inside)[2])
        return self._corpus

    def add(self, placed: Iterable[Arrival]) -> None:
        """Add the stories of a day to the corpus after they were grouped."""
        for document in _index(arrival.shelved for arrival in placed):
            self._add(document)

    def _take_in(self, end: float) -> None:
        while self._waiting and self._waiting[0].second < end:
            self._add(self._waiting.popleft())

    def _add(self, document: IndexedDocument) -> None:
        self._corpus.add(document)
        heapq.heappush(self._inside, (document.second, document.key, document))


def _index(stories: Iterable[Shelved]) -> Iterable[IndexedDocument]:
    return index_stories([(shelved, b"") for shelved in stories])


def _order(document: IndexedDocument) -> tuple[int, str]:
    return (document.second, document.key)
