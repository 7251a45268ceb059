"""Recognise news agencies and press-release services by the authors and sources that a page names.

`tables/agencies.toml` and `tables/press_release_services.toml` hold their names and how they sign.
docs/design/extract.md has each kind of evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import dropwhile, islice
from typing import TYPE_CHECKING

from copydesk.extract import json_ld
from copydesk.extract.page import select
from copydesk.kit import tables, text, urls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document

_PACKAGE = "copydesk.extract.terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A news agency: patterns of its name in datelines and bylines, and its own domains.

    `domains` are its own sites.
    """

    credit: str
    dateline: str
    name: str
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A press-release service: its sign in a dateline, the last line of its texts, its domains.

    `seen_at` is a pattern of its URL after "View source on …", a last line, too.
    """

    mark: str
    seen_at: str = ""
    closing: str = ""
    domains: tuple[str, ...] = ()
    credit: str = ""


def _service(credit: str, row: Service) -> Service:
    seen = rf"(?i:view|see|read|to view|find)\b.{{0,80}}\b(?:{row.seen_at})"
    return replace(row, credit=credit, closing=seen if row.seen_at else row.closing)


_ROWS = tables.read_rows(_PACKAGE, "agencies.toml", dict[str, tuple[str, ...]])
AGENCIES = tuple(
    Agency(
        credit=credit,
        dateline="|".join((*row["signs"], *row.get("dateline", ()))),
        name="|".join((*row["signs"], *row.get("byline", ()))),
        domains=row.get("domains", ()),
    )
    for credit, row in _ROWS.items()
)
_SERVICES = tables.read_rows(_PACKAGE, "press_release_services.toml", Service)
SERVICES = tuple(_service(credit, row) for credit, row in _SERVICES.items())
# Short forms that after a person's name may be a title or another organization: Jane Doe, PA.
TITLES = frozenset(title for row in _ROWS.values() for title in row.get("titles", ()))
_COMMON = frozenset({"the", "news", "staff", "agency", "press", "of", "de", "service", "bureau"})
# Every other word of the names in lower case: a text without any of them names no agency.
_WORDS = frozenset(
    word
    for agency in AGENCIES
    for word in re.findall(r"\w{2,}", agency.name.replace("\\w", "").lower())
    if word not in _COMMON
)


def is_naming(passage: str) -> bool:
    """Return whether a text contains a distinctive word of any agency's name. Most do not."""
    return not _WORDS.isdisjoint(text.words(passage))


WHOLE = r"(?:the )?@"  # a form for `pattern`: the name alone


@cache
def pattern(form: str, name: str, *, ignores_case: bool = False) -> re.Pattern[str]:
    """Compile a regex from a form in which @ stands for an agency's name."""
    return re.compile(form.replace("@", f"(?:{name})"), re.IGNORECASE if ignores_case else 0)


def find_by_name(passage: str) -> str:
    """Return the news agency that has this name, in any case; "" for none."""
    name = passage.strip()
    for agency in AGENCIES if name else ():
        if pattern(WHOLE, agency.name, ignores_case=True).fullmatch(name):
            return agency.credit
    return ""


def find_by_domain(address: str) -> str:
    """Return the news agency or press-release service that owns a URL's site, "" for none."""
    host = urls.host(address)
    owners: tuple[Agency | Service, ...] = (*AGENCIES, *SERVICES)
    for owner in owners:
        if any(host == domain or host.endswith(f".{domain}") for domain in owner.domains):
            return owner.credit
    return ""


# The evidence: what a page declares and shows, and what its URL says.

Found = tuple[str, str]  # the credit and its origin

_LONGEST = 90  # characters of a byline
_SHORT_NAME = 4  # characters; "AAP" and "APA" are many bodies
_METAS = (
    *("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "byl"),
    *("sailthru.author", "dc.source", "dcterms.source", "news_source", "copyright"),
    *("copyright-holder", "dc.rights", "article:provider", "provider"),
)
_BYLINES = (
    "(//body//@class[contains(., 'byline') or contains(., 'Byline')]"
    " | //body//@itemprop[. = 'author'])/parent::*"
    "[not(ancestor::aside or ancestor::footer or ancestor::nav)]"
)
_MOST_BYLINES = 4  # a name, its link and their parent
_OPENING = 2_000  # characters of a text that contain its first blocks
_LETTERS = 40  # of a block that surely belongs to the text
_MOST_ABOVE = 300  # elements
_MOST_PIECES = 12  # of text in one element
_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "figure", "nav", "aside"})
_MOST_AROUND = 6  # levels; further out is the page
_BESIDE = re.compile(
    r"(?i)caption|credit|image|photo|picture|media|gallery|slide|video|related|teaser|copyright"
)
_FOLDERS = 3  # of a URL that are read, without its last part
_WIRES = frozenset({"wires", "wire", "newswire", "newswires", "agencies", "agency", "ticker"})
_FEED = re.compile(r" ?(?:online|wire|newswire|feed)$")
_FED = frozenset({"ap", "afp", "dpa", "upi"})
_HINTS = ("original-source", "syndication-source")  # URLs that Google News once asked for


