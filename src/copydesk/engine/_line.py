"""The line: one story all the way from a source to a filed record and a published page.

beat.toml
  | watch                >  leads      _ask      the sources that are due, what they list
  | unknown              >  leads      _known    not filed, dropped or settled already
  | fetch | extract      >  articles   _read     politely; a pool of processes reads
  | judge | illustrate   >  stories    _weigh    topics, quality, copies; path and picture
  | review               >  stories    _weigh    through the gate, or held for an editor
  | regroup              >  stories    _group    what a new story changes in older ones
  | archive              >  records    _file     Markdown on the disk, one commit
  | publish              >  site       build     only what changed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from copydesk import archive
from copydesk.engine import _ask, _file, _group, _known, _read, _shelf, _weigh
from copydesk.engine._pool import Readers
from copydesk.engine._tally import Tally
from copydesk.engine._wire import connected
from copydesk.engine.newsroom import Newsroom, Troubles
from copydesk.engine.progress import Progress
from copydesk.engine.report import Failure, RoundReport
from copydesk.news import Article, Dropped, Lead, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOptions:
    """How a round goes: over which web, recorded where, filed or only shown."""

    web: Path | None = None
    record: Path | None = None
    dry_run: bool = False
    all_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """What came in over the wire: the sources' answers, the articles with leads and pictures."""

    asked: _ask.Asked
    articles: Sequence[tuple[Lead, Article]]
    pictures: Mapping[str, _weigh.Picture | None]


async def run(newsroom: Newsroom, options: RoundOptions, progress: Progress) -> RoundReport:
    """Run one round up to the commit and give its report; the caller builds the site."""
    tally = Tally(now=newsroom.now)
    troubles = Troubles()
    branch = archive.Repository(newsroom.root).branch()
    if not options.dry_run:
        newsroom.archive.sweep()
    with tally.timed("shelf"):
        shelf = _shelf.filled(newsroom, troubles)
    removed = frozenset(archive.read_rulings(newsroom.root).removed)
    desk = _weigh.Desk(newsroom=newsroom, shelf=shelf, removed=removed)
    gathered = await _gather(desk, options, progress, tally)
    with tally.timed("judge"):
        stories = _judged(desk, gathered, tally)
    with tally.timed("file"):
        filed = _filed(newsroom, stories, options, tally, branch)
        if not options.dry_run:
            _remember(newsroom, gathered.asked, tally)
    return _report(stories, filed, tally, troubles)


async def _gather(
    desk: _weigh.Desk, options: RoundOptions, progress: Progress, tally: Tally
) -> _Gathered:
    newsroom = desk.newsroom
    readers = Readers(newsroom.beat)
    try:
        async with connected(newsroom, options.web, options.record) as fetcher:
            with tally.timed("sources"):
                asked = await _ask.ask(
                    newsroom, fetcher, readers, progress, all_due=options.all_due
                )
            leads = _known.unknown(asked.leads, newsroom, desk.shelf, tally)
            with tally.timed("pages"):
                reads = await _read.read(leads, fetcher, readers, progress)
            articles = _articles(reads, newsroom, tally)
            with tally.timed("pictures"):
                read = [article for _, article in articles]
                pictures = await _weigh.pictures(desk, read, fetcher, progress)
    finally:
        readers.close()
    tally.failed.extend(one.failure for one in asked.answers if one.failure is not None)
    return _Gathered(asked=asked, articles=articles, pictures=pictures)


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


def _judged(desk: _weigh.Desk, gathered: _Gathered, tally: Tally) -> _Stories:
    """Weigh every article, then set the stories beside what is filed."""
    leads = {article.url: lead for lead, article in gathered.articles}
    weighed = _weigh.weigh(desk, [article for _, article in gathered.articles], gathered.pictures)
    fresh: dict[str, Article] = {}
    held = set()
    stories = []
    for one in weighed:
        lead = leads[one.article.url]
        match one.outcome:
            case Dropped() as dropped:
                tally.drop(lead, dropped)
            case Failure() as failure:
                tally.fail(lead, failure, _known.tries_of(lead, desk.newsroom))
            case Story() as story:
                tally.file(lead, story)
                fresh[story.path] = one.article
                stories.append(story)
                if one.is_held:
                    held.add(story.path)
    beside = _group.regrouped(desk.newsroom, desk.shelf, stories)
    return _Stories(fresh=fresh, changed=beside.changed, before=beside.before, held=frozenset(held))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stories:
    """The stories of a round by path.

    `changed` are all that it writes, `fresh` the new ones among them, `before` the others as they
    stood when the round began; `held` of the new ones wait for an editor.
    """

    fresh: Mapping[str, Article]
    changed: Mapping[str, Story]
    before: Mapping[str, Story]
    held: frozenset[str]


def _filed(
    newsroom: Newsroom, stories: _Stories, options: RoundOptions, tally: Tally, branch: str
) -> _file.Filed:
    if options.dry_run:
        return _file.Filed(written=sorted(stories.changed))
    finished = [
        _file.finished(newsroom, story, stories.fresh[path]) if path in stories.fresh else story
        for path, story in sorted(stories.changed.items(), key=_originals_first)
    ]
    order = _file.Order(before=stories.before, message=_message(stories), branch=branch)
    filed = _file.file(newsroom, finished, order)
    tally.failed.extend(filed.failed)
    tally.not_filed(stories.fresh.keys() - filed.written)
    return filed


def _originals_first(item: tuple[str, Story]) -> tuple[bool, str]:
    """Sort copies behind what they may be copies of: a round may be cut short between two."""
    path, story = item
    return bool(story.copy_of), path


def _message(stories: _Stories) -> str:
    new, changed = len(stories.fresh), len(stories.changed) - len(stories.fresh)
    parts = [f"{new} new" if new else "", f"{changed} updated" if changed else ""]
    subject = "news: " + (", ".join(part for part in parts if part) or "left from an earlier round")
    lines = [
        f"{'+' if path in stories.fresh else '~'} {story.title}"
        for path, story in sorted(stories.changed.items())
    ]
    return "\n".join([subject, "", *lines]) if lines else subject


def _remember(newsroom: Newsroom, asked: _ask.Asked, tally: Tally) -> None:
    with newsroom.memory.together():
        again = {fate.source for fate in tally.fates if fate.state == "failed"}
        _ask.keep_states(newsroom, asked.answers, again)
        for fate in tally.fates:
            newsroom.memory.keep_fate(fate)


def _report(stories: _Stories, filed: _file.Filed, tally: Tally, troubles: Troubles) -> RoundReport:
    written = [path for path in filed.written if path in stories.changed]
    broken = [
        Failure(url=error.subject, what=error.what, hint=error.hint) for error in troubles.errors
    ]
    return RoundReport(
        leads=tally.leads,
        filed=tuple(path for path in written if path in stories.fresh),
        updated=tuple(path for path in written if path not in stories.fresh),
        held=tuple(path for path in written if path in stories.held),
        dropped=dict(sorted(tally.dropped.items())),
        failed=(*tally.failed, *broken),
        skipped=tuple(filed.skipped),
        commit=filed.commit,
        notes=tuple(filed.notes),
        complete=not filed.failed,
        stages=dict(tally.stages),
    )
