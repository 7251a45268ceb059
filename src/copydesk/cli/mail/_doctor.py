"""copydesk mail doctor: whether letters would arrive, and what to mend."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.cli.mail._lost_letters import note_lost_letters
from copydesk.cli.mail._typed import COMMAND
from copydesk.errors import UsageError
from copydesk.kit import text


@click.command("doctor")
@click.option("--send", "address", default="", metavar="ADDRESS", help="Send one test mail there.")
@click.option("--overrule", default="", metavar="KIND", help="Let this fault hold up no letter.")
@click.option("--why", default="", metavar="TEXT", help="Why it is overruled.")
@click.option("--as", "by", default="", metavar="NAME", help="Whose word it is; else git's user.")
@common
def doctor(invocation: Invocation, *, address: str, overrule: str, why: str, by: str) -> None:
    """Look whether letters would arrive: the DNS, the mail server, the links. Sends
    nothing, but with --send.

    Each finding comes with its mend. Before the first letter there must be no fault, or each must
    be overruled by name. Exit 1 on a fault that is not.
    """
    _check_words(address, overrule, why or (by if not address else ""))
    with invocation.newsroom() as newsroom, engine.open_readers(newsroom) as store:
        if address:
            wish = engine.TrialRequest(address=address, by=by or COMMAND, may_go_anywhere=True)
            now = _clock(invocation)()
            _show_test(invocation, engine.send_test_letter(newsroom, store, wish, now))
            return
        if overrule:
            speaker = engine.speaker(newsroom, by)
            report = engine.overrule_check(newsroom, store, overrule, why, speaker)
        else:
            report = engine.examine_mail(newsroom, store, _clock(invocation))
        lost = engine.find_lost_letters(newsroom, store)
        flood = engine.find_sign_up_flood(newsroom, store)
    if invocation.json:
        terminal.as_json(
            {
                "at": report.at or None,
                "findings": report.findings,
                "overruled": report.overruled,
                "obstacles": report.obstacles,
                "lost_letters": lost,
                "sign_up_flood": flood,
            }
        )
    else:
        _show(report)
        note_lost_letters(lost)
        if flood:
            terminal.note(f"{flood.what}; {flood.hint}")
    if report.obstacles:
        sys.exit(1)


def _check_words(address: str, overrule: str, about: str) -> None:
    if address and overrule:
        raise UsageError("a mail is sent or a check overruled", hint="leave one of them out")
    if about and not overrule:
        raise UsageError("nothing is overruled", hint="name a check with --overrule KIND")


def _show_test(invocation: Invocation, answer: engine.Answer) -> None:
    if invocation.json:
        terminal.as_json({"kind": answer.kind, "code": answer.code, "words": answer.words})
    else:
        click.echo(text.fold(f"{answer.kind}: {answer.code or ''} {answer.words}"))
    if answer.kind != "accepted":
        sys.exit(1)


def _clock(invocation: Invocation) -> Callable[[], datetime]:
    """Return the clock: what a server says is compared with the moment at which it does."""
    fixed = invocation.now
    return lambda: fixed or datetime.now(UTC)


def _show(report: engine.MailCheckReport) -> None:
    for finding in report.findings:
        click.echo(text.fold(f"{finding.state}: {finding.kind}: {finding.what}"))
        if finding.hint:
            click.echo(f"  mend: {text.fold(finding.hint)}")
    for kind, word in report.overruled.items():
        click.echo(text.fold(f"overruled: {kind}: by {word.by} on {word.at}: {word.why}"))
    if report.obstacles:
        terminal.note(f"letters wait for: {', '.join(report.obstacles)}")
    elif not report.at:
        terminal.note("nobody has looked at these settings yet: copydesk mail doctor")
