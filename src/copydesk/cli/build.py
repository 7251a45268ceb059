"""copydesk build."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import _out
from copydesk.cli._asked import Asked, common


@click.command("build")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The web root.")
@click.option("--full", is_flag=True, help="Write everything anew.")
@common
def command(asked: Asked, out: Path | None, full: bool) -> None:
    """Publish what is filed: site, API, feeds, sitemaps; only what changed."""
    with asked.newsroom() as newsroom, _out.progress() as progress:
        report = engine.build(newsroom, progress, engine.BuildOptions(out=out, full=full))
    if asked.json:
        _out.as_json(report)
        return
    _out.failures(report.failed)
    click.echo(
        f"{report.stories} stories, {report.pages} pages: {report.written} written, "
        f"{report.deleted} deleted, {report.unchanged} unchanged in {report.seconds:.1f} s"
    )
