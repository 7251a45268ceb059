"""copydesk demo."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import engine, serve
from copydesk.cli import run, terminal
from copydesk.cli._invocation import Invocation, common

_EDITOR = "Demo editor"


@click.command("demo")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("copydesk-demo"),
    show_default=True,
    help="Where the demo's newsroom is made.",
)
@click.option("--no-serve", is_flag=True, help="End when the site is built.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Where to serve; 0: any.",
)
@common
def command(invocation: Invocation, folder: Path, no_serve: bool, port: int) -> None:
    """Run the whole line over an invented news web, offline, and serve site and desk."""
    with engine.demo() as world:
        now = invocation.now or world.now
        engine.demo_newsroom(folder, now)
        options = engine.RoundOptions(web=world.web, all_due=True)
        with engine.open_newsroom(folder, now, {}) as newsroom, terminal.progress() as progress:
            report = engine.run_round(newsroom, options, progress)
    if invocation.json:
        terminal.as_json(report)
    else:
        run.show(report)
    site = folder / ".copydesk" / "site"
    if report.failed:
        terminal.note("(what failed is part of the example: real sources do such things, too)")
    terminal.note(f"records: {folder / '_news'}   site: {site / 'index.html'}")
    terminal.note(f"why a story is where it is: copydesk -C {folder} explain _news/FILE.md")
    terminal.note("its web is recorded, so further rounds need it: copydesk demo runs one")
    if not no_serve:
        with engine.open_newsroom(folder, now, {}) as newsroom:
            waiting = engine.let_stories_wait(newsroom)
            if waiting:
                terminal.note(f"{waiting} stories that the gate keeps back wait at the desk")
            serve.serve_demo(newsroom, serve.Address(port=port), _EDITOR, terminal.note)