def list_credited_names(declared: Declared) -> list[str]:
    """Return the names in a page's metadata of author, provider or copyright holder."""
    found: list[str] = []
    keys = ("provider", "sourceOrganization", "copyrightHolder", "author", "creator", "creditText")
    for key in keys:
        found += json_ld.names(declared.article.get(key), declared.nodes)
    for name in _METAS:
        found += declared.meta.get(name, ())
    return [_cut_rights(name) for name in found]


def list_shown_bylines(document: Document) -> list[str]:
    """Return the bylines shown on a page, [] if there are many, as on a page of links."""
    found = select(document, _BYLINES, "yline", "itemprop")
    if len(found) > _MOST_BYLINES:
        return []
    return [
        text.fold(" ".join(islice(element.itertext(), 50)))[: _LONGEST + 1] for element in found
    ]


def lines_above(document: Document, body: str) -> list[str]:
    """Return the short lines between a page's headline and text that name a news agency.

    This is the place of bylines; lines of pictures and of other articles are left out.
    """
    of_text = "".join(text.words(text.prose(body[:_OPENING])))
    lines: list[str] = []
    elements = dropwhile(lambda element: element.tag != "h1", document.tree.iter())
    for element in filter(_is_line, islice(elements, 1, _MOST_ABOVE)):
        line = text.fold(" ".join(islice(element.itertext(), _MOST_PIECES)))
        if len(line) >= _LETTERS:
            letters = "".join(text.words(line[:_OPENING]))
            if len(letters) >= _LETTERS and letters in of_text:
                break
        if 0 < len(line) <= _LONGEST and is_naming(line) and not _is_beside(element):
            lines.append(line)
    return lines


def _is_line(element: HtmlElement) -> bool:
    """Return whether an element shows text of its own."""
    is_shown = isinstance(element.tag, str) and element.tag not in _UNSEEN
    return is_shown and bool((element.text or "").strip())


def _is_beside(element: HtmlElement) -> bool:
    around = [element, *islice(element.iterancestors(), _MOST_AROUND)]
    return any(
        element.tag in _UNSEEN
        or (element.tag not in {"body", "html"} and _BESIDE.search(element.get("class") or ""))
        for element in around
    )


def by_publisher(declared: Declared) -> Found | None:
    """Return the news agency that a page's JSON-LD gives as publisher, None if it gives none.

    It must be the full name: "AAP" and "APA" are also publishers that are not agencies.
    """
    for name in json_ld.names(declared.article.get("publisher"), declared.nodes):
        credit = find_by_name(name) if len(name) > _SHORT_NAME else ""
        if credit:
            return credit, "publisher"
    return None


def by_path(address: str) -> Found | None:
    """Return the news agency in the path of a page's URL (/reuters/…), None if there is none."""
    folders = urls.path(address)[:300].lower().split("/")[1:-1][:_FOLDERS]
    for at, folder in enumerate(folders):
        is_wires = at > 0 and folders[at - 1] in _WIRES
        credit = _by_folder(folder, is_wires=is_wires)
        if credit and (is_wires or at == 0):
            return credit, "address"
    return None


def _by_folder(folder: str, *, is_wires: bool) -> str:
    """Return the agency that a folder is named after; short names count only among agencies."""
    words = folder.replace("-", " ")
    name = _FEED.sub("", words)
    is_feed = name != words and name in _FED
    return find_by_name(name) if is_wires or is_feed or len(name) > _SHORT_NAME else ""


def _cut_rights(byline: str) -> str:
    """Return the holder in a notice like "Copyright 2026 The Associated Press"."""
    bare = re.sub(r"(?i)^(?:(?:©|\(c\)|copyright)[\s,:]*)+(?:\d{4}[\s,]*)?(?:by\s+)?", "", byline)
    return re.sub(r"(?i)[.,]?\s*all rights reserved.*$", "", bare)


def by_hint(declared: Declared) -> Found | None:
    """Return the news agency that owns the original article that a page refers to, or None."""
    for address, origin in origins(declared):
        credit = find_by_domain(address)
        if credit:
            return credit, origin
    return None


def origins(declared: Declared) -> Iterator[tuple[str, str]]:
    """Yield the URLs that a page's metadata give for the original article, and the field's name."""
    for name in _HINTS:
        for address in declared.meta.get(name, ()):
            yield address, name
    based_on: Mapping[str, object] = declared.article
    for address in json_ld.addresses(based_on.get("isBasedOn"))[:5]:
        yield address, "isBasedOn"
