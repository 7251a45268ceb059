"""Find the section and the keywords under which the publisher files an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from copydesk.extract import json_ld
from copydesk.extract.page import visible_text
from copydesk.extract.words._title import forms
from copydesk.kit import tables, text, urls

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document

_PACKAGE = "copydesk.extract.words"

# Names that are not sections: home pages, everything on a site, other entries of menus.
_GENERAL = frozenset(tables.read_lines(_PACKAGE, "sections_general.txt"))
_MENU = frozenset(tables.read_lines(_PACKAGE, "sections_menu.txt"))
_KNOWN = frozenset(tables.read_lines(_PACKAGE, "sections_known.txt"))
_JOINING = frozenset({"and", "und", "et", "y", "e", "en", "news"})
_CAPITALS = frozenset({"diy", "usa", "nfl", "nba"})
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
_MIN_TITLE_WORDS = 3  # of a step that is taken for a part of the headline
_MIN_LABEL = 4  # letters of a domain by which a name is recognised
_FOLDER = re.compile(r"^[a-z]{3,20}(?:-[a-z]{1,20}){0,3}$")
_SLUG = re.compile(r"^[a-z]{3,}(?:[-_][a-z]{2,})+$")
_MIN_SHOUTED = 4  # letters: fewer are an abbreviation
_CUT = re.compile(r"(?:…|\.{2,3})$")
# Entries of menus: `About the paper`, `Advanced search`, `Log in`.
_MENU_WORDS = re.compile(
    r"(?i)^(?:about|über uns|à propos|acerca de|contact us|advanced search|erweiterte suche|log ?in"
    r"|sign|register|subscribe|unsubscribe|skip|zum inhalt|(?:show|view|see) all|alle anzeigen)\b"
)
_STEP = (
    "//a[not(contains(@href, 'mailto:') or contains(@href, 'javascript:')"
    " or contains(@href, 'search') or contains(@href, 'suche') or contains(@href, '?s='))]"
)
_CRUMBS = (
    "//*[contains(@itemtype, 'BreadcrumbList')]//*[@itemprop='name']",
    f"(//*[contains(@class, 'breadcrumb') or contains(@class, 'Breadcrumb')])[1]{_STEP}",
    f"(//*[contains(@id, 'breadcrumb')])[1]{_STEP}",
)
_CATEGORY = "//a[contains(concat(' ', @rel, ' '), ' category ')]"


def section(document: Document, declared: Declared) -> tuple[str, str]:
    """Return the newspaper section of an article and where it was found, ("", "") for none.

    It is the most specific of a path of sections; the first folder of the URL only if nothing else
    names one. No section is better than a wrong one.
    """
    own = own_names(document, declared)
    label = urls.registrable_domain(document.address).split(".")[0]
    site = own | _bare_names(declared, label)
    for names, origin in _candidates(document, declared):
        for name in names:
            found = _tidy(name, site)
            if found and (origin != "breadcrumbs" or _is_a_step(found, own, label)):
                return _spell(found), origin
    return "", ""


def _bare_names(declared: Declared, label: str) -> frozenset[str]:
    """Return the keys of the site's names without the words around them."""
    values = [label, *declared.meta.get("og:site_name", ())]
    values += json_ld.names(declared.article.get("publisher"), declared.nodes)
    return frozenset(form for value in values for form in forms(value))


def _is_a_step(step: str, own: frozenset[str], label: str) -> bool:
    """Return whether a step of a breadcrumb path is a section, not an action, headline or site."""
    key = text.squash(step)
    if _CUT.search(step) or (step[0].islower() and key not in _KNOWN):
        return False
    if len(text.squash(label)) >= _MIN_LABEL and key.startswith(text.squash(label)):
        return False
    is_long = len(step.split()) >= _MIN_TITLE_WORDS
    return not (is_long and any(key in title for title in own))


def _spell(name: str) -> str:
    """Spell a section as a reader would: `crime-safety` becomes `Crime safety`."""
    if _SLUG.match(name):
        name = re.sub("[-_]", " ", name)
    if name in _CAPITALS:
        return name.upper()
    is_shouted = name.isupper() and len(name) >= _MIN_SHOUTED and text.squash(name) in _KNOWN
    return name[0].upper() + name[1:].lower() if name.islower() or is_shouted else name


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
    """Return the keys of names that are neither section nor keyword: headlines and site names."""
    host = (urlsplit(document.address).hostname or "").removeprefix("www.")
    values = [host, host.split(".")[0], *declared.meta.get("og:site_name", ())]
    values += json_ld.names(declared.article.get("publisher"), declared.nodes)
    heads = [*declared.meta.get("og:title", ())]
    heads += json_ld.strings(declared.article.get("headline"))
    heads += visible_text(document, "//h1")
    titles = list(visible_text(document, "//title[not(ancestor::svg)]", 1))
    if not heads:
        heads = [_PIECES.split(title)[0] for title in titles]
    return frozenset(filter(None, map(text.squash, [*values, *heads, *titles])))


def _tidy(name: str, own: frozenset[str]) -> str:
    """Return the first section in a name that may be a list or path, "" for none."""
    plain = text.plain(name)
    pieces = () if text.squash(plain) in own else _PIECES.split(plain)
    for piece in pieces:
        key = text.squash(piece)
        if key and not is_general(piece) and not _forms(piece) & own and _is_name(piece):
            return piece.strip()
    return ""


def _forms(piece: str) -> set[str]:
    """Return the keys of a name, with `ö` also spelled as in domains."""
    key = text.squash(piece)
    spelled = key.translate({228: "ae", 246: "oe", 252: "ue", 223: "ss"})
    return {key, spelled}


