"""copydesk eval gate."""

from __future__ import annotations

import click

from copydesk import engine, measure
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.kit import text

_NOTHING = (
    "no editor has decided a story yet: copydesk verdict PATH publish or reject does, and with "
    '[review] mode = "hold" every story waits for that'
)


@click.command("gate")
@common
def gate(invocation: Invocation) -> None:
    """Compare what the gate says with what editors decided, over time; change nothing."""
    with invocation.newsroom() as newsroom:
        decided = engine.read_decided_stories(newsroom)
        report = measure.gate(decided.stories, newsroom.beat, all_wait=decided.all_wait)
    terminal.failures(decided.failed)
    if invocation.json:
        terminal.as_json(report)
    elif report.decided:
        _show(report)
    else:
        terminal.note(_NOTHING)


def _show(report: measure.GateReport) -> None:
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


def _show_agreement(which: str, met: measure.GateAgreement, publish_at: int) -> None:
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


def _format_period(period: measure.GatePeriod) -> str:
    waited, picked = period.waited, period.picked
    return (
        f"{period.period:<10}{waited.stories:>8}{waited.both + waited.neither:>8}"
        f"{picked.stories:>9}{picked.both + picked.neither:>8}"
    )


def _show_parts(report: measure.GateReport) -> None:
    if report.parts:
        click.echo("parts of quality that decided: left out, the gate would agree")
    for effect in report.parts:
        is_sure = effect.better > effect.worse and effect.chance <= measure.MOST_BY_CHANCE
        click.echo(
            f"  {text.fold(effect.part)}: on {effect.better} more and {effect.worse} fewer of "
            f"{effect.stories}{'' if is_sure else ', which may be chance'}"
        )


def _show_choice(report: measure.GateReport) -> None:
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
