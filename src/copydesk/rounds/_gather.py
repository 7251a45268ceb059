"""The fetching half of a round: choose links in the sources, fetch their pages, extract articles.

due sources ── collect ──> leads ── sift ──> unknown ── pick ──> this round's
            ── read ──> pages ── settle ──> candidates
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from copydesk import judge
from copydesk.config import Settings
from copydesk.kit import dates, urls
from copydesk.memory import Memory
from copydesk.news import Article, Fetcher, Lead
from copydesk.news.source import Tip
from copydesk.newsroom import Progress, failure_of
from copydesk.rounds._corrections import look_again
from copydesk.rounds._judging import Bench, appraise
from copydesk.rounds._missing_parts import fetch_missing
from copydesk.rounds._page_memory import SiteHabits
from copydesk.rounds._pictures import PictureSearch
from copydesk.rounds._pool import ReaderPool, connect
from copydesk.rounds._reading import PageRead, read_pages
from copydesk.rounds.outcomes import (
    Candidate,
    Gathered,
    Outcome,
    Stopwatch,
    Waiting,
    sift,
    tries_of,
)
from copydesk.rounds.sources import (
    SourceAnswers,
    SourcesToAsk,
    collect_leads,
    is_at_home,
    most_of_host,
)
from copydesk.rounds.sources.states import read_tips


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOptions:
    """Options of a fetching round: live or recorded web, whether to store stories and upload the
    site.

    A round asks the sources that are due; with `source` only the one at that address; with a `tip`
    none, since it is then only about the tip's page.
    """

    web: Path | None = None
    record: Path | None = None
    dry_run: bool = False
    all_due: bool = False
    deploy: bool = False
    source: str = ""
    tip: Tip | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether the round fetches all due sources and also deletes old data."""
        return not self.source and self.tip is None


async def gather(
    bench: Bench,
    readers: ReaderPool,
    options: RoundOptions,
    progress: Progress,
    stopwatch: Stopwatch,
) -> Gathered:
    """Fetch the due sources, then the new pages they link to; re-fetch pages of stored stories."""
    newsroom = bench.newsroom
    async with connect(
        newsroom.settings, newsroom.memory, newsroom.now, options.web, options.record
    ) as fetcher:
        return await _Gathering(bench, fetcher, readers, progress, stopwatch).run(options)


@dataclass(frozen=True, slots=True)
class _Gathering:
    """The fetching half of a round, with an open HTTP fetcher and a pool of parser processes."""

    bench: Bench
    fetcher: Fetcher
    readers: ReaderPool
    progress: Progress
    stopwatch: Stopwatch

    async def run(self, options: RoundOptions) -> Gathered:
        """Run all steps of fetching in their order, and return their results."""
        newsroom, measure = self.bench.newsroom, self.stopwatch.measure
        limits = None if options.web else round_limits(newsroom.settings)  # a replay never waits
        with measure("sources"):
            asked = await self._ask(options, limits)
        unknown, outcomes = sift(newsroom, self.bench.shelf, asked.leads)
        leads, late = pick_leads(unknown, limits, newsroom.now)
        outcomes += [Outcome(lead=lead, end=Waiting()) for lead in late]
        with measure("pages"):
            reads = await read_pages(leads, self.fetcher, self.readers, self.progress)
        sites = SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt)
        with measure("pictures"):
            settled = await self._settle_all(sites, reads)
        outcomes += _unread(newsroom.memory, reads)
        outcomes += [end for end in settled if isinstance(end, Outcome)]
        with measure("looks"):
            tools = (newsroom, self.bench.removed, self.fetcher, self.readers, self.progress)
            looks = await look_again(*tools) if options.is_whole else []
            is_for_good = options.is_whole and not options.dry_run
            again = await fetch_missing(*tools) if is_for_good else None
        look_failures = [look.failure for look in looks if look.failure is not None]
        return Gathered(
            asked=asked,
            outcomes=tuple(outcomes),
            candidates=tuple(end for end in settled if isinstance(end, Candidate)),
            sites=sites,
            looks=looks,
            looked_again=len(looks),
            again=again,
            failed=(*asked.failed, *look_failures),
        )

    async def _ask(self, options: RoundOptions, limits: RoundLimits | None) -> SourceAnswers:
        """Return the links of the due sources, or only the one page that an editor asked for."""
        if options.tip is not None:
            return SourceAnswers(leads=(options.tip,))
        to_ask = SourcesToAsk(
            all_due=options.all_due, a_host=limits.a_host if limits else None, alone=options.source
        )
        newsroom = self.bench.newsroom
        asked = await collect_leads(newsroom, self.fetcher, self.readers, self.progress, to_ask)
        tips = read_tips(newsroom.memory) if options.is_whole else []
        return replace(asked, leads=(*tips, *asked.leads)) if tips else asked

    async def _settle_all(
        self, sites: SiteHabits, reads: Sequence[PageRead]
    ) -> list[Candidate | Outcome]:
        """Return each article with its picture and without text that its site repeats on all pages.

        The picture of an article that will be a story is requested while the next one is appraised.
        """
        settled: list[Candidate | Outcome] = []
        stories: list[Article] = []
        async with PictureSearch(self.bench.newsroom, self.fetcher, self.readers) as pictures:
            for end in _settle_articles(self.bench, sites, reads):
                settled.append(end)
                if isinstance(end, Candidate) and isinstance(end.appraised, judge.Appraisal):
                    stories.append(end.article)
                    pictures.begin(end.article)
                    await asyncio.sleep(0)  # lets the request for the picture start
            chosen = await pictures.choose(stories, self.progress)
        return [
            replace(end, picture=chosen.get(end.article.url)) if isinstance(end, Candidate) else end
            for end in settled
        ]


