"""copydesk rejudge [--since DAYS] [--apply]."""

from __future__ import annotations

from collections import Counter

import click

from copydesk import engine
from copydesk.cli import _out
from copydesk.cli._asked import Asked, common

_MOST = 20  # lines on one kind of thing; --json has them all


@click.command("rejudge")
@click.option(
    "--since",
    "days",
    type=click.IntRange(min=0, max=100_000),
    default=30,
    show_default=True,
    help="Stories of so many days; 0 for all.",
)
@click.option("--apply", "is_applied", is_flag=True, help="File what changes, in one commit.")
@common
def command(asked: Asked, *, days: int, is_applied: bool) -> None:
    """Judge filed stories by the rules of today and show what would change.

    The rules are topics, points, the gate, rulings and what counts as a copy. Verdicts hold, and
    what a person edited stays.
    """
    with asked.newsroom() as newsroom, _out.progress() as progress:
        work = engine.apply_rejudged if is_applied else engine.rejudge
        report = work(newsroom, days, progress)
    if asked.json:
        _out.as_json(report)
    else:
        _show(report, is_applied=is_applied)
    if not report.complete:
        raise click.exceptions.Exit(1)


def _show(report: engine.RejudgeReport, *, is_applied: bool) -> None:
    _out.failures(report.failed)
    for path in report.skipped:
        _out.note(f"skipped, it has edits that are not committed: {path}")
    for path in report.without[:_MOST]:
        _out.note(f"no stored article, left as it is: {path}")
    if report.without_article > _MOST:
        _out.note(f"… and {report.without_article - _MOST} more; --json lists them all")
    for words in report.notes:
        _out.note(f"note: {words}")
    rows = [(one.path, one.field, _told(one.before), _told(one.after)) for one in report.changes]
    if rows:
        _out.table(("story", "field", "before", "after"), rows)
    fields = Counter(one.field for one in report.changes)
    parts = ", ".join(f"{count} {name}" for name, count in fields.most_common())
    stories = len({one.path for one in report.changes})
    would = "changed" if is_applied else "would change"
    _out.note(
        f"{report.judged} judged, {report.without_article} without a stored article; "
        f"{stories} {would}{f' ({parts})' if parts else ''}"
    )
    if report.commit:
        _out.note(f"commit {report.commit[:12]}")
    if stories and not is_applied:
        _out.note("nothing is filed yet: copydesk rejudge --apply does it")
    elif report.updated:
        _out.note("the site shows it after the next round or copydesk build")


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "-" if value in (None, "") else str(value)
