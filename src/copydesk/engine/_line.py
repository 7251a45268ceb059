"""The line: one story all the way from a source to a filed record and a published page.

beat.toml
  | watch                >  leads      _ask      the sources that are due, what they list
  | unknown              >  leads      _known    not filed, dropped or settled already
  | fetch | extract      >  articles   _read     politely; a pool of processes reads
  | settle               >  articles   _sites    without what their sites repeat
  | look again           >  looks      again     filed pages that are due, an hour to a week later
  | compare              >  stories    again     what their publishers corrected in them
  | judge | illustrate   >  stories    _weigh    topics, quality, copies; path and picture
  | review               >  stories    _weigh    through the gate, or held for an editor
  | regroup              >  stories    _group    what a new story changes in older ones
  | archive              >  records    _file     Markdown on the disk, one commit
  | publish              >  site       build     only what changed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from copydesk import archive
from copydesk.engine import (
    _ask,
    _file,
    _group,
    _known,
    _ledger,
    _read,
    _share,
    _shelf,
    _states,
    _vectors,
    _weigh,
    again,
)
from copydesk.engine._mishap import failure_of
from copydesk.engine._pictures import Chosen
from copydesk.engine._pool import Readers
from copydesk.engine._rules import OF_RULES, Rules
from copydesk.engine._sites import Sites
from copydesk.engine._tally import Tally
from copydesk.engine._wire import connected
from copydesk.engine.newsroom import Newsroom, Troubles
from copydesk.engine.progress import Progress
from copydesk.engine.report import Failure, RoundReport
from copydesk.engine.verdicts import removed_addresses
from copydesk.errors import CopydeskError
from copydesk.kit import text
from copydesk.memory import Fate
from copydesk.news import Article, Dropped, Lead, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOptions:
    """How a round goes: over which web, recorded where, filed or only shown, deployed or not."""

    web: Path | None = None
    record: Path | None = None
    dry_run: bool = False
    all_due: bool = False
    deploy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """What came in over the wire: the sources' answers, the articles with leads and pictures.

    The articles are without what their sites repeat; `as_read` has them whole, by their address.
    `sites` are what they taught of their sites; `seen` is what the pages' answers said of
    themselves, by the lead's address; `looks` are those at filed pages.
    """

    asked: _ask.Asked
    articles: Sequence[tuple[Lead, Article]]
    as_read: Mapping[str, Article]
    sites: Sites
    pictures: Mapping[str, Chosen]
    seen: Mapping[str, _read.Seen]
    looks: Sequence[again.Look] = ()


async def run(newsroom: Newsroom, options: RoundOptions, progress: Progress) -> RoundReport:
    """Run one round up to the commit and give its report; the caller builds the site."""
    tally = Tally(now=newsroom.now)
    troubles = Troubles()
    branch = archive.Repository(newsroom.root).branch()
    if not options.dry_run:
        newsroom.archive.sweep()
    with tally.timed("shelf"):
        vectors = _vectors.vectors(newsroom)
        shelf = _shelf.filled(newsroom, troubles, vectors)
    removed = removed_addresses(newsroom)
    desk = _weigh.Desk(newsroom=newsroom, shelf=shelf, removed=removed, vectors=vectors)
    gathered = await _gather(desk, options, progress, tally)
    with tally.timed("judge"):
        stories = _judged(desk, gathered, tally)
    with tally.timed("file"):
        filed = _file.Filed(written=sorted(stories.changed))
        if not options.dry_run:
            _note_moves(newsroom, gathered.asked, tally)
            filed = _filed(newsroom, stories, tally, branch)
        if not options.dry_run:
            _remember(desk, gathered, stories, filed, tally)
    return _report(stories, filed, tally, troubles)


async def _gather(
    desk: _weigh.Desk, options: RoundOptions, progress: Progress, tally: Tally
) -> _Gathered:
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
                read = [article for _, article in articles]
                pictures = await _weigh.pictures(desk, read, fetcher, progress)
            with tally.timed("looks"):
                looks = await again.look(newsroom, desk.removed, fetcher, readers, progress)
    finally:
        readers.close()
    tally.looked_again = len(looks)
    tally.failed.extend(asked.failed)
    tally.failed.extend(one.failure for one in looks if one.failure is not None)
    seen = {one.lead.url: one.seen for one in reads}
    return _Gathered(
        asked=asked,
        articles=articles,
        as_read={article.url: article for _, article in as_read},
        sites=sites,
        pictures=pictures,
        seen=seen,
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


def _judged(desk: _weigh.Desk, gathered: _Gathered, tally: Tally) -> _Stories:
    """Put on the shelf what was corrected, weigh every article, set all beside what is filed."""
    corrected = again.corrections(desk.newsroom, desk.shelf, desk.vectors, gathered.looks)
    leads = {article.url: lead for lead, article in gathered.articles}
    weighed = _weigh.weigh(desk, [article for _, article in gathered.articles], gathered.pictures)
    fresh: dict[str, tuple[Lead, Article]] = {}
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
                fresh[story.path] = (lead, gathered.as_read[one.article.url])
                stories.append(story)
                if one.is_held:
                    held.add(story.path)
    beside = _group.regrouped(desk.newsroom, desk.shelf, stories, corrected.values())
    return _Stories(
        fresh=fresh,
        changed={**{path: one.after for path, one in corrected.items()}, **beside.changed},
        before={**beside.before, **{path: one.before for path, one in corrected.items()}},
        held=frozenset(held),
        corrected=corrected,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stories:
    """The stories of a round by path.

    `changed` are all that it writes, `fresh` the new ones among them, `before` the others as they
    stood when the round began; `held` of the new ones wait for an editor, `corrected` are what
    looks at filed pages changed.
    """

    fresh: Mapping[str, tuple[Lead, Article]]
    changed: Mapping[str, Story]
    before: Mapping[str, Story]
    held: frozenset[str]
    corrected: Mapping[str, again.Correction]


def _note_moves(newsroom: Newsroom, asked: _ask.Asked, tally: Tally) -> None:
    """Write down which sources moved or ended; it is committed with what the round files."""
    try:
        _ledger.note(newsroom, asked.before, asked.after)
    except CopydeskError as error:
        tally.failed.append(failure_of(error.subject, error))


def _filed(newsroom: Newsroom, stories: _Stories, tally: Tally, branch: str) -> _file.Filed:
    finished = [
        _finished(newsroom, stories, path)
        for path, _ in sorted(stories.changed.items(), key=_originals_first)
    ]
    left_over = _file.left_over(newsroom)
    titles = [title for path, title in left_over.items() if title and path not in stories.changed]
    order = _file.Order(
        before=stories.before,
        message=_message(stories, titles),
        branch=branch,
        left_over=left_over,
    )
    filed = _file.file(newsroom, finished, order)
    tally.failed.extend(filed.failed)
    tally.not_filed(stories.fresh.keys() - filed.written)
    return filed


def _finished(newsroom: Newsroom, stories: _Stories, path: str) -> Story:
    """Give a story as it is written: with digests and seal where its words are new."""
    story = stories.changed[path]
    if path in stories.fresh:
        return _file.finished(newsroom, story, stories.fresh[path][1])
    if path in stories.corrected:
        return _file.corrected(newsroom, story, stories.corrected[path].article)
    return story


def _originals_first(item: tuple[str, Story]) -> tuple[bool, str]:
    """Sort copies behind what they may be copies of: a round may be cut short between two."""
    path, story = item
    return bool(story.copy_of), path


def _message(stories: _Stories, left_over: Sequence[str]) -> str:
    """Give a commit's message; `left_over` are titles of records that an earlier round wrote."""
    new, changed, left = len(stories.fresh), len(stories.changed) - len(stories.fresh), left_over
    parts = [
        f"{new} new" if new else "",
        f"{changed} updated" if changed else "",
        f"{len(left)} left from an earlier round" if left else "",
    ]
    what = ", ".join(part for part in parts if part)
    lines = [
        line for path, story in sorted(stories.changed.items()) for line in _told(stories, story)
    ]
    lines += [f"* {text.fold(title)}" for title in left]
    subject = f"news: {what or 'sources that moved'}"
    return "\n".join([subject, "", *lines]) if lines else subject


