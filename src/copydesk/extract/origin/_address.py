"""Where the reader is sent: the canonical address and the AMP copy, believed only with care."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.extract import terms
from copydesk.extract.origin._amp import is_amp, is_amp_page, unwrap
from copydesk.extract.page import Declared, json_ld
from copydesk.kit import text, urls

if TYPE_CHECKING:
    from copydesk.extract.page import Document
    from copydesk.news import Beat

_PAGING = re.compile(r"(?i)/page/\d+/?$|[?&](?:page|paged|pg)=\d+")
_VERSION = re.compile(r"^(?:(?:www\d?|m|mobile|amp|edition|touch|wap)\.)+")
_MIN_SLUG_WORDS = 3
_SHARED_WORDS = 2  # of a slug on another site and the title, that the two tell of one thing


def canonical(document: Document, declared: Declared, title: str, beat: Beat) -> tuple[str, str]:
    """Decide to which address readers are sent, and by what.

    The page's own canonical link or og:url, where it stands on the same site and is neither the
    home page, a section above the page, another page of a series, an AMP copy nor the address of an
    obviously different article (a template's mistake); the original on another site where the page
    is believed (`_is_syndicated`); else where the page was found, AMP caches unwrapped.
    """
    own = unwrap(urls.canonical(document.address) or document.address)
    candidates = [(address, "canonical") for address in declared.links.get("canonical", ())]
    candidates += [(address, "og:url") for address in declared.meta.get("og:url", ())]
    for raw, origin in candidates:
        address = urls.canonical(raw, document.base)
        if not address:
            continue
        address = unwrap(address)
        if is_trusted(address, own, title):
            return _keep_scheme(address, own), origin
        if origin == "canonical" and _is_syndicated(address, own, title, declared, beat):
            return address, "canonical of the original"
    return own, "final-url"


def _is_syndicated(address: str, own: str, title: str, declared: Declared, beat: Beat) -> bool:
    """Decide whether a page may send its readers to the original on another site.

    Anybody can declare anything: a page that nobody knows would have its own words filed under
    another's name. So the page's site must be one that the beat knows, a second declaration must
    name the other site, and the address must tell of the same thing as the title.
    """
    if is_home(address) or is_amp(address) or _PAGING.search(address):
        return False
    if not _is_known(own, beat) or not _is_telling(address, own, title):
        return False
    return any(urls.same_site(other, address) for other in _original_addresses(declared))


def _is_known(address: str, beat: Beat) -> bool:
    """Decide whether a site is one of the beat's sources or organizations."""
    labels = urls.host(address).split(".")
    ends = (".".join(labels[start:]) for start in range(len(labels) - 1))
    if any(end in beat.organizations for end in ends):
        return True
    return any(_bare_host(source.url) == _bare_host(address) for source in beat.sources)


def _is_telling(address: str, own: str, title: str) -> bool:
    """Decide whether an address spells the title, or ends as the page's own does."""
    slug = _slug_words(_path(address))
    if slug and slug == _slug_words(_path(own)):
        return True
    return len(slug & set(text.words(title))) >= _SHARED_WORDS


def _original_addresses(declared: Declared) -> Iterator[str]:
    """Yield the addresses by which a page names its original, its canonical link left out."""
    yield from declared.meta.get("og:url", ())
    for address, _ in terms.origins(declared):
        yield address
    yield from json_ld.addresses(declared.article.get("sameAs"))[:5]
    yield from json_ld.addresses(declared.article.get("publisher"))[:5]


def is_trusted(address: str, own: str, title: str = "") -> bool:
    """Decide whether a page at `own` may call itself `address`."""
    if urls.identity(address) == urls.identity(own):
        return True
    if _bare_host(address) != _bare_host(own) or is_home(address) or is_amp(address):
        return False
    if _PAGING.search(address) and not _PAGING.search(own):
        return False
    path, here = _path(address), _path(own)
    if here.startswith(f"{path}/") and not is_amp(own):
        return False  # a section above the page
    return not _is_other_article(path, here, title)


def _bare_host(address: str) -> str:
    """Return the host without what only names a version; a neighbour's blog is another site."""
    return _VERSION.sub("", urls.host(address))


def _is_other_article(path: str, here: str, title: str) -> bool:
    """Decide whether two paths spell two headlines that share no word, and the title only one."""
    theirs, ours = _slug_words(path), _slug_words(here)
    if min(len(theirs), len(ours)) < _MIN_SLUG_WORDS:
        return False
    return not theirs & ours and not theirs & set(text.words(title))


def _slug_words(path: str) -> set[str]:
    last = max(path.split("/"), key=len)
    return {word for word in re.split(r"[\W_]+", last.lower()) if len(word) >= 3 and word.isalpha()}


def _path(address: str) -> str:
    return urlsplit(address).path.rstrip("/")


def _keep_scheme(address: str, own: str) -> str:
    """Return the scheme under which the page was found, where only that differs."""
    if urls.identity(address) == urls.identity(own) and own.startswith("https:"):
        return re.sub(r"^http:", "https:", address)
    return address


def is_home(address: str) -> bool:
    """Decide whether an address is a site's front door."""
    parts = urlsplit(address)
    bare = re.sub(r"(?i)/(?:index|default|home)\.[a-z]{3,5}$", "", parts.path).strip("/")
    return not bare and not parts.query


def amp(document: Document, declared: Declared, web_url: str) -> str:
    """Return the address of the page's AMP copy, "" where none is declared on its own site."""
    own = unwrap(document.address)
    for raw in declared.links.get("amphtml", ()):
        address = unwrap(raw)
        if urls.same_site(address, own) and urls.identity(address) != urls.identity(web_url):
            return urls.canonical(address) or address
    if is_amp_page(document) and urls.identity(own) != urls.identity(web_url):
        return urls.canonical(own) or ""
    return ""
