"""Where the reader is sent: the canonical address and the AMP copy, believed only with care."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.extract._declared import Declared
from copydesk.kit import text, urls

if TYPE_CHECKING:
    from copydesk.extract._document import Document

_PAGING = re.compile(r"(?i)/page/\d+/?$|[?&](?:page|paged|pg)=\d+")
_AMP = re.compile(
    r"(?i)^https?://amp[.-]|/amp(?:/|$)|[./]amp(?:\.html)?$|[?&](?:amp|outputtype=amp)\b"
)
_AMP_CACHE = ".cdn.ampproject.org"
_VERSION = re.compile(r"^(?:(?:www\d?|m|mobile|amp|edition|touch|wap)\.)+")
_MIN_SLUG_WORDS = 3


def canonical(document: Document, declared: Declared, title: str) -> tuple[str, str]:
    """Give the address to send readers to, and where it came from.

    The page's own canonical link or og:url, where it stands on the same site and is neither the
    home page, a section above the page, another page of a series, an AMP copy nor the address of an
    obviously different article (a template's mistake); else where the page was found.
    """
    own = urls.canonical(document.address) or document.address
    candidates = [(address, "canonical") for address in declared.links.get("canonical", ())]
    candidates += [(address, "og:url") for address in declared.meta.get("og:url", ())]
    for raw, origin in candidates:
        address = urls.canonical(raw, document.base)
        if address and is_trusted(address, own, title):
            return _same_scheme(address, own), origin
    return own, "final-url"


def is_trusted(address: str, own: str, title: str = "") -> bool:
    """Say whether a page at `own` may call itself `address`."""
    if urls.identity(address) == urls.identity(own):
        return True
    if _site(address) != _site(own) or is_home(address) or is_amp(address):
        return False
    if _PAGING.search(address) and not _PAGING.search(own):
        return False
    path, here = _path(address), _path(own)
    if here.startswith(f"{path}/") and not is_amp(own):
        return False  # a section above the page
    return not _is_other_article(path, here, title)


def _site(address: str) -> str:
    """Give the host without what only names a version of it: a neighbour's blog is another site."""
    return _VERSION.sub("", urls.host(address))


def _is_other_article(path: str, here: str, title: str) -> bool:
    """Say whether two paths spell two headlines that share no word, and the title only one."""
    theirs, ours = _slug_words(path), _slug_words(here)
    if min(len(theirs), len(ours)) < _MIN_SLUG_WORDS:
        return False
    return not theirs & ours and not theirs & set(text.words(title))


def _slug_words(path: str) -> set[str]:
    last = max(path.split("/"), key=len)
    return {word for word in re.split(r"[\W_]+", last.lower()) if len(word) >= 3 and word.isalpha()}


def _path(address: str) -> str:
    return urlsplit(address).path.rstrip("/")


def _same_scheme(address: str, own: str) -> str:
    """Give the scheme under which the page was found, where only that differs."""
    if urls.identity(address) == urls.identity(own) and own.startswith("https:"):
        return re.sub(r"^http:", "https:", address)
    return address


def is_home(address: str) -> bool:
    """Say whether an address is a site's front door."""
    parts = urlsplit(address)
    bare = re.sub(r"(?i)/(?:index|default|home)\.[a-z]{3,5}$", "", parts.path).strip("/")
    return not bare and not parts.query


def is_amp(address: str) -> bool:
    """Say whether an address is by its spelling an AMP copy."""
    return bool(_AMP.search(address)) or urls.host(address).endswith(_AMP_CACHE)


def amp(document: Document, declared: Declared, web_url: str) -> str:
    """Give the address of the page's AMP copy, "" where none is declared on its own site."""
    for address in declared.links.get("amphtml", ()):
        own = urls.same_site(address, document.address) or urls.host(address).endswith(_AMP_CACHE)
        if own and urls.identity(address) != urls.identity(web_url):
            return urls.canonical(address) or address
    if _is_amp_page(document) and urls.identity(document.address) != urls.identity(web_url):
        return urls.canonical(document.address) or ""
    return ""


def _is_amp_page(document: Document) -> bool:
    return bool(document.tree.get("amp") is not None or document.tree.get("⚡") is not None)
