"""Whose words they are: the agency, the press-release service or the first publisher.

Copies and corroboration hang on it, so that only what signs for the whole article counts: never
"with reporting by", a list of agencies, or a name in a sentence. docs/design/extract-terms.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.extract.page import Declared, json_ld
from copydesk.extract.terms import _wires
from copydesk.kit import text

if TYPE_CHECKING:
    from copydesk.extract.page import Document

_OPENING = 4  # blocks in which a dateline or a byline stands
_CLOSING = 5  # blocks in which an article says at its end whose it is
_BLOCK = 600  # characters of a block that are looked at, at either end
_SHORT_NAME = 4  # characters; "ap" and "tass" may be anything in small letters
_MOST_SMALL_WORDS = 2  # of a dateline: "Puerto Alto, 9 de marzo"
_BYLINE = 90  # characters; a longer block is a sentence
_NOTE = 400  # characters; a longer block is no note on where it was published first

Found = tuple[str, str]  # the credit and where it came from

_DASH = r"\.?\s*(?:--|[-–—:])"
# In these forms @ is an agency's name. BERLIN, May 5 (Reuters) - …, MOSCOW, May 5. /TASS/. …
_DATELINE = rf"^[^\n]{{0,80}}?(?:\(@\)|\[@\]){_DASH}|^[^\n]{{0,60}}/@/[.:]?\s"
# SALTHOLM (AP) The ferry …, without a dash only behind a place in capitals.
_IN_CAPITALS = r"^[A-ZÀ-ÝČŠŽŁ][A-ZÀ-ÝČŠŽŁ .,'’/-]{2,40}(?:, [\w. ]{2,12})?\s\(@\)\s"
# Jane Doe, Associated Press, or By Reuters Staff, or Jane Doe | AP.
_SIGNED = (
    r"(?:(?:by|By|BY|von|Von|par|Par|por|Por|di|Di|de|door|av|af)\s+)?"
    r"(?P<person>[^,|/()\n]{2,60}?(?:\s*[,|/]\s*|\s+[-–—]\s+|\s+\())?(?:[Tt]he\s+)?(?P<name>@)"
    r"(?:\s+(?:[Ss]taff|[Nn]ews|[Aa]gency|[Cc]orrespondents?|[Rr]eporters?|[Ww]riters?))*\)?\.?"
)
# The holder of the rights with a year before or behind; without one it is a picture's.
_RIGHTS = (
    r"^(?:(?:©|\(c\)|copyright)[\s,:]*)+"
    r"(?:\d{4}[\s,]*(?:by\s+)?(?:the\s+)?@(?!\w)|(?:the\s+)?@[\s,]*\d{4})"
)
# … on Monday. (AFP), or … on Monday. — Reuters.
_AT_THE_END = r"(?:^|[.!?…”\"»’)]\s*)(?:[(\[]\s*@\s*[)\]]|(?:--|[-–—])\s*@|(?<!\w)/\s?@\s?/)\.?$"
# Copyright 2026 The Associated Press. All rights reserved. This material may not …, which
# text extractors leave out.
_RESERVED = tuple(
    f"{whose} {reserved}"
    for whose in ("All", "all", "ALL")
    for reserved in ("rights reserved", "Rights Reserved", "RIGHTS RESERVED")
)
_RIGHTS_IN_FULL = re.compile(
    r"""(?xi)(?:©|&copy;|&\#169;|\(c\)|copyright)\s*\d{4}\s+(?:by\s+)?(?:the\s+)?
    (?P<name>[A-Z][^<>.]{1,40})\.\s*all\ rights\ reserved\.\s*
    (?:this|the|no\ part|information|material|content)\b"""
)
_DATED = re.compile(r"(?i)\s*[|·•,–-]\s*(?:updated|published|posted|\d).*$")
_AS_SOURCE = (
    r"^(?:source|quelle|fonte|fuente|bron|kilde|källa|źródło|zdroj|forrás|lähde)\s*:\s*@\.?$"
)
_HOUSE_STYLE = re.compile(
    r"(?i)^\(?(?:additional )?reporting by [^\n]{3,300}?[;.]\s*(?:additional reporting|writing"
    r"|editing|compiled|graphics) by [^\n]{3,300}$"
)
_TRUST = re.compile(r"(?i)^our standards:\s*the thomson reuters trust principles")
_CANADIAN = re.compile(r"(?i)^this report by the canadian press was first published\b")

_FIRST = re.compile(
    r"""(?xi)^\W{0,5}(?:(?:this|the)\ (?:\w+\ )?(?:article|story|piece|essay|column|report|interview
    |post|commentary|opinion|investigation)\ (?:was\ |is\ |has\ been\ |first\ |originally\ )*)?
    (?:(?:originally|first)\ (?:published|appeared|ran)\ (?:here\ )?
    (?:on\ [A-Z]\w+\ \d{1,2}(?:,\ \d{4})?,?\ )?(?:by|on|in|at)
    |produced\ by|(?:republished|reprinted)\ (?:with\ permission\ )?(?:from|by))
    \ (?P<name>[^\n]{2,120})"""
)
# The name ends where the sentence goes on.
_NAME_ENDS = re.compile(
    r"""(?x)\s*(?:[.;:()|\[\]“”"]|,(?!\ Inc)|\s[-–—]\s
    |\ (?:under|on|and|as|with|in|via|at|by|where|which|through|who|for\ the)\ ).*$"""
)
_DATE = re.compile(
    r"(?i)(?:\d|jan|feb|mar(?:ch)?\b|apr|may\b|june?\b|july?\b|aug|sep|oct|nov|dec|mon|tues|wedn"
    r"|thurs|fri|satur|sun)"
)
_MAX_NAME = 50
_MAX_NAME_WORDS = 7

_METAS = (
    *("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "byl"),
    *("sailthru.author", "dc.source", "dcterms.source", "news_source", "copyright"),
    *("copyright-holder", "dc.rights", "article:provider", "provider"),
)
_BYLINES = (
    "//body//*[(contains(@class, 'byline') or contains(@class, 'Byline') or @itemprop = 'author')"
    " and not(ancestor::aside or ancestor::footer or ancestor::nav)]"
)
_MOST_BYLINES = 4  # a name, its link and what holds both
_HINTS = ("original-source", "syndication-source")  # addresses, as Google News once asked for


def find(document: Document, declared: Declared, body: str) -> Found:
    """Give whose words these are and how that is known, ("", "") for the page's own."""
    blocks = [line.strip() for line in text.prose(body).split("\n") if line.strip()]
    opening = [block[:_BLOCK] for block in blocks[:_OPENING]]
    closing = [block[-_BLOCK:] for block in blocks[-_CLOSING:]]
    return (
        _released(opening, closing)
        or _by_dateline(_naming(opening))
        or _by_name([_DATED.sub("", block) for block in _naming(opening)], "text")
        or _by_closing(closing)
        or _by_rights(document.html)
        or _published_first(blocks, declared)
        or _by_name(_naming(_credited(declared)), "byline")
        or _by_name(_naming(_shown(document)), "byline")
        or _by_hint(declared)
        or ("", "")
    )


@cache
def _pattern(form: str, name: str, *, ignores_case: bool = False) -> re.Pattern[str]:
    return re.compile(form.replace("@", f"(?:{name})"), re.IGNORECASE if ignores_case else 0)


def _naming(passages: Iterable[str]) -> list[str]:
    """Give the passages in which a word of any agency's name stands: of most articles none."""
    return [one for one in passages if not _wires.WORDS.isdisjoint(text.words(one))]


def _released(opening: Iterable[str], closing: Iterable[str]) -> Found | None:
    """Know a paid press release by its service's mark, or by the line at its end."""
    first, last = "\n".join(opening), "\n".join(closing)
    for service in _wires.SERVICES:
        if re.search(service.mark, first):
            return service.credit, "mark"
        if service.closing and re.search(rf"(?m)^\W*{service.closing}", last):
            return service.credit, "closing line"
    return None


def _by_dateline(opening: Iterable[str]) -> Found | None:
    for block in opening:
        for wire in _wires.AGENCIES:
            forms = (_DATELINE, _IN_CAPITALS)
            found = (_pattern(form, wire.dateline).search(block) for form in forms)
            if any(one and _is_dateline(one[0]) for one in found):
                return wire.credit, "dateline"
    return None


def _is_dateline(said: str) -> bool:
    """Say whether what ends with an agency's name is a place and a day, and no sentence.

    Nor does a dateline spell the name out: `American Pilots Association (APA) - …`.
    """
    before, _, sign = re.sub(r"[\])/\s.:–—-]+$", "", said).replace("[", "(").rpartition("(")
    words = re.findall(r"[^\W\d]+", before)
    if sum(word[0].islower() for word in words) > _MOST_SMALL_WORDS:
        return False
    last = re.findall(r"[^\W\d]+", before.rpartition(",")[2])  # ALTOONA, Pa. (AP) is a place
    capitals = "".join(word[0] for word in last if word[0].isupper())
    return not (len(sign) > 1 and capitals.endswith(sign.upper()))


def _by_name(bylines: Iterable[str], origin: str) -> Found | None:
    """Know an agency by a byline that ends with its name; of two agencies neither signs alone."""
    found = {
        wire.credit
        for byline in bylines
        if len(byline) <= _BYLINE
        for wire in _wires.AGENCIES
        if _signs(wire, byline)
    }
    return (found.pop(), origin) if len(found) == 1 else None


def _signs(wire: _wires.Wire, byline: str) -> bool:
    found = _pattern(_SIGNED, wire.name).fullmatch(byline)
    if found:
        return not found["person"] or found["name"] not in _wires.TITLES
    found = _pattern(_SIGNED, wire.name, ignores_case=True).fullmatch(byline)
    return found is not None and len(found["name"]) > _SHORT_NAME


def _by_closing(closing: list[str]) -> Found | None:
    for block in reversed(closing):
        if _HOUSE_STYLE.search(block) or _TRUST.search(block):
            return "Reuters", "closing line"
        if _CANADIAN.search(block):
            return "CP", "closing line"
    for block in reversed(_naming(closing[-2:])):
        for wire in _wires.AGENCIES:
            if _closes(wire, block):
                return wire.credit, "closing line"
    return None


def _closes(wire: _wires.Wire, block: str) -> bool:
    if len(block) <= _NOTE and _pattern(_RIGHTS, wire.name, ignores_case=True).search(block):
        return True
    if len(block) <= _BYLINE and _pattern(_AS_SOURCE, wire.name, ignores_case=True).search(block):
        return True
    return bool(_pattern(_AT_THE_END, wire.dateline).search(block))


def _by_rights(html: str) -> Found | None:
    """Know an agency by the notice of its rights that stands below an article."""
    named = {
        found["name"].strip()
        for at in islice(_reserved(html), 50)
        for found in _RIGHTS_IN_FULL.finditer(html[max(0, at - 100) : at + 50])
    }
    found = {
        wire.credit
        for wire in _wires.AGENCIES
        for name in named
        if _pattern("@", wire.name, ignores_case=True).fullmatch(name)
    }
    return (found.pop(), "rights notice") if len(found) == 1 else None


def _reserved(html: str) -> Iterator[int]:
    """Give where the markup says that rights are reserved: looked up, since a page may be large."""
    for words in _RESERVED:
        at = html.find(words)
        while at >= 0:
            yield at
            at = html.find(words, at + 1)


def _published_first(blocks: list[str], declared: Declared) -> Found | None:
    """Know another publisher by a note that says where it was published first."""
    own = {_plain(name) for name in _own_names(declared)}
    for block in (*blocks[:2], *reversed(blocks[-_CLOSING:])):
        found = _FIRST.search(block) if len(block) <= _NOTE else None
        name = _name(found["name"]) if found else ""
        if name and _plain(name) not in own:
            return name, "note"
    return None


def _name(said: str) -> str:
    """Give the publisher's name that a note begins with, "" where it names none."""
    name = _NAME_ENDS.sub("", said).strip(" .,*_")
    bare = re.sub(r"^(?:our partners?|the website|our sister \w+)\s+(?:at |of )?", "", name)
    is_name = bare[:1].isupper() or bare.startswith("the ")
    if not is_name or _DATE.match(bare) or "://" in bare:
        return ""
    return bare if len(bare) <= _MAX_NAME and len(bare.split()) <= _MAX_NAME_WORDS else ""


def _plain(name: str) -> str:
    words = "".join(text.words(name)).removeprefix("the")
    return re.sub(r"(?:com|org|net)$", "", words)


def _own_names(declared: Declared) -> Iterator[str]:
    yield declared.first("og:site_name")[0]
    yield declared.first("application-name")[0]
    yield from json_ld.names(declared.article.get("publisher"), declared.nodes)
    for node in declared.nodes:
        if json_ld.kinds(node) & {"website", "newsmediaorganization"}:
            yield from json_ld.names(node)


def _credited(declared: Declared) -> list[str]:
    found: list[str] = []
    keys = ("provider", "sourceOrganization", "copyrightHolder", "author", "creator", "creditText")
    for key in keys:
        found += json_ld.names(declared.article.get(key), declared.nodes)
    for name in _METAS:
        found += declared.meta.get(name, ())
    return [_without_rights(one) for one in found]


def _shown(document: Document) -> list[str]:
    """Give the byline that the page shows; more than a few are those of other articles."""
    found = document.tree.xpath(_BYLINES)
    if len(found) > _MOST_BYLINES:
        return []
    return [text.fold(" ".join(islice(one.itertext(), 50)))[: _BYLINE + 1] for one in found]


def _without_rights(byline: str) -> str:
    """Give the holder in "Copyright 2026 The Associated Press. All rights reserved."."""
    bare = re.sub(r"(?i)^(?:(?:©|\(c\)|copyright)[\s,:]*)+(?:\d{4}[\s,]*)?(?:by\s+)?", "", byline)
    return re.sub(r"(?i)[.,]?\s*all rights reserved.*$", "", bare)


def _by_hint(declared: Declared) -> Found | None:
    """Know an agency by the address of the original, where the page gives one."""
    for address, origin in origins(declared):
        credit = _wires.by_domain(address)
        if credit:
            return credit, origin
    return None


def origins(declared: Declared) -> Iterator[tuple[str, str]]:
    """Give the addresses that a page names as its original, and where it does."""
    for name in _HINTS:
        for address in declared.meta.get(name, ()):
            yield address, name
    based_on: Mapping[str, object] = declared.article
    for address in json_ld.addresses(based_on.get("isBasedOn"))[:5]:
        yield address, "isBasedOn"