def is_general(name: str) -> bool:
    """Return whether a section's name means a whole site or nothing: `Home`, `News`, `None`."""
    return text.squash(name) in _GENERAL


def _is_name(piece: str) -> bool:
    short = len(piece) <= _MAX_CHARACTERS and len(piece.split()) <= _MAX_WORDS
    if _MENU_WORDS.match(piece) or text.squash(piece) in _MENU:
        return False
    return short and "://" not in piece and not piece.replace(".", "").isdigit()


def _crumbs(declared: Declared) -> list[str]:
    """Return the names in the page's BreadcrumbList, the home page first."""
    path = next((node for node in declared.nodes if "breadcrumblist" in json_ld.kinds(node)), None)
    items = path.get("itemListElement") if path else None
    found: list[str] = []
    for item in items[:_MAX_CRUMBS] if isinstance(items, list) else []:
        if isinstance(item, Mapping):
            inner = item.get("item")
            found += (json_ld.names(item) or json_ld.names(inner))[:1]
    return found


def _in_address(address: str) -> Iterator[str]:
    """Yield the first folder of a URL if newspapers use its words for sections."""
    for folder in unquote(urlsplit(address).path).strip("/").lower().split("/")[:-1][:3]:
        words = folder.split("-")
        if not _FOLDER.match(folder) or is_general(folder):
            continue
        if all(word in _KNOWN or word in _JOINING for word in words):
            yield folder.replace("-", " ")
            return


# Keywords are hints of the publisher; they never decide our topics.

_MAX_KEYWORDS = 20
_MAX_KEYWORD_WORDS = 6  # a keyword with more is a sentence
_MAX_LINKS = 40  # a page with more has all tags of the site on it
_KEYWORD_META = (
    "news_keywords",
    "article:tag",
    "parsely-tags",
    "sailthru.tags",
    "cxenseparse:keywords",
)
_TAG_LINK = (
    "//a[contains(concat(' ', @rel, ' '), ' tag ')"
    " and not(contains(concat(' ', @rel, ' '), ' category '))]"
)
_SPLIT = re.compile(r"\s*[,;|，、；\n]\s*")
# `type:article`, `section=world`, `tone/news`, numbers: for machines
_FOR_MACHINES = re.compile(
    r"(?i)^[\w-]{1,30}[:=/_]\S|^(?:section|type|tone|format)\s*[-:]|^[/@]|^[\d\W_]+$|://"
    r"|^#?[0-9a-f]{8,}$|^_|^[\w-]+-\d{5,}$|&$"
    r"|^(?:no|hide|disable)[ _-]?(?:auto ?link|ads?|index|follow|amp|apple[ -]?news|homepage|feed)$"
)
# `Ada Holm GOVERNMENT_FIGURE PERSON`
_CLASSES = re.compile(r"(?:\s+[A-Z]{3,})*\s+[A-Z]{2,}(?:_[A-Z]+)+(?:\s+[A-Z_]{3,})*$")
_LABEL = re.compile(r"(?i)^(?:category|topic|tag|subject|keyword)s?\s*:\s+")
_SPOKEN = re.compile(r"[.!?]\s|[!?]$")


def keywords(document: Document, declared: Declared) -> tuple[tuple[str, ...], str]:
    """Return the keywords of a page and where they were found, ((), "") for none.

    It is the first list that a page has, declared before shown, followed by the names that its
    JSON-LD says the article is about.
    """
    own = own_names(document, declared)
    about = _names(declared, "about") + _names(declared, "mentions")
    for values, origin in _keyword_candidates(document, declared):
        found = _tidy_keywords(values, own)
        if found:
            return _tidy_keywords([*found, *about], own), origin
    found = _tidy_keywords(about, own)
    return found, "json-ld about" if found else ""


def _keyword_candidates(document: Document, declared: Declared) -> Iterator[tuple[list[str], str]]:
    for node in (declared.article, declared.video):
        yield json_ld.names(node.get("keywords")), "json-ld"
    for name in _KEYWORD_META:
        yield list(declared.meta.get(name, ())), name
    links = list(visible_text(document, _TAG_LINK, _MAX_LINKS))
    yield links if len(links) < _MAX_LINKS else [], "rel=tag"
    yield list(declared.meta.get("keywords", ())), "keywords"


def _names(declared: Declared, key: str) -> list[str]:
    return json_ld.names(declared.article.get(key), declared.nodes)


def _tidy_keywords(values: Iterable[str], own: frozenset[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for value in values:
        for part in _SPLIT.split(text.plain(value)):
            bare = _CLASSES.sub("", _LABEL.sub("", part))
            keyword = bare.strip(" .\"'“”„‟‘’‚«»‹›`´#*·™®-")
            if _is_keyword(keyword) and text.squash(keyword) not in own:
                found.setdefault(text.squash(keyword), keyword)
            if len(found) == _MAX_KEYWORDS:
                return tuple(found.values())
    return tuple(found.values())


def _is_keyword(keyword: str) -> bool:
    """Return whether a text is a keyword: short, not a sentence, not a label for machines."""
    if (
        not text.squash(keyword)
        or len(keyword) > _MAX_CHARACTERS
        or len(keyword.split()) > _MAX_KEYWORD_WORDS
    ):
        return False
    if (len(keyword) == 1 and keyword.isascii()) or is_general(keyword):
        return False
    return not _FOR_MACHINES.search(keyword) and not _SPOKEN.search(keyword)
