"""Readers: whether somebody reads what was asked for, and who asks."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from starlette.datastructures import Headers
from starlette.types import Scope

from copydesk.engine import AudienceCounts

PageShelf = Literal["news", "newsletter"]
"""What pages that are counted lie below: stories, and letters' issues."""

_BROWSER = re.compile(r"(Mozilla|Opera)/\d")
# a browser has no address of its maker in its name; Cubot makes telephones
_MACHINE = re.compile(r"(?i)(?<!cu)bot|crawl|spider|slurp|preview|headless|monitor|scan|https?:|@")
_PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_PREFETCH = re.compile(r"(?i)prefetch|prerender|preview")


def trust(networks: Sequence[str]) -> Callable[[str], bool]:
    """Make what decides whether an address lies in one of these networks."""
    trusted = [ipaddress.ip_network(network) for network in networks]

    @functools.lru_cache(maxsize=1_000)
    def is_trusted(address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in trusted)

    return is_trusted


def count_views_in(
    audiences: Mapping[PageShelf, AudienceCounts], proxies: Sequence[str] = ()
) -> Callable[[Scope, PageShelf, str], None]:
    """Make what counts a page of some shelves that goes out, where somebody reads it.

    The word of `proxies` counts on who asks; without any, that of each machine of our own network.
    """
    is_proxy = trust(proxies) if proxies else is_of_our_network

    def count_view(scope: Scope, shelf: PageShelf, name: str) -> None:
        headers, audience = Headers(scope=scope), audiences.get(shelf)
        if audience is not None and is_read(scope["method"], headers):
            client = client_of(scope["client"][0], headers.getlist("X-Forwarded-For"), is_proxy)
            audience.note(client, headers.get("User-Agent", ""), name)

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


def is_of_our_network(address: str) -> bool:
    """Decide whether an address is this machine's or a private network's."""
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False


def client_of(
    peer: str, forwarded: Sequence[str], is_proxy: Callable[[str], bool] = is_of_our_network
) -> str:
    """Return who asks: the address, of IPv6 the network; `forwarded` are X-Forwarded-For's values.

    Where a web server in front of us asks, what it says of its client comes last in that header.
    """
    said = ",".join(forwarded)
    if not said or not is_proxy(peer):
        return network_of(peer)
    return network_of(said.rpartition(",")[2].strip())


@functools.lru_cache(maxsize=10_000)
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
