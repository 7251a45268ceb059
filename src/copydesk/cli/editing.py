"""`copydesk rule`, `verdict`, `file`: set rules, decide on stories, add a web page as a story."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

import click

from copydesk import editing, rounds
from copydesk.cli import terminal
from copydesk.cli._invocation import (
    AS_HELP,
    DEPLOY_HELP,
    WEB_HELP,
    Invocation,
    TimeParam,
    command,
    command_group,
)
from copydesk.cli.terminal import Columns
from copydesk.editing import applying
from copydesk.kit import text
from copydesk.news import Dropped, Verdict
from copydesk.news.ruling import RULING_KINDS, AppliesTo, Said
from copydesk.newsroom import Silence
from copydesk.newsroom.records import record_path

if TYPE_CHECKING:
    from copydesk.newsroom import reports

R = TypeVar("R")


@command_group("rule")
def rule_command(invocation: Invocation) -> None:  # stored in the context for the subcommand
    """Set rules that stay in force for stories; list and undo them.

    A rule applies to all later runs until you undo the rule. To decide on a single story (publish,
    hold, reject, remove), use `copydesk verdict`.
    """


_WHY_HELP = "Reason for the rule; the public page of a story may show it."


def _why(function: Callable[..., R]) -> Callable[..., R]:
    """Add the options --why (required) and --as to a click command."""
    return click.option("--why", required=True, help=_WHY_HELP)(_as(function))


def _may_say_why(function: Callable[..., R]) -> Callable[..., R]:
    """Add the options --why (optional) and --as to a click command."""
    return click.option("--why", default="", help=_WHY_HELP)(_as(function))


def _as(function: Callable[..., R]) -> Callable[..., R]:
    return click.option("--as", "name", metavar="NAME", default="", help=AS_HELP)(function)


@command("split", of=rule_command)
@click.argument("path")
@click.option("--from", "others", multiple=True, help="Story to separate PATH from (repeatable).")
@_why
def split(
    invocation: Invocation, path: str, *, others: tuple[str, ...], why: str, name: str
) -> None:
    """Keep a story out of a group with other stories.

    Without --from, the story stays out of every group. PATH is the path of a story file.
    """
    _file(invocation, editing.NewRule(said="split", paths=(path, *others), why=why, by=name))


@command("merge", of=rule_command)
@click.argument("paths", metavar="PATH PATH…", nargs=-1, required=True)
@_why
def merge(invocation: Invocation, paths: tuple[str, ...], *, why: str, name: str) -> None:
    """Put stories into one group (reports about the same event)."""
    _file(invocation, editing.NewRule(said="merge", paths=paths, why=why, by=name))


@command_group("matter", of=rule_command)
def matter_command(invocation: Invocation) -> None:
    """Split, merge or rename matters: chains of events that go on from each other."""


@command("split", of=matter_command)
@click.argument("path")
@_why
def matter_split(invocation: Invocation, path: str, *, why: str, name: str) -> None:
    """Take the event of a story out of its matter; it begins a matter of its own."""
    _file_matter(invocation, ("split",), (path,), why, name)


@command("merge", of=matter_command)
@click.argument("paths", metavar="PATH PATH…", nargs=-1, required=True)
@_why
def matter_merge(invocation: Invocation, paths: tuple[str, ...], *, why: str, name: str) -> None:
    """Make the matters of stories one: that of the first story."""
    _file_matter(invocation, ("merge",), paths, why, name)


@command("rename", of=matter_command)
@click.argument("path")
@click.argument("title")
@_may_say_why
def matter_rename(invocation: Invocation, path: str, title: str, *, why: str, name: str) -> None:
    """Give the matter of a story a title."""
    _file_matter(invocation, ("rename", title), (path,), why, name)


def _file_matter(
    invocation: Invocation, values: tuple[str, ...], paths: tuple[str, ...], why: str, name: str
) -> None:
    rule = editing.NewRule(said="matter", paths=paths, values=values, why=why, by=name)
    _file(invocation, rule)


@command("lead", of=rule_command)
@click.argument("path")
@_may_say_why
def lead(invocation: Invocation, path: str, *, why: str, name: str) -> None:
    """Make a story the main story of its group.

    The rule works only while the story itself is published. If several stories of a group have
    this rule, the newest rule applies.
    """
    _file(invocation, editing.NewRule(said="lead", paths=(path,), why=why, by=name))


@command("pin", of=rule_command)
@click.argument("path")
@click.option("--until", type=TimeParam(), help="Time to unpin the story (default: never).")
@_may_say_why
def pin(invocation: Invocation, path: str, *, until: datetime | None, why: str, name: str) -> None:
    """Put a story at the top of its group and of the front page."""
    _file(invocation, editing.NewRule(said="pin", paths=(path,), until=until, why=why, by=name))


@command("block", of=rule_command)
@click.argument("values", metavar="WORD-or-DOMAIN…", nargs=-1, required=True)
@_may_say_why
def block(invocation: Invocation, values: tuple[str, ...], *, why: str, name: str) -> None:
    """Block new stories by website or by a word in the headline.

    Stories that are already saved stay.
    """
    _file(invocation, editing.NewRule(said="block", values=values, why=why, by=name))


@command("retopic", of=rule_command)
@click.argument("path")
@click.argument("topics", metavar="TOPIC…", nargs=-1, required=True)
@_may_say_why
def retopic(
    invocation: Invocation, path: str, topics: tuple[str, ...], *, why: str, name: str
) -> None:
    """Replace all topics of a story."""
    _file(
        invocation, editing.NewRule(said="retopic", paths=(path,), values=topics, why=why, by=name)
    )


@command("rename", of=rule_command)
@click.argument("path")
@click.argument("title")
@_may_say_why
def rename(invocation: Invocation, path: str, title: str, *, why: str, name: str) -> None:
    """Change the headline of a story; its URL stays the same."""
    _file(
        invocation, editing.NewRule(said="rename", paths=(path,), values=(title,), why=why, by=name)
    )


@command("set", of=rule_command)
@click.argument("path")
@click.argument("field", metavar="excerpt|picture|url|note|…")
@click.argument("value")
@_may_say_why
def set_(invocation: Invocation, path: str, field: str, value: str, *, why: str, name: str) -> None:
    """Change a field of a story, such as its excerpt, or add a note or a summary."""
    new = editing.NewRule(said="set", paths=(path,), values=(field, value), why=why, by=name)
    _file(invocation, new)


@command("undo", of=rule_command)
@click.argument("number", type=click.IntRange(min=1))
@_as
def undo(invocation: Invocation, number: int, *, name: str) -> None:
    """Undo the rule with this number in `copydesk rule list`."""
    with invocation.newsroom() as newsroom:
        report = editing.undo_rule(newsroom, number, editing.speaker(newsroom, name))
    _show_rule(invocation, report, f"rule undone: {report.said}")


@command("list", of=rule_command)
def list_(invocation: Invocation) -> None:
    """List all rules with their numbers."""
    with invocation.newsroom() as newsroom:
        rules = editing.list_rules(newsroom)
    if invocation.print_json(rules):
        return
    if not rules:
        terminal.note("no rules yet")
    elif sys.stdout.isatty():
        columns = Columns(4, 8, 0, 16, 0, right=frozenset({0}), spare=(3, 4))
        columns.head(("no.", "rule", "applies to", "by", "reason"))
        for rule in rules:
            click.echo(columns.line(_cells(rule, rule.titles)))
    else:
        for rule in rules:
            click.echo("\t".join(_cells(rule, rule.stories)))


def _cells(rule: reports.Rule, stories: Sequence[str]) -> tuple[str, ...]:
    what = ", ".join((*stories, *rule.values))
    until = f" until {rule.until}" if rule.until else ""
    note = f" ({rule.note})" if rule.note else ""
    cells = (str(rule.number), rule.said, f"{what}{until}{note}", rule.by, rule.why)
    return tuple(map(text.fold, cells))


def _file(invocation: Invocation, new: editing.NewRule) -> None:
    with invocation.newsroom() as newsroom:
        report = editing.file_rule(newsroom, new)
    _show_rule(invocation, report, f"rule {report.number} set: {report.said}")


def _show_rule(invocation: Invocation, report: editing.RuleReport, what: str) -> None:
    if invocation.print_json(report):
        return
    terminal.notes(report.notes)
    about = text.fold(", ".join(report.about))
    if not report.changed:
        click.echo(f"unchanged: {about}")
        return
    click.echo(f"{what}: {about}")
    terminal.note(_WHEN[RULING_KINDS[report.said].applies_to])


_WHEN: Mapping[AppliesTo, str] = {
    "record": terminal.SHOWN_SOON,
    "groups": "the rule applies from the next run, or after copydesk rejudge --apply",
    "leads": "the rule applies to new stories; to check saved stories: copydesk rejudge",
}


_WORDS = (*get_args(Said), "clear")


@command("verdict")
@click.argument("path")
@click.argument("said", type=click.Choice(_WORDS))
@click.option("--why", required=True, help="Reason for the decision.")
@click.option("--as", "name", metavar="NAME", default="", help=AS_HELP)
def verdict_command(
    invocation: Invocation, path: str, said: Said | Literal["clear"], why: str, name: str
) -> None:
    """Publish, hold, reject or remove a story by an editor's decision.

    This decides on a single story. For lasting rules (groups, topics, headlines, blocked words),
    use `copydesk rule`.

    Later runs keep the decision. publish puts the story on the site; hold and reject take the
    story off the site. remove also deletes the story from the deploy target at once, its URL then
    answers 410, and later runs never add the story again. Any other decision undoes a removal.
    clear withdraws the decision, so that copydesk decides by its own rules again.
    """
    with invocation.newsroom() as newsroom:
        record = record_path(newsroom, path)
        by = editing.speaker(newsroom, name)
        if said == "clear":
            report = editing.clear_verdict(newsroom, record, by, why)
        else:
            verdict = Verdict(by=by, at=invocation.clock(), said=said, why=why)
            report = editing.file_verdict(newsroom, record, verdict)
        if report.is_urgent:
            report = editing.show_at_once(newsroom, report, Silence())
    _show_verdict(invocation, report)
    if report.failed:
        raise click.exceptions.Exit(1)


def _show_verdict(invocation: Invocation, report: editing.VerdictReport) -> None:
    if invocation.print_json(report):
        return
    terminal.notes(report.notes)
    if not report.changed:
        click.echo(f"unchanged: {report.path}")
        return
    click.echo(f"{report.said}: {report.path}")
    terminal.failures(report.failed)
    if report.deploy is not None:
        terminal.show_deploy(report.deploy)
    if not report.is_urgent:
        terminal.note(terminal.SHOWN_SOON)


@command("add")
@click.argument("url")
@click.option("--topic", default="", help="Name or ID of a topic to give the story.")
@click.option("--why", default="", help="Reason for adding the story.")
@click.option("--as", "name", metavar="NAME", default="", help=AS_HELP)
@click.option("--web", metavar="FILE", type=click.Path(path_type=Path), help=WEB_HELP)
@click.option("--deploy", is_flag=True, help=DEPLOY_HELP)
def add_command(
    invocation: Invocation,
    url: str,
    *,
    topic: str,
    why: str,
    name: str,
    web: Path | None,
    deploy: bool,
) -> None:
    """Add a web page as a story.

    The page is scored and saved like any other story, even if the page is off topic, old, or from
    an unknown source. Pages without an article are not added, nor pages that an editor blocked or
    removed, or that the publisher forbids to fetch.
    """
    with invocation.newsroom() as newsroom, terminal.progress() as progress:
        tip = applying.new_tip(newsroom, url, topic=topic, why=why, by=name)
        options = rounds.RoundOptions(tip=tip, web=web, deploy=deploy)
        report = rounds.run_round(newsroom, options, progress)
    if not invocation.print_json(report):
        _show_result(report)
    is_there = report.declined is not None and report.declined.reason == "seen"
    if not (report.filed or is_there) or not report.complete:
        raise click.exceptions.Exit(1)


def _show_result(report: reports.RoundReport) -> None:
    terminal.failures(report.failed)
    for words in report.notes:
        terminal.note(f"note: {text.fold(words)}")
    if report.declined is not None:
        _show_refusal(report.declined)
    for headline in report.headlines:
        if headline.path in report.filed:
            terminal.show_story(headline)
            if not headline.published:
                words = f"copydesk verdict {headline.path} publish --why TEXT"
                terminal.note(f"the story is not published; to publish the story: {words}")
    if report.deploy is not None:
        terminal.show_deploy(report.deploy)


def _show_refusal(declined: Dropped) -> None:
    if declined.reason == "seen":
        click.echo(f"already saved: {declined.detail}")
        return
    detail = f" ({text.fold(declined.detail)})" if declined.detail else ""
    terminal.note(f"not saved: {declined.reason}{detail}: {text.fold(declined.url)}")
