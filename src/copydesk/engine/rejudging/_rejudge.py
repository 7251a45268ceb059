"""Rejudge: filed stories by the rules of today, compared with what they say, and filed if asked.

stored articles ── _judge_again ──> fresh ── compared ──> changes ── apply ──> one commit
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from copydesk import archive
from copydesk.archive import git
from copydesk.archive.change import WriteLock
from copydesk.engine.cataloguing import (
    GatePassage,
    ask_catalogue,
    measure_gate_passage,
    open_catalogue,
    report_failures,
    sweep_records,
)
from copydesk.engine.filing import (
    PATIENCE_SECONDS,
    Filed,
    FilingOrder,
    begin_change,
    filing_result,
    hold_write_lock,
    keep_digests,
    prepare_records,
    stories_to_write,
    take_over_unknown,
    write_lock,
)
from copydesk.engine.newsroom import (
    Failure,
    MissingCount,
    Newsroom,
    Progress,
    Troubles,
    alone,
)
from copydesk.engine.rejudging import _judge_again
from copydesk.engine.rejudging._case import Rejudged
from copydesk.engine.revisiting import count_missing
from copydesk.judge import clustering
from copydesk.kit import text
from copydesk.news import Story

_END = datetime.max.replace(tzinfo=UTC)

Value = str | int | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """What would change, or has changed, in one field of one story."""

    path: str
    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class RejudgeReport:
    """What today's rules make of the filed stories, and what of it was filed.

    `judged` counts the stories that could be judged anew; `without` are the paths of the others,
    `without_article` their number. `updated` are the records that were written, `skipped` those
    being edited by somebody. It is not `complete` where a record could not be written or committed.
    `gate` is what the gate lets through of the last days, with what changes here. `missing` counts
    what a restore missed, None where it missed nothing.
    """

    judged: int
    without_article: int
    changes: tuple[FieldChange, ...] = ()
    commit: str | None = None
    updated: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True
    gate: GatePassage | None = None
    missing: MissingCount | None = None


def rejudge(newsroom: Newsroom, since_days: int, progress: Progress) -> RejudgeReport:
    """Compare the stories of so many days (0: all) with what today's rules say; change nothing.

    Raises RecordError where the rulings cannot be read.
    """
    return _compare(newsroom, since_days, progress)[0]


def apply_rejudging(newsroom: Newsroom, since_days: int, progress: Progress) -> RejudgeReport:
    """File what today's rules say of the stories of so many days, in one commit.

    Verdicts hold, and so does what a person edited. Raises RecordError where the rulings cannot be
    read, BusyError during a round.
    """
    with alone(newsroom.root, newsroom.private):
        lock = write_lock(newsroom.root, newsroom.memory)
        with hold_write_lock(newsroom, lock):
            take_over_unknown(newsroom.archive, newsroom.memory, newsroom.now, lock)
        branch = git.Repository(newsroom.root).branch()
        report, changed = _compare(newsroom, since_days, progress)
        order = FilingOrder(
            before={rejudged.filed.path: rejudged.filed for rejudged in changed},
            message=_message(changed, report.changes),
            branch=branch,
        )
        with hold_write_lock(newsroom, lock, PATIENCE_SECONDS):
            filed = _file(newsroom, lock, [rejudged.fresh for rejudged in changed], order)
    return replace(
        report,
        commit=filed.commit,
        updated=tuple(sorted(filed.written)),
        skipped=filed.skipped,
        failed=(*report.failed, *filed.failed),
        notes=filed.notes,
        complete=not filed.failed,
    )


def _file(
    newsroom: Newsroom, lock: WriteLock, stories: Sequence[Story], order: FilingOrder
) -> Filed:
    prepared = prepare_records(newsroom, stories, order)

    def remember(skipped: Sequence[str]) -> None:
        keep_digests(newsroom.beat, newsroom.memory, stories_to_write(prepared, skipped))

    begun = begin_change(newsroom.memory, lock, prepared.change, remember)
    return filing_result(prepared, begun.finish())


def _compare(
    newsroom: Newsroom, since_days: int, progress: Progress
) -> tuple[RejudgeReport, list[Rejudged]]:
    """Return the report, and the stories that are to be written, by path."""
    troubles = Troubles()
    progress.stage("read")
    since = newsroom.now - timedelta(days=since_days) if since_days else None
    if since is None:
        found = newsroom.archive.stories(troubles)
    else:
        found = read_period(newsroom, since, troubles)
    stories = sorted(found, key=lambda story: story.path)
    rulings = archive.read_rulings(newsroom.root)
    judged = _judge_again.judge_again(newsroom, stories, rulings, since, progress)
    changed = sorted(filter(is_changed, judged.stories), key=lambda one: one.filed.path)
    report = RejudgeReport(
        judged=judged.count,
        without_article=len(judged.without_article),
        changes=tuple(change for rejudged in changed for change in list_changes(rejudged)),
        without=tuple(judged.without_article),
        missing=count_missing(newsroom),
        failed=(
            *troubles.failures(),
            *judged.failed,
        ),
        gate=ask_catalogue(
            newsroom,
            lambda catalogue: measure_gate_passage(
                newsroom, catalogue, [rejudged.fresh for rejudged in changed]
            ),
        ),
    )
    return report, changed


def read_period(newsroom: Newsroom, since: datetime, troubles: Troubles) -> Iterator[Story]:
    """Yield what is compared: the stories since a moment, and all that they may stand beside.

    That is those of the weeks before, all of their groups, and the originals of copies.
    """
    with open_catalogue(newsroom.private) as catalogue:
        sweep_records(newsroom, catalogue)
        report_failures(catalogue, troubles)
        recent = catalogue.between(since - clustering.NEIGHBOURS_WITHIN, _END)
        stories = {path: newsroom.archive.read(path) for path in recent}
        groups = {story.group for story in stories.values()} - {""}
        originals = {story.copy_of for story in stories.values()} - {""}
        others = {*catalogue.in_groups(groups), *catalogue.find_by_name(originals)}
    yield from stories.values()
    yield from (newsroom.archive.read(path) for path in others - stories.keys())


def is_changed(one: Rejudged) -> bool:
    """Decide whether a record's bytes would change: `everyday` keeps digests in memory alone."""
    machine = one.filed.machine or one.fresh.machine
    return replace(one.fresh, machine=machine) != replace(one.filed, machine=machine)


