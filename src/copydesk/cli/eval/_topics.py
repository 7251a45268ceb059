"""copydesk eval topics LABELLED."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import measure
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.kit import text


@click.command("topics")
@click.argument("labelled", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--misses", is_flag=True, help="List every story with other topics, and why.")
@common
def topics(invocation: Invocation, labelled: Path, misses: bool) -> None:
    """Compare the newsroom's topics for the stories in LABELLED with their labels."""
    with invocation.newsroom(scratch=True) as newsroom:
        report = measure.topics(labelled, newsroom.beat)
    if invocation.json:
        terminal.as_json(report)
        return
    for miss in report.misses if misses else ():
        click.echo(text.fold(f"{miss.title} ({miss.story})"))
        click.echo(f"  ours: {', '.join(miss.topics) or '-'}")
        click.echo(f"  expected: {', '.join(miss.expected) or '-'}")
        for reason in miss.reasons:
            click.echo(f"  {text.fold(reason)}")
    click.echo(f"{report.stories} stories, {report.labels} topics")
    for met in (report.copydesk, report.everyday):
        _show(met)
    terminal.table(
        ("topic", "labelled", "given", "right", "precision", "recall", "f1"),
        [_row(topic) for topic in report.topics],
    )


def _show(met: measure.Met) -> None:
    click.echo(f"{met.profile}: {_share(met.micro)}, {met.exact:.1%} of the stories exact")
    click.echo(f"  mean over topics: {_share(met.macro)}")
    click.echo(f"  on the beat or off it: {_share(met.on_beat)}")


def _share(share: measure.Share) -> str:
    return f"F1 {share.f1:.3f} (precision {share.precision:.3f}, recall {share.recall:.3f})"


def _row(score: measure.TopicScore) -> tuple[str, ...]:
    counts = (str(score.labelled), str(score.given), str(score.right))
    shares = (f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}")
    return (score.topic, *counts, *shares)
