"""`copydesk mail send`, `who`, `bounces`: send newsletter issues, show deliveries and bounces."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import click

from copydesk import editing, newsletters
from copydesk.cli import terminal
from copydesk.cli._invocation import AS_HELP, Invocation, command
from copydesk.cli._mail_readers import COMMAND
from copydesk.errors import CopydeskError, UsageError
from copydesk.kit import dates, text
from copydesk.newsletters import checks, delivery_log, smtp
from copydesk.newsletters.bounces import list_returns, look_into_mailbox, take_in_message
from copydesk.newsletters.readers import addresses, by_hand
from copydesk.newsletters.sending import SendReport, send_issues, send_test, write_eml
from copydesk.newsletters.sending.begin import (
    begin_due_sendings,
    begin_sending,
    count_uncertain,
    list_held_sendings,
    send_again,
)
from copydesk.newsroom import Newsroom

_WORDS = {
    "ready": "ready to send",
    "awaits-word": "waiting for approval",
    "sending": "being sent",
    "paused": "paused",
    "ended": "ended",
    "done": "done",
}
_REMARKS = {
    "person": 'the setting [mail] start = "person" requires approval',
    "restored": "the issue is newer than the restored backup, and may already have been sent",
    "checks": "to see which problem stops newsletters, run copydesk mail doctor",
    "held": "the issue was saved without a terminal; to approve, run copydesk mail send ISSUE",
    "uncertain": "the mail server broke the connection during several emails in a row",
    "refused": "the mail server refused several emails in a row",
}
_RISK = "{count} may get the issue twice, because their first delivery is uncertain"


@command("send")
@click.argument("issue", required=False, default="")
@click.option("--due", is_flag=True, help="Send all due issues, as `serve` and cron do.")
@click.option("--test", default="", metavar="ADDRESS", help="Send a test email to ADDRESS.")
@click.option(
    "--eml",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the issue as an .eml file into this folder, without sending.",
)
@click.option("--dry-run", is_flag=True, help="Show the number of subscribers, without sending.")
@click.option(
    "--again",
    is_flag=True,
    help="Resend to subscribers with uncertain delivery; some may get the issue twice.",
)
@click.option("--yes", is_flag=True, help="With --again: do not ask for confirmation.")
@click.option("--pause", is_flag=True, help="Pause the delivery after the emails in progress.")
@click.option("--end", is_flag=True, help="Stop the delivery of the issue for good.")
@click.option("--as", "by", default="", metavar="NAME", help=AS_HELP)
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
    """Send a newsletter ISSUE to its subscribers.

    ISSUE is the name of a file in `_newsletters/`. Naming ISSUE also approves an issue that waits
    for approval, and continues a delivery that was stopped. Each subscriber gets the issue only
    once. Without ISSUE, the status of all deliveries is listed.
    """
    with invocation.newsroom() as newsroom, addresses.open_readers(newsroom) as store:
        if due:
            going = begin_due_sendings(newsroom, store)
            held = _list_waiting(newsroom, store)
            for waiting in held:
                terminal.note(f"{waiting['issue']} waits: {waiting['why']}")
            _send(invocation, newsroom, store, going, held)
        elif not issue:
            _show_sendings(invocation, delivery_log.list_sendings(store))
        elif test:
            wish = checks.TrialRequest(address=test, by=by or COMMAND, may_go_anywhere=True)
            _show_test(invocation, send_test(newsroom, store, issue, wish))
        elif eml is not None:
            paths = write_eml(newsroom, store, issue, [_EXAMPLE], eml)
            click.echo("\n".join(map(str, paths)))
        elif dry_run:
            _show_rehearsal(invocation, delivery_log.rehearse_sending(newsroom, store, issue))
        else:
            speaker = editing.speaker(newsroom, by)
            if pause or end:
                delivery_log.stop_sending(store, issue, "ended" if end else "paused", speaker)
            else:
                begin = partial(_send_again, is_answered=yes) if again else _begin
                _send(invocation, newsroom, store, [begin(newsroom, store, issue, speaker)])


def _send_again(
    newsroom: Newsroom, store: newsletters.MailStore, issue: str, by: str, *, is_answered: bool
) -> newsletters.Sending:
    """Send an issue again to subscribers without a sure outcome, after asking the person."""
    count = count_uncertain(store, issue)
    if count:
        readers = text.count_of(count, "subscriber")
        terminal.ask(_RISK.format(count=readers), is_answered=is_answered)
    return send_again(newsroom, store, issue, by, count)


def _begin(
    newsroom: Newsroom, store: newsletters.MailStore, issue: str, by: str
) -> newsletters.Sending:
    """Start the sending of a newsletter issue; raises UsageError if a mail check fails."""
    sending = begin_sending(newsroom, store, issue, by)
    if sending.state == "awaits-word":
        hint = "run copydesk mail doctor, then fix or overrule the problem"
        obstacle = checks.find_mail_obstacle(newsroom, store)
        raise UsageError(f"not sent: {obstacle or _REMARKS[sending.remark]}", hint=hint)
    return sending


_EXAMPLE = "reader@example.org"


def _list_waiting(newsroom: Newsroom, store: newsletters.MailStore) -> list[dict[str, str]]:
    """Return the due newsletter issues that a failed mail check blocks, each with the cause."""
    obstacle = checks.find_mail_obstacle(newsroom, store) or ""
    held = list_held_sendings(newsroom, store)
    return [{"issue": sending.issue, "why": obstacle} for sending in held]


def _send(
    invocation: Invocation,
    newsroom: Newsroom,
    store: newsletters.MailStore,
    sendings: Iterable[newsletters.Sending],
    held: Sequence[dict[str, str]] = (),
) -> None:
    """Send newsletter issues with progress, and report; exit 1 if a failure is not retried."""
    with terminal.progress() as progress:
        reports = send_issues(newsroom, store, sendings, progress)
    if not invocation.print_json({"sendings": reports, "held": held}):
        _show_reports(reports)
    for report in reports:
        if report.trouble:
            click.echo(f"error: {report.trouble}", err=True)
            click.echo(f"hint: {report.hint}", err=True)
    if any(report.trouble for report in reports):
        sys.exit(1)


def _show_reports(reports: Iterable[SendReport]) -> None:
    for report in reports:
        counts = ", ".join(f"{count} {state}" for state, count in report.counts.items())
        click.echo(f"{report.issue}: {_WORDS[report.state]}: {counts or 'no subscribers'}")
        if report.uncertain:
            count = text.count_of(report.uncertain, "uncertain email")
            terminal.note(f"{count}, which may have arrived")
        if report.state == "done" and report.counts.get("uncertain") and not report.trouble:
            terminal.note(f"to resend uncertain emails: copydesk mail send {report.issue} --again")


def _show_sendings(invocation: Invocation, rows: Sequence[delivery_log.SendingRow]) -> None:
    if invocation.print_json({"sendings": rows}):
        return
    for row in rows:
        counts = ", ".join(f"{count} {state}" for state, count in row.counts.items())
        click.echo(f"{row.issue}  {_WORDS[row.state]}  {counts or 'no subscribers'}")
        if row.remark:
            terminal.note(f"{row.issue} {_WORDS[row.state]}: {_REMARKS[row.remark]}")


def _show_test(invocation: Invocation, answer: smtp.Answer) -> None:
    if not invocation.print_json({"kind": answer.kind, "code": answer.code, "words": answer.words}):
        click.echo(f"{answer.kind}: {answer.code} {answer.words}")
    if answer.kind != "accepted":
        sys.exit(1)


def _show_rehearsal(invocation: Invocation, rehearsal: delivery_log.SendingRehearsal) -> None:
    if invocation.print_json(rehearsal):
        return
    click.echo(f"{rehearsal.issue}: {rehearsal.readers} subscribers, {rehearsal.bytes} bytes each")
    if rehearsal.remark:
        terminal.note(f"the issue waits for approval: {_REMARKS[rehearsal.remark]}")


_NO_TIME = "-".ljust(20)  # as wide as a time


@command("who")
@click.argument("issue_or_address")
@click.option("--state", default="", help="Only deliveries with this status, such as refused.")
def who(invocation: Invocation, issue_or_address: str, *, state: str) -> None:
    """Show who got an issue, or which issues an address got.

    `-` reads the address from stdin. Each line has the time, the status, and the reply of the mail
    server. `accepted` means that the mail server took the email; `uncertain`, that nobody knows
    whether the email arrived. Exits with 2 if the address is unknown.
    """
    asked = sys.stdin.readline().strip() if issue_or_address == "-" else issue_or_address
    with invocation.newsroom() as newsroom, addresses.open_readers(newsroom) as store:
        if "@" in asked:
            lines = delivery_log.list_issues_of(store, by_hand.find_number(newsroom, store, asked))
        else:
            lines = list(delivery_log.list_who(store, asked, state))
    if invocation.print_json({"deliveries": lines}):
        return
    if not lines:
        terminal.note("no issue sent to this address yet" if "@" in asked else "no such delivery")
    for line in lines:
        whom = line.address or ("a service" if line.state == "handed-over" else "(erased)")
        place = line.issue if "@" in asked else whom
        code = str(line.code) if line.code else ""
        at = dates.rfc3339(line.at) if line.at else _NO_TIME
        click.echo(f"{at}  {line.state:<12} {place}  {code} {line.words}".rstrip())


_PIECE = 1 << 20
_KEPT = 1 << 20  # bytes of a message: more than we parse
_UNPROVED = (
    "copydesk ignored the bounces marked ?, because they did not come to a return address and may "
    "be forged; to block an address anyway: copydesk mail readers suppress ADDRESS"
)
_TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits(3): a mail server keeps the message and pipes it again


@command("bounces")
@click.option("--stdin", "is_piped", is_flag=True, help="Read one message from stdin.")
@click.option("--imap", "asks_box", is_flag=True, help="Read new messages from the IMAP mailbox.")
def bounces(invocation: Invocation, *, is_piped: bool, asks_box: bool) -> None:
    """List bounced emails, newest first, or read new bounces.

    A mail server can pipe messages into --stdin. Messages that are not about your newsletters are
    only counted. If a message cannot be saved at the moment, the exit code is 75, so that the mail
    server tries again.
    """
    if is_piped:
        _take_in(invocation)
    elif asks_box:
        _ask_box(invocation)
    else:
        _show_list(invocation)


def _take_in(invocation: Invocation) -> None:
    stream = sys.stdin.buffer
    message = stream.read(_KEPT)
    while stream.read(_PIECE):  # a server that cannot write the whole message reports a failure
        pass
    try:
        with invocation.newsroom() as newsroom:
            taken = take_in_message(newsroom, message)
    except CopydeskError as error:
        click.echo(f"error: {text.fold(str(error))}", err=True)
        sys.exit(_TRY_AGAIN)
    if invocation.json:
        terminal.as_json(taken)


def _ask_box(invocation: Invocation) -> None:
    with invocation.newsroom() as newsroom:
        report = look_into_mailbox(newsroom)
    if invocation.print_json(report):
        return
    effects = ", ".join(f"{count} {effect}" for effect, count in sorted(report.effects.items()))
    click.echo(f"{report.taken} messages read{': ' if effects else ''}{effects}")
    if report.is_more:
        terminal.note("the mailbox has more messages: run the command again")


def _show_list(invocation: Invocation) -> None:
    with invocation.newsroom() as newsroom:
        found = list_returns(newsroom)
    if invocation.print_json(found):
        return
    for row in found.returns:
        said = f"{row.status} {row.words}".strip()
        kind = row.kind if row.is_proved else f"{row.kind}?"
        whom = row.address or "(erased)"
        if row.is_from_former_address:
            whom = f"(a former address of {whom})"
        click.echo(f"{dates.rfc3339(row.at)}  {kind:<10}  {row.issue}  {whom}  {said}".rstrip())
    terminal.note(f"{len(found.returns)} bounces; {found.not_ours} messages about other things")
    if not all(row.is_proved for row in found.returns):
        terminal.note(_UNPROVED)
