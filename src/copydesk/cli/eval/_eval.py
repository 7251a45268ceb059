"""copydesk eval scores CASES.csv --profile NAME; eval feeds, extract and dates over FILES."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from copydesk import measure
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.cli.eval import _gate, _group, _recall, _topics
from copydesk.kit import text


@click.group("eval")
def command() -> None:
    """Measure the stages on labelled data."""


command.add_command(_gate.gate)
command.add_command(_group.group)
command.add_command(_group.copies)
command.add_command(_recall.recall)
command.add_command(_topics.topics)


@command.command("scores")
@click.argument("cases", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--profile", type=click.Choice(["copydesk", "everyday"]), default="everyday")
@common
def scores(invocation: Invocation, cases: Path, profile: str) -> None:
    """Compare quality and published with the scored states in CASES."""
    with invocation.newsroom() as newsroom:
        report = measure.scores(cases, newsroom.beat, profile)
    if invocation.json:
        terminal.as_json(report)
        return
    click.echo(f"{report.cases} cases: quality {report.quality_exact} exact, ", nl=False)
    click.echo(f"published {report.published_exact} exact")
    for difference in report.different:
        expected = f"expected {difference.expected_quality}: {difference.path}"
        terminal.note(f"different: quality {difference.quality}, {expected}")


@command.command("feeds")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@common
def feeds(invocation: Invocation, paths: tuple[Path, ...]) -> None:
    """Read feeds (files, zips, folders) and compare them with the results beside them."""
    report = measure.feeds(paths, invocation.clock())
    if invocation.json:
        terminal.as_json(report)
    else:
        _show(report)
    if report.errors:
        raise click.exceptions.Exit(1)


def _show(report: measure.FeedsReport) -> None:
    for mismatch in report.mismatched:
        place = mismatch.file if mismatch.entry < 0 else f"{mismatch.file}[{mismatch.entry}]"
        differs = f"{mismatch.ours!r}, expected {mismatch.expected!r}"
        terminal.note(f"{place} {mismatch.field}: {differs}")
    for trouble in (*report.refused, *report.errors):
        terminal.note(f"{trouble.file}: {trouble.what}")
    click.echo(f"{report.files} files, {report.entries} entries, {report.empty} list nothing")
    click.echo(
        f"  {report.pairs} with a result, {report.malformed} of them not well-formed; of the "
        f"others {report.exact} agree in everything ({report.share:.1%}, {report.values} values)"
    )
    click.echo(f"  {len(report.refused)} are no feeds, {len(report.errors)} broke the reader")


@command.command("extract")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--misses",
    type=click.FloatRange(0, 1),
    help="List texts with an F1 below this, and every other value that differs.",
)
@common
def extract(invocation: Invocation, paths: tuple[Path, ...], misses: float | None) -> None:
    """Read labelled pages (files, zips, folders) and compare what they say with the labels."""
    with terminal.progress() as progress:
        report = measure.extract(paths, invocation.clock(), invocation.now, progress, misses)
    if invocation.json:
        terminal.as_json(report)
    else:
        _show_pages(report)
    _fail_where_unreadable(report.dropped)


@command.command("dates")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--misses", is_flag=True, help="List every page with another day, or none.")
@common
def dates(invocation: Invocation, paths: tuple[Path, ...], misses: bool) -> None:
    """Read labelled pages (files, zips, folders) and compare their days of publication."""
    with terminal.progress() as progress:
        report = measure.dates(paths, invocation.clock(), invocation.now, progress)
    if invocation.json:
        terminal.as_json(report)
    else:
        _show_days(report, misses)
    _fail_where_unreadable(report.dropped)


def _show_pages(report: measure.ExtractReport) -> None:
    for miss in report.misses:
        click.echo(text.fold(f"{miss.field} {miss.score:.3f}: {miss.page} ({miss.set})"))
        click.echo(f"  ours: {text.fold(miss.ours)}")
        click.echo(f"  expected: {text.fold(miss.expected)}")
    _note_lost(report.dropped, report.absent)
    for name in report.skipped:
        terminal.note(
            f"skipped: {name}: only days are known; compare them with copydesk eval dates"
        )
    for part in _parts(report):
        click.echo(f"{part.name}: {part.pages} pages, {len(part.dropped)} dropped")
        if part.f1 is not None:
            click.echo(
                f"  {part.texts} texts: F1 {part.f1:.3f} (precision {part.precision:.3f}, recall "
                f"{part.recall:.3f}), {part.accuracy:.1%} without a fault"
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
            click.echo(f"  the same as the label: {', '.join(agreed)}")
        click.echo(_cost(part.pages_per_second, part.cpu_ms))


def _show_days(report: measure.DatesReport, with_misses: bool) -> None:
    for miss in report.misses if with_misses else ():
        ours = f"{miss.ours} from {miss.origin}" if miss.ours else "no day"
        click.echo(text.fold(f"{ours}, expected {miss.expected}: {miss.page} ({miss.set})"))
    _note_lost(report.dropped, report.absent)
    for part in _parts(report):
        click.echo(f"{part.name}: {part.pages} pages, {len(part.dropped)} dropped")
        click.echo(
            f"  {part.exact} exact ({part.exact / part.pages:.1%}), {part.none} none, "
            f"{part.wrong} wrong (exact in UTC {part.utc}, as the publisher writes {part.local})"
        )
        click.echo(_cost(part.pages_per_second, part.cpu_ms))


R = TypeVar("R", measure.ExtractReport, measure.DatesReport)


def _parts(report: R) -> Iterator[R]:
    """Yield the sets' reports and, where there are several, their sum."""
    yield from report.sets
    if len(report.sets) > 1:
        yield replace(report, name="together")


def _cost(pages_per_second: float, cpu: measure.Milliseconds) -> str:
    return (
        f"  {pages_per_second} pages a second on one processor; a page takes {cpu.median} ms "
        f"(median), at most {cpu.p99} ms for 99 % of them"
    )


def _note_lost(dropped: Sequence[measure.Lost], absent: Sequence[str]) -> None:
    for lost in dropped:
        terminal.note(text.fold(f"dropped ({lost.reason}: {lost.detail}): {lost.page}"))
    for page in absent:
        terminal.note(text.fold(f"not in the recording: {page}"))


def _fail_where_unreadable(dropped: Sequence[measure.Lost]) -> None:
    if any(lost.reason == "error" for lost in dropped):
        raise click.exceptions.Exit(1)
