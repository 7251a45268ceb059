"""copydesk verdict PATH publish|hold|reject|remove|clear --why TEXT."""

from __future__ import annotations

from typing import Literal, get_args

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.news import Said, Verdict

_WORDS = (*get_args(Said), "clear")


@click.command("verdict")
@click.argument("path")
@click.argument("said", type=click.Choice(_WORDS))
@click.option("--why", required=True, help="The reason; it is kept with the story.")
@click.option("--as", "name", default="", help="Who says it; else git's user.")
@common
def command(
    invocation: Invocation, path: str, said: Said | Literal["clear"], why: str, name: str
) -> None:
    """File an editor's word on a story; it binds later rounds.

    publish puts it on the site, hold and reject take it off. remove takes it away for good: it
    leaves the site at once, and the place of [deploy], its address answers 410, and it is never
    filed again; another word on it undoes that, at once, too.
    clear takes the word back: the story is published or not as the machine has it.
    """
    with invocation.newsroom() as newsroom:
        record = engine.record_path(newsroom, path)
        by = engine.speaker(newsroom, name)
        if said == "clear":
            report = engine.clear_verdict(newsroom, record, by, why)
        else:
            verdict = Verdict(by=by, at=invocation.clock(), said=said, why=why)
            report = engine.file_verdict(newsroom, record, verdict)
        if report.is_urgent:
            report = engine.show_at_once(newsroom, report, engine.Silence())
    _show(invocation, report)
    if report.failed:
        raise click.exceptions.Exit(1)


def _show(invocation: Invocation, report: engine.VerdictReport) -> None:
    if invocation.json:
        terminal.as_json(report)
        return
    for text in report.notes:
        terminal.note(f"note: {text}")
    if not report.changed:
        click.echo(f"unchanged: {report.path}")
        return
    click.echo(f"{report.said}: {report.path}")
    terminal.failures(report.failed)
    if report.deploy is not None:
        terminal.show_deploy(report.deploy)
    if not report.is_urgent:
        terminal.note("the site shows it after the next round or copydesk build")
