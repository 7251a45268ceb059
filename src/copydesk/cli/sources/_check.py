"""copydesk sources check."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.cli.terminal import Columns, ago, until

_HEAD = ("source", "state", "answer", "new", "a week", "known", "failures", "next")
_WIDTHS = (0, 12, 6, 6, 7, 5, 14, 6)
_RIGHT = frozenset({2, 3, 4, 5, 7})  # the columns of numbers
NONE_YET = "no sources yet: add one with copydesk sources add https://…"
_MOST = 20  # sources whose findings are told in full


@click.command("check")
@click.option("--ask", is_flag=True, help="Ask every source now; nothing of it is remembered.")
@click.option("--web", type=click.Path(path_type=Path), help="Ask a recorded web (WARC).")
@common
def check(invocation: Invocation, *, ask: bool, web: Path | None) -> None:
    """Show how each source is, those that need somebody first; then end with 1.

    It is told from memory, and nobody is asked unless with --ask.
    """
    rows = _health_rows(invocation, ask=ask or web is not None, web=web)
    if invocation.json:
        terminal.as_json(rows)
    elif not rows:
        terminal.note(NONE_YET)
    elif sys.stdout.isatty():
        _show(rows, invocation.clock())
    else:
        for row in rows:
            click.echo("\t".join(_exact_cells(row)))
    if rows:
        terminal.note(_summary(rows))
    if any(row.needs_person for row in rows):
        raise click.exceptions.Exit(1)


def _health_rows(
    invocation: Invocation, *, ask: bool, web: Path | None
) -> Sequence[engine.HealthRow]:
    with invocation.newsroom(scratch=ask) as newsroom:
        if not ask:
            for words in engine.describe_owed_calls(newsroom.memory, newsroom.now):
                terminal.note(words)
            return engine.check_sources(newsroom)
        with terminal.progress() as progress:
            return engine.ask_sources(newsroom, progress, web)


def _exact_cells(row: engine.HealthRow) -> tuple[str, ...]:
    """Return a row for programs: times in full, all findings in the last column."""
    findings = "; ".join(f"{finding.kind}: {finding.words}" for finding in row.findings)
    return (
        row.url,
        row.state,
        row.last_ok,
        row.last_new,
        "" if row.items_a_week is None else f"{row.items_a_week:g}",
        "" if row.known_share is None else f"{row.known_share:g}",
        str(row.failures),
        row.failure,
        row.next,
        findings,
    )


def _show(rows: Sequence[engine.HealthRow], now: datetime) -> None:
    columns = Columns(*_WIDTHS, right=_RIGHT)
    click.secho(columns.line(_HEAD), bold=True)
    click.echo("\n".join(_colour(row, columns.line(_terminal_cells(row, now))) for row in rows))
    for line in _finding_lines(rows):
        click.echo(line)


def _terminal_cells(row: engine.HealthRow, now: datetime) -> tuple[str, ...]:
    failures = f"{row.failures} {row.failure}".strip() if row.failures else ""
    return (
        row.name or row.url.partition("://")[2],
        row.state,
        ago(row.last_ok, now),
        ago(row.last_new, now),
        "" if row.items_a_week is None else f"{row.items_a_week:g}",
        "" if row.known_share is None else f"{row.known_share:.0%}",
        failures,
        until(row.next, now),
    )


def _colour(row: engine.HealthRow, line: str) -> str:
    if row.needs_person:
        return click.style(line, fg="red")
    return line if row.state in {"ok", "new"} else click.style(line, fg="yellow")


def _finding_lines(rows: Sequence[engine.HealthRow]) -> Iterator[str]:
    """Write the findings in sentences, those that need a person first; the rest is counted."""
    troubled = [
        row for row in rows if any(finding.kind != "never-asked" for finding in row.findings)
    ]
    for row in troubled[:_MOST]:
        yield ""
        yield click.style(" ".join(filter(None, (row.name, row.url))), bold=True)
        for finding in row.findings:
            since = f", since {finding.since:%Y-%m-%d}" if finding.since else ""
            yield f"  {finding.kind}: {finding.words}{since}"
            yield f"    {finding.hint}"
    if len(troubled) > _MOST:
        yield ""
        yield f"… and {len(troubled) - _MOST} more; --json lists them all"


def _summary(rows: Sequence[engine.HealthRow]) -> str:
    """Sum up in one line: how many there are, how many are well, what the others are."""
    count = len(rows)
    if all(row.state == "new" for row in rows):
        return f"{_sources(count)}, none asked yet: copydesk run asks them"
    states = Counter(row.state for row in rows).most_common()
    people = sum(row.needs_person for row in rows)
    parts = ", ".join(f"{number} {state}" for state, number in states)
    needs = "nothing needs you" if not people else f"{people} need{'s' * (people == 1)} you"
    return f"{_sources(count)}: {parts}; {needs}"


def _sources(count: int) -> str:
    return "1 source" if count == 1 else f"{count} sources"
