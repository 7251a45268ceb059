"""Run one fetching round: fetch pages, make and commit stories, build the site, push; delete old
data.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec

from copydesk import archive
from copydesk.archive import ArticleStore
from copydesk.archive.change import Recovered
from copydesk.building import BuildOptions, build
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import dates, text
from copydesk.memory import Memory
from copydesk.news import Beat, Standing
from copydesk.newsroom import Failure, Newsroom, Progress, Troubles, alone
from copydesk.newsroom.cataloguing import look_again, open_swept_catalogue, report_failures
from copydesk.newsroom.filing import (
    PATIENCE_SECONDS,
    WORD_SECONDS,
    Filed,
    archive_old_records,
    write_lock,
)
from copydesk.newsroom.reports import RoundReport, RoundTeller
from copydesk.newsroom.standings import count_standings, read_rules, standing_of
from copydesk.rounds import outcomes as round_outcomes
from copydesk.rounds._conclude import Concluded, Ending, conclude, finish_left_over
from copydesk.rounds._gather import RoundOptions, gather
from copydesk.rounds._judge_articles import judge_all, list_headlines, open_bench, take_in
from copydesk.rounds._judging import Bench
from copydesk.rounds._missing_parts import count_missing
from copydesk.rounds._pictures import FormMaking
from copydesk.rounds._shelf import open_vectors
from copydesk.rounds.outcomes import Gathered, NewStory, Stopwatch
from copydesk.rounds.workers import open_readers
from copydesk.watch.schedule.state import SourceState


def run_round(
    newsroom: Newsroom,
    options: RoundOptions,
    progress: Progress,
    stopwatch: Stopwatch | None = None,
) -> RoundReport:
    """Run one round: fetch, store new stories, publish the site. A dry run only reports the
    changes.

    `stopwatch` measures the stages up to the commit, so it knows when each begins. A replay is a
    test and pushes nothing. A round of one source or page leaves all other tasks to a whole round,
    and waits up to ten seconds for a round that is running. Raises BusyError while another round
    runs, ConfigError, RecordingError, MemoryStoreError. Failures of one source, page, record or
    picture are in the report, and so is a failed push.
    """
    began = time.monotonic()
    patience = 0.0 if options.is_whole else WORD_SECONDS
    watch = stopwatch or Stopwatch()
    with alone(newsroom.root, newsroom.private, patience):
        if options.dry_run:
            report = _in_loop(newsroom, options, progress, watch)
        else:
            with _tell(newsroom, progress) as teller:
                report = _run_and_publish(newsroom, options, teller, watch)
                teller.end(report)
    if options.deploy and not options.dry_run:
        report = _deploy(newsroom, report, progress)
    if options.is_whole and not options.dry_run and newsroom.settings.recall.lists:
        report = _time("recall", partial(_check_recall, options), newsroom, report)
    if newsroom.settings.channels or newsroom.settings.posts:
        report = _time("webhooks", partial(_call_channels, options), newsroom, report)
    return replace(report, seconds=round(time.monotonic() - began, 3))


@contextlib.contextmanager
def _tell(newsroom: Newsroom, progress: Progress) -> Iterator[RoundTeller]:
    """Show a fetching round's progress to other processes; mark it as ended if it is aborted."""
    teller = RoundTeller(newsroom.private, newsroom.now, progress)
    try:
        yield teller
    except BaseException:
        teller.end(None)
        raise


def _run_and_publish(
    newsroom: Newsroom, options: RoundOptions, progress: Progress, stopwatch: Stopwatch
) -> RoundReport:
    report = _in_loop(newsroom, options, progress, stopwatch)
    if options.is_whole:
        report = _time("archive", _archive, newsroom, report)
    if options.is_whole and newsroom.settings.letters:
        report = _time("letters", _file_letters, newsroom, report)
    if options.web is None:
        report = _time("push", push_commits, newsroom, report)
    before = newsroom.repository.head()
    report = _publish(newsroom, report, progress)
    if options.web is None and newsroom.repository.head() != before:
        report = push_commits(newsroom, report)  # the commit that the site names
    if options.is_whole:
        forget_old(newsroom)
    return _time("tidy", tidy_repository, newsroom, report)


