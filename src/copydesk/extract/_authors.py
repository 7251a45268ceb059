"""Find the authors of an article: in its metadata, its bylines and its feed entry."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.extract import json_ld, terms
from copydesk.extract.page import visible_text
from copydesk.extract.people import is_more, opens, organizations, people
from copydesk.kit import tables, text, urls
from copydesk.news.article import Author

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.declared import Declared
    from copydesk.extract.json_ld import Node
    from copydesk.extract.page import Document
    from copydesk.news import Lead

_MARKUP = tables.read_rows("copydesk.extract", "markup_names.toml", tuple[str, ...])
_META = _MARKUP["author_meta"]
_FAMILY_NAME_FIRST = frozenset({"citation_author", "dc.creator", "dcterms.creator"})
_ORGANIZATIONS = frozenset(
    {"organization", "newsmediaorganization", "corporation", "collection", "brand"}
)


# names of authors, those of organizations among them, and where both were found
_Declaration = tuple[Sequence[str], Sequence[str], str]


def authors(
    document: Document, declared: Declared, lead: Lead, site_names: Sequence[str]
) -> tuple[tuple[str, ...], tuple[Author, ...], str]:
    """Return the persons who wrote an article, its other authors, and where they were found.

    The others are news agencies, and the newsroom where no person is named. Names that the page
    declares are preferred to those of its feed entry, and these to a shown byline.
    """
    sites = frozenset(map(text.squash, site_names[-_MAX_FOUND:])) - _publishers(document, declared)
    told = list(_declarations(declared, lead))
    people_told = ((_persons(names, sites, is_declared=True), at) for names, _, at in told)
    found = _choose_fullest(people_told)
    others = _list_organizations(told, sites)
    for lines in bylines(document) if found is None else ():
        others = others or organizations(lines, sites, terms.find_agency)
        if persons := _persons(lines, sites):
            found = persons, "byline"
            break
    persons, origin = found or ((), "byline")
    agencies = tuple(other for other in others if other.kind == "agency")
    return persons, (agencies if persons else others)[:_MAX_NAMES], origin


def _list_organizations(told: Iterable[_Declaration], sites: frozenset[str]) -> tuple[Author, ...]:
    """Return the declared authors that are agencies or the newsroom."""
    bodies, values = list[str](), list[str]()
    for names, listed, _ in told:
        bodies += map(text.fold, listed)
        values += (*listed, *names)
    own = (body[:_MAX_LINE] for body in bodies if text.squash(body) in sites)
    newsrooms = (Author(name=name, kind="newsroom") for name in own)
    found = (*organizations(values, sites, terms.find_agency), *newsrooms)
    return tuple(dict.fromkeys(found))


def _persons(
    values: Iterable[str], sites: frozenset[str], *, is_declared: bool = False
) -> tuple[str, ...]:
    names = people(values, sites, is_declared=is_declared)
    return tuple(name for name in names if not terms.find_agency(name))


def _choose_fullest(
    told: Iterable[tuple[tuple[str, ...], str]],
) -> tuple[tuple[str, ...], str] | None:
    """Return the first non-empty names with their origin, or later ones with these and more."""
    found: tuple[tuple[str, ...], str] | None = None
    for names, origin in told:
        if names and (found is None or is_more(names, found[0])):
            found = names, origin
    return found


def _publishers(document: Document, declared: Declared) -> frozenset[str]:
    """Return the keys of persons who publish a site that is not named after them."""
    persons, sites = set[str](), set(map(text.squash, declared.meta.get("og:site_name", ())))
    sites.add(text.squash(urls.registrable_domain(document.address).split(".")[0]))
    for node in declared.nodes:
        kinds = json_ld.kinds(node)
        if kinds & {"person", "website"}:
            (persons if "person" in kinds else sites).update(map(text.squash, json_ld.names(node)))
    return frozenset(persons - sites)


def list_declared_names(declared: Declared) -> tuple[str, ...]:
    """Return the names of people that the page's metadata give as authors."""
    persons, _ = _names(declared.article.get("author"), declared)
    return people((*persons, *declared.meta.get("author", ())), is_declared=True)


def _declarations(declared: Declared, lead: Lead) -> Iterator[_Declaration]:
    """Yield the names of authors, those of organizations among them, and where both were found."""
    for node in (declared.article, declared.video):
        for key in ("author", "creator"):
            yield *_names(node.get(key), declared), "json-ld"
    for name in _META:
        turn = _turn_name if name in _FAMILY_NAME_FIRST else str
        yield list(map(turn, declared.meta.get(name, ()))), (), name
    yield lead.authors, (), "lead"


def _names(value: object, declared: Declared) -> tuple[list[str], list[str]]:
    """Return the names in a JSON-LD author: those of persons, those of organizations."""
    persons, bodies = list[str](), list[str]()
    for item in json_ld.items(value):
        node: Node = item if isinstance(item, dict) else {}
        if "name" not in node and "@type" not in node:
            node = json_ld.follow(node, declared.nodes)
        kinds = json_ld.kinds(node)
        named = bodies if kinds & _ORGANIZATIONS and "person" not in kinds else persons
        named += json_ld.names(item, declared.nodes) or _join_name_parts(node)
    return persons, bodies