def _unread(memory: Memory, reads: Sequence[PageRead]) -> Iterator[Outcome]:
    """Yield what became of the links whose page gave no article."""
    for read in reads:
        if not isinstance(read.outcome, Article):
            tries = tries_of(read.lead, memory)
            yield Outcome(lead=read.lead, end=read.outcome, tries=tries)


def _settle_articles(
    bench: Bench, sites: SiteHabits, reads: Sequence[PageRead]
) -> Iterator[Candidate | Outcome]:
    """Learn which text each site repeats on all pages; yield each article without it, with its
    score.
    """
    articles = [(read, read.outcome) for read in reads if isinstance(read.outcome, Article)]
    sites.learn(article for _, article in articles)
    for read, as_read in articles:
        lead = read.lead
        try:
            article = sites.settle(as_read)
        except Exception as error:  # a bug must not cost more than this article
            tries = tries_of(lead, bench.newsroom.memory)
            yield Outcome(lead=lead, end=failure_of(lead.url, error), tries=tries)
        else:
            yield Candidate(
                lead=lead,
                trace=read.trace,
                as_read=as_read,
                article=article,
                appraised=appraise(bench, article, lead if isinstance(lead, Tip) else None),
            )


# Choose the links whose pages a round fetches, within limits for each host, site and source.
#
# `rounds.sources.SourcesToAsk` decides earlier which sources are fetched for links.

A_SITE = 4  # a registrable domain, however many hosts it has, gets the limit of four hosts
PAGES_A_SOURCE = 1_000  # new pages of one source in a round, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLimits:
    """The limits of one fetching round: requests to one host, and pages of one site."""

    a_host: int
    a_site: int


def round_limits(settings: Settings) -> RoundLimits:
    """Return how much a fetching round may fetch, given the pause between two requests to a
    host.
    """
    a_host = most_of_host(settings)
    return RoundLimits(a_host=a_host, a_site=A_SITE * a_host)


def pick_leads(
    leads: Sequence[Lead], bounds: RoundLimits | None, now: datetime
) -> tuple[list[Lead], list[Lead]]:
    """Split links in two lists: those whose pages are fetched in this round, and those that wait.

    Leads listed by the page's own site come first, since other sites could list invented pages;
    then the newest; undated ones come last. Without bounds none waits.
    """
    if bounds is None:
        return list(leads), []
    hosts, sites, sources = Counter[str](), Counter[str](), Counter[str]()
    late = set()
    for lead in sorted(leads, key=lambda lead: _rank(lead, now), reverse=True):
        shares = (
            (hosts, urls.host(lead.url), bounds.a_host),
            (sites, urls.registrable_domain(lead.url), bounds.a_site),
            (sources, lead.source, PAGES_A_SOURCE),
        )
        if any(pages[key] >= most for pages, key, most in shares):
            late.add(lead.url)
            continue
        for pages, key, _ in shares:
            pages[key] += 1
    return (
        [lead for lead in leads if lead.url not in late],
        [lead for lead in leads if lead.url in late],
    )


def _rank(lead: Lead, now: datetime) -> tuple[bool, datetime]:
    """Return the sort key by which links are chosen, highest first. Future dates count as now."""
    return is_at_home(lead), min(lead.published_at or dates.EARLIEST, now)
