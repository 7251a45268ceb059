"""The line: one story all the way from a source to a filed record and a published page.

beat.toml
  | watch                >  leads      _ask      the sources that are due, what they list
  | unknown              >  leads      _known    not filed, dropped or settled already
  | fetch | extract      >  articles   _read     politely; a pool of processes reads
  | settle               >  articles   _sites    without what their sites repeat
  | look again           >  looks      again     filed pages that are due, an hour to a week later
  | compare              >  stories    again     what their publishers corrected in them
  | judge | illustrate   >  appraised  _weigh    topics and points, once a page; its picture
  | judge                >  stories    _weigh    copies of what came before; a path
  | review               >  stories    _weigh    through the gate, or held for an editor
  | regroup              >  stories    _group    what a new story changes in older ones
  | archive              >  records    _file     Markdown on the disk, one commit
  | publish              >  site       build     only what changed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from copydesk import archive
from copydesk.engine import (
    _ask,
    _conclude,
    _file,
    _known,
    _read,
    _share,
    _vectors,
    _weigh,
    again,
)
from copydesk.engine._judging import (
    Gathered,
    Stories,
    judge_all,
    open_desk,
    take_in,
    take_snapshot,
)
from copydesk.engine._mishap import failure_of
from copydesk.engine._pool import Readers
from copydesk.engine._sites import Sites
from copydesk.engine._tally import Tally
from copydesk.engine._wire import connected
from copydesk.engine._writing import write_lock
from copydesk.engine.newsroom import Newsroom, Troubles
from copydesk.engine.progress import Progress
from copydesk.engine.report import Failure, RoundReport
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
        desk = open_desk(newsroom, _vectors.vectors(newsroom), troubles)
    gathered = await _gather(desk, options, progress, tally)
    with tally.timed("judge"):
        desk, gathered = take_in(desk, gathered, before, tally)
    if options.dry_run:
        with tally.timed("judge"):
            stories = judge_all(desk, gathered, tally)
        filed = _file.Filed(written=tuple(sorted(stories.changed)))
        return _report(stories, filed, tally, troubles)
    ending = _conclude.Ending(lock=lock, branch=branch)
    stories, filed, tally = _conclude.conclude(desk, gathered, tally, ending)
    return _report(stories, _with_recovered(filed, recovered), tally, troubles)


def _with_recovered(filed: _file.Filed, recovered: Sequence[archive.Recovered]) -> _file.Filed:
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


async def _gather(
    desk: _weigh.Desk, options: RoundOptions, progress: Progress, tally: Tally
) -> Gathered:
    newsroom = desk.newsroom
    limits = None if options.web else _share.limits(newsroom)  # nobody waits for a replay
    readers = Readers(newsroom.beat)
    try:
        async with connected(newsroom, options.web, options.record) as fetcher:
            with tally.timed("sources"):
                share = _ask.Share(
                    all_due=options.all_due, a_host=None if limits is None else limits.a_host
                )
                asked = await _ask.ask(newsroom, fetcher, readers, progress, share)
            unknown = _known.unknown(asked.leads, newsroom, desk.shelf, tally)
            leads, tally.waiting = _share.parted(unknown, limits, newsroom.now)
            with tally.timed("pages"):
                reads = await _read.read(leads, fetcher, readers, progress)
            sites = Sites(newsroom)
            as_read = _articles(reads, newsroom, tally)
            articles = _settled(as_read, sites, newsroom, tally)
            with tally.timed("pictures"):
                appraised = _weigh.appraise(desk, (article for _, article in articles))
                pictures = await _weigh.pictures(desk, appraised, fetcher, progress)
            with tally.timed("looks"):
                looks = await again.look(newsroom, desk.removed, fetcher, readers, progress)
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
    articles: Sequence[tuple[Lead, Article]], sites: Sites, newsroom: Newsroom, tally: Tally
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
    reads: Sequence[_read.Read], newsroom: Newsroom, tally: Tally
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


def _report(stories: Stories, filed: _file.Filed, tally: Tally, troubles: Troubles) -> RoundReport:
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
