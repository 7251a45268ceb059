"""The line: one story all the way from a source to a filed record and a published page.

beat.toml
  | watch                >  leads      sources/     the sources that are due, what they list
  | unknown              >  leads      _known       not filed, dropped or settled already
  | fetch | extract      >  articles   reading/     politely; a pool of processes reads
  | settle               >  articles   reading/     without what their sites repeat
  | look again           >  looks      revisiting/  filed pages, an hour to a week later
  | compare              >  stories    revisiting/  what their publishers corrected in them
  | judge | illustrate   >  appraised  judging/     topics and points, once a page; its picture
  | judge                >  stories    judging/     copies of what came before; a path
  | review               >  stories    judging/     through the gate, or held for an editor
  | regroup              >  stories    rejudging/   what a new story changes in older ones
  | archive              >  records    filing/      Markdown on the disk, one commit
  | publish              >  site       publishing/  only what changed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from copydesk import archive
from copydesk.engine.filing import Filed, write_lock
from copydesk.engine.judging import Desk, appraise_all, fetch_pictures, open_vectors
from copydesk.engine.newsroom import Failure, Newsroom, Progress, RoundReport, Troubles, failure_of
from copydesk.engine.reading import PageRead, ReaderPool, SiteHabits, connect, read_pages
from copydesk.engine.revisiting import look_again
from copydesk.engine.round import _conclude, _known
from copydesk.engine.round._judge import (
    Gathered,
    Stories,
    judge_all,
    open_desk,
    take_in,
    take_snapshot,
)
from copydesk.engine.round._tally import Tally
from copydesk.engine.sources import SourceShare, collect_leads, round_limits, share_out
from copydesk.news import Article, Dropped, Lead


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOptions:
    """How a round goes: over which web, recorded where, filed or only shown, deployed or not."""

    web: Path | None = None
    record: Path | None = None
    dry_run: bool = False
    all_due: bool = False
    deploy: bool = False


async def run(newsroom: Newsroom, options: RoundOptions, progress: Progress) -> RoundReport:
    """Run one round up to the commit and give its report; the caller builds the site."""
    tally = Tally(now=newsroom.now)
    troubles = Troubles()
    branch = archive.Repository(newsroom.root).branch()
    lock = write_lock(newsroom)
    recovered = () if options.dry_run else _conclude.finish_left_over(newsroom, lock)
    with tally.timed("shelf"):
        before = take_snapshot(newsroom)
        desk = open_desk(newsroom, open_vectors(newsroom), troubles)
    gathered = await _gather(desk, options, progress, tally)
    with tally.timed("judge"):
        desk, gathered = take_in(desk, gathered, before, tally)
    if options.dry_run:
        with tally.timed("judge"):
            stories = judge_all(desk, gathered, tally)
        filed = Filed(written=tuple(sorted(stories.changed)))
        return _report(stories, filed, tally, troubles)
    ending = _conclude.Ending(lock=lock, branch=branch)
    stories, filed, tally = _conclude.conclude(desk, gathered, tally, ending)
    return _report(stories, _with_recovered(filed, recovered), tally, troubles)


def _with_recovered(filed: Filed, recovered: Sequence[archive.Recovered]) -> Filed:
    """Tell of what an earlier round or word left, and was finished by this one."""
    notes = tuple(
        f"finished what was cut short: {one.subject}"
        if one.commit
        else f"still not committed ({one.obstacle}): {one.subject}"
        for one in recovered
        if one.commit or one.obstacle
    )
    commits = [one.commit for one in recovered if one.commit]
    commit = filed.commit or next(reversed(commits), None)
    return replace(filed, commit=commit, notes=(*notes, *filed.notes))


async def _gather(desk: Desk, options: RoundOptions, progress: Progress, tally: Tally) -> Gathered:
    newsroom = desk.newsroom
    limits = None if options.web else round_limits(newsroom)  # nobody waits for a replay
    readers = ReaderPool(newsroom.beat)
    try:
        async with connect(newsroom, options.web, options.record) as fetcher:
            with tally.timed("sources"):
                share = SourceShare(
                    all_due=options.all_due, a_host=None if limits is None else limits.a_host
                )
                asked = await collect_leads(newsroom, fetcher, readers, progress, share)
            unknown = _known.find_unknown(asked.leads, newsroom, desk.shelf, tally)
            leads, tally.waiting = share_out(unknown, limits, newsroom.now)
            with tally.timed("pages"):
                reads = await read_pages(leads, fetcher, readers, progress)
            sites = SiteHabits(newsroom)
            as_read = _articles(reads, newsroom, tally)
            articles = _settled(as_read, sites, newsroom, tally)
            with tally.timed("pictures"):
                appraised = appraise_all(desk, (article for _, article in articles))
                pictures = await fetch_pictures(desk, appraised, fetcher, progress)
            with tally.timed("looks"):
                looks = await look_again(newsroom, desk.removed, fetcher, readers, progress)
    finally:
        readers.close()
    tally.looked_again = len(looks)
    tally.failed.extend(asked.failed)
    tally.failed.extend(one.failure for one in looks if one.failure is not None)
    return Gathered(
        asked=asked,
        articles=articles,
        appraised=appraised,
        as_read={article.url: article for _, article in as_read},
        sites=sites,
        pictures=pictures,
        seen={one.lead.url: one.seen for one in reads},
        looks=looks,
    )


def _settled(
    articles: Sequence[tuple[Lead, Article]], sites: SiteHabits, newsroom: Newsroom, tally: Tally
) -> list[tuple[Lead, Article]]:
    """Learn what the sites repeat, then take it out of each article."""
    sites.learn(article for _, article in articles)
    settled = []
    for lead, article in articles:
        try:
            settled.append((lead, sites.settled(article)))
        except Exception as error:  # a bug that one article meets must cost only that article
            tally.fail(lead, failure_of(lead.url, error), _known.tries_of(lead, newsroom))
    return settled


def _articles(
    reads: Sequence[PageRead], newsroom: Newsroom, tally: Tally
) -> list[tuple[Lead, Article]]:
    """Keep what was read; count what was dropped or failed."""
    articles = []
    for one in reads:
        match one.outcome:
            case Article() as article:
                articles.append((one.lead, article))
            case Dropped() as dropped:
                tally.drop(one.lead, dropped, _known.tries_of(one.lead, newsroom))
            case Failure() as failure:
                tally.fail(one.lead, failure, _known.tries_of(one.lead, newsroom))
    return articles


def _report(stories: Stories, filed: Filed, tally: Tally, troubles: Troubles) -> RoundReport:
    written = [path for path in filed.written if path in stories.changed]
    broken = [
        Failure(url=error.subject, what=error.what, hint=error.hint) for error in troubles.errors
    ]
    return RoundReport(
        leads=tally.leads,
        filed=tuple(path for path in written if path in stories.fresh),
        updated=tuple(path for path in written if path not in stories.fresh),
        waiting=len(tally.waiting),
        looked_again=tally.looked_again,
        held=tuple(path for path in written if path in stories.held),
        dropped=dict(sorted(tally.dropped.items())),
        failed=(*tally.failed, *broken),
        skipped=tuple(filed.skipped),
        commit=filed.commit,
        notes=tuple(filed.notes),
        complete=not filed.failed,
        stages=dict(tally.stages),
    )
