"""copydesk mail compose LETTER: the issue that a letter would be; with --file it is filed."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import PurePosixPath

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, TimeParam, common
from copydesk.kit import dates, text
from copydesk.news import Issue, IssueStory

_FAILED = {"held", "unapproved", "failed"}


@click.command("compose")
@click.argument("letter")
@click.option("--at", type=TimeParam(), help="The time to compose it for; by itself now.")
@click.option("--file", "is_filed", is_flag=True, help="File it as the letter's next issue.")
@click.option("--yes", is_flag=True, help="Do not ask whether readers are to get it at once.")
@click.option("--as", "by", default="", metavar="NAME", help="Who files it; by itself git's user.")
@common
def compose(
    invocation: Invocation, letter: str, *, at: datetime | None, is_filed: bool, yes: bool, by: str
) -> None:
    """Show the issue that LETTER would be now: what is new since its last one.

    With --file it is filed in `_newsletters/` by a commit, and the next build publishes it. Where
    `copydesk serve` would send it at once you are asked, with the number of readers. With nobody
    to ask and no --yes it is filed all the same, and awaits `copydesk mail send`.
    """
    if is_filed and at is not None:
        raise click.UsageError("--file is for now: leave --at away, or set the clock by --now.")
    with invocation.newsroom() as newsroom:
        if is_filed:
            speaker = engine.speaker(newsroom, by)
            _show_outcome(invocation, _file(newsroom, letter, speaker, is_answered=yes))
            return
        edits = engine.read_edits(newsroom, letter).edits
        draft = engine.draft_letter(newsroom, letter, at or newsroom.now, edits)
    if invocation.json:
        terminal.as_json({"issue": draft.issue, "new": draft.new, "fewest": draft.fewest})
        return
    _show_issue(draft.issue)
    if not draft.is_enough:
        terminal.note(engine.explain_skip(draft).what)


def _file(
    newsroom: engine.Newsroom, letter: str, by: str, *, is_answered: bool
) -> engine.LetterOutcome:
    """File an issue: as somebody says, or so that it awaits a word where readers would get it."""
    if is_answered or not newsroom.settings.mail.deliver:
        return engine.file_letter(newsroom, letter, by)
    whom = ""

    def ask(audience: engine.IssueAudience) -> bool:
        nonlocal whom
        whom = _name_audience(audience)
        if terminal.is_somebody_there():
            terminal.ask(f"{whom} this now", is_answered=False)
        return terminal.is_somebody_there()

    with engine.open_readers(newsroom) as store:
        outcome = engine.ask_and_file(newsroom, store, letter, by, ask)
    if outcome.is_held:
        name = PurePosixPath(outcome.path).stem
        terminal.note(f"held for approval: {whom} it on a word: copydesk mail send {name}")
    return outcome


def _name_audience(audience: engine.IssueAudience) -> str:
    if audience.readers is None:
        return f"all readers that {audience.via} has get"
    return "1 reader gets" if audience.readers == 1 else f"{audience.readers} readers get"


def _show_outcome(invocation: Invocation, outcome: engine.LetterOutcome) -> None:
    if invocation.json:
        terminal.as_json(outcome)
    else:
        click.echo(f"{outcome.letter}: {outcome.what}")
        for note in outcome.notes:
            terminal.note(note)
        if outcome.hint:
            click.echo(f"hint: {outcome.hint}", err=True)
    if outcome.state in _FAILED:
        sys.exit(1)


def _show_issue(issue: Issue) -> None:
    """Print an issue as it is read."""
    since, at = (dates.rfc3339(moment) for moment in (issue.since, issue.at))
    click.echo(f"{issue.name}: {issue.title}, from {since} to {at}")
    click.echo(f"subject: {issue.subject}")
    click.echo(f"preview: {issue.preheader}")
    if issue.note:
        click.echo(f"note: {text.fold(issue.note)}")
    for section in issue.sections:
        click.echo(f"\n{section.title}")
        for number, story in enumerate(section.stories, 1):
            _show_story(number, story)


def _show_story(number: int, story: IssueStory) -> None:
    click.echo(f"{number:4}. {story.title}")
    others = ", ".join(link.name for link in story.coverage)
    minutes = f"{story.minutes} min" if story.minutes else ""
    told = [story.source, minutes, others and f"also: {others}", story.note and "with a note"]
    if any(told):
        click.echo(f"      {', '.join(filter(None, told))}")
    click.echo(f"      {story.page or story.url}")
