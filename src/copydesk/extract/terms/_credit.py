"""Find the news agency, press-release service or first publisher that a text is credited to.

Duplicates and corroboration depend on it, so only a signature for the whole article counts: not
"with reporting by", a list of agencies, or a name in a sentence. docs/design/extract.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, product
from typing import TYPE_CHECKING

from copydesk.extract import json_ld
from copydesk.extract.terms import _imprint
from copydesk.kit import text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document

_OPENING = 4  # blocks that may have a dateline or a byline
_CLOSING = 5  # blocks at the end that may have a signature
_BLOCK = 600  # characters of a block that are read at either end
_SHORT_NAME = 4  # characters; "ap" and "tass" in small letters are other words
_MOST_SMALL_WORDS = 2  # of a dateline: "Puerto Alto, 9 de marzo"
_BYLINE = 90  # characters; a longer block is a sentence
_NOTE = 400  # characters; a longer block is not a note on the first publication

Found = tuple[str, str]  # the credit and its origin

_DASH = r"\.?\s*(?:--|[-–—:])"
# In these forms @ is an agency's name. BERLIN, May 5 (Reuters) - …, MOSCOW, May 5. /TASS/. …
_DATELINE = rf"^[^\n]{{0,80}}?(?:\(@\)|\[@\]){_DASH}|^[^\n]{{0,60}}/@/[.:]?\s"
# SALTHOLM (AP) The ferry …, without a dash only behind a place in capitals.
_IN_CAPITALS = r"^[A-ZÀ-ÝČŠŽŁ][A-ZÀ-ÝČŠŽŁ .,'’/-]{2,40}(?:, [\w. ]{2,12})?\s\(@\)\s"
# Jane Doe, Associated Press, or By Reuters Staff, or Jane Doe | AP.
_SIGNED = (
    r"(?:(?:by|By|BY|von|Von|par|Par|por|Por|di|Di|de|door|av|af)\s+)?"
    r"(?P<person>[^,|/()\n]{2,60}?(?:\s*[,|/]\s*|\s+[-–—]\s+|\s+\())?(?:[Tt]he\s+)?(?P<name>@)"
    r"(?:\s+(?:[Ss]taff|[Nn]ews|[Aa]gency|[Cc]orrespondents?|[Rr]eporters?|[Ww]riters?))*"
    r"(?P<beat>(?:\s+(?!Institute|Foundation)[A-Z][\w&.-]+){1,3}\s(?:[Cc]orrespondent|[Rr]eporter|[Ww]riter))?"
    r"\)?\.?"
)
# The holder of the rights with a year before or after; without a year they are a picture's.
_RIGHTS = (
    r"^(?:(?:©|\(c\)|copyright)[\s,:]*)+"
    r"(?:\d{4}[\s,]*(?:by\s+)?(?:the\s+)?@(?!\w)|(?:the\s+)?@[\s,]*\d{4})"
)
# … on Monday. PTI, as Indian papers end; below a picture it is the picture's.
_BARE_AT_THE_END = r"[.!?…”\"»’]\s+@\.?$"
_OF_A_PICTURE = re.compile(r"(?i)\b(?:photo|picture|image|file|foto|bild|credit|getty)\b")
_SENTENCE = 80  # characters; a shorter text that ends with a bare name may be a picture's caption
# … on Monday. (AFP), or … on Monday. — Reuters.
_AT_THE_END = r"(?:^|[.!?…”\"»’)]\s*)(?:[(\[]\s*@\s*[)\]]|(?:--|[-–—])\s*@|(?<!\w)/\s?@\s?/)\.?$"
# Copyright 2026 The Associated Press. All rights reserved. This material may not …, which
# text extractors leave out.
_RESERVED_IN_MARKUP = ("ights reserved", "ights Reserved", "RIGHTS RESERVED")
_RESERVED = re.compile(r"[Aa]ll [Rr]ights [Rr]eserved|ALL RIGHTS RESERVED")
_RESERVING = (
    "(//body//text()[contains(., 'ights reserved') or contains(., 'ights Reserved')"
    " or contains(., 'IGHTS RESERVED')])[position() <= 50]"
)
_UNSEEN = frozenset({"script", "style", "template", "noscript", "textarea"})
_OF_READERS = re.compile(r"(?i)comment(?!ary|ator)|disqus|livefyre|\brespond|\breplies")
_RIGHTS_IN_FULL = re.compile(
    r"""(?xi)(?:©|&copy;|&\#169;|\(c\)|copyright)\s*\d{4}\s+(?:by\s+)?(?:the\s+)?
    (?P<name>[A-Z][^<>.]{1,40})\.\s*all\ rights\ reserved\.\s*
    (?:this|the|no\ part|information|material|content)\b"""
)
_DATED = re.compile(r"(?i)\s*[|·•,–-]\s*(?:updated|published|posted|\d).*$")
_AS_SOURCE = (
    r"^(?:source|quelle|fonte|fuente|bron|kilde|källa|źródło|zdroj|forrás|lähde)\s*:\s*@\.?$"
)
# How an agency ends its reports in any newspaper.
_HOUSE_STYLES = (
    (
        "Reuters",
        re.compile(
            r"(?i)^\(?(?:additional )?reporting by [^\n]{3,300}?[;.]\s*(?:additional reporting"
            r"|writing|editing|compiled|graphics) by [^\n]{3,300}$"
        ),
    ),
    ("Reuters", re.compile(r"(?i)^our standards:\s*the thomson reuters trust principles")),
    ("CP", re.compile(r"(?i)^this report by the canadian press was first published\b")),
)

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
_PIECES = 20  # of a signature, whose names may be links
_MAX_NAME_WORDS = 7


def credit(document: Document, declared: Declared, body: str) -> Found:
    """Return the agency or other publisher credited with a page's text, with evidence; or ("", "").

    An agency's name on its own site is not a credit.
    """
    credit, origin = _find_credit(document, declared, body)
    return ("", "") if credit and _is_its_own(credit, document, declared) else (credit, origin)


def _is_its_own(credit: str, document: Document, declared: Declared) -> bool:
    """Return whether a page is on the site of the agency that it names."""
    if credit == _imprint.find_by_domain(document.address):
        return True
    site = declared.first("og:site_name")[0] or declared.first("application-name")[0]
    return _imprint.find_by_name(site) == credit


def _find_credit(document: Document, declared: Declared, body: str) -> Found:
    """Return the agency or publisher by the most reliable kind of evidence that the page has."""
    blocks = [line.strip() for line in text.prose(body).split("\n") if line.strip()]
    opening = [block[:_BLOCK] for block in blocks[:_OPENING]]
    closing = [block[-_BLOCK:] for block in blocks[-_CLOSING:]]
    evidence: tuple[Callable[[], Found | None], ...] = (
        lambda: _by_service(opening, closing),
        lambda: _by_dateline(_keep_naming(opening)),
        lambda: _by_name(_cut_dates(opening), "text"),
        lambda: _by_name(_cut_dates(_imprint.lines_above(document, body)), "byline"),
        lambda: _by_closing([*closing, *_list_signatures(document)]),
        lambda: _by_rights(document),
        lambda: _find_first_publisher(blocks, declared),
        lambda: _by_name(_keep_naming(_imprint.list_credited_names(declared)), "byline"),
        lambda: _by_name(_keep_naming(_imprint.list_shown_bylines(document)), "byline"),
        lambda: _imprint.by_publisher(declared),
        lambda: _imprint.by_path(document.address),
        lambda: _imprint.by_hint(declared),
    )
    return next(filter(None, (find() for find in evidence)), ("", ""))


def _list_signatures(document: Document) -> Iterator[str]:
    """Yield the paragraphs in which an agency signs a report, also those outside of the text."""
    if "eporting by" in document.html:
        for paragraph in document.tree.iterfind(".//p"):
            pieces = islice(paragraph.itertext(), _PIECES)
            line = " ".join("".join(piece[:_BLOCK] for piece in pieces).split())[:_BLOCK]
            if any(pattern.search(line) for _, pattern in _HOUSE_STYLES):
                yield line


def _keep_naming(passages: Iterable[str]) -> list[str]:
    """Return the passages with a word of any agency's name; most articles have none."""
    return [passage for passage in passages if _imprint.is_naming(passage)]


def _cut_dates(lines: Iterable[str]) -> list[str]:
    """Return the lines that name an agency, without a date after the name."""
    return [_DATED.sub("", line) for line in _keep_naming(lines)]


def _by_service(opening: Iterable[str], closing: Iterable[str]) -> Found | None:
    """Recognise a paid press release by its service's mark, or by the line at its end."""
    first, last = "\n".join(opening), "\n".join(closing)
    for service in _imprint.SERVICES:
        if re.search(service.mark, first):
            return service.credit, "mark"
        if service.closing and re.search(rf"(?m)^\W*{service.closing}", last):
            return service.credit, "closing line"
    return None


def _by_dateline(opening: Iterable[str]) -> Found | None:
    for block, agency in product(opening, _imprint.AGENCIES):
        forms = (_DATELINE, _IN_CAPITALS)
        found = (_imprint.pattern(form, agency.dateline).search(block) for form in forms)
        if any(dateline and _is_dateline(dateline[0]) for dateline in found):
            return agency.credit, "dateline"
    return None


def _is_dateline(said: str) -> bool:
    """Return whether the text before an agency's name is a place and a day, not a sentence.

    A dateline does not spell the name out: `American Pilots Association (APA) - …`.
    """
    before, _, sign = re.sub(r"[\])/\s.:–—-]+$", "", said).replace("[", "(").rpartition("(")
    words = re.findall(r"[^\W\d]+", before)
    if sum(word[0].islower() for word in words) > _MOST_SMALL_WORDS:
        return False
    last = re.findall(r"[^\W\d]+", before.rpartition(",")[2])  # ALTOONA, Pa. (AP) is a place
    capitals = "".join(word[0] for word in last if word[0].isupper())
    return not (len(sign) > 1 and capitals.endswith(sign.upper()))


def _by_name(bylines: Iterable[str], origin: str) -> Found | None:
    """Recognise an agency by a byline that ends with its name; two agencies share no credit."""
    found = {
        agency.credit
        for byline in bylines
        if len(byline) <= _BYLINE
        for agency in _imprint.AGENCIES
        if _signs(agency, byline)
    }
    return (found.pop(), origin) if len(found) == 1 else None


def find_agency(byline: str) -> str:
    """Return the name of an agency that signs alone or behind a person: `AP` in `Ada Holm, AP`."""
    is_signature = len(byline) <= _BYLINE and _imprint.is_naming(byline)
    agencies = _imprint.AGENCIES if is_signature else ()
    return next(filter(None, (_signs(agency, byline) for agency in agencies)), "")


def _signs(agency: _imprint.Agency, byline: str) -> str:
    """Return the agency's name in a byline, "" if it does not sign."""
    found = _imprint.pattern(_SIGNED, agency.name).fullmatch(byline)
    if found:
        return "" if found["person"] and found["name"] in _imprint.TITLES else found["name"]
    found = _imprint.pattern(_SIGNED, agency.name, ignores_case=True).fullmatch(byline)
    return found["name"] if found and len(found["name"]) > _SHORT_NAME else ""


def _by_closing(closing: list[str]) -> Found | None:
    """Recognise an agency by its house style, or by the end of one of the last blocks."""
    for block in reversed(closing):
        for credit, pattern in _HOUSE_STYLES:
            if pattern.search(block):
                return credit, "closing line"
    last_two, last = closing[-2:][::-1], closing[-1:]
    for closes, ends in ((_closes, last_two), (_ends_bare, last)):
        for block, agency in product(_keep_naming(ends), _imprint.AGENCIES):
            if closes(agency, block):
                return agency.credit, "closing line"
    return None


def _ends_bare(agency: _imprint.Agency, block: str) -> bool:
    """Return whether the last block is an agency's name, or a sentence that ends with one."""
    if _imprint.pattern(_imprint.WHOLE, agency.dateline).fullmatch(block.rstrip(".")):
        return block not in _imprint.TITLES
    if len(block) < _SENTENCE or _OF_A_PICTURE.search(block):
        return False
    found = _imprint.pattern(_BARE_AT_THE_END, agency.dateline).search(block)
    return found is not None and found[0].strip(' .!?…”"»’\n') not in _imprint.TITLES


def _closes(agency: _imprint.Agency, block: str) -> bool:
    for form, longest in ((_RIGHTS, _NOTE), (_AS_SOURCE, _BYLINE)):
        signs = _imprint.pattern(form, agency.name, ignores_case=True)
        if len(block) <= longest and signs.search(block):
            return True
    return bool(_imprint.pattern(_AT_THE_END, agency.dateline).search(block))


def _by_rights(document: Document) -> Found | None:
    """Recognise an agency by its copyright notice below an article."""
    named = {
        notice["name"].strip()
        for passage in islice(_rights_notices(document), 50)
        for notice in _RIGHTS_IN_FULL.finditer(passage)
    }
    signed = set(map(_imprint.find_by_name, named)) - {""}
    return (signed.pop(), "rights notice") if len(signed) == 1 else None


def _rights_notices(document: Document) -> Iterator[str]:
    """Yield the text around each copyright notice, without readers' comments.

    It is looked up in the markup first, since a page may be large.
    """
    if not any(_RIGHTS_IN_FULL.search(notice) for notice in _notices(document.html)):
        return
    for passage in document.tree.xpath(_RESERVING):
        beside = passage.getparent()
        around = [*([] if passage.is_tail else [beside]), *beside.iterancestors()]
        if not any(element.tag in _UNSEEN or _is_of_readers(element) for element in around):
            for reserving in _RESERVED.finditer(passage):
                yield passage[max(0, reserving.start() - 100) : reserving.start() + 50]


def _notices(html: str) -> Iterator[str]:
    """Yield the markup around each copyright notice."""
    for words in _RESERVED_IN_MARKUP:
        at = html.find(words)
        for _ in range(50):
            if at < 0:
                break
            yield html[max(0, at - 100) : at + 50]
            at = html.find(words, at + 1)


def _is_of_readers(element: HtmlElement) -> bool:
    """Return whether an element is hidden, or contains readers' comments."""
    if element.tag in {"html", "body", "main"}:
        return False
    names = (element.get(name) or "" for name in ("class", "id", "itemprop", "itemtype"))
    return element.get("hidden") is not None or bool(_OF_READERS.search(" ".join(names)))


def _find_first_publisher(blocks: list[str], declared: Declared) -> Found | None:
    """Recognise another publisher by a note on the first publication."""
    own = {_squash_name(name) for name in _own_names(declared)}
    for block in (*blocks[:2], *reversed(blocks[-_CLOSING:])):
        found = _FIRST.search(block) if len(block) <= _NOTE else None
        name = _read_publisher(found["name"]) if found else ""
        if name and _squash_name(name) not in own:
            return name, "note"
    return None


def _read_publisher(said: str) -> str:
    """Return the publisher's name at the beginning of a note, "" for none."""
    name = _NAME_ENDS.sub("", said).strip(" .,*_")
    bare = re.sub(r"^(?:our partners?|the website|our sister \w+)\s+(?:at |of )?", "", name)
    is_name = bare[:1].isupper() or bare.startswith("the ")
    if not is_name or _DATE.match(bare) or "://" in bare:
        return ""
    return bare if len(bare) <= _MAX_NAME and len(bare.split()) <= _MAX_NAME_WORDS else ""


def _squash_name(name: str) -> str:
    words = "".join(text.words(name)).removeprefix("the")
    return re.sub(r"(?:com|org|net)$", "", words)


def _own_names(declared: Declared) -> Iterator[str]:
    yield declared.first("og:site_name")[0]
    yield declared.first("application-name")[0]
    yield from json_ld.names(declared.article.get("publisher"), declared.nodes)
    for node in declared.nodes:
        if json_ld.kinds(node) & {"website", "newsmediaorganization"}:
            yield from json_ld.names(node)
