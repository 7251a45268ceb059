"""copydesk eval scores CASES.csv --profile NAME."""

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
