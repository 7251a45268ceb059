"""The line: one story all the way from a source to a filed record and a published page.

beat.toml
  | watch                >  leads      sources/     the sources that are due, what they list
  | unknown              >  leads      _known       not filed, dropped or settled already
  | fetch | extract      >  articles   reading/     politely; a pool of processes reads
  | settle               >  articles   reading/     without what their sites repeat
  | look again           >  looks      revisiting/  filed pages, an hour to a week later
  | compare              >  stories    revisiting/  what their publishers corrected in them
  | fetch missing        >  texts      revisiting/  what a restore missed, and pictures
  | judge | illustrate   >  appraised  judging/     topics and points, once a page; its picture
  | judge                >  stories    judging/     copies of what came before; a path
  | review               >  stories    judging/     through the gate, or held for an editor
  | regroup              >  stories    rejudging/   what a new story changes in older ones
  | archive              >  records    filing/      Markdown on the disk, one commit
  | publish              >  site       publishing/  only what changed
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from copydesk.archive import git
from copydesk.archive.change import Recovered
from copydesk.catalogue import StoryFilter
from copydesk.engine.cataloguing import (
    look_again,
    open_swept_catalogue,
    report_failures,
)
from copydesk.engine.filing import Filed, write_lock
from copydesk.engine.judging import Bench, FormMaking, open_vectors
from copydesk.engine.newsroom import Newsroom, Progress, RoundReport, Troubles
from copydesk.engine.reading import ReaderPool
from copydesk.engine.revisiting import count_missing
from copydesk.engine.round import _outcomes
from copydesk.engine.round._candidates import Gathered
from copydesk.engine.round._conclude import Concluded, Ending, conclude, finish_left_over
from copydesk.engine.round._gather import RoundOptions, gather
from copydesk.engine.round._headlines import list_headlines
from copydesk.engine.round._judge_articles import judge_all, open_bench, take_in
from copydesk.engine.round._stopwatch import Stopwatch
from copydesk.news import Standing


async def run(
    newsroom: Newsroom, options: RoundOptions, progress: Progress, stopwatch: Stopwatch
) -> RoundReport:
    """Run one round up to the commit and return its report; the caller builds the site."""
    troubles = Troubles()
    async with contextlib.AsyncExitStack() as stack:
        pool = ReaderPool(newsroom.beat, meanwhile=_load_the_rest)
        readers = stack.enter_context(contextlib.closing(pool))
        pictures = await stack.enter_async_context(FormMaking(newsroom.album, readers))
        ending = Ending(
            lock=write_lock(newsroom.root, newsroom.memory),
            branch=git.Repository(newsroom.root).branch(),
            pictures=pictures,
        )
        recovered = () if options.dry_run else finish_left_over(newsroom, ending.lock)
        with stopwatch.measure("shelf"):
            swept = open_swept_catalogue(newsroom, progress, troubles)
            catalogue, before = stack.enter_context(swept)
            vectors = open_vectors(newsroom.beat, newsroom.memory)
            bench = open_bench(newsroom, catalogue, vectors)
            report_failures(catalogue, troubles)
        gathered = await gather(bench, readers, options, progress, stopwatch)
        with stopwatch.measure("judge"):
            bench, gathered = take_in(bench, gathered, before)
        if options.dry_run:
            done = _rehearse(bench, gathered, stopwatch)
        else:
            done = await conclude(bench, gathered, ending, stopwatch)
            done = replace(done, filed=_report_recovery(done.filed, recovered))
            look_again(newsroom, catalogue, {*done.filed.written, *_paths_read_anew(gathered)})
        with stopwatch.measure("pictures"):
            await pictures.finish()
        waiting = catalogue.count(StoryFilter(standings=frozenset({Standing.HELD})))
    if options.dry_run:
        waiting += sum(new.is_held for new in done.stories.new.values())
    report = _report(done, troubles, stopwatch)
    declined = _outcomes.find_declined_tip(done.outcomes) if options.tip else None
    missing = gathered.again.count if gathered.again else count_missing(newsroom)
    return replace(report, waiting_stories=waiting, declined=declined, missing=missing)


def _load_the_rest() -> None:
    """Load what judges and builds: a third of a second, in which a round waits for its readers."""
    from copydesk.judge import appraise, regroup  # noqa: F401 - in use later
    from copydesk.publish import publish, survey  # noqa: F401 - the same


def _paths_read_anew(gathered: Gathered) -> Iterator[str]:
    """Yield the paths of filed stories whose pages were read again: their texts may be others."""
    for look in gathered.looks:
        if look.article is not None:
            yield look.revisit.path
    if gathered.again is not None:
        yield from gathered.again.texts


def _rehearse(bench: Bench, gathered: Gathered, stopwatch: Stopwatch) -> Concluded:
    """Judge what was gathered, and file nothing."""
    with stopwatch.measure("judge"):
        stories = judge_all(bench, gathered)
    filed = Filed(written=tuple(sorted(stories.changed)))
    return Concluded(gathered=gathered, stories=stories, filed=filed)


def _report_recovery(filed: Filed, recovered: Sequence[Recovered]) -> Filed:
    """Return what was filed with what an earlier round or word left and this one finished."""
    notes = tuple(
        f"finished what was cut short: {change.subject}"
        if change.commit
        else f"still not committed ({change.obstacle}): {change.subject}"
        for change in recovered
        if change.commit or change.obstacle
    )
    commits = [change.commit for change in recovered if change.commit]
    commit = filed.commit or next(reversed(commits), None)
    return replace(filed, commit=commit, notes=(*notes, *filed.notes))


def _report(done: Concluded, troubles: Troubles, stopwatch: Stopwatch) -> RoundReport:
    """Fold what became of every lead, and what was filed, into the report."""
    gathered, new, changed = done.gathered, done.stories.new, done.stories.changed
    written = [path for path in done.filed.written if path in changed]
    filed = [path for path in written if path in new]
    return RoundReport(
        leads=len(gathered.asked.leads),
        filed=tuple(filed),
        updated=tuple(path for path in written if path not in new),
        waiting=len(_outcomes.waiting(gathered.outcomes)),
        looked_again=gathered.looked_again,
        held=tuple(path for path in filed if new[path].is_held),
        dropped=_outcomes.count_drops(done.outcomes),
        failed=(
            *_outcomes.failures(gathered.outcomes),
            *gathered.failed,
            *_outcomes.failures(done.stories.outcomes),
            *done.failed,
            *troubles.failures(),
        ),
        skipped=done.filed.skipped,
        commit=done.filed.commit,
        notes=done.filed.notes,
        complete=not done.filed.failed,
        stages=dict(stopwatch.stages),
        headlines=list_headlines(done.stories, written),
    )