def _join_name_parts(node: Node) -> list[str]:
    parts = [json_ld.string(node.get(key)) for key in ("givenName", "familyName")]
    return [" ".join(parts)] if all(parts) else []


def _turn_name(name: str) -> str:
    """Turn `Holm, Ada`, as library catalogues have it, into `Ada Holm`."""
    family, comma, given = (part.strip() for part in name.partition(","))
    is_turned = comma and given and "," not in given and len(family.split()) <= 3
    return f"{given} {family}" if is_turned and len(given.split()) <= 3 else name


# Bylines on the page, in markup for authors, by class names and by their wording.

# Only elements with one of these words in an attribute are examined.
_MARKED = re.compile(
    r"(?i)author|autor|auteur|byline|writer|reporter|journalist|creator|username|submitted-by"
    r"|posted-by|\bfn\b|p-name"
)
_NAMED_BY = ("class", "id", "data-component", "data-testid", "data-qa")
_AUTHORS = frozenset({"author", "creator"})
_PROPERTIES = frozenset({"author", "schema:author", "dc:creator"})
_CARDS = frozenset({"vcard", "h-card", "hcard"})
_CARD_NAMES = frozenset({"fn", "p-name"})
_USERS = frozenset({"username", "submitted-by", "posted-by"})
_AUTHOR_NAME = re.compile(r"author[-_]{0,2}name|name-author")
# Whole words only: `post-author`, not `authority-control`.
_WORD = re.compile(r"(?:^|[\s_-])(?:author|autor|auteur|writer|reporter|journalist)s?(?:[\s_-]|$)")
_UNSHOWN = frozenset({"meta", "link", "script", "style", "img", "svg", "input", "template", "head"})
# Parts of a page beside the article: other articles and readers' comments.
_BESIDE = re.compile(
    r"(?i)comment|related|recommend|sidebar|most-?(?:read|popular)|trending|teaser|carousel"
    r"|newsletter|disclaimer|follow|menu|tag-?list|more-(?:from|stories|on)|read-?next|promo|caption"
)
_TAGS_BESIDE = frozenset({"aside", "nav", "figure", "figcaption", "blockquote"})
_MAX_FOUND = 200  # elements of one kind that are examined, and names of the site
_MAX_ABOVE = 30  # levels
_MAX_AROUND = 100  # of those around the headline
_MAX_PARTS = 300  # elements in one element
_MAX_PIECES = 12  # of text in one element
_MAX_PIECE = 5_000  # characters; nested elements all have the same long text
_MAX_BLOCK = 250  # characters: a longer block contains an article or other articles
_LEVELS = 5  # above a name, which may contain its co-authors
_MAX_NAMES = 12
_LINKED_HEADLINES = ".//*[self::h2 or self::h3 or self::h4]//a[@href] | .//a[h2 or h3 or h4]"

_MAX_LINE = 120  # characters of a byline; a longer line is a sentence
_MAX_LINES = 400  # elements after the headline
_LINE_TAGS = frozenset(_MARKUP["byline_elements"])


Place = tuple[int, "HtmlElement"]  # an element and its number in the page


def bylines(document: Document) -> Iterator[list[str]]:
    """Yield the bylines shown on a page, most probable first, each as a list of its lines."""
    headline, places = _places(document)
    title = _title(document)
    for kind in places:
        shown = [
            place for place in kind[:_MAX_FOUND] if _is_by_its_author(place[1], title, document)
        ]
        behind = [element for at, element in shown if at > headline]
        for elements in (behind, [element for _, element in shown]):
            if elements:
                yield [_lines(element) for element in _take_together(elements)]
    yield from _list_spoken_bylines(document, headline)


def _places(document: Document) -> tuple[int, list[list[Place]]]:
    """Return the number of the headline's element, and the elements marked as authors' names.

    The elements are in lists by kind, from the most reliable kind to the weakest.
    """
    headline, places = 0, [list[Place]() for _ in range(_KINDS)]
    for at, element in enumerate(document.every):
        if element.tag == "h1":
            headline = headline or at
        elif element.tag == "author" or _is_marked(element):
            for kind, is_one in enumerate(_marks(element)):
                if is_one:
                    places[kind].append((at, element))
    return headline, places


_KINDS = 9
_BEARERS = frozenset((*_NAMED_BY, "itemprop", "property", "rel"))


def _is_marked(element: HtmlElement) -> bool:
    """Return whether an element can be marked as an author's name; most cannot."""
    return any(name in _BEARERS and _names_somebody(value) for name, value in element.items())


@functools.lru_cache(maxsize=4_096)
def _names_somebody(value: str) -> bool:
    """Return whether a name in the markup is for authors; cached, since pages repeat them."""
    return _MARKED.search(value) is not None