def _told(stories: _Stories, story: Story) -> list[str]:
    """Give the lines of a commit's message on one story: its title, then what was corrected."""
    correction = stories.corrected.get(story.path)
    events = correction.events if correction else ()
    return [
        f"{'+' if story.path in stories.fresh else '~'} {text.fold(story.title)}",
        *(f"  {text.fold(str(event))}" for event in events),
    ]


def _remember(
    desk: _weigh.Desk, gathered: _Gathered, stories: _Stories, filed: _file.Filed, tally: Tally
) -> None:
    newsroom = desk.newsroom
    with newsroom.memory.together():
        failed = {fate.source for fate in tally.fates if fate.state == "failed"}
        later = {lead.source for lead in tally.waiting}
        soon = {lead.source for lead in tally.waiting if _share.is_at_home(lead)}
        states = {one.source.url: one.state for one in gathered.asked.answers}
        _states.keep_states(newsroom, states, failed | later - soon, soon)
        rules = Rules(newsroom)
        for fate in tally.fates:
            newsroom.memory.keep_fate(_by_rules(newsroom, rules, fate))
        gathered.sites.keep()
        desk.vectors.forget_others()
        if newsroom.settings.records.look_again:
            _plan(desk, gathered, stories, filed)


def _by_rules(newsroom: Newsroom, rules: Rules, fate: Fate) -> Fate:
    """Note with a drop that the owner's rules made which rules those were."""
    source = newsroom.beat.source(fate.source)
    if source is None or fate.reason not in OF_RULES:
        return fate
    return replace(fate, rules=rules.behind(source, fate.reason))


def _plan(desk: _weigh.Desk, gathered: _Gathered, stories: _Stories, filed: _file.Filed) -> None:
    """Plan when to look again at what was filed, what was looked at, and what has no plan."""
    unwritten = {*filed.skipped, *(failure.url for failure in filed.failed)}
    for path in sorted(stories.fresh.keys() - unwritten):
        lead, article = stories.fresh[path]
        story, seen = stories.changed[path], gathered.seen[lead.url]
        plan = again.of_filed(desk.newsroom, lead, article, seen)
        again.keep_plan(desk.newsroom, story, *again.place(story, lead.url, plan, seen))
    again.keep_looks(desk.newsroom, gathered.looks, stories.corrected, unwritten)
    again.make_up(desk.newsroom, desk.shelf, desk.removed, filed.left_over)


def _report(stories: _Stories, filed: _file.Filed, tally: Tally, troubles: Troubles) -> RoundReport:
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
