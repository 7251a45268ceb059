"""A round: the whole line once, alone in its newsroom, and the site brought up to it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from copydesk.engine.filing import WORD_SECONDS, archive_old_records
from copydesk.engine.newsroom import Failure, Newsroom, Progress, RoundReport, RoundTeller, alone
from copydesk.engine.publishing import build
from copydesk.engine.round import _git_remote, _line, _retention
from copydesk.engine.round._gather import RoundOptions
from copydesk.engine.round._stopwatch import Stopwatch
from copydesk.errors import CopydeskError


def run_round(
    newsroom: Newsroom,
    options: RoundOptions,
    progress: Progress,
    stopwatch: Stopwatch | None = None,
) -> RoundReport:
    """Run one round and publish what it changed; a dry run only says what it would do.

    `stopwatch` measures the stages up to the commit, and so knows when each begins. A replay is a
    test and pushes nothing; a round of one source or page leaves what else there is to do to a
    whole one, and waits ten seconds for a round that is at work. Raises BusyError where
    another round is at work, ConfigError, RecordingError, MemoryStoreError. What goes wrong with
    one source, page, record or picture is in the report, and so is a push that failed.
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
        report = _time("recall", _check_recall(options), newsroom, report)
    if newsroom.settings.webhooks:
        report = _time("webhooks", _call_webhooks(options), newsroom, report)
    return replace(report, seconds=round(time.monotonic() - began, 3))


@contextlib.contextmanager
def _tell(newsroom: Newsroom, progress: Progress) -> Iterator[RoundTeller]:
    """Tell others how the round goes; one that is broken off is over, too."""
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
        report = _time("push", _git_remote.push_commits, newsroom, report)
    report = _publish(newsroom, report, progress)
    if options.is_whole:
        _retention.forget_old(newsroom)
    return _time("tidy", _git_remote.tidy_repository, newsroom, report)


def _archive(newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Archive old stories, in a commit of its own before the push."""
    done = archive_old_records(newsroom)
    return replace(
        report,
        failed=(*report.failed, *done.failed),
        notes=(*report.notes, *done.notes),
        commit=report.commit or done.commit,
        complete=report.complete and not done.failed,
    )


def _file_letters(newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """File the letters that are due, each in a commit of its own; one that fails is reported."""
    from copydesk.engine.letters import file_due_letters  # what hardly any round needs

    outcomes = file_due_letters(newsroom)
    failed = [
        Failure(url=outcome.letter, what=outcome.what)
        for outcome in outcomes
        if outcome.state == "failed"
    ]
    told = [
        f"letter {outcome.letter}: {outcome.what}"
        for outcome in outcomes
        if outcome.state != "failed"
    ]
    notes = (*report.notes, *told, *(note for outcome in outcomes for note in outcome.notes))
    return replace(report, failed=(*report.failed, *failed), notes=notes)


def _publish(newsroom: Newsroom, report: RoundReport, progress: Progress) -> RoundReport:
    built = build(newsroom, progress)
    return replace(
        report,
        failed=_once(*report.failed, *built.failed),
        stages={**report.stages, "publish": built.seconds},
    )


def _deploy(newsroom: Newsroom, report: RoundReport, progress: Progress) -> RoundReport:
    """Send the site where it is not yet; a failure is reported, and the next round tries again."""
    from copydesk.engine.publishing import deploy  # what a round that sends nothing does not need

    began = time.monotonic()
    try:
        done = deploy(newsroom, progress)
    except CopydeskError as error:
        target = newsroom.settings.deploy.to
        what = f"not deployed: {error}"
        failure = Failure(url=target, what=what, hint=error.hint)
        return replace(report, failed=(*report.failed, failure), complete=False)
    spent = round(time.monotonic() - began, 3)
    return replace(report, deploy=done, stages={**report.stages, "deploy": spent})


def _call_webhooks(options: RoundOptions) -> Callable[[Newsroom, RoundReport], RoundReport]:
    """Return the step that tells webhooks of the site; a failure is a note, a test tells nobody."""

    def call(newsroom: Newsroom, report: RoundReport) -> RoundReport:
        from copydesk.engine.webhooks import call_webhooks, note_site_events  # hardly any has one

        if options.dry_run or options.web is not None:
            return report
        try:
            note_site_events(newsroom)
            notes = asyncio.run(call_webhooks(newsroom.settings, newsroom.memory, newsroom.now))
        except CopydeskError as error:
            notes = (f"webhooks were not called: {error}",)
        return replace(report, notes=(*report.notes, *notes))

    return call


def _check_recall(options: RoundOptions) -> Callable[[Newsroom, RoundReport], RoundReport]:
    """Return the step that holds the newsroom against others' lists; a failure is a note."""

    def check(newsroom: Newsroom, report: RoundReport) -> RoundReport:
        from copydesk.engine.recall import check_recall  # what hardly any newsroom needs

        try:
            check_recall(newsroom, options.web)
        except Exception as error:  # whatever it is must not cost a round that is done
            note = f"not held against the lists of [recall]: {error}"
            return replace(report, notes=(*report.notes, note))
        return report

    return check


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
    """Drop what the round and the build both met, such as a record that cannot be read."""
    return tuple(dict.fromkeys(failed))


def _in_loop(
    newsroom: Newsroom, options: RoundOptions, progress: Progress, stopwatch: Stopwatch
) -> RoundReport:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_line.run(newsroom, options, progress, stopwatch))
