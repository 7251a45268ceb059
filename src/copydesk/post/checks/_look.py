"""All checks, one after the other: settings and the DNS in, a finding for each check out."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

from copydesk.errors import MailServerError
from copydesk.kit import urls
from copydesk.news import MailOptions
from copydesk.post.checks._dkim import check_dkim
from copydesk.post.checks._dmarc import check_dmarc
from copydesk.post.checks._domains import check_mail_domain, check_reverse_name, check_spf
from copydesk.post.checks._finding import CheckKind, MailFinding
from copydesk.post.checks._names import DnsNames
from copydesk.post.checks._server import check_server
from copydesk.post.checks._web import (
    WebAnswer,
    ask_web,
    check_clock,
    check_links,
    check_mta_sts,
    check_one_click,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What is checked: how mail goes, the DKIM key, a return path and a link as letters have them.

    Letters link to the site at `site_url`, and to readers' own pages below `public_url`.
    `clock` returns the moment; `tls` stands for the system's trust, `nameservers` for its servers.
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
    """Return what all checks find; raises nothing for what the world answers, or does not."""
    options = request.options
    sender, back = (_domain_of(one) for one in (options.from_address, request.return_path))
    signer = options.dkim.domain or sender if options.dkim.selector else ""
    async with AsyncExitStack() as stack:
        names = DnsNames(request.nameservers)
        stack.push_async_callback(names.close)

        async def ask(url: str) -> WebAnswer:
            return await ask_web(url, names, request.tls)

        page = await ask(request.link) if request.link else WebAnswer(why="it has no address")
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
            ("mta-sts", check_mta_sts(sender, names, ask)),
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
