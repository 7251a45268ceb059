"""The server that takes letters: a line as they go, and a letter up to its text."""

from __future__ import annotations

import ssl
from datetime import datetime

from copydesk.errors import MailError
from copydesk.news import SmtpOptions
from copydesk.post.checks._finding import MailFinding
from copydesk.post.message import spell_address
from copydesk.post.smtp import open_line

_SOON_DAYS = 14


async def check_server(
    options: SmtpOptions,
    sender: str,
    recipient: str,
    now: datetime,
    tls: ssl.SSLContext | None = None,
) -> tuple[MailFinding, ...]:
    """Open a line, sign in, name sender and recipient, and leave: nothing is sent.

    `sender` is a return path as letters have it, `recipient` the sender's own address.
    """
    try:
        sender, recipient = spell_address(sender), spell_address(recipient)
        line = await open_line(options, tls=tls)
    except MailError as error:
        return (
            MailFinding(kind="transaction", state="fault", what=str(error), hint=error.hint),
            MailFinding(kind="tls", state="unknown", what="there was no line to look at"),
        )
    try:
        encryption = _look_at_certificate(line.certificate_end, options, now)
        answer = await line.try_out(sender, recipient)
    finally:
        await line.close()
    if answer.kind == "accepted":
        what = f"{options.host} would take a letter to your own address; none was sent"
        return (MailFinding(kind="transaction", state="ok", what=what), encryption)
    who = "the return path" if answer.stage == "sender" else "your own address"
    what = f"{options.host} does not take {who}: {answer.code or ''} {answer.words}".strip()
    hint = "look whether your account there may write as from_address, and with this return path"
    return (MailFinding(kind="transaction", state="fault", what=what, hint=hint), encryption)


def _look_at_certificate(ends: datetime | None, options: SmtpOptions, now: datetime) -> MailFinding:
    if ends is None:
        what = "the line is not encrypted, and stays on this machine"
        return MailFinding(kind="tls", state="ok", what=what)
    days = (ends - now).days
    what = f"the line to {options.host} is encrypted; its certificate holds for {days} days"
    if days < _SOON_DAYS:
        hint = "its operator must renew it: without one that holds nothing is sent"
        return MailFinding(kind="tls", state="remark", what=what, hint=hint)
    return MailFinding(kind="tls", state="ok", what=what)
