"""Proxies: asked through only where a request names one, and never told of private addresses.

The newsroom chose its proxy, so the proxy's own address is not judged. The address guard cannot
see where a proxy connects to: what can be read from the target's name is refused here.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from copydesk.fetch._web_address import WebAddress
from copydesk.fetch.web._address import is_public
from copydesk.kit import urls
from copydesk.news import Fault, FaultKind, FetchOptions, Refused

_UNSET = re.compile(r"env:(\w+)", re.ASCII)  # the variable should name one, and does not


def refusal(where: WebAddress, proxy: str, options: FetchOptions) -> Refused | None:
    """Return why an address is not asked for through a proxy, None where it is."""
    if unset := _UNSET.fullmatch(proxy):
        fault = Fault.of(FaultKind.PROXY_UNSET, variable=unset[1])
        return Refused(url=where.url, reason="network", detail=str(fault))
    if not _is_proxy(proxy):
        detail = "the proxy is no http:// or https:// address with a host"
        return Refused(url=where.url, reason="network", detail=detail)
    if options.allows(where.host) or not _is_private(where.host):
        return None
    detail = f"{where.host} is no public address, and no proxy is asked for it"
    return Refused(url=where.url, reason="address", detail=detail)


def _is_proxy(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_private(host: str) -> bool:
    """Decide whether a host is a private IP address, or a name that is local."""
    bare = host.strip("[]")
    if host != bare or host[-1:].isdigit():
        return not is_public(bare)
    return urls.is_local(bare)
