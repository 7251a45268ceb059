"""Judge the pages of archives as stories, month by month from the earliest: what the days' rounds
would have done, with the stories that are filed already around them.

pages of a month ── settle | appraise | ask today's page | copies ──> stories ── regroup ──> store

A filed story never changes: a new one may be its copy, or stand behind it in its group, but never
before it. What the new ones would change in filed ones is only listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import TypeVar

from copydesk import archive, extract, judge
from copydesk.catalogue import Catalogue
from copydesk.errors import RecordError
from copydesk.judge import clustering, copies, shelves
from copydesk.kit import urls
from copydesk.news import Article, Beat, Dropped, Reason, ReasonKind, Ruling, Shelved, Story
from copydesk.news.story import time_and_path
from copydesk.newsroom import Failure, Newsroom, failure_of
from copydesk.newsroom.filing import read_removals
from copydesk.newsroom.standings import beat_in_force
from copydesk.review import rejudging, rules
from copydesk.rounds._judge_articles import read_reputations
from copydesk.rounds._judging import judging_order
from copydesk.rounds._shelf import shelve
from copydesk.rounds.backfill._store import Answer, BackfillStore, KeptPage

Result = TypeVar("Result")
_AROUND = max(copies.COPIES_WITHIN, clustering.NEIGHBOURS_WITHIN)


@dataclass(slots=True, kw_only=True)
class _Candidate:
    """A page that may become a story: its settled article, its score, and whether its host is
    known.
    """

    article: Article
    appraisal: judge.Appraisal
    is_known: bool


@dataclass(slots=True, kw_only=True)
class _Placed:
    """A new story, with its text as it is compared with others."""

    shelved: Shelved
    fingerprint: tuple[int, ...]
    article: Article


class MonthJudge:
    """Judges the pages of one month after the other; a month is stored when the next one is judged.

    Until then, stories of the next month may still join its groups.
    """

    def __init__(self, newsroom: Newsroom, catalogue: Catalogue, store: BackfillStore) -> None:
        self._newsroom = newsroom
        self._catalogue = catalogue
        self._store = store
        self._beat = beat_in_force(newsroom.root, newsroom.beat, newsroom.now)
        self._removed = read_removals(newsroom.root)
        self._reputations = read_reputations(catalogue) if newsroom.beat.scoring.scale > 1 else None
        self._held_hosts = frozenset(
            urls.host(source.url) for source in newsroom.beat.sources if source.trust == "hold"
        )
        self._year, self._habits = "", dict[str, extract.Habits]()
        self._shelf = shelves.MemoryShelf()
        self._last: tuple[str, dict[str, _Placed]] = ("", {})
        self._stored: dict[str, _Placed] = {}  # those of earlier months in groups of the last one
        self._names: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.changes: set[str] = set()
        self.failed: list[Failure] = []

    # ---- first half: what can be said of each page by itself -------------------------------------

    def appraise(self, month: str) -> list[_Candidate]:
        """Score the pages of a month, each by itself; count those that become no story."""
        self._learn(month[:4])
        found = []
        for page in sorted(self._store.pages_of(month), key=lambda one: judging_order(one.article)):
            candidate = self._safely(page.article, partial(self._appraise, page))
            if candidate is None:
                continue
            if isinstance(candidate, Dropped):
                self.counts[candidate.reason] += 1
            else:
                found.append(candidate)
        return found

    def _safely(self, article: Article, step: Callable[[], Result]) -> Result | None:
        """Run a step for an article; a bug must not cost more than this article."""
        try:
            return step()
        except Exception as error:
            self.failed.append(failure_of(article.url, error))
            return None

    def must_ask(self, candidate: _Candidate) -> bool:
        """Return whether a page may be published, now or by later rules, so that it is asked."""
        return not candidate.appraisal.held and not self._find_hold(candidate)

    def _learn(self, year: str) -> None:
        """Learn what each site repeated on its pages in a year; rounds do not use it."""
        if year == self._year:
            return
        self._year, memory = year, self._newsroom.memory
        self._habits = {
            site: extract.habits(
                extract.learn(memory.sites.get(site), self._store.pages_of_site(site, year))
            )
            for site in self._store.sites_of(year)
        }

    def _appraise(self, page: KeptPage) -> _Candidate | Dropped:
        habits = self._habits[extract.site_of(page.article)]
        article = extract.settle(page.article, habits, self._beat.excerpt)
        for address in (article.web_url, article.url):
            if urls.identity(address) in self._removed:
                return Dropped(url=article.url, reason="removed")
            if path := self._catalogue.path_at(address):
                return Dropped(url=article.url, reason="seen", detail=path)
        beat = self._beat
        if self._reputations is not None:
            known = self._reputations.of(article.provider, "")
            beat = replace(beat, reputations={article.provider.domain: known})
        appraisal = judge.appraise(article, beat)
        if isinstance(appraisal, Dropped):
            return appraisal
        return _Candidate(article=article, appraisal=appraisal, is_known=page.is_known)

    def _find_hold(self, candidate: _Candidate) -> str:
        if not candidate.is_known:
            return "its host is no source and no known publisher"
        if urls.host(candidate.article.web_url) in self._held_hosts:
            return "stories of this source wait for an editor"
        return ""

    # ---- second half: beside each other, and beside what is filed --------------------------------

    def place(self, month: str, candidates: Sequence[_Candidate]) -> None:
        """Make stories of a month's pages and group them; store those of the month before."""
        filed = self._open_shelf(month)
        fresh: dict[str, _Placed] = {}
        for candidate in candidates:
            placed = self._safely(candidate.article, partial(self._place, candidate))
            if placed is not None:
                fresh[placed.shelved.story.path] = placed
        self._regroup(fresh, filed)
        groups = {placed.shelved.story.group for placed in fresh.values()} - {""}
        earlier = {**self._stored, **self._last[1]}
        self.end()
        self._stored = {
            path: placed for path, placed in earlier.items() if placed.shelved.story.group in groups
        }
        self._last = month, fresh

    def end(self) -> None:
        """Store the stories of the last month."""
        month, placed = self._last
        if month:
            stories = [(one.shelved.story, one.article) for one in placed.values()]
            self._store.put_stories(month, stories)
            for story, _ in stories:
                self.counts["published" if story.published else "not published"] += 1
        self._last = "", {}

    def _open_shelf(self, month: str) -> dict[str, Shelved]:
        """Put the stories around a month on a new shelf; return the filed ones by path."""
        start, end = _bounds(month)
        self._shelf = shelves.MemoryShelf()
        near = self._catalogue.between(start - _AROUND, end + _AROUND)
        filed = dict(self._read_around(near))
        groups = {shelved.story.group for shelved in filed.values()} - {""}
        filed.update(self._read_around({*self._catalogue.in_groups(groups)} - filed.keys()))
        for shelved in filed.values():
            self._shelf.add(shelved, copies.fingerprint(shelved.text) if shelved.text else None)
        for path, placed in (*self._stored.items(), *self._last[1].items()):
            self._shelf.add(placed.shelved, placed.fingerprint)
            if path in self._stored:
                filed[path] = placed.shelved
        return filed

    def _read_around(self, paths: Iterable[str]) -> Iterator[tuple[str, Shelved]]:
        newsroom = self._newsroom
        for path in paths:
            try:
                story = newsroom.archive.read(path)
            except RecordError:  # it is being edited
                continue
            article = newsroom.articles.find_for(story)
            text = article.text if article else ""
            yield (
                path,
                shelve(story, article, text, self._beat) if article else Shelved(story=story),
            )

    def _place(self, candidate: _Candidate) -> _Placed | None:
        """Make a story of a page, None if its page is filed or made already."""
        article = candidate.article
        if self._shelf.at(article.web_url) or self._shelf.at(article.url):
            self.counts["seen"] += 1
            return None
        answer = self._store.answer(article.web_url) or Answer()
        article = replace(
            article, refuses=tuple(dict.fromkeys((*article.refuses, *answer.refuses)))
        )
        appraisal = replace(candidate.appraisal, article=article)
        story = judge.complete(appraisal, self._beat, self._shelf, "")
        story = rules.apply_rulings(replace(story, path=self._path_of(story)), self._beat)
        story = rejudging.gate(story, self._newsroom.settings.review.mode, "gate")
        if why := self._find_hold(candidate):
            story = rejudging.leave_off(story, Reason.of(ReasonKind.ARCHIVE_HELD, why=why))
        elif answer.why_not:
            why_not = Reason.of(ReasonKind.ARCHIVE_OFF, why=answer.why_not)
            story = rejudging.leave_off(story, why_not)
        shelved = shelve(story, article, article.text, self._beat)
        self._shelf.add(shelved, appraisal.fingerprint)
        return _Placed(shelved=shelved, fingerprint=appraisal.fingerprint, article=article)

    def _path_of(self, story: Story) -> str:
        """Return the path of a new story below the folder of its month."""
        assert story.published_at is not None

        def is_taken(path: str) -> bool:
            name = PurePosixPath(path).stem
            return name in self._names or bool(self._catalogue.find_by_name([name]))

        path = archive.story_path(story.title, story.published_at, story.web_url, is_taken)
        self._names.add(PurePosixPath(path).stem)
        return archive.path_of_month(path)

    def _regroup(self, fresh: dict[str, _Placed], filed: Mapping[str, Shelved]) -> None:
        """Group new stories with those around them; note which filed ones would change."""
        last = self._last[1]
        window = sorted(self._shelf, key=lambda shelved: time_and_path(shelved.story))
        beat = _keep_leads(self._beat, [shelved.story for shelved in filed.values()])
        for story in judge.regroup(window, beat, frozenset(fresh)):
            placed = fresh.get(story.path) or last.get(story.path)
            if placed is not None:
                placed.shelved = replace(placed.shelved, story=story)
            elif _stands_otherwise(filed[story.path].story, story):
                self.changes.add(story.path)


def _keep_leads(beat: Beat, filed: Iterable[Story]) -> Beat:
    """Return the settings with a rule that each filed story which leads goes on to lead."""
    leading = [story for story in filed if story.published and not story.copy_of]
    ours = (
        Ruling(
            said="lead",
            by="",
            at=datetime.min.replace(tzinfo=UTC),
            why="",
            stories=(rules.record_name(story.path),),
        )
        for story in leading
    )
    return replace(beat, rulings=(*ours, *beat.rulings))


def _stands_otherwise(before: Story, after: Story) -> bool:
    """Return whether grouping changes more of a filed story than its reasons."""
    return replace(after, reasons=(), machine=()) != replace(before, reasons=(), machine=())


def _bounds(month: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month, and that of the next."""
    year, number = map(int, month.split("-"))
    start = datetime(year, number, 1, tzinfo=UTC)
    return start, start.replace(year=year + number // 12, month=number % 12 + 1)
