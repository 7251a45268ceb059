"""copydesk eval group GOLD; eval copies LABELLED."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from copydesk import measure
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common


@click.command("group")
@click.argument("gold", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--order",
    type=click.Choice(get_args(measure.Order)),
    help="How documents come: by time, their own order, or the hash of the id (no time then).",
)
@click.option("--beat", "words", multiple=True, help="A word that all of it is about; repeatable.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the groups: a line of JSON with id and cluster for each document.",
)
@click.option("--embed", is_flag=True, help="By meaning too: needs the extra copydesk[embed].")
@common
def group(
    invocation: Invocation,
    *,
    gold: Path,
    order: measure.Order | None,
    words: tuple[str, ...],
    out: Path | None,
    embed: bool,
) -> None:
    """Group labelled documents by what they report on and compare with the labels."""
    options = measure.GroupOptions(order=order, beat=words, by_meaning=embed, out=out)
    report = measure.group(gold, options)
    if invocation.json:
        terminal.as_json(report)
        return
    click.echo(
        f"{report.documents} documents of {report.stories} stories, by {report.order}: "
        f"{report.documents_per_second} a second on one processor"
    )
    click.echo(f"  in the end, {report.groups} groups: {_format_scores(report)}")
    click.echo(f"  at once, {report.at_once.groups} groups: {_format_scores(report.at_once)}")
    if report.stretches:
        click.echo(
            f"  the first hundred alone: BCubed F1 {report.first:.3f}; "
            f"a later hundred: {report.stretches:.3f}"
        )


def _format_scores(agreement: measure.GroupReport | measure.GroupAgreement) -> str:
    return ", ".join(
        f"{name} F1 {scores.f1:.3f} (precision {scores.precision:.3f}, recall {scores.recall:.3f})"
        for name, scores in (("BCubed", agreement.bcubed), ("pairwise", agreement.pairwise))
    )


@click.command("copies")
@click.argument("labelled", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@common
def copies(invocation: Invocation, labelled: Path) -> None:
    """Tell copies from other coverage among labelled texts or pairs, and compare."""
    report = measure.copies(labelled)
    if invocation.json:
        terminal.as_json(report)
        return
    click.echo(f"{report.texts} texts, {report.pairs} pairs of the same")
    if report.scores is not None:
        click.echo(
            f"  {report.found} called copies: precision {report.scores.precision:.3f}, "
            f"recall {report.scores.recall:.3f}"
        )
    if report.auc is not None:
        click.echo(f"  a pair of the same is more alike than another: AUC {report.auc:.3f}")
