"""Web addresses: one taken apart once, for all who ask where it leads."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from copydesk.kit import urls

_KNOWN = 1_000  # asked for a page, its robots and its slot one after another


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress:
    """An address that can be asked for: `path` is all after the host, the query with it.

    `host` is the name without port and final dot: what a slot belongs to.
    """

    url: str
    origin: str
    host: str
    path: str


@functools.lru_cache(maxsize=_KNOWN)
def parse_address(url: str) -> WebAddress | None:
    """Return where an address leads, None where it is no web address."""
    fetchable = urls.fetchable(url)
    if fetchable is None:
        return None
    scheme, _, rest = fetchable.partition("://")
    authority, _, path = rest.partition("/")
    return WebAddress(
        url=fetchable,
        origin=f"{scheme}://{authority}",
        host=urls.host(fetchable).rstrip("."),
        path=f"/{path}",
    )
