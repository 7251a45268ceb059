"""copydesk mail send: an issue goes to its letter's readers; without one, what went and goes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.cli.mail._typed import COMMAND
from copydesk.errors import UsageError

_WORDS = {
    "ready": "ready to go",
    "awaits-word": "awaits a person's word",
    "sending": "going out",
    "paused": "paused",
    "ended": "ended",
    "done": "done",
}
_REMARKS = {
    "person": 'as [mail] start = "person" has it',
    "restored": "it was filed since the backup that was restored, and may have gone out",
    "checks": "copydesk mail doctor says what holds letters up",
    "held": "it was filed where nobody could be asked: copydesk mail send ISSUE lets it go",
    "uncertain": "the mail server broke off after one letter after the other",
    "refused": "the mail server refused one letter after the other",
}
_RISK = "{count} may get it twice: nobody knows whether they have it"


@click.command("send")
@click.argument("issue", required=False, default="")
@click.option("--due", is_flag=True, help="Send what may go now; `serve` and cron call it.")
@click.option("--test", "test", default="", metavar="ADDRESS", help="Send it to one address alone.")
@click.option(
    "--eml",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write it as a file for mail programs into a folder, and send nothing.",
)
@click.option("--dry-run", is_flag=True, help="Say to how many it would go, and send nothing.")
@click.option(
    "--again",
    is_flag=True,
    help="Once it is done: send it again, once, to the uncertain: some get it twice.",
)
@click.option("--yes", is_flag=True, help="Do not ask before that.")
@click.option("--pause", is_flag=True, help="Stop after the letters under way.")
@click.option("--end", is_flag=True, help="Stop for good.")
@click.option("--as", "by", default="", metavar="NAME", help="Whose word it is; else git's user.")
@common
def send(
    invocation: Invocation,
    issue: str,
    *,
    due: bool,
    test: str,
    eml: Path | None,
    dry_run: bool,
    again: bool,
    yes: bool,
    pause: bool,
    end: bool,
    by: str,
) -> None:
    """Send ISSUE to the readers of its letter, or go on where that was stopped.

    ISSUE is the name of a file in `_newsletters/`. That you name it is the word that a letter may
    need. Each reader gets it once: what the ledger knows is not sent again. Without ISSUE: what
    went, goes and waits.
    """
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        if due:
            going = engine.begin_due_sendings(newsroom, store)
            held = _list_waiting(newsroom, store)
            for waiting in held:
                terminal.note(f"{waiting['issue']} waits: {waiting['why']}")
            _send(invocation, newsroom, store, going, held)
        elif not issue:
            _show_sendings(invocation, engine.list_sendings(store))
        elif test:
            wish = engine.TrialRequest(address=test, by=by or COMMAND, may_go_anywhere=True)
            _show_test(invocation, engine.send_test(newsroom, store, issue, wish))
        elif eml is not None:
            paths = engine.write_eml(newsroom, store, issue, [_EXAMPLE], eml)
            click.echo("\n".join(map(str, paths)))
        elif dry_run:
            _show_rehearsal(invocation, engine.rehearse_sending(newsroom, store, issue))
        else:
            speaker = engine.speaker(newsroom, by)
            if pause or end:
                engine.stop_sending(store, issue, "ended" if end else "paused", speaker)
            else:
                begin = partial(_send_again, is_answered=yes) if again else _begin
                _send(invocation, newsroom, store, [begin(newsroom, store, issue, speaker)])


def _send_again(
    newsroom: engine.Newsroom, store: engine.MailStore, issue: str, by: str, *, is_answered: bool
) -> engine.Sending:
    """Send an issue again to the uncertain readers, after asking with the number and the risk."""
    count = engine.count_uncertain(store, issue)
    if count:
        readers = "1 reader" if count == 1 else f"{count} readers"
        terminal.ask(_RISK.format(count=readers), is_answered=is_answered)
    return engine.send_again(newsroom, store, issue, by, count)


def _begin(
    newsroom: engine.Newsroom, store: engine.MailStore, issue: str, by: str
) -> engine.Sending:
    """Let an issue go; raises UsageError where the checks hold it up."""
    sending = engine.begin_sending(newsroom, store, issue, by)
    if sending.state == "awaits-word":
        hint = "copydesk mail doctor says what, and how it is overruled"
        obstacle = engine.find_mail_obstacle(newsroom, store)
        raise UsageError(f"not sent: {obstacle or _REMARKS[sending.remark]}", hint=hint)
    return sending


_EXAMPLE = "reader@example.org"


def _list_waiting(newsroom: engine.Newsroom, store: engine.MailStore) -> list[dict[str, str]]:
    """Return the issues that would go but for the checks of mail, each with what holds it up."""
    obstacle = engine.find_mail_obstacle(newsroom, store) or ""
    held = engine.list_held_sendings(newsroom, store)
    return [{"issue": sending.issue, "why": obstacle} for sending in held]


def _send(
    invocation: Invocation,
    newsroom: engine.Newsroom,
    store: engine.MailStore,
    sendings: Iterable[engine.Sending],
    held: Sequence[dict[str, str]] = (),
) -> None:
    """Send, with progress, and report; exit 1 where something is left that nobody tries again."""
    with terminal.progress() as progress:
        reports = engine.send_issues(newsroom, store, sendings, progress)
    if invocation.json:
        terminal.as_json({"sendings": reports, "held": held})
    else:
        _show_reports(reports)
    for report in reports:
        if report.trouble:
            click.echo(f"error: {report.trouble}", err=True)
            click.echo(f"hint: {report.hint}", err=True)
    if any(report.trouble for report in reports):
        sys.exit(1)


def _show_reports(reports: Iterable[engine.SendReport]) -> None:
    for report in reports:
        counts = ", ".join(f"{count} {state}" for state, count in report.counts.items())
        click.echo(f"{report.issue}: {_WORDS[report.state]}: {counts or 'no readers'}")
        if report.uncertain:
            terminal.note(f"{report.uncertain} of which nobody knows whether they arrived")
        if report.state == "done" and report.counts.get("uncertain") and not report.trouble:
            terminal.note(f"to send those again: copydesk mail send {report.issue} --again")


def _show_sendings(invocation: Invocation, rows: Sequence[engine.SendingRow]) -> None:
    if invocation.json:
        terminal.as_json({"sendings": rows})
        return
    for row in rows:
        counts = ", ".join(f"{count} {state}" for state, count in row.counts.items())
        click.echo(f"{row.issue}  {_WORDS[row.state]}  {counts or 'no readers'}")
        if row.remark:
            terminal.note(f"{row.issue} {_WORDS[row.state]}: {_REMARKS[row.remark]}")


def _show_test(invocation: Invocation, answer: engine.Answer) -> None:
    if invocation.json:
        terminal.as_json({"kind": answer.kind, "code": answer.code, "words": answer.words})
    else:
        click.echo(f"{answer.kind}: {answer.code} {answer.words}")
    if answer.kind != "accepted":
        sys.exit(1)


def _show_rehearsal(invocation: Invocation, rehearsal: engine.SendingRehearsal) -> None:
    if invocation.json:
        terminal.as_json(rehearsal)
        return
    click.echo(f"{rehearsal.issue}: to {rehearsal.readers} readers, {rehearsal.bytes} bytes each")
    if rehearsal.remark:
        terminal.note(f"it awaits a person's word: {_REMARKS[rehearsal.remark]}")