_FIELDS: Mapping[str, Callable[[Story], Value]] = {
    "title": lambda story: story.title,
    "topics": lambda story: story.topics,
    "quality": lambda story: story.quality,
    "heat": lambda story: story.heat,
    "published": lambda story: story.published,
    "trust": lambda story: story.trust,
    "copy": lambda story: story.copy_of,
    "group": lambda story: story.group,
    "related": lambda story: tuple(beside.web_url for beside in story.related),
    "background": lambda story: story.background,
}


def list_changes(rejudged: Rejudged) -> Iterator[FieldChange]:
    """Walk what changes in a story; its reasons alone are told only where nothing else does."""
    path, found = rejudged.filed.path, False
    if rejudged.dropped:
        found = True
        yield FieldChange(path=path, field="dropped", before="", after=f"{rejudged.dropped} now")
    for name, value in _FIELDS.items():
        before, after = value(rejudged.filed), value(rejudged.fresh)
        if before != after:
            found = True
            yield FieldChange(path=path, field=name, before=before, after=after)
    if not found:
        before, after = (
            _reasons(rejudged.filed, rejudged.fresh),
            _reasons(rejudged.fresh, rejudged.filed),
        )
        yield FieldChange(path=path, field="reasons", before=before, after=after)


def _reasons(story: Story, other: Story) -> tuple[str, ...]:
    """Return the reasons that one has and the other has not."""
    return tuple(str(reason) for reason in story.reasons if reason not in other.reasons)


def _message(changed: Sequence[Rejudged], changes: Iterable[FieldChange]) -> str:
    """Return a commit's message: how many stories, then each with what changed."""
    by_path: dict[str, list[str]] = {}
    for change in changes:
        by_path.setdefault(change.path, []).append(change.field)
    lines = [
        f"~ {text.fold(rejudged.fresh.title)}: {', '.join(by_path[rejudged.filed.path])}"
        for rejudged in changed
    ]
    count = f"{len(changed)} stories" if len(changed) != 1 else "1 story"
    return "\n".join([f"rejudge: {count} by the rules of today", "", *lines])
