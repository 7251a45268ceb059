"""`copydesk mail` and `post`: what goes out as newsletters, and as posts to networks and chats."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import click

from copydesk import editing
from copydesk.building import posts
from copydesk.cli import terminal
from copydesk.cli._invocation import AS_HELP, Invocation, TimeParam, command, command_group
from copydesk.cli._mail_readers import COMMAND, note_lost_letters, readers
from copydesk.cli._mail_sending import bounces, send, who
from copydesk.errors import MailError, UsageError
from copydesk.kit import dates, files, text
from copydesk.kit.options import take
from copydesk.news.letter import Issue, IssueStory
from copydesk.newsletters import checks, composing, issue_filing, issues, sending, smtp
from copydesk.newsletters.readers import addresses, by_hand, limits
from copydesk.newsletters.sending import begin
from copydesk.newsroom import Newsroom

_FILE = click.Path(path_type=Path, dir_okay=False)
_FAILED = {"held", "unapproved", "failed"}


@command("compose", hidden=True)
@click.argument("letter", metavar="NEWSLETTER")
@click.option("--at", type=TimeParam(), help="Compose the issue as of this time (default: now).")
@click.option("--file", "is_filed", is_flag=True, help="Save the issue in the newsroom.")
@click.option("--yes", is_flag=True, help="Do not ask before the issue is sent.")
@click.option("--as", "by", default="", metavar="NAME", help=AS_HELP)
def compose(
    invocation: Invocation, letter: str, *, at: datetime | None, is_filed: bool, yes: bool, by: str
) -> None:
    """List the stories of NEWSLETTER's next issue. Today `preview` and `file` do this."""
    if is_filed and at is not None:
        raise click.UsageError("--file cannot be combined with --at: use --now to set the time.")
    with invocation.newsroom() as newsroom:
        if is_filed:
            speaker = editing.speaker(newsroom, by)
            _show_outcome(invocation, _file(newsroom, letter, speaker, is_answered=yes))
            return
        edits = issue_filing.read_edits(newsroom, letter).edits
        draft = issues.draft_letter(newsroom, letter, at or newsroom.now, edits)
    if invocation.print_json({"issue": draft.issue, "new": draft.new, "fewest": draft.fewest}):
        return
    _show_issue(draft.issue)
    if not draft.is_enough:
        terminal.note(issue_filing.explain_skip(draft).what)


def _file(
    newsroom: Newsroom, letter: str, by: str, *, is_answered: bool
) -> issue_filing.LetterOutcome:
    """Store a newsletter issue; if the options do not say, ask whether to send it now."""
    if is_answered or not newsroom.settings.mail.deliver:
        return issue_filing.file_letter(newsroom, letter, by)
    whom = ""

    def ask(audience: begin.IssueAudience) -> bool:
        nonlocal whom
        whom = _name_audience(audience)
        if terminal.is_somebody_there():
            terminal.ask(f"the issue goes to {whom} now", is_answered=False)
        return terminal.is_somebody_there()

    with addresses.open_readers(newsroom) as store:
        outcome = begin.ask_and_file(newsroom, store, letter, by, ask)
    if outcome.is_held:
        name = PurePosixPath(outcome.path).stem
        terminal.note(f"held for approval; to send the issue to {whom}: copydesk mail send {name}")
    return outcome


def _name_audience(audience: begin.IssueAudience) -> str:
    if audience.readers is None:
        return f"all subscribers at {audience.via}"
    return "1 subscriber" if audience.readers == 1 else f"{audience.readers} subscribers"


def _show_outcome(invocation: Invocation, outcome: issue_filing.LetterOutcome) -> None:
    if not invocation.print_json(outcome):
        click.echo(f"{outcome.letter}: {outcome.what}")
        for note in outcome.notes:
            terminal.note(note)
        if outcome.hint:
            click.echo(f"hint: {outcome.hint}", err=True)
    if outcome.state in _FAILED:
        sys.exit(1)


