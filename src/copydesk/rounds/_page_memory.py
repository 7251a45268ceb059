"""Sites: what each of them repeats on its pages, kept from round to round."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property

import msgspec

from copydesk import archive, extract
from copydesk.archive import ArticleStore
from copydesk.memory import Memory, Revisit
from copydesk.news import Article, ExcerptRule, Lead

Marks = tuple[str, ...]  # of an article's addresses, as `archive.address_mark` gives them


class SiteHabits:
    """What the sites repeat, by the memory and by the pages that this round has read.

    A round first learns from all its new pages, then settles each: so the order in which they came
    counts for nothing. Articles are kept as they were read, so that a habit that is learned, lost
    or forgotten changes no record.

    An address teaches once, at whatever moment a round is killed: the memory keeps which have
    taught together with what they taught. Stored articles that have not taught yet (their round was
    killed, or the memory lost) teach with the new pages, as if all had been read together.
    """

    def __init__(self, articles: ArticleStore, memory: Memory, rule: ExcerptRule) -> None:
        self._articles = articles
        self._memory = memory
        self._rule = rule
        self._fresh: dict[str, list[Article]] = {}
        self._fresh_marks: set[str] = set()
        self._known: dict[str, bytes | None] = {}
        self._habits: dict[str, extract.Habits] = {}

    def learn(self, articles: Iterable[Article]) -> None:
        """Take what pages show whose addresses have taught nothing yet."""
        for article in sorted(articles, key=lambda one: one.url, reverse=True):
            marks = _marks_of(article)
            if self._fresh_marks.isdisjoint(marks) and self._taught.isdisjoint(marks):
                self._fresh.setdefault(extract.site_of(article), []).append(article)
            self._fresh_marks.update(marks)
        self._known.clear()
        self._habits.clear()

    def settle(self, article: Article) -> Article:
        """Return the article without what its site repeats."""
        return extract.settle(article, self._find_habits(extract.site_of(article)), self._rule)

    def _find_habits(self, site: str) -> extract.Habits:
        if site not in self._habits:
            self._habits[site] = extract.habits(self._learn_habits(site))
        return self._habits[site]

    def digest_passages(self, site: str) -> str:
        """Return a text that changes with the passages that a site repeats."""
        passages = "\n".join(sorted(self._find_habits(site).passages))
        form = passages.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(form, digest_size=8).hexdigest()

    def keep(self) -> None:
        """Remember what was learned, and from which addresses; the caller does so at once."""
        memory = self._memory
        for site in sorted({*self._fresh, *self._stored}):
            if known := self._learn_habits(site):
                memory.sites.put(site, known)
        stored = (marks for of_site in self._stored.values() for marks in of_site.values())
        taught = self._taught.union(self._fresh_marks, *stored)
        for mark in sorted(taught - self._remembered):
            memory.taught.put(mark, b"")

    def _learn_habits(self, site: str) -> bytes | None:
        """Return what is known of a site, with what has been learned since."""
        if site not in self._known:
            lessons = [*self._find_lessons(site), *self._fresh.get(site, ())]
            known = self._memory.sites.get(site)
            self._known[site] = extract.learn(known, lessons) if lessons else known
        return self._known[site]

    def _find_lessons(self, site: str) -> Iterator[Article]:
        """Return a site's stored articles that have not taught, but for those read anew."""
        for name, marks in self._stored.get(site, {}).items():
            article = self._articles.get(name)
            if article is not None and self._fresh_marks.isdisjoint(marks):
                yield article

    @cached_property
    def _stored(self) -> dict[str, dict[str, Marks]]:
        """The stored articles that have not taught, by site: their names, as texts take room."""
        taught = set(self._taught)
        every = self._articles.marks()
        untaught = [name for name, marks in every.items() if taught.isdisjoint(marks)]
        stored: dict[str, dict[str, Marks]] = {}
        for name in self._articles.sort_by_age(untaught):
            article = self._articles.get(name) if taught.isdisjoint(every[name]) else None
            if article is None:
                continue
            taught.update(every[name])  # of several readings of an address the first one teaches
            stored.setdefault(extract.site_of(article), {})[name] = every[name]
        return stored

    @cached_property
    def _taught(self) -> frozenset[str]:
        """The marks of what has taught; all that is stored, in a memory that kept no marks yet."""
        if self._remembered or not self._memory.sites.keys():
            return self._remembered
        return frozenset().union(*self._articles.marks().values())

    @cached_property
    def _remembered(self) -> frozenset[str]:
        """The marks that the memory keeps of what has taught."""
        return frozenset(self._memory.taught.keys())


def _marks_of(article: Article) -> Marks:
    return archive.address_mark(article.url), archive.address_mark(article.web_url)


# Plan: what is kept of a filed page between two looks, and whether it says that the page is gone.
#
# Apart from who makes plans: a question about a story asks only this.

GONE = "gone"
NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # when a page is looked at that is known to be gone


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a filed page between two looks.

    `article` names the reading that later ones are compared with, `digest` its words, for when it
    had to make room. `looked` is the last look (the filing itself at first), `gone` when its
    publisher first said that there is no such page, `is_gone` whether that is settled.
    """

    filed: datetime
    looked: datetime
    lead: Lead
    etag: str = ""
    last_modified: str = ""
    final_url: str = ""
    article: str = ""
    digest: str = ""
    gone: datetime | None = None
    is_gone: bool = False


def read_plan(revisit: Revisit) -> Plan | None:
    """Return what was kept with a look; None for what another version kept."""
    try:
        return msgspec.json.decode(revisit.kept, type=Plan)
    except msgspec.DecodeError:
        return None


def is_known_gone(memory: Memory, path: str) -> bool:
    """Decide whether two looks at a record's page, a day apart, found none."""
    revisit = memory.revisits.get(path)
    plan = read_plan(revisit) if revisit else None
    return plan is not None and plan.is_gone


def find_gone_paths(memory: Memory) -> frozenset[str]:
    """Find the records of which `is_known_gone`, by their paths."""
    plans = ((revisit.path, read_plan(revisit)) for revisit in memory.revisits.due(NEVER))
    return frozenset(path for path, plan in plans if plan is not None and plan.is_gone)
