"""Section: the part of a site that an article stands in, as its publisher calls it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from copydesk.extract.page import Declared, json_ld, visible_text
from copydesk.kit import text

if TYPE_CHECKING:
    from copydesk.extract.page import Document

_META = (
    "article:section",
    "og:article:section",
    "parsely-section",
    "cxenseparse:section",
    "section",
    "dc.section",
    "sectionname",
    "article.section",
)
_MAX_CHARACTERS = 60
_MAX_WORDS = 5
_MAX_CRUMBS = 12
_PIECES = re.compile(r"\s*[,;|>»›/]\s*|\s+[-–—]\s+")
# What is no section of a site, but its front door or all that it has.
_GENERAL = frozenset(
    {
        *("home", "homepage", "start", "startseite", "accueil", "inicio", "inici", "início"),
        *("главная", "首页", "首頁", "ホーム", "홈", "trangchủ", "beranda", "forside", "etusivu"),
        *("news", "newsroom", "article", "articles", "artikel", "story", "stories", "post"),
        *("blog", "blogs", "archive", "archives", "page", "pages", "content", "item", "details"),
        *("uncategorized", "uncategorised", "allgemein", "nonclassé", "sincategoría", "default"),
        *("frontpage", "featured", "featuredarticle", "topnews", "topstories", "breakingnews"),
        *("posts", "nil"),
        *("overview", "übersicht", "forenübersicht", "foren", "forum", "forums", "community"),
        *("general", "main", "all", "none", "null", "undefined", "index", "latest", "other"),
    }
)
# In an address besides: languages, machines, and what stands before the name of a section.
_IN_ADDRESSES = frozenset(
    {
        *("category", "categories", "section", "sections", "topic", "topics", "tag", "tags"),
        *("amp", "amphtml", "mobile", "web", "www", "site", "node", "wiki", "forum", "forums"),
        *("threads", "view", "show", "read", "entry", "detail", "single", "templates"),
        *("interactive", "interactives"),
        *("wires", "features", "media", "files", "static", "public", "user", "users", "author"),
        *("autoren", "authors", "people", "profile", "magazin", "magazine", "aktuell", "aktuelles"),
        *("actualites", "noticias", "notizie", "nachrichten", "meldungen", "presse", "press"),
        *("html", "doi", "abs", "full", "document", "documents", "download", "video", "videos"),
        *("reuters", "aponline", "afp", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug"),
        *("sep", "oct", "nov", "dec", "january", "february", "march", "april", "june", "july"),
        *("august", "september", "october", "november", "december", "search", "service", "shows"),
        *("watch", "player", "live", "slideshow", "gallery", "galleries", "photos", "test"),
    }
)
_WORD = re.compile(r"^[a-z]{3,20}(?:-(?:and|und|et|y|e|[a-z]{3,20})){0,2}$")
_CRUMBS = (
    "//*[contains(@itemtype, 'BreadcrumbList')]//*[@itemprop='name']",
    "(//*[contains(@class, 'breadcrumb') or contains(@class, 'Breadcrumb')])[1]//a",
    "(//*[contains(@id, 'breadcrumb')])[1]//a",
)
_CATEGORY = "//a[contains(concat(' ', @rel, ' '), ' category ')]"


def section(document: Document, declared: Declared) -> tuple[str, str]:
    """Give the section that an article stands in and where that is said, ("", "") for none.

    The most particular of a path of sections; the first word of the address only where nothing
    else names one.
    """
    own = own_names(document, declared)
    for names, origin in _candidates(document, declared):
        for name in names:
            found = _tidy(name, own)
            if found:
                return found, origin
    return "", ""


def _candidates(document: Document, declared: Declared) -> Iterator[tuple[Iterable[str], str]]:
    for name in _META:
        yield declared.meta.get(name, ()), name
    yield json_ld.names(declared.article.get("articleSection")), "json-ld"
    yield reversed(_crumbs(declared)), "breadcrumbs"
    for xpath in _CRUMBS:
        yield reversed(list(visible_text(document, xpath, _MAX_CRUMBS))), "breadcrumbs"
    yield visible_text(document, _CATEGORY), "category"
    yield _in_address(document.address), "address"


def own_names(document: Document, declared: Declared) -> frozenset[str]:
    """Give the keys of what is neither section nor keyword: the page's headline and its site."""
    host = (urlsplit(document.address).hostname or "").removeprefix("www.")
    values = [host, host.split(".")[0], *declared.meta.get("og:site_name", ())]
    values += declared.meta.get("og:title", ())
    values += json_ld.names(declared.article.get("publisher"), declared.nodes)
    values += json_ld.strings(declared.article.get("headline"))
    values += visible_text(document, "//h1")
    values += visible_text(document, "//title[not(ancestor::svg)]", 1)
    return frozenset(filter(None, map(text.squash, values)))


def _tidy(name: str, own: frozenset[str]) -> str:
    """Give a section's name, the first of a list or path that is one, "" where none is."""
    plain = text.plain(name)
    pieces = () if text.squash(plain) in own else _PIECES.split(plain)
    for piece in pieces:
        key = text.squash(piece)
        if key and not is_general(piece) and key not in own and _is_name(piece):
            return piece.strip()
    return ""


def is_general(name: str) -> bool:
    """Say whether a name stands for a whole site or for nothing: `Home`, `News`, `None`."""
    return text.squash(name) in _GENERAL


def _is_name(piece: str) -> bool:
    short = len(piece) <= _MAX_CHARACTERS and len(piece.split()) <= _MAX_WORDS
    return short and "://" not in piece and not piece.replace(".", "").isdigit()


def _crumbs(declared: Declared) -> list[str]:
    """Give the names in the page's BreadcrumbList, the front door first."""
    path = next((node for node in declared.nodes if "breadcrumblist" in json_ld.kinds(node)), None)
    items = path.get("itemListElement") if path else None
    found: list[str] = []
    for item in items[:_MAX_CRUMBS] if isinstance(items, list) else []:
        if isinstance(item, Mapping):
            inner = item.get("item")
            found += (json_ld.names(item) or json_ld.names(inner))[:1]
    return found


def _in_address(address: str) -> Iterator[str]:
    """Give the words of an address's folders that can name a section, the first only."""
    for folder in unquote(urlsplit(address).path).strip("/").lower().split("/")[:-1][:3]:
        key = folder.replace("-", "")
        if _WORD.match(folder) and key not in _GENERAL and key not in _IN_ADDRESSES:
            yield folder.replace("-", " ")
            return
