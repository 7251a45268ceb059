"""Section and keywords: where the publisher files an article, as hints and never as topics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from copydesk.extract.page import Declared, json_ld, visible_text
from copydesk.extract.words import _section
from copydesk.kit import text

if TYPE_CHECKING:
    from copydesk.extract.page import Document

_MAX_KEYWORDS = 20
_MAX_CHARACTERS = 60
_MAX_WORDS = 6  # a keyword with more is a sentence
_MAX_LINKS = 40  # a page with more has all tags of the site on it
_META = ("news_keywords", "article:tag", "parsely-tags", "sailthru.tags", "cxenseparse:keywords")
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

section = _section.section


def keywords(document: Document, declared: Declared) -> tuple[tuple[str, ...], str]:
    """Find the keywords of a page, each once, and where they are said, ((), "") for none.

    The first list that a page has, what it says of itself before what it shows, and behind it the
    names that its JSON-LD says the article is about.
    """
    own = _section.own_names(document, declared)
    about = _names(declared, "about") + _names(declared, "mentions")
    for values, origin in _candidates(document, declared):
        found = _tidy_keywords(values, own)
        if found:
            return _tidy_keywords([*found, *about], own), origin
    found = _tidy_keywords(about, own)
    return found, "json-ld about" if found else ""


def _candidates(document: Document, declared: Declared) -> Iterator[tuple[list[str], str]]:
    for node in (declared.article, declared.video):
        yield json_ld.names(node.get("keywords")), "json-ld"
    for name in _META:
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
    """Decide whether a text is a keyword: short, no sentence, no machine's label."""
    if (
        not text.squash(keyword)
        or len(keyword) > _MAX_CHARACTERS
        or len(keyword.split()) > _MAX_WORDS
    ):
        return False
    if (len(keyword) == 1 and keyword.isascii()) or _section.is_general(keyword):
        return False
    return not _FOR_MACHINES.search(keyword) and not _SPOKEN.search(keyword)