def _archive(newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Move old story records to the archive folder, in a separate commit before the push."""
    done = archive_old_records(newsroom)
    return replace(
        report,
        failed=(*report.failed, *done.failed),
        notes=(*report.notes, *done.notes),
        commit=report.commit or done.commit,
        complete=report.complete and not done.failed,
    )


def _file_letters(newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Create the newsletter issues that are due, each in a commit of its own; report failures."""
    from copydesk.newsletters.issue_filing import file_due_letters

    outcomes = file_due_letters(newsroom)
    failed = [
        Failure(url=outcome.letter, what=outcome.what)
        for outcome in outcomes
        if outcome.state == "failed"
    ]
    told = [
        f"newsletter {outcome.letter}: {outcome.what}"
        for outcome in outcomes
        if outcome.state != "failed"
    ]
    notes = (*report.notes, *told, *(note for outcome in outcomes for note in outcome.notes))
    return replace(report, failed=(*report.failed, *failed), notes=notes)


def _publish(newsroom: Newsroom, report: RoundReport, progress: Progress) -> RoundReport:
    built = build(newsroom, progress, BuildOptions(notes=newsroom.settings.front.keep))
    return replace(
        report,
        failed=_once(*report.failed, *built.failed),
        stages={**report.stages, "publish": built.seconds},
    )


def _deploy(newsroom: Newsroom, report: RoundReport, progress: Progress) -> RoundReport:
    """Upload the site if its deploy target is out of date. The next round tries again after a
    failure.
    """
    from copydesk.building import deploy  # not every round deploys

    began = time.monotonic()
    try:
        done = deploy(newsroom, progress)
    except CopydeskError as error:
        target = newsroom.settings.deploy.to
        what = f"the site was not deployed: {error}"
        failure = Failure(url=target, what=what, hint=error.hint)
        return replace(report, failed=(*report.failed, failure), complete=False)
    spent = round(time.monotonic() - began, 3)
    return replace(report, deploy=done, stages={**report.stages, "deploy": spent})


def _call_channels(options: RoundOptions, newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Announce stories in channels. A failure becomes a note in the report."""
    from copydesk.building import posts  # hardly any has one
    from copydesk.building.channels import note_site_events, send_calls
    from copydesk.fetch import WallClock

    if options.dry_run or options.web is not None:
        return report
    try:
        note_site_events(newsroom)
        notes = asyncio.run(send_calls(newsroom.settings, newsroom.memory, newsroom.now))
    except CopydeskError as error:
        notes = (f"webhooks were not called: {error}",)
    try:
        notes = (*notes, *posts.send_posts(newsroom, WallClock().now))
    except CopydeskError as error:
        notes = (*notes, f"nothing was posted: {error}")
    return replace(report, notes=(*report.notes, *notes))


def _check_recall(options: RoundOptions, newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Compare other sites' stories with this site's. Failures become notes in the report."""
    from copydesk.rounds.recall import check_recall  # hardly any newsroom needs it

    try:
        check_recall(newsroom, options.web)
    except Exception as error:  # no error here may fail a finished round
        note = f"the lists of [recall] could not be checked: {error}"
        return replace(report, notes=(*report.notes, note))
    return report


def _time(
    stage: str,
    step: Callable[[Newsroom, RoundReport], RoundReport],
    newsroom: Newsroom,
    report: RoundReport,
) -> RoundReport:
    began = time.monotonic()
    after = step(newsroom, report)
    return replace(after, stages={**after.stages, stage: round(time.monotonic() - began, 3)})


def _once(*failed: Failure) -> tuple[Failure, ...]:
    """Return failures without duplicates, such as a story that both storing and building
    failed on.
    """
    return tuple(dict.fromkeys(failed))


def _in_loop(
    newsroom: Newsroom, options: RoundOptions, progress: Progress, stopwatch: Stopwatch
) -> RoundReport:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run(newsroom, options, progress, stopwatch))


# The whole way of a story, from a source to a filed record and a published page:
#
# beat.toml
#   | watch                >  links      sources/         the links of the sources that are due
#   | sift                 >  links      outcomes         not filed, dropped or settled already
#   | fetch | extract      >  articles   _reading, _pool  politely; a pool of processes reads
#   | settle               >  articles   _page_memory     without the repeated text of their sites
#   | look again           >  pages      _corrections     filed pages, an hour to a week later
#   | compare              >  stories    _corrections     their publishers' corrections
#   | fetch missing        >  texts      _missing_parts   texts and pictures a restore missed
#   | judge | illustrate   >  appraised  _judging         topics, points and picture of each page
#   | judge                >  stories    _judging         copies of earlier stories; a path
#   | review               >  stories    _judging         published, or held for an editor
#   | regroup              >  stories    rejudging/       changes of older stories by new ones
#   | archive              >  records    _conclude        Markdown on the disk, one commit
#   | publish              >  site       building         only changed pages


async def run(
    newsroom: Newsroom, options: RoundOptions, progress: Progress, stopwatch: Stopwatch
) -> RoundReport:
    """Run one fetching round up to its git commit and return the report. The caller builds the
    site.
    """
    troubles = Troubles()
    async with contextlib.AsyncExitStack() as stack:
        pool = open_readers(newsroom.settings, _load_the_rest)
        readers = stack.enter_context(contextlib.closing(pool))
        pictures = await stack.enter_async_context(FormMaking(newsroom.album, readers))
        ending = Ending(
            lock=write_lock(newsroom), branch=newsroom.repository.branch(), pictures=pictures
        )
        recovered = () if options.dry_run else finish_left_over(newsroom, ending.lock)
        left_over = frozenset(path for change in recovered for path in change.new)
        ending = replace(ending, left_over=left_over)
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
        stories = count_standings(catalogue)
    waiting = stories.get(Standing.HELD, 0)
    if options.dry_run:
        waiting += sum(new.is_held for new in done.stories.new.values())
    report = _report(done, troubles, stopwatch)
    report = replace(_with_standings(newsroom, done, report), stories=stories)
    declined = round_outcomes.find_declined_tip(done.outcomes) if options.tip else None
    missing = gathered.again.count if gathered.again else count_missing(newsroom)
    notes = (*report.notes, *readers.notes)
    return replace(report, waiting_stories=waiting, declined=declined, missing=missing, notes=notes)


def _load_the_rest() -> None:
    """Import the code that scores and publishes (0.3 s) while the parser processes start."""
    from copydesk.judge import appraise, regroup  # noqa: F401 - in use later
    from copydesk.publish import publish, survey  # noqa: F401 - the same


def _paths_read_anew(gathered: Gathered) -> Iterator[str]:
    """Yield the paths of stories whose article pages were re-fetched, so their texts may differ."""
    for look in gathered.looks:
        if look.article is not None:
            yield look.revisit.path
    if gathered.again is not None:
        yield from gathered.again.texts


def _rehearse(bench: Bench, gathered: Gathered, stopwatch: Stopwatch) -> Concluded:
    """Score the fetched articles without storing any story (a dry run)."""
    with stopwatch.measure("judge"):
        stories = judge_all(bench, gathered)
    filed = Filed(written=tuple(sorted(stories.changed)))
    return Concluded(gathered=gathered, stories=stories, filed=filed)


def _report_recovery(filed: Filed, recovered: Sequence[Recovered]) -> Filed:
    """Return what was stored, including what a killed round or command had left unfinished."""
    notes = tuple(
        f"finished an interrupted change: {change.subject}"
        if change.commit
        else f"still not committed ({change.obstacle}): {change.subject}"
        for change in recovered
        if change.commit or change.obstacle
    )
    commits = [change.commit for change in recovered if change.commit]
    commit = filed.commit or next(reversed(commits), None)
    return replace(filed, commit=commit, notes=(*notes, *filed.notes))


def _report(done: Concluded, troubles: Troubles, stopwatch: Stopwatch) -> RoundReport:
    """Return a fetching round's report, made from what became of every link and what was stored."""
    gathered, new, changed = done.gathered, done.stories.new, done.stories.changed
    written = [path for path in done.filed.written if path in changed]
    filed = [path for path in written if path in new]
    return RoundReport(
        leads=len(gathered.asked.leads),
        filed=tuple(filed),
        updated=tuple(path for path in written if path not in new),
        waiting=len(round_outcomes.waiting(gathered.outcomes)),
        looked_again=gathered.looked_again,
        held=tuple(path for path in filed if new[path].is_held),
        dropped=round_outcomes.count_drops(done.outcomes),
        failed=(
            *round_outcomes.failures(gathered.outcomes),
            *gathered.failed,
            *round_outcomes.failures(done.stories.outcomes),
            *done.failed,
            *troubles.failures(),
        ),
        skipped=done.filed.skipped,
        commit=done.filed.commit,
        notes=done.filed.notes,
        complete=not done.filed.failed,
        stages=dict(stopwatch.stages),
        headlines=list_headlines(done.stories, written),
        offline=gathered.asked.are_unreachable,
        not_due=gathered.asked.not_due,
        next_due=dates.rfc3339(due) if (due := gathered.asked.next_due) else "",
    )


def _with_standings(newsroom: Newsroom, done: Concluded, report: RoundReport) -> RoundReport:
    """Return the report with the status of each new story (published, held, …), and their counts
    in the order of `Standing`.
    """
    if not report.filed:
        return report
    rules = read_rules(newsroom.root, newsroom.beat, newsroom.now)

    def find_standing(new: NewStory) -> Standing:
        return (
            Standing.HELD if new.is_held else standing_of(rules, new.story, lambda _: new.as_read)
        )

    found = {path: find_standing(done.stories.new[path]) for path in report.filed}
    counts = Counter(found.values())
    return replace(
        report,
        standings={standing: counts[standing] for standing in Standing if counts[standing]},
        headlines=tuple(
            replace(line, standing=found.get(line.path, line.standing)) for line in report.headlines
        ),
    )


# What the memory forgets after a round, so that it does not grow forever.

_UNUSED = timedelta(days=30)
_UNDONE_WITHIN = timedelta(days=90)  # editors can undo actions at the desk for this long
_HOSTS_BYTES = 64 << 20  # limit for notes on hosts: anybody can invent any number of hosts


def forget_old(newsroom: Newsroom) -> None:
    """Delete old outcomes of links without story, and data on hosts and sources no longer used.

    Filed stories and sources in beat.toml are never forgotten. A source that was taken out keeps
    its state for 30 days, in case it comes back. Actions of the desk can be undone for 90 days.
    """
    memory = newsroom.memory
    before = newsroom.now - _UNUSED
    unused = list(_find_stale_sources(newsroom.beat, newsroom.memory, before))
    stale = list(_stale_hosts(newsroom.memory, before))
    leads = newsroom.now - timedelta(days=newsroom.settings.retention.leads_days)
    with memory.together():
        memory.forget_leads(leads)
        memory.forget_sources(unused)
        memory.actions.forget(newsroom.now - _UNDONE_WITHIN)
        for key in stale:
            memory.hosts.forget(key)
    _forget_removals(newsroom.root, newsroom.articles)


def _forget_removals(root: Path, articles: ArticleStore) -> None:
    """Delete stored texts of stories that editors removed, if an earlier deletion was
    interrupted.
    """
    with contextlib.suppress(RecordError):  # the next round reports the broken rulings
        removed = {archive.address_mark(url): url for url in archive.read_rulings(root).removed}
        if not removed:
            return  # the common case: the stored texts need not be listed
        kept = itertools.chain.from_iterable(articles.marks().values())
        for mark in removed.keys() & {*kept}:
            articles.forget(removed[mark])


def _stale_hosts(memory: Memory, before: datetime) -> Iterator[str]:
    """Yield the hosts not fetched from for long, and more if data on hosts takes too much space."""
    notes = [(_newest_time(note), len(note), key) for key, note in memory.hosts.items()]
    size = sum(length for _, length, _ in notes)
    for newest, length, key in sorted(notes):
        if newest >= before and size <= _HOSTS_BYTES:
            return
        size -= length
        yield key


def _find_stale_sources(beat: Beat, memory: Memory, before: datetime) -> Iterator[str]:
    current = {source.url for source in beat.sources}
    for url, state in memory.sources().items():
        if url not in current and _last_ask_time(state) < before:
            yield url


def _last_ask_time(kept: bytes) -> datetime:
    """Return when a source was last fetched, exact to a day, since each is fetched at least
    daily.
    """
    try:
        state = msgspec.json.decode(kept, type=SourceState)
    except msgspec.DecodeError:  # written by another version: as if unknown
        return dates.EARLIEST
    times = (state.next_at, state.last_ok_at, state.failing_since, state.ended_at)
    return max((moment for moment in times if moment is not None), default=dates.EARLIEST)


def _newest_time(kept: bytes) -> datetime:
    """Return the newest time in the stored data on a host, whatever their format."""
    try:
        note = msgspec.msgpack.decode(kept)
    except msgspec.MsgspecError:
        return dates.EARLIEST
    values = note if isinstance(note, list) else []
    times = (value for value in values if isinstance(value, datetime) and value.tzinfo is not None)
    return max(times, default=dates.EARLIEST)


# The git remote: a round's commits are pushed after the round; then git packs its objects.
#
# If the remote moves meanwhile, `archive.Repository.push` tries again at once, a few times. A push
# that failed is repeated by the next round, together with that round's own commits.


def push_commits(newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Pull and push the git branch to the remote in `records.remote`, if set; return the round's
    report.

    Unpushed commits of earlier rounds are pushed, too. If the remote cannot be reached, the round
    is not complete, since commits may exist on one side only. New commits of others are pulled even
    if there is nothing to push; the build that follows publishes their records.
    """
    remote = newsroom.settings.records.remote
    if not remote:
        return report
    lock = write_lock(newsroom)
    try:
        done = lock.repository.push(remote, lambda: lock.hold(PATIENCE_SECONDS))
    except GitError as error:
        about = error.subject.removeprefix(remote).removeprefix(":").strip()  # `url` names it
        what = f"could not sync with the git remote: {error.what}{f': {about}' if about else ''}"
        failure = Failure(url=remote, what=what, hint=error.hint)
        return replace(report, failed=(*report.failed, failure), complete=False)
    notes = []
    if done.taken:
        notes.append(f"pulled {text.count_of(done.taken, 'commit')} of others from {remote}")
    if done.sent:
        notes.append(f"pushed {text.count_of(done.sent, 'commit')} to {remote}")
    return replace(report, notes=(*report.notes, *notes))


def tidy_repository(newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Pack git's loose objects after a round that made a commit; return the round's report."""
    if report.commit is None:
        return report
    try:
        newsroom.repository.tidy()
    except GitError as error:
        return replace(report, notes=(*report.notes, f"git could not pack objects ({error})"))
    return report
