"""copydesk build."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.command("build")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The web root.")
@click.option("--full", is_flag=True, help="Write everything anew.")
@click.option("--deploy", is_flag=True, help="Send the site to where [deploy] says.")
@click.option("--dry-run", is_flag=True, help="With --deploy: say what would be sent.")
@common
def command(
    invocation: Invocation, out: Path | None, full: bool, deploy: bool, dry_run: bool
) -> None:
    """Publish what is filed: site, API, feeds, sitemaps; only what changed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended as by Ctrl-C: cleanly
    _refuse_nonsense(out, deploy=deploy, dry_run=dry_run)
    with invocation.newsroom() as newsroom, terminal.progress() as progress:
        report = engine.build(newsroom, progress, engine.BuildOptions(out=out, full=full))
        if deploy:
            options = engine.DeployOptions(dry_run=dry_run, anew=full)
            report = replace(report, deploy=engine.deploy(newsroom, progress, options))
    if invocation.json:
        terminal.as_json(report)
        return
    terminal.failures(report.failed)
    click.echo(
        f"{report.stories} stories, {report.pages} pages: {report.written} written, "
        f"{report.deleted} deleted, {report.unchanged} unchanged in {report.seconds:.1f} s"
    )
    if report.deploy is not None:
        terminal.show_deploy(report.deploy)


def _refuse_nonsense(out: Path | None, *, deploy: bool, dry_run: bool) -> None:
    if deploy and out is not None:
        raise click.UsageError("--deploy sends the newsroom's own site: leave --out away.")
    if dry_run and not deploy:
        raise click.UsageError("--dry-run goes with --deploy.")
