"""`copydesk eval`: measure how well extraction, grouping, topics … agree with labelled data."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar, get_args

import click

from copydesk import measure
from copydesk.cli import _eval_newsroom, terminal
from copydesk.cli._invocation import DASK_HELP, Invocation, command
from copydesk.errors import WorkerError
from copydesk.kit import text
from copydesk.measure import page_dates, page_texts
from copydesk.measure.labelled import Lost, Milliseconds, Order


@command("group")
@click.argument("gold", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--order",
    type=click.Choice(get_args(Order)),
    help="Order of the documents: by time, as in the file, or by a hash of the ID.",
)
@click.option("--beat", "words", multiple=True, help="Keyword of all documents; can be repeated.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the groups to FILE: for each document, JSON with id and cluster.",
)
@click.option("--embed", is_flag=True, help="Also group stories by meaning; needs copydesk[embed].")
def group(
    invocation: Invocation,
    *,
    gold: Path,
    order: Order | None,
    words: tuple[str, ...],
    out: Path | None,
    embed: bool,
) -> None:
    """Group labelled documents by event, and compare with the labels."""
    options = measure.GroupOptions(order=order, beat=words, by_meaning=embed, out=out)
    report = measure.group(gold, options)
    if invocation.print_json(report):
        return
    click.echo(
        f"{report.documents} documents about {report.stories} events, ordered by {report.order}: "
        f"{report.documents_per_second} per second on one processor"
    )
    click.echo(f"  final groups: {report.groups}; {_format_scores(report)}")
    click.echo(f"  groups on arrival: {report.at_once.groups}; {_format_scores(report.at_once)}")
    if report.stretches:
        click.echo(
            f"  first 100 documents: BCubed F1 {report.first:.3f}; "
            f"mean of each later 100: {report.stretches:.3f}"
        )


def _format_scores(agreement: measure.GroupReport | measure.GroupAgreement) -> str:
    return ", ".join(
        f"{name} F1 {scores.f1:.3f} (precision {scores.precision:.3f}, recall {scores.recall:.3f})"
        for name, scores in (("BCubed", agreement.bcubed), ("pairwise", agreement.pairwise))
    )


@command("copies")
@click.argument("labelled", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def copies(invocation: Invocation, labelled: Path) -> None:
    """Find copies among labelled texts, and compare with the labels."""
    report = measure.copies(labelled)
    if invocation.print_json(report):
        return
    click.echo(f"{report.texts} texts, {report.pairs} pairs of copies")
    if report.scores is not None:
        click.echo(
            f"  {report.found} pairs found to be copies: precision {report.scores.precision:.3f}, "
            f"recall {report.scores.recall:.3f}"
        )
    if report.auc is not None:
        click.echo(f"  copies are more similar than other pairs: AUC {report.auc:.3f}")


@command("topics")
@click.argument("labelled", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--misses", is_flag=True, help="List stories with wrong topics, and why.")
def topics(invocation: Invocation, labelled: Path, misses: bool) -> None:
    """Assign topics to labelled stories, and compare with the labels."""
    with invocation.newsroom(scratch=True) as newsroom:
        report = measure.topics(labelled, newsroom.beat)
    if invocation.print_json(report):
        return
    for miss in report.misses if misses else ():
        click.echo(text.fold(f"{miss.title} ({miss.story})"))
        click.echo(f"  assigned: {', '.join(miss.topics) or '-'}")
        click.echo(f"  expected: {', '.join(miss.expected) or '-'}")
        for reason in miss.reasons:
            click.echo(f"  {text.fold(reason)}")
    click.echo(f"{report.stories} stories, {report.labels} topics")
    for met in (report.copydesk, report.everyday):
        _show_topics(met)
    terminal.table(
        ("topic", "labelled", "given", "right", "precision", "recall", "f1"),
        [_row(topic) for topic in report.topics],
    )


def _show_topics(met: measure.Met) -> None:
    click.echo(f"{met.profile}: {_share(met.micro)}, {met.exact:.1%} of the stories fully right")
    click.echo(f"  mean over topics: {_share(met.macro)}")
    click.echo(f"  whether stories are on topic: {_share(met.on_beat)}")


def _share(share: measure.Share) -> str:
    return f"F1 {share.f1:.3f} (precision {share.precision:.3f}, recall {share.recall:.3f})"


def _row(score: measure.TopicScore) -> tuple[str, ...]:
    counts = (str(score.labelled), str(score.given), str(score.right))
    shares = (f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}")
    return (score.topic, *counts, *shares)


@click.group("eval")
def eval_command() -> None:
    """Measure extraction, grouping and scoring on labelled data."""


eval_command.add_command(_eval_newsroom.gate)
eval_command.add_command(group)
eval_command.add_command(copies)
eval_command.add_command(_eval_newsroom.recall)
eval_command.add_command(_eval_newsroom.review)
eval_command.add_command(topics)


@command("scores", of=eval_command)
@click.argument("cases", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--profile",
    type=click.Choice(["copydesk", "everyday"]),
    default="everyday",
    help="Scoring profile to test (default: everyday).",
)
def scores(invocation: Invocation, cases: Path, profile: str) -> None:
    """Compare computed quality scores with the expected ones in CASES."""
    with invocation.newsroom() as newsroom:
        report = measure.scores(cases, newsroom.beat, profile)
    if invocation.print_json(report):
        return
    click.echo(f"{report.cases} cases: quality as expected in {report.quality_exact}, ", nl=False)
    click.echo(f"published as expected in {report.published_exact}")
    for difference in report.different:
        expected = f"expected {difference.expected_quality}: {difference.path}"
        terminal.note(f"different: quality {difference.quality}, {expected}")


@command("feeds", of=eval_command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def feeds(invocation: Invocation, paths: tuple[Path, ...]) -> None:
    """Parse feeds, and compare with the expected results.

    PATHS are files, zip files or folders. The expected result of a feed is a JSON file next to
    the feed.
    """
    report = measure.feeds(paths, invocation.clock())
    if not invocation.print_json(report):
        _show_feeds(report)
    if report.errors:
        raise click.exceptions.Exit(1)


def _show_feeds(report: measure.FeedsReport) -> None:
    for mismatch in report.mismatched:
        place = mismatch.file if mismatch.entry < 0 else f"{mismatch.file}[{mismatch.entry}]"
        differs = f"{mismatch.ours!r}, expected {mismatch.expected!r}"
        terminal.note(f"{place} {mismatch.field}: {differs}")
    for trouble in (*report.refused, *report.errors):
        terminal.note(f"{trouble.file}: {trouble.what}")
    click.echo(f"{report.files} files, {report.entries} entries, {report.empty} without entries")
    click.echo(
        f"  {report.pairs} files have an expected result, {report.malformed} are not well-formed; "
        f"{report.exact} of the others agree fully ({report.share:.1%}, {report.values} values)"
    )
    click.echo(f"  {len(report.refused)} files are not feeds, {len(report.errors)} caused an error")


@command("extract", of=eval_command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--misses",
    type=click.FloatRange(0, 1),
    help="List texts with an F1 score below this, and all other wrong values.",
)
@click.option("--dask", metavar="ADDRESS", default="", help=DASK_HELP)
def extract(
    invocation: Invocation, paths: tuple[Path, ...], misses: float | None, dask: str
) -> None:
    """Extract labelled pages, and compare with the labels.

    PATHS are files, zip files or folders of saved pages with labels. With --dask, the newsroom's
    settings name the cluster's certificates.
    """
    run = partial(_run_on_cluster, invocation, dask) if dask else None
    with terminal.progress() as progress:
        report = page_texts.extract(
            paths, invocation.clock(), invocation.now, progress, misses, run=run
        )
    if not invocation.print_json(report):
        _show_pages(report)
    _fail_where_unreadable(report.dropped)


def _run_on_cluster(
    invocation: Invocation, dask: str, name: str, payloads: Sequence[bytes]
) -> list[bytes]:
    """Call a function on a Dask cluster for each payload; return the answers in that order."""
    from copydesk.rounds import workers

    async def run(cluster: workers.Workers) -> list[bytes]:
        answers: dict[int, bytes] = {}
        async for number, answer in workers.call_all(cluster, name, payloads):
            if isinstance(answer, WorkerError):
                raise answer
            answers[number] = answer
        return [answers[number] for number in sorted(answers)]

    with (
        invocation.newsroom(dask=dask) as newsroom,
        contextlib.closing(workers.open_workers(newsroom.settings)) as cluster,
    ):
        return asyncio.run(run(cluster))


@command("dates", of=eval_command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--misses", is_flag=True, help="List pages with a wrong day or without a day.")
def dates(invocation: Invocation, paths: tuple[Path, ...], misses: bool) -> None:
    """Find the publication day of labelled pages, and compare.

    PATHS are files, zip files or folders of saved pages with labels.
    """
    with terminal.progress() as progress:
        report = page_dates.dates(paths, invocation.clock(), invocation.now, progress)
    if not invocation.print_json(report):
        _show_days(report, misses)
    _fail_where_unreadable(report.dropped)


def _show_pages(report: page_texts.ExtractReport) -> None:
    for miss in report.misses:
        click.echo(text.fold(f"{miss.field} {miss.score:.3f}: {miss.page} ({miss.set})"))
        click.echo(f"  extracted: {text.fold(miss.ours)}")
        click.echo(f"  expected: {text.fold(miss.expected)}")
    _note_lost(report.dropped, report.absent)
    for name in report.skipped:
        terminal.note(f"skipped, because only days are labelled (use copydesk eval dates): {name}")
    for part in _parts(report):
        click.echo(f"{part.name}: {part.pages} pages, {len(part.dropped)} dropped")
        if part.f1 is not None:
            click.echo(
                f"  {part.texts} texts: F1 {part.f1:.3f} (precision {part.precision:.3f}, recall "
                f"{part.recall:.3f}), {part.accuracy:.1%} of the texts exact"
            )
        agreed = [
            f"{name} {known.exact} of {known.cases}"
            for name, known in (
                ("titles", part.titles),
                ("authors", part.authors),
                ("images", part.images),
                ("addresses", part.addresses),
            )
            if known.cases
        ]
        agreed += [f"days {part.dates.exact} of {part.dates.pages}"] if part.dates.pages else []
        if agreed:
            click.echo(f"  equal to the label: {', '.join(agreed)}")
        click.echo(_cost(part.pages_per_second, part.cpu_ms))


def _show_days(report: page_dates.DatesReport, with_misses: bool) -> None:
    for miss in report.misses if with_misses else ():
        ours = f"{miss.ours} from {miss.origin}" if miss.ours else "no day found"
        click.echo(text.fold(f"{ours}, expected {miss.expected}: {miss.page} ({miss.set})"))
    _note_lost(report.dropped, report.absent)
    for part in _parts(report):
        click.echo(f"{part.name}: {part.pages} pages, {len(part.dropped)} dropped")
        click.echo(
            f"  {part.exact} exact ({part.exact / part.pages:.1%}), {part.none} without a day, "
            f"{part.wrong} wrong (exact in UTC: {part.utc}, in the publisher's time: {part.local})"
        )
        click.echo(_cost(part.pages_per_second, part.cpu_ms))


R = TypeVar("R", page_texts.ExtractReport, page_dates.DatesReport)


def _parts(report: R) -> Iterator[R]:
    """Yield the reports of all data sets and, if there are several, their total."""
    yield from report.sets
    if len(report.sets) > 1:
        yield replace(report, name="all sets")


def _cost(pages_per_second: float, cpu: Milliseconds) -> str:
    return (
        f"  {pages_per_second} pages per second on one processor; CPU time per page: median "
        f"{cpu.median} ms, 99th percentile {cpu.p99} ms"
    )


def _note_lost(dropped: Sequence[Lost], absent: Sequence[str]) -> None:
    for lost in dropped:
        terminal.note(text.fold(f"dropped ({lost.reason}: {lost.detail}): {lost.page}"))
    for page in absent:
        terminal.note(text.fold(f"page is missing in the recording: {page}"))


def _fail_where_unreadable(dropped: Sequence[Lost]) -> None:
    if any(lost.reason == "error" for lost in dropped):
        raise click.exceptions.Exit(1)