def _show_issue(issue: Issue) -> None:
    """Print a newsletter issue as text."""
    since, at = (dates.rfc3339(moment) for moment in (issue.since, issue.at))
    click.echo(f"issue {issue.name}: {issue.title}, with stories from {since} to {at}")
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


@command("preview")
@click.argument("letter", metavar="NEWSLETTER")
@click.option("--at", type=TimeParam(), help="Compose the issue as of this time (default: now).")
@click.option("--html", "page", metavar="FILE", type=_FILE, help="Write the HTML of the email.")
@click.option("--open", "is_opened", is_flag=True, help="Show the HTML in a web browser.")
def preview(
    invocation: Invocation, letter: str, *, at: datetime | None, page: Path | None, is_opened: bool
) -> None:
    """Show the email of NEWSLETTER's next issue, as it would be now, as plain text.

    The issue has the stories since the last issue. With --json, the HTML is printed, too.
    """
    with invocation.newsroom() as newsroom:
        edits = issue_filing.read_edits(newsroom, letter).edits
        draft = issues.draft_letter(newsroom, letter, at or newsroom.now, edits)
        rendered = issues.render_issue(newsroom, draft.issue)
        page = page or (newsroom.private / "preview.html" if is_opened else None)
    if page is not None:
        _write_page(page, rendered.html)
    if not invocation.print_json(_as_fields(rendered, draft.issue)):
        click.echo(rendered.text, nl=False)
        where = page or "the output of --json"
        terminal.note(f"subject: {text.fold(rendered.subject)}")
        terminal.note(f"size of the email: {rendered.bytes:,} bytes with its HTML, in {where}")
    if not draft.is_enough:
        terminal.note(issue_filing.explain_skip(draft).what)
    if is_opened and page is not None:
        webbrowser.open(page.resolve().as_uri())


def _as_fields(rendered: composing.RenderedIssue, issue: Issue) -> dict[str, object]:
    """Return what `mail preview --json` prints (docs/reference/json.md)."""
    return {
        **take(rendered, "subject", "preheader", "html", "text"),
        "stories": [story.name for story in issue.stories],
        "bytes": rendered.bytes,
    }


def _write_page(page: Path, html: str) -> None:
    hint = "name a file in a folder of yours"
    with files.explain_errors(UsageError, "could not write the file", page, hint):
        page.write_text(html, "utf-8")


@command("file")
@click.argument("letter", metavar="NEWSLETTER")
@click.option("--yes", is_flag=True, help="Do not ask before the issue is sent.")
@click.option("--as", "by", default="", metavar="NAME", help=AS_HELP)
def file(invocation: Invocation, letter: str, *, yes: bool, by: str) -> None:
    """Save the next issue of NEWSLETTER now, and commit it.

    The next build publishes the issue. If `copydesk serve` would then send the issue at once, you
    are asked first. Without a terminal and without --yes, the issue is saved, but waits for
    `copydesk mail send`.
    """
    with invocation.newsroom() as newsroom:
        speaker = editing.speaker(newsroom, by)
        _show_outcome(invocation, _file(newsroom, letter, speaker, is_answered=yes))


