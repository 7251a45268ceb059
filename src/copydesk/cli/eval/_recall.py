"""copydesk eval recall LIST."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import click

from copydesk import engine, measure
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.kit import text
from copydesk.news import RecallKind

_LONGEST_DAYS = 36_500  # all that there is of the web, and no end of the calendar


@click.command("recall")
@click.argument("place", metavar="LIST")
@click.option("--since", metavar="DAYS", type=float, default=0, help="Published since so long.")
@click.option("--limit", type=click.IntRange(min=1), default=40, help="Show at most so many (40).")
@click.option(
    "--web",
    type=click.Path(path_type=Path, exists=True),
    help="Ask a recorded web instead of the real one.",
)
@common
def recall(
    invocation: Invocation, *, place: str, since: float, limit: int, web: Path | None
) -> None:
    """Sort somebody's LIST (a feed, sitemap or CSV) by where its stories stand with you."""
    with invocation.newsroom() as newsroom:
        listed = engine.read_recall_list(newsroom, place, web)
        start = newsroom.now - timedelta(days=since) if 0 < since <= _LONGEST_DAYS else None
        found = engine.trace_recall(newsroom, listed, start)
    counted = measure.count_recall(found.traces)
    if invocation.json:
        terminal.as_json(_as_fields(found, counted))
    else:
        _show(found, counted, limit)
    for what in _list_notes(found):
        terminal.note(f"note: {text.fold(what)}")


def _as_fields(found: engine.RecallFindings, counted: measure.RecallCounts) -> dict[str, object]:
    """Return what `--json` prints (docs/reference/json.md)."""
    listed = found.list
    return {
        "list": listed.address,
        "form": listed.form,
        "listed": listed.listed,
        "passed_over": listed.passed_over,
        "cut": listed.cut,
        "failed": listed.failed,
        "older": found.older,
        "undated": found.undated,
        "untitled": found.untitled,
        "uncompared": found.uncompared,
        "stories": counted.stories,
        "kinds": counted.kinds,
        "share": counted.share,
        "own": counted.own,
        "sites": counted.sites,
        "traces": found.traces,
    }


def _show(found: engine.RecallFindings, counted: measure.RecallCounts, limit: int) -> None:
    share = "" if counted.share is None else f", {counted.share:.0%} of them had"
    click.echo(f"{counted.stories} stories{share}")
    for kind, words in measure.KIND_WORDS.items():
        click.echo(f"  {counted.kinds[kind]:>6,}  {words}")
    if counted.sites:
        click.echo("sites, those missed most of first")
    for site in counted.sites[:limit]:
        had = site.kinds[RecallKind.HAVE] + site.kinds[RecallKind.COVERED]
        whose = "a source" if site.is_source else "no source"
        click.echo(f"  {had} of {site.stories}  {text.fold(site.site)} ({whose})")
    for kind in measure.KIND_WORDS:
        _show_stories([trace for trace in found.traces if trace.kind is kind], kind, limit)


def _show_stories(traces: Sequence[engine.RecallTrace], kind: RecallKind, limit: int) -> None:
    columns = terminal.Columns(10, 7, 0)
    for trace in traces[:limit]:
        title = text.fold(trace.title or trace.url)
        click.echo(columns.line((trace.published_at[:10] or "-", kind, title)))
        for line in _explain(trace):
            click.echo(f"{'':21}{text.fold(line)}")
    if len(traces) > limit:
        terminal.note(f"{limit} of {len(traces):,} {kind}; --limit shows more")


def _explain(trace: engine.RecallTrace) -> Iterator[str]:
    """Yield what says that a story stands there."""
    if trace.title:
        yield trace.url
    if trace.path:
        more = f" and {len(trace.others)} more" if trace.others else ""
        yield f"{trace.standing}: {trace.path}{more}"
    if trace.reason:
        tries = f", {trace.tries} rounds asked" if trace.tries > 1 else ""
        detail = f" ({trace.detail})" if trace.detail and not trace.path else ""
        yield f"{trace.reason}{detail}{tries}"
    if trace.path and trace.detail and trace.kind is RecallKind.COVERED:
        yield trace.detail
    if trace.kind is RecallKind.UNSEEN:
        yield f"listed by {trace.source}?" if trace.source else "its site is no source"


def _list_notes(found: engine.RecallFindings) -> Iterator[str]:
    """Yield what is to be known of how the list was read."""
    listed = found.list
    if listed.passed_over:
        yield f"{listed.passed_over:,} entries name a page again, or none of the web"
    if listed.cut:
        yield f"of {listed.listed:,} entries the first {listed.listed - listed.cut:,} were taken"
    if found.older:
        yield f"{found.older:,} are older and left out"
    if found.undated:
        yield f"{found.undated:,} have no time, and are compared as if they came now"
    if found.untitled:
        yield f"{found.untitled:,} have no headline, and are known by their address alone"
    if found.uncompared:
        yield f"{found.uncompared:,} were not set beside other newsrooms' reports: too many"
    yield from (f"no stories from {failed}" for failed in listed.failed)
