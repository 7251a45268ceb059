"""copydesk eval scores CASES.csv --profile NAME; copydesk eval feeds FILES."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import measure
from copydesk.cli import _out
from copydesk.cli._asked import Asked, common


@click.group("eval")
def command() -> None:
    """Measure the stages on labelled data."""


@command.command("scores")
@click.argument("cases", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--profile", type=click.Choice(["copydesk", "everyday"]), default="everyday")
@common
def scores(asked: Asked, cases: Path, profile: str) -> None:
    """Compare quality and published with the scored states in CASES."""
    with asked.newsroom() as newsroom:
        report = measure.scores(cases, newsroom.beat, profile)
    if asked.json:
        _out.as_json(report)
        return
    click.echo(f"{report.cases} cases: quality {report.quality_exact} exact, ", nl=False)
    click.echo(f"published {report.published_exact} exact")
    for one in report.different:
        _out.note(f"different: quality {one.quality}, expected {one.expected_quality}: {one.path}")


@command.command("feeds")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@common
def feeds(asked: Asked, paths: tuple[Path, ...]) -> None:
    """Read feeds (files, zips, folders) and compare them with the results beside them."""
    report = measure.feeds(paths, asked.clock())
    if asked.json:
        _out.as_json(report)
    else:
        _show(report)
    if report.errors:
        raise click.exceptions.Exit(1)


def _show(report: measure.FeedsReport) -> None:
    for one in report.mismatched:
        at = "" if one.entry < 0 else f"[{one.entry}]"
        _out.note(f"{one.file}{at} {one.field}: {one.ours!r}, expected {one.expected!r}")
    for trouble in (*report.refused, *report.errors):
        _out.note(f"{trouble.file}: {trouble.what}")
    click.echo(f"{report.files} files, {report.entries} entries, {report.empty} list nothing")
    click.echo(
        f"  {report.pairs} with a result, {report.malformed} of them not well-formed; of the "
        f"others {report.exact} agree in everything ({report.share:.1%}, {report.values} values)"
    )
    click.echo(f"  {len(report.refused)} are no feeds, {len(report.errors)} broke the reader")
