"""Check the web links, the unsubscribe page and the clock that newsletters depend on."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from copydesk.errors import MailError, MailServerError
from copydesk.kit import urls
from copydesk.news.options import MailOptions, SmtpOptions
from copydesk.newsletters import mail_records
from copydesk.newsletters.mail_records import CheckKind, DnsNames, MailFinding, MailNames
from copydesk.newsletters.message import spell_address
from copydesk.newsletters.smtp import open_line

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import ResolveResult


_SECONDS = 10.0
_MOST_BYTES = 65_536
_MOST_SKEW_SECONDS = 60.0
_STYLE = b"/mail/style.css"  # is in every page of ours, and in no error page of a proxy
_SERVE = "run `copydesk serve` so that `public_url` of [serve] reaches it by https"

_SITE = "set `url` of [site] to the public address of your site"
_PUBLIC = "set `public_url` of [serve] to the public address of `copydesk serve`"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAnswer:
    """An HTTP response: status, date, and the beginning of the body. Without response, status is 0
    and `why` the error.

    `was_asked` is false where no name server answered, so that nothing is known.
    """

    was_asked: bool = True
    status: int = 0
    date: datetime | None = None
    content: bytes = b""
    why: str = ""


async def ask_web(url: str, names: MailNames, tls: ssl.SSLContext | None = None) -> WebAnswer:
    """Fetch a URL without following redirects. Network errors are returned in the answer, not
    raised.
    """
    import aiohttp

    try:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(_open_session(names, tls))
            answer = await stack.enter_async_context(session.get(url, allow_redirects=False))
            content = await answer.content.read(_MOST_BYTES)
            date = _read_date(answer.headers)
            return WebAnswer(status=answer.status, date=date, content=content)
    except MailServerError as error:
        return WebAnswer(was_asked=False, why=str(error))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return WebAnswer(why=str(error)[:200] or type(error).__name__)


def check_one_click(url: str, answer: WebAnswer) -> MailFinding:
    """Check that a newsletter's unsubscribe link leads to the unsubscribe page by https, as RFC
    8058 wants.
    """
    if not url.startswith("https://"):
        what = "unsubscribe links do not use https, so mail programs show no unsubscribe button"
        return MailFinding(kind="one-click", state="fault", what=what, hint=_SERVE)
    host = urls.host(url)
    if not answer.was_asked:
        what = f"could not check the unsubscribe page: {answer.why}"
        return MailFinding(kind="one-click", state="unknown", what=what)
    if not answer.status:
        what = f"{host} does not answer ({answer.why})"
        return MailFinding(kind="one-click", state="fault", what=what, hint=_SERVE)
    if answer.status not in {200, 404} or _STYLE not in answer.content:
        what = f"the unsubscribe link leads to no page of copydesk: {host} answers {answer.status}"
        hint = f"make your proxy forward /mail/ unchanged; {_SERVE}"
        return MailFinding(kind="one-click", state="fault", what=what, hint=hint)
    what = f"unsubscribe links lead to a page of copydesk: {host}"
    return MailFinding(kind="one-click", state="ok", what=what)


def check_links(site_url: str, public_url: str) -> MailFinding:
    """Check that the links in newsletters, to the site and to subscribers' pages, have public
    hosts.
    """
    if not site_url:
        what = "links in newsletters do not work: the site has no address"
        return MailFinding(kind="links", state="fault", what=what, hint=_SITE)
    for url, hint in ((site_url, _SITE), (public_url, _PUBLIC)):
        host = urls.host(url)
        if urls.is_loopback(host):
            what = f"links in newsletters lead to this machine: {url}"
            return MailFinding(kind="links", state="fault", what=what, hint=hint)
        if url and urls.is_private(host):
            what = f"links in newsletters lead to a private network: {url}"
            return MailFinding(kind="links", state="fault", what=what, hint=hint)
    what = f"links in newsletters lead to your site: {site_url}"
    return MailFinding(kind="links", state="ok", what=what)


def check_clock(answer: WebAnswer, now: datetime) -> MailFinding:
    """Compare this machine's clock with a web server's, since it dates mails and expires links."""
    if answer.date is None:
        return MailFinding(
            kind="clock",
            state="unknown",
            what="no web server sent the time for comparison with this machine's clock",
        )
    seconds = abs((answer.date - now).total_seconds())
    what = f"this machine's clock and your web server's differ by {seconds:.0f} s"
    if seconds <= _MOST_SKEW_SECONDS:
        return MailFinding(kind="clock", state="ok", what=what)
    hint = "synchronize the clock over the network: timedatectl set-ntp true"
    return MailFinding(kind="clock", state="fault", what=what, hint=hint)


def _read_date(headers: Mapping[str, str]) -> datetime | None:
    try:
        date = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return date if date.tzinfo else None


def _open_session(names: MailNames, tls: ssl.SSLContext | None) -> aiohttp.ClientSession:
    """Open an aiohttp session that resolves host names by `names`."""
    import aiohttp
    from aiohttp.abc import AbstractResolver

    class NamesResolver(AbstractResolver):
        """Our DNS queries as an aiohttp resolver."""

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            addresses = await names.find_addresses(host)
            if not addresses:
                raise OSError(f"no such host: {host}")
            return [_write_result(host, port, address) for address in addresses]

        async def close(self) -> None:
            return

    connector = aiohttp.TCPConnector(resolver=NamesResolver(), ssl=tls if tls else True)
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    return aiohttp.ClientSession(connector=connector, timeout=timeout)


def _write_result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return {
        "hostname": host,
        "host": address,
        "port": port,
        "family": family,
        "proto": 0,
        "flags": socket.AI_NUMERICHOST,
    }


# Run all mail checks: the settings and the DNS go in, one finding for each check comes out.


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """The input of the mail checks: mail options, DKIM key, sample return path and unsubscribe
    link.

    Newsletters link to the site at `site_url`, and to the subscribers' pages below `public_url`.
    `tls` replaces the system's trusted certificates, `nameservers` the system's name servers.
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
    """Run all mail checks and return their results. A network error becomes a result, too."""
    options = request.options
    sender, back = (_domain_of(one) for one in (options.from_address, request.return_path))
    signer = options.dkim.domain or sender if options.dkim.selector else ""
    async with AsyncExitStack() as stack:
        names = DnsNames(request.nameservers)
        stack.push_async_callback(names.close)
        page = WebAnswer(why="the setting `public_url` is empty")
        if request.link:
            page = await ask_web(request.link, names, request.tls)
        now = request.clock()
        host, dkim = options.smtp.host, options.dkim
        key = (dkim.selector, signer, request.dkim_key, dkim.key_file)
        server = await check_server(
            options.smtp, request.return_path, options.from_address, now, request.tls
        )
        looks: tuple[tuple[CheckKind, Awaitable[MailFinding]], ...] = (
            ("spf", mail_records.check_spf(back, host, names)),
            ("dkim", mail_records.check_dkim(*key, names)),
            ("dmarc", mail_records.check_dmarc(sender, back, signer, names)),
            ("reverse-name", mail_records.check_reverse_name(sender, host, names)),
            ("from-domain", mail_records.check_mail_domain("from-domain", sender, names)),
            ("return-path", mail_records.check_mail_domain("return-path", back, names)),
            ("mta-sts", mail_records.check_mta_sts(sender, names)),
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
        what = "your postal address is at the end of each issue"
        return MailFinding(kind="postal-address", state="ok", what=what)
    what = "newsletters have no postal address, which the law of many countries requires"
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
    """Check that the SMTP server accepts the sign-in, sender and recipient. No message is sent.

    `sender` is a return path as newsletters have it, `recipient` the sender's own address.
    """
    try:
        sender, recipient = spell_address(sender), spell_address(recipient)
        line = await open_line(options, tls=tls)
    except MailError as error:
        return (
            MailFinding(kind="transaction", state="fault", what=str(error), hint=error.hint),
            MailFinding(
                kind="tls",
                state="unknown",
                what="encryption was not checked: there was no connection to the mail server",
            ),
        )
    try:
        encryption = _check_certificate(line.certificate_end, options, now)
        answer = await line.try_out(sender, recipient)
    finally:
        await line.close()
    if answer.kind == "accepted":
        what = f"{options.host} accepts mail to your own address (no mail was sent)"
        return (MailFinding(kind="transaction", state="ok", what=what), encryption)
    who = "the return path" if answer.stage == "sender" else "your own address"
    what = f"{options.host} does not accept {who}: {answer.code or ''} {answer.words}".strip()
    hint = "check that your account there may send from `from_address` and with this return path"
    return (MailFinding(kind="transaction", state="fault", what=what, hint=hint), encryption)


def _check_certificate(ends: datetime | None, options: SmtpOptions, now: datetime) -> MailFinding:
    if ends is None:
        what = "the connection to the mail server is not encrypted, but stays on this machine"
        return MailFinding(kind="tls", state="ok", what=what)
    days = (ends - now).days
    what = (
        f"the connection to {options.host} is encrypted; its certificate is valid for {days} days"
    )
    if days < _SOON_DAYS:
        hint = "ask the server's operator to renew it: mail needs a valid certificate"
        return MailFinding(kind="tls", state="remark", what=what, hint=hint)
    return MailFinding(kind="tls", state="ok", what=what)
