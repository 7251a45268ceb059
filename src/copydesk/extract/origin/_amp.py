"""AMP: copies of a page on its own site, and caches that stand for another site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.kit import urls

if TYPE_CHECKING:
    from copydesk.extract.page import Document

_AMP = re.compile(
    r"(?i)^https?://amp[.-]|/amp(?:/|$)|[./]amp(?:\.html)?$|[?&](?:amp|outputtype=amp)\b"
)
_CACHES = (".cdn.ampproject.org", ".bing-amp.com")
_CACHED = re.compile(r"https?://[^/]+/(?:[acvr]|wp|[acv]/wp)/(s/)?([^/?#]+)(/[^#]*)?")
_VIEWED = re.compile(r"https?://[^/]+/amp/(s/)?([^/?#]+\.[^/?#]+)(/[^#]*)?")
_VIEWER = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")


def is_amp(address: str) -> bool:
    """Decide whether an address is by its spelling an AMP copy."""
    return bool(_AMP.search(address)) or is_cached(address)


def is_cached(address: str) -> bool:
    """Decide whether an address is in an AMP cache."""
    return urls.host(address).endswith(_CACHES)


def is_amp_page(document: Document) -> bool:
    """Decide whether a page is written in AMP."""
    return document.tree.get("amp") is not None or document.tree.get("⚡") is not None


def unwrap(address: str) -> str:
    """Return the publisher's own address behind an AMP cache's or Google's `/amp/s/`, else itself.

    A cache names the publisher twice, in its host and in its path; where the two differ it is no
    cache's address, and says nothing.
    """
    host = urls.host(address)
    if host.endswith(_CACHES):
        found = _CACHED.match(address)
        if found and host.split(".", 1)[0] != _label(found[2].lower()):
            found = None
    else:
        found = _VIEWED.match(address) if _VIEWER.fullmatch(host) else None
    if found is None:
        return address
    secure, publisher, rest = found.groups()
    return urls.canonical(f"http{'s' if secure else ''}://{publisher}{rest or '/'}") or address


def _label(publisher: str) -> str:
    """Return the label under which a cache keeps a host (AMP cache URL format)."""
    return publisher.replace("-", "--").replace(".", "-")
