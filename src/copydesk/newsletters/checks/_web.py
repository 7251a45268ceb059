"""Check the web side of newsletters: their links, the unsubscribe page, and the clock."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from copydesk.errors import MailServerError
from copydesk.kit import urls
from copydesk.newsletters.checks._findings import MailFinding, MailNames

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import ResolveResult

_SECONDS = 10.0
_MOST_BYTES = 65_536
_MOST_SKEW_SECONDS = 60.0
_STYLE = b"/mail/style.css"  # is in every page of ours, and in no error page of a proxy
_SERVE = "let `copydesk serve` run behind `public_url` of [serve], by https"

_SITE = "set `url` of [site] to the address at which readers find your site"
_PUBLIC = "set `public_url` of [serve] to the address at which readers reach `copydesk serve`"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAnswer:
    """An HTTP response: its status (0 for none, then `why`), date, and the beginning of its body.

    `was_asked` is false where no name server answered, so that nothing is known.
    """

    was_asked: bool = True
    status: int = 0
    date: datetime | None = None
    content: bytes = b""
    why: str = ""


async def ask_web(url: str, names: MailNames, tls: ssl.SSLContext | None = None) -> WebAnswer:
    """Fetch a URL without following redirects; errors are in the returned answer and not raised."""
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
    """Check the page behind a newsletter's unsubscribe link; RFC 8058 wants https."""
    if not url.startswith("https://"):
        what = "the links of letters are not by https: mail programs offer no way out then"
        return MailFinding(kind="one-click", state="fault", what=what, hint=_SERVE)
    host = urls.host(url)
    if not answer.was_asked:
        what = f"what stands behind the links of letters cannot be known: {answer.why}"
        return MailFinding(kind="one-click", state="unknown", what=what)
    if not answer.status:
        what = f"{host} does not answer ({answer.why})"
        return MailFinding(kind="one-click", state="fault", what=what, hint=_SERVE)
    if answer.status not in {200, 404} or _STYLE not in answer.content:
        what = f"behind the links of letters stands no page of ours: {host} answers {answer.status}"
        hint = f"let your proxy pass on /mail/ as it is; {_SERVE}"
        return MailFinding(kind="one-click", state="fault", what=what, hint=hint)
    what = f"the links of letters lead to a page of ours: {host}"
    return MailFinding(kind="one-click", state="ok", what=what)


def check_links(site_url: str, public_url: str) -> MailFinding:
    """Check that newsletters link to public hosts: the site, and the readers' pages."""
    if not site_url:
        what = "links in letters lead nowhere: the site has no address"
        return MailFinding(kind="links", state="fault", what=what, hint=_SITE)
    for url, hint in ((site_url, _SITE), (public_url, _PUBLIC)):
        host = urls.host(url)
        if urls.is_loopback(host):
            what = f"links in letters lead to this machine: {url}"
            return MailFinding(kind="links", state="fault", what=what, hint=hint)
        if url and urls.is_private(host):
            what = f"links in letters lead to a private network: {url}"
            return MailFinding(kind="links", state="fault", what=what, hint=hint)
    what = f"links in letters lead to your site: {site_url}"
    return MailFinding(kind="links", state="ok", what=what)


def check_clock(answer: WebAnswer, now: datetime) -> MailFinding:
    """Compare this machine's clock, which dates mails and expires links, with a web server's."""
    if answer.date is None:
        return MailFinding(kind="clock", state="unknown", what="no server told its time")
    seconds = abs((answer.date - now).total_seconds())
    what = f"the clock is {seconds:.0f} s from that of your web server"
    if seconds <= _MOST_SKEW_SECONDS:
        return MailFinding(kind="clock", state="ok", what=what)
    hint = "let the time come from the network: timedatectl set-ntp true"
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
                raise OSError(f"no such name: {host}")
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
