"""Readers: whether somebody reads what was asked for, and who asks."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence

from starlette.datastructures import Headers
from starlette.types import Scope

from copydesk.engine import AudienceCounts

_BROWSER = re.compile(r"(Mozilla|Opera)/\d")
# a browser has no address of its maker in its name; Cubot makes telephones
_MACHINE = re.compile(r"(?i)(?<!cu)bot|crawl|spider|slurp|preview|headless|monitor|scan|https?:|@")
_PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_PREFETCH = re.compile(r"(?i)prefetch|prerender|preview")


def count_views_in(audience: AudienceCounts) -> Callable[[Scope, str], None]:
    """Make what counts a story's page that goes out, where somebody reads it."""

    def count_view(scope: Scope, story: str) -> None:
        headers = Headers(scope=scope)
        if is_read(scope["method"], headers):
            client = client_of(scope["client"][0], headers.getlist("X-Forwarded-For"))
            audience.note(client, headers.get("User-Agent", ""), story)

    return count_view


def is_read(method: str, headers: Headers) -> bool:
    """Decide whether a person seems to have asked for a page to read it now."""
    agent = headers.get("User-Agent", "")
    return (
        method == "GET"
        and _BROWSER.match(agent) is not None
        and _MACHINE.search(agent) is None
        and headers.get("Sec-Fetch-Dest", "document") == "document"
        and not any(_PREFETCH.search(headers.get(name, "")) for name in _PURPOSE_HEADERS)
    )


def client_of(peer: str, forwarded: Sequence[str]) -> str:
    """Return who asks: the address, of IPv6 the network; `forwarded` are X-Forwarded-For's values.

    Where a machine of our own network asks, that is the web server in front of us: what it says of
    its client comes last in X-Forwarded-For.
    """
    address = network_of(peer)
    said = ",".join(forwarded)
    if not said or not _is_ours(address):
        return address
    return network_of(said.rpartition(",")[2].strip())


def network_of(address: str) -> str:
    """Return an address of IPv4, or the network of one of IPv6: who has one there has them all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False).network_address)


def _is_ours(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_private
    except ValueError:
        return False