@command("lint", hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def lint(invocation: Invocation, words: tuple[str, ...]) -> None:
    """Name a site that checks newsletters, as `mail lint` was removed; exit 1."""
    raise MailError(
        "the command copydesk mail lint was removed",
        hint="see https://www.caniemail.com/ for the HTML that mail programs support",
    )


@command("file-due")
def file_due(invocation: Invocation) -> None:
    """Save the newsletter issues that are due.

    An issue is due at its scheduled time, or when there are enough new stories. `copydesk serve`
    and `copydesk run` do this automatically.
    """
    with invocation.newsroom() as newsroom:
        outcomes = issue_filing.file_due_letters(newsroom)
    if not invocation.print_json({"letters": outcomes}):
        for outcome in outcomes:
            click.echo(f"{outcome.letter}: {outcome.what}")
    if any(outcome.state == "failed" for outcome in outcomes):
        sys.exit(1)


@command("doctor")
@click.option("--send", "address", default="", metavar="ADDRESS", help="Send one test email.")
@click.option("--overrule", default="", metavar="KIND", help="Ignore a mail problem of this KIND.")
@click.option("--why", default="", metavar="TEXT", help="Reason for ignoring the problem.")
@click.option("--as", "by", default="", metavar="NAME", help=AS_HELP)
def doctor(invocation: Invocation, *, address: str, overrule: str, why: str, by: str) -> None:
    """Check whether newsletters would arrive: DNS, mail server, links.

    Sends no email, except with --send. Each problem is printed with its solution. copydesk sends
    no newsletter until each problem is solved, or overruled with --overrule. Exits with 1 if a
    problem remains.
    """
    _check_words(address, overrule, why or (by if not address else ""))
    with invocation.newsroom() as newsroom, addresses.open_readers(newsroom) as store:
        if address:
            wish = checks.TrialRequest(address=address, by=by or COMMAND, may_go_anywhere=True)
            now = _clock(invocation)()
            _show_test(invocation, sending.send_test_letter(newsroom, store, wish, now))
            return
        if overrule:
            speaker = editing.speaker(newsroom, by)
            report = checks.overrule_check(newsroom, store, overrule, why, speaker)
        else:
            report = checks.examine_mail(newsroom, store, _clock(invocation))
        lost = by_hand.find_lost_letters(newsroom, store)
        flood = limits.find_sign_up_flood(newsroom, store)
    if not invocation.print_json(
        {
            "at": report.at or None,
            "findings": report.findings,
            "overruled": report.overruled,
            "obstacles": report.obstacles,
            "lost_letters": lost,
            "sign_up_flood": flood,
        }
    ):
        _show_checks(report, overrule)
    if not (invocation.json or overrule):
        note_lost_letters(lost)
        _note_flood(flood)
    if report.obstacles:
        sys.exit(1)


def _note_flood(flood: limits.SignUpFlood | None) -> None:
    if flood:
        terminal.note(f"{flood.what}; {flood.hint}")


def _check_words(address: str, overrule: str, about: str) -> None:
    if address and overrule:
        raise UsageError("--send and --overrule cannot be combined", hint="leave out one option")
    if about and not overrule:
        raise UsageError("--why and --as need --overrule", hint="add --overrule KIND")


def _show_test(invocation: Invocation, answer: smtp.Answer) -> None:
    if not invocation.print_json({"kind": answer.kind, "code": answer.code, "words": answer.words}):
        click.echo(text.fold(f"{answer.kind}: {answer.code or ''} {answer.words}"))
    if answer.kind != "accepted":
        sys.exit(1)


def _clock(invocation: Invocation) -> Callable[[], datetime]:
    """Return a clock that advances, to compare with the time in a mail server's answer."""
    fixed = invocation.now
    return lambda: fixed or datetime.now(UTC)


def _show_checks(report: checks.MailCheckReport, overruled: str = "") -> None:
    """Print all checks, or after a check was overruled, that one only."""
    for finding in () if overruled else report.findings:
        click.echo(text.fold(f"{finding.state}: {finding.kind}: {finding.what}"))
        if finding.hint:
            click.echo(f"  fix: {text.fold(finding.hint)}")
    for kind, word in report.overruled.items():
        if overruled and kind != overruled:
            continue
        click.echo(text.fold(f"overruled: {kind}: by {word.by} on {word.at}: {word.why}"))
    if report.obstacles:
        terminal.note(f"newsletters are not sent until you fix: {', '.join(report.obstacles)}")
    elif not report.at:
        terminal.note("the mail settings have not been checked yet: run copydesk mail doctor")


@command_group("mail")
def mail_command(invocation: Invocation) -> None:  # stored in the context for the subcommand
    """Compose and send newsletters, and manage subscribers."""


for word in (preview, file, compose, file_due, doctor, lint, send, who, bounces, readers):
    mail_command.add_command(word)


# Posts.


@click.group("post")
def post_command() -> None:
    """List, preview, send and take back posts to networks and chats."""


@command("list", of=post_command)
@click.option("--story", default="", help="Only posts on this story (record name).")
@click.option("--most", default=50, help="Most posts to list.", show_default=True)
def list_command(invocation: Invocation, story: str, most: int) -> None:
    """List the channels, and the latest posts with their states."""
    with invocation.newsroom() as newsroom:
        channels = posts.list_channels(newsroom)
        rows = posts.list_posts(newsroom, story, most)
    shown = [
        {"id": row.channel.id, "to": row.channel.to, "mode": row.channel.mode}
        | {"rests": row.pause.rests, "next_at": row.next_at}
        for row in channels
    ]
    if invocation.print_json({"channels": shown, "posts": [_show_post(row) for row in rows]}):
        return
    for row in channels:
        state = f"rests ({row.pause.rests})" if row.pause.rests else row.channel.mode
        click.echo(f"{row.channel.id}: {row.channel.to}, {state}")
    for one in rows:
        post = one.post
        at = dates.rfc3339(one.at) if one.at else "-"
        owed = f", {post.owed} owed" if post.owed else ""
        why = one.problem or post.why or post.url
        told = f"{post.number}\t{post.channel}\t{post.state}{owed}\t{at}\t{post.story}"
        click.echo(text.fold(told) if not why else f"{told}\t{text.fold(why)}")


@command("preview", of=post_command)
@click.argument("story")
def preview_command(invocation: Invocation, story: str) -> None:
    """Print how a post on STORY (a record name) would look in each channel."""
    with invocation.newsroom() as newsroom:
        rows = posts.preview_posts(newsroom, story)
    if invocation.print_json([_show_post(row) for row in rows]):
        return
    for row in rows:
        click.echo(f"--- {row.post.channel} ({row.to})")
        click.echo(text.tidy(row.text) or row.problem)


@command("send", of=post_command)
@click.argument("number", type=int, required=False)
@click.option("--as", "by", default="", help=AS_HELP)
def send_command(invocation: Invocation, number: int | None, by: str) -> None:
    """Send the posts that are due; with NUMBER this post, without waiting for its turn.

    A post that is uncertain may then appear twice. A post that was rehearsed is sent, too, if the
    channel's mode is `send`.
    """
    with invocation.newsroom() as newsroom:
        if number is not None:
            posts.act_on_post(newsroom, number, "send", editing.speaker(newsroom, by))
        notes = posts.send_posts(newsroom, _clock(invocation))
    for note in notes:
        terminal.note(text.fold(note))


@command("retract", of=post_command)
@click.argument("number", type=int)
@click.option("--as", "by", default="", help=AS_HELP)
def retract_command(invocation: Invocation, number: int, by: str) -> None:
    """Delete a post at its network, or drop it if it was not sent."""
    with invocation.newsroom() as newsroom:
        posts.act_on_post(newsroom, number, "retract", editing.speaker(newsroom, by))
        notes = posts.send_posts(newsroom, _clock(invocation))
        (row,) = (row for row in posts.list_posts(newsroom) if row.post.number == number)
    for note in notes:
        terminal.note(text.fold(note))
    if not invocation.print_json(_show_post(row)):
        click.echo(f"{row.post.state}{f': {text.fold(row.post.why)}' if row.post.why else ''}")


@command("resume", of=post_command)
@click.argument("channel")
def resume_command(invocation: Invocation, channel: str) -> None:
    """Let a CHANNEL post again that rests after refusals or a restore."""
    with invocation.newsroom() as newsroom:
        pause = posts.resume_channel(newsroom, channel)
    if not invocation.print_json(pause):
        click.echo(f"{pause.channel} posts again, stories from {dates.rfc3339(pause.began)} on")


def _show_post(row: posts.PostRow) -> dict[str, object]:
    """Return a post for `--json`: without its request, and what else only sending needs."""
    post = row.post
    names = ("number", "channel", "story", "state", "owed", "by", "why", "url", "edits", "tries")
    shown = {name: getattr(post, name) for name in names}
    return {**shown, "to": row.to, "text": row.text, "at": row.at, "problem": row.problem}
