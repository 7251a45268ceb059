"""Store text that sites repeat on all pages, and what is known of story pages between fetches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import msgspec

from copydesk import archive, extract
from copydesk.archive import ArticleStore
from copydesk.memory import Memory, Revisit
from copydesk.news import Article, Lead
from copydesk.news.beat import ExcerptRule

Marks = tuple[str, ...]  # of an article's addresses, as `archive.address_mark` gives them


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTrace:
    """What is stored of an article page's HTTP response: ETag and Last-Modified, final URL,
    redirects.
    """

    etag: str = ""
    last_modified: str = ""
    final_url: str = ""
    hops: tuple[tuple[int, str], ...] = ()


NO_TRACE = PageTrace()


class SiteHabits:
    """The text that each site repeats on all its pages, as stored and as found in new pages.

    A round first learns from all its new pages, then removes the repeated text from each, so the
    order in which they came does not matter. Articles are stored as they were read, so that
    repeated text that is learned or forgotten changes no record.

    Each URL is learned from once, even if a round is killed: the memory stores together which URLs
    were used and what was learned. Stored articles not learned from yet (their round was killed, or
    the memory lost) are used with the new pages, as if all had been read together.
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
        """Find text that sites repeat in article pages; skip URLs that were used for this
        before.
        """
        for article in sorted(articles, key=lambda one: one.url, reverse=True):
            marks = archive.address_mark(article.url), archive.address_mark(article.web_url)
            if self._fresh_marks.isdisjoint(marks) and self._taught.isdisjoint(marks):
                self._fresh.setdefault(extract.site_of(article), []).append(article)
            self._fresh_marks.update(marks)
        self._known.clear()
        self._habits.clear()

    def settle(self, article: Article) -> Article:
        """Return an article without the text that its site repeats on all pages."""
        return extract.settle(article, self._find_habits(extract.site_of(article)), self._rule)

    def _find_habits(self, site: str) -> extract.Habits:
        if site not in self._habits:
            self._habits[site] = extract.habits(self._learn_habits(site))
        return self._habits[site]

    def digest_passages(self, site: str) -> str:
        """Return a digest that changes whenever the repeated text of a site changes."""
        passages = "\n".join(sorted(self._find_habits(site).passages))
        form = passages.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(form, digest_size=8).hexdigest()

    def keep(self) -> None:
        """Store sites' repeated text and the URLs where it was found, in the caller's
        transaction.
        """
        memory = self._memory
        for site in sorted({*self._fresh, *self._stored}):
            if known := self._learn_habits(site):
                memory.sites.put(site, known)
        stored = (marks for of_site in self._stored.values() for marks in of_site.values())
        taught = self._taught.union(self._fresh_marks, *stored)
        for mark in sorted(taught - self._remembered):
            memory.taught.put(mark, b"")

    def _learn_habits(self, site: str) -> bytes | None:
        """Return a site's known repeated text with that found in this round; None if there is
        none.
        """
        if site not in self._known:
            lessons = [*self._find_lessons(site), *self._fresh.get(site, ())]
            known = self._memory.sites.get(site)
            self._known[site] = extract.learn(known, lessons) if lessons else known
        return self._known[site]

    def _find_lessons(self, site: str) -> Iterator[Article]:
        """Return a site's stored articles not yet searched for repeated text, except those fetched
        again.
        """
        for name, marks in self._stored.get(site, {}).items():
            article = self._articles.get(name)
            if article is not None and self._fresh_marks.isdisjoint(marks):
                yield article

    @cached_property
    def _stored(self) -> dict[str, dict[str, Marks]]:
        """The names of the stored articles not yet searched for repeated text, by site."""
        taught = set(self._taught)
        every = self._articles.marks()
        untaught = [name for name, marks in every.items() if taught.isdisjoint(marks)]
        stored: dict[str, dict[str, Marks]] = {}
        for name in self._articles.sort_by_age(untaught):
            article = self._articles.get(name) if taught.isdisjoint(every[name]) else None
            if article is None:
                continue
            taught.update(every[name])  # only the first of several readings of an address teaches
            stored.setdefault(extract.site_of(article), {})[name] = every[name]
        return stored

    @cached_property
    def _taught(self) -> frozenset[str]:
        """Hashes of the URLs already searched for repeated text; all stored URLs if none are
        known.
        """
        if self._remembered or not self._memory.sites.keys():
            return self._remembered
        return frozenset().union(*self._articles.marks().values())

    @cached_property
    def _remembered(self) -> frozenset[str]:
        """Hashes of the URLs already searched for repeated text, as stored in the memory
        database.
        """
        return frozenset(self._memory.taught.keys())


# The state of an article page between two re-fetches: `_revisit_plans` writes it, it is read here.

GONE = "gone"
NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # time of the next look at a page known to be gone


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored about a story's article page until it is fetched again.

    `article` names the stored article that later ones are compared with, `digest` is the digest of
    its words, for when the stored article is evicted. `looked` is the time of the last re-fetch (at
    first that of the filing), `gone` when the publisher first answered that there is no such page,
    `is_gone` whether that is confirmed.
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
    """Return what is stored about a page to re-fetch, None if another version of copydesk stored
    it.
    """
    try:
        return msgspec.json.decode(revisit.kept, type=Plan)
    except msgspec.DecodeError:
        return None


def is_known_gone(memory: Memory, path: str) -> bool:
    """Return whether two re-fetches of a story's article page, a day apart, both found no page."""
    revisit = memory.revisits.get(path)
    plan = read_plan(revisit) if revisit else None
    return plan is not None and plan.is_gone


def find_gone_paths(memory: Memory) -> frozenset[str]:
    """Return the paths of the story records for which `is_known_gone` is true."""
    plans = ((revisit.path, read_plan(revisit)) for revisit in memory.revisits.due(NEVER))
    return frozenset(path for path, plan in plans if plan is not None and plan.is_gone)
