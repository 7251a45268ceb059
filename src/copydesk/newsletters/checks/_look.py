"""Run all mail checks: the settings and the DNS go in, one finding for each check comes out."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

from copydesk.errors import MailError, MailServerError
from copydesk.kit import urls
from copydesk.news.options import MailOptions, SmtpOptions
from copydesk.newsletters.checks._findings import CheckKind, DnsNames, MailFinding
from copydesk.newsletters.checks._web import (
    WebAnswer,
    ask_web,
    check_clock,
    check_links,
    check_one_click,
)
from copydesk.newsletters.checks.records import (
    check_dkim,
    check_dmarc,
    check_mail_domain,
    check_mta_sts,
    check_reverse_name,
    check_spf,
)
from copydesk.newsletters.message import spell_address
from copydesk.newsletters.smtp import open_line


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What the mail checks need: mail options, DKIM key, a sample return path and unsubscribe link.

    Newsletters link to the site at `site_url`, and to the readers' pages below `public_url`. `tls`
    replaces the system's trusted certificates, `nameservers` the system's name servers.
    """

    options: MailOptions
    dkim_key: bytes | None = field(repr=False)
    return_path: str
    link: str
    site_url: str
    public_url: str
    clock: Callable[[], datetime]
    nameservers: Sequence[str] = ()
    tls: ssl.SSLContext | None = None


async def look(request: CheckRequest) -> tuple[MailFinding, ...]:
    """Run all mail checks and return their findings; network errors become findings."""
    options = request.options
    sender, back = (_domain_of(one) for one in (options.from_address, request.return_path))
    signer = options.dkim.domain or sender if options.dkim.selector else ""
    async with AsyncExitStack() as stack:
        names = DnsNames(request.nameservers)
        stack.push_async_callback(names.close)
        page = WebAnswer(why="it has no address")
        if request.link:
            page = await ask_web(request.link, names, request.tls)
        now = request.clock()
        host, dkim = options.smtp.host, options.dkim
        key = (dkim.selector, signer, request.dkim_key, dkim.key_file)
        server = await check_server(
            options.smtp, request.return_path, options.from_address, now, request.tls
        )
        looks: tuple[tuple[CheckKind, Awaitable[MailFinding]], ...] = (
            ("spf", check_spf(back, host, names)),
            ("dkim", check_dkim(*key, names)),
            ("dmarc", check_dmarc(sender, back, signer, names)),
            ("reverse-name", check_reverse_name(sender, host, names)),
            ("from-domain", check_mail_domain("from-domain", sender, names)),
            ("return-path", check_mail_domain("return-path", back, names)),
            ("mta-sts", check_mta_sts(sender, names)),
        )
        return (
            *server,
            *[await _ask_names(kind, finding) for kind, finding in looks],
            check_one_click(request.link, page),
            check_links(request.site_url, request.public_url),
            check_clock(page, now),
            _check_postal_address(options),
        )


async def _ask_names(kind: CheckKind, finding: Awaitable[MailFinding]) -> MailFinding:
    try:
        return await finding
    except MailServerError as error:
        return MailFinding(kind=kind, state="unknown", what=str(error), hint=error.hint)


def _check_postal_address(options: MailOptions) -> MailFinding:
    if options.postal_address:
        what = "your postal address stands below each letter"
        return MailFinding(kind="postal-address", state="ok", what=what)
    what = "no postal address stands below letters: many countries' laws ask for one"
    hint = "set `postal_address` in [mail]"
    return MailFinding(kind="postal-address", state="remark", what=what, hint=hint)


def _domain_of(address: str) -> str:
    domain = address.rpartition("@")[2].lower()
    return urls.host(f"http://{domain}/") or domain  # in ASCII, as the DNS has it


# ---- The SMTP server: sign in, and try a message up to its text

_SOON_DAYS = 14


async def check_server(
    options: SmtpOptions,
    sender: str,
    recipient: str,
    now: datetime,
    tls: ssl.SSLContext | None = None,
) -> tuple[MailFinding, ...]:
    """Check that the SMTP server accepts our sign-in, sender and recipient; no message is sent.

    `sender` is a return path as newsletters have it, `recipient` the sender's own address.
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
        encryption = _check_certificate(line.certificate_end, options, now)
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


def _check_certificate(ends: datetime | None, options: SmtpOptions, now: datetime) -> MailFinding:
    if ends is None:
        what = "the line is not encrypted, and stays on this machine"
        return MailFinding(kind="tls", state="ok", what=what)
    days = (ends - now).days
    what = f"the line to {options.host} is encrypted; its certificate holds for {days} days"
    if days < _SOON_DAYS:
        hint = "its operator must renew it: without one that holds nothing is sent"
        return MailFinding(kind="tls", state="remark", what=what, hint=hint)
    return MailFinding(kind="tls", state="ok", what=what)