def _marks(element: HtmlElement) -> Iterator[bool]:
    """Yield for each kind of author mark whether an element has it."""
    called = " ".join(filter(None, (element.get(name) for name in _NAMED_BY))).lower()
    words = frozenset(called.split())
    yield bool(_AUTHORS & frozenset((element.get("itemprop") or "").split()))
    yield element.get("property") in _PROPERTIES
    yield element.tag == "a" and "author" in (element.get("rel") or "").split()
    yield "byline" in called
    yield bool(_CARD_NAMES & words) and "org" not in words and _is_on_a_card(element)
    yield "p-author" in words
    yield bool(_AUTHOR_NAME.search(called))
    yield element.tag == "author" or bool(_USERS & words)
    yield bool(_WORD.search(called)) and element.tag != "body" and _measure(element) <= _MAX_LINE


def _is_on_a_card(element: HtmlElement) -> bool:
    around = islice(element.iterancestors(), _MAX_ABOVE)
    return any(_CARDS & frozenset((element.get("class") or "").split()) for element in around)


def _title(document: Document) -> list[HtmlElement]:
    """Return the headline's element and those around it, none if the page has no h1."""
    headline = next(document.tree.iter("h1"), None)
    return [] if headline is None else [headline, *headline.iterancestors()][:_MAX_AROUND]


def _is_about_it(element: HtmlElement, title: list[HtmlElement]) -> bool:
    """Return whether an element is visible and part of the article, not of a sidebar or teaser.

    An element that contains the headline or follows it at once is part of the article, whatever its
    name: some pages are named after their sidebar, some headline blocks after teasers.
    """
    if element.tag in _UNSHOWN:
        return False
    around = [element, *islice(element.iterancestors(), _MAX_ABOVE)]
    for level in around:
        if level.tag in _TAGS_BESIDE:
            return False
        if level in title or (title and level.getprevious() is title[0]):
            return True
        if level.tag not in {"body", "html"} and _BESIDE.search(level.get("class") or ""):
            return False
    return True


def _is_by_its_author(element: HtmlElement, title: list[HtmlElement], document: Document) -> bool:
    return _is_about_it(element, title) and not _is_of_a_teaser(element, document)


def _is_of_a_teaser(element: HtmlElement, document: Document) -> bool:
    """Return whether a name is in a short block with the linked headline of another story."""
    own = text.squash(" ".join(visible_text(document, "//title[not(ancestor::svg)]", 1)))
    for block in islice(element.iterancestors(), _LEVELS):
        if block.tag == "body" or _measure(block) > _MAX_BLOCK:
            break
        for link in islice(block.xpath(_LINKED_HEADLINES), _MAX_NAMES):
            goes = urls.path(link.get("href") or "")
            head = text.squash(" ".join(islice(link.itertext(), _MAX_PIECES))[:_MAX_BLOCK])
            if goes not in {"", urls.path(document.address)} and head and head not in own:
                return True
    return False


def _take_together(elements: list[HtmlElement]) -> list[HtmlElement]:
    """Return the elements of the first byline: those in a short block with the first one."""
    first = block = elements[0]
    for above in islice(first.iterancestors(), _LEVELS):
        if _measure(above) > _MAX_BLOCK or above.tag == "body":
            break
        block = above
    inside = set(block.iter())
    return [element for element in elements if element in inside][:_MAX_NAMES]


def _measure(element: HtmlElement) -> int:
    """Count the characters of an element's text, stopping once it is longer than a byline block."""
    length = 0
    for piece in _pieces(element):
        length += len(piece.strip())
        if length > _MAX_BLOCK:
            break
    return length


def _lines(element: HtmlElement) -> str:
    """Return the first pieces of an element's text as lines, or those of a name marked in it."""
    parts = islice(element.iter(), 1, _MAX_PARTS) if len(element) else ()
    names = (part for part in parts if part.get("itemprop") == "name" and part.tag not in _UNSHOWN)
    named = next(names, element)
    pieces = (text.fold(piece[:_MAX_PIECE]) for piece in _pieces(named))
    return "\n".join(islice(filter(None, pieces), _MAX_PIECES))


def _pieces(element: HtmlElement) -> Iterator[str]:
    """Yield the visible pieces of text in the first parts of an element."""
    for part in islice(element.iter(), _MAX_PARTS):
        if part.text and isinstance(part.tag, str) and part.tag not in _UNSHOWN:
            yield part.text
        if part.tail and part is not element:
            yield part.tail


def _list_spoken_bylines(document: Document, headline: int) -> Iterator[list[str]]:
    """Yield short lines after the headline that begin like a byline (`By …`) or name an agency."""
    title = _title(document)
    for element in document.every[headline : headline + _MAX_LINES]:
        if element.tag in _LINE_TAGS and 0 < _measure(element) <= _MAX_LINE:
            line = _lines(element)
            # `Ada Holm, Reuters` has no class of its own
            is_byline = opens(line) or ("," in line and terms.find_agency(line))
            if is_byline and _is_by_its_author(element, title, document):
                yield [line]
