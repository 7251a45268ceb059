"""`copydesk eval gate` and `recall`: compare a site with editors' decisions and other lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import click

from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.editing import stories
from copydesk.kit import text
from copydesk.measure import verdicts
from copydesk.measure.recall import KIND_WORDS, RecallCounts, count_recall
from copydesk.news.story import RecallKind
from copydesk.rounds import recall_lists
from copydesk.rounds.recall import RecallFindings, RecallTrace, trace_recall

_NOTHING = (
    "no editor has decided a story yet: copydesk verdict PATH publish or reject does, and with "
    '[review] mode = "hold" every story waits for that'
)


@click.command("gate")
@common
def gate(invocation: Invocation) -> None:
    """Compare what the gate says with what editors decided, over time; change nothing."""
    with invocation.newsroom() as newsroom:
        decided = stories.read_decided_stories(newsroom)
        report = verdicts.gate(decided.stories, newsroom.beat, all_wait=decided.all_wait)
    terminal.failures(decided.failed)
    if invocation.json:
        terminal.as_json(report)
    elif report.decided:
        _show_gate(report)
    else:
        terminal.note(_NOTHING)


def _show_gate(report: verdicts.GateReport) -> None:
    said = ", ".join(f"{count} {word}" for word, count in sorted(report.said.items()))
    click.echo(f"{report.decided} stories that an editor decided: {said}")
    if report.passed_over:
        click.echo(f"  {report.passed_over} passed over: copies, behind a leader, removed")
    if report.waited.stories:
        _show_agreement("had waited for an editor", report.waited, report.publish_at)
    if report.picked.stories:
        _show_agreement("taken up unasked", report.picked, report.publish_at)
        click.echo("  of what an editor corrects no gate is measured")
    click.echo(f"{'period':<10}{'waited':>8}{'agreed':>8}{'unasked':>9}{'agreed':>8}")
    for period in report.periods:
        click.echo(_format_period(period))
    _show_parts(report)
    _show_choice(report)


def _show_agreement(which: str, met: verdicts.GateAgreement, publish_at: int) -> None:
    click.echo(
        f"{met.stories} {which}: the gate ({publish_at}) agrees on {met.both + met.neither}"
        f"{_format_share(met.agreement)}"
    )
    click.echo(
        f"  it publishes {met.both + met.gate_only}, {met.both} as the editor does"
        f"{_format_share(met.precision)}"
    )
    click.echo(
        f"  the editor publishes {met.both + met.editor_only}, {met.both} as it does"
        f"{_format_share(met.recall)}"
    )


def _format_share(share: float | None) -> str:
    return "" if share is None else f" ({share:.0%})"


def _format_period(period: verdicts.GatePeriod) -> str:
    waited, picked = period.waited, period.picked
    return (
        f"{period.period:<10}{waited.stories:>8}{waited.both + waited.neither:>8}"
        f"{picked.stories:>9}{picked.both + picked.neither:>8}"
    )


def _show_parts(report: verdicts.GateReport) -> None:
    if report.parts:
        click.echo("parts of quality that decided: left out, the gate would agree")
    for effect in report.parts:
        is_sure = effect.better > effect.worse and effect.chance <= verdicts.MOST_BY_CHANCE
        click.echo(
            f"  {text.fold(effect.part)}: on {effect.better} more and {effect.worse} fewer of "
            f"{effect.stories}{'' if is_sure else ', which may be chance'}"
        )


def _show_choice(report: verdicts.GateReport) -> None:
    choice = report.choice
    if choice is None:
        click.echo(f"publish_at: too little for a proposal: {report.lacks}")
        return
    if choice.publish_at == report.publish_at:
        click.echo(f"publish_at: {report.publish_at} agrees best")
        return
    click.echo(
        f"publish_at: {choice.publish_at} would have agreed on {choice.agreed} of "
        f"{report.waited.stories}, {report.publish_at} does on {choice.today}"
    )
    click.echo(
        f"  chosen by nine tenths ({choice.lowest} to {choice.highest}) and tried on the last, "
        f"{choice.better} better and {choice.worse} worse"
    )
    if report.proposal is None:
        click.echo("  no proposal: that may be chance")
    else:
        click.echo(
            f"  proposed: publish_at = {report.proposal}; copydesk rejudge shows what it changes"
        )


_LONGEST_DAYS = 36_500  # longer than the web exists, without leaving the calendar


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
        listed = recall_lists.read_recall_list(newsroom, place, web)
        start = newsroom.now - timedelta(days=since) if 0 < since <= _LONGEST_DAYS else None
        found = trace_recall(newsroom, listed, start)
    counted = count_recall(found.traces)
    if invocation.json:
        terminal.as_json(_as_fields(found, counted))
    else:
        _show_recall(found, counted, limit)
    for what in _list_notes(found):
        terminal.note(f"note: {text.fold(what)}")


def _as_fields(found: RecallFindings, counted: RecallCounts) -> dict[str, object]:
    """Return the report of `eval recall` as `--json` prints it (docs/reference/json.md)."""
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


def _show_recall(found: RecallFindings, counted: RecallCounts, limit: int) -> None:
    share = "" if counted.share is None else f", {counted.share:.0%} of them had"
    click.echo(f"{counted.stories} stories{share}")
    for kind, words in KIND_WORDS.items():
        click.echo(f"  {counted.kinds[kind]:>6,}  {words}")
    if counted.sites:
        click.echo("sites, those missed most of first")
    for site in counted.sites[:limit]:
        had = site.kinds[RecallKind.HAVE] + site.kinds[RecallKind.COVERED]
        whose = "a source" if site.is_source else "no source"
        click.echo(f"  {had} of {site.stories}  {text.fold(site.site)} ({whose})")
    for kind in KIND_WORDS:
        _show_stories([trace for trace in found.traces if trace.kind is kind], kind, limit)


def _show_stories(traces: Sequence[RecallTrace], kind: RecallKind, limit: int) -> None:
    columns = terminal.Columns(10, 7, 0)
    for trace in traces[:limit]:
        title = text.fold(trace.title or trace.url)
        click.echo(columns.line((trace.published_at[:10] or "-", kind, title)))
        for line in _explain(trace):
            click.echo(f"{'':21}{text.fold(line)}")
    if len(traces) > limit:
        terminal.note(f"{limit} of {len(traces):,} {kind}; --limit shows more")


def _explain(trace: RecallTrace) -> Iterator[str]:
    """Yield lines on what the site has of a listed story, or why it is missing."""
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


def _list_notes(found: RecallFindings) -> Iterator[str]:
    """Yield notes on entries of another site's list that were skipped or have no time."""
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
