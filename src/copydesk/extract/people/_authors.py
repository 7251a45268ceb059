"""Authors: the people who wrote it, not the byline around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from copydesk.extract.page import Declared, json_ld
from copydesk.extract.people._byline import bylines
from copydesk.extract.people._person import is_more, people
from copydesk.kit import text, urls

if TYPE_CHECKING:
    from copydesk.extract.page import Document
    from copydesk.extract.page.json_ld import Node
    from copydesk.news import Lead

_META = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "article.author",
    "og:article:author",
    "cxenseparse:author",
    "creator",
)
_FAMILY_NAME_FIRST = frozenset({"citation_author", "dc.creator", "dcterms.creator"})
_ORGANIZATIONS = frozenset(
    {"organization", "newsmediaorganization", "corporation", "collection", "brand"}
)


def find(
    document: Document, declared: Declared, lead: Lead, site_names: Iterable[str]
) -> tuple[tuple[str, ...], str]:
    """Find the authors in the order of the byline and where they came from, ((), "") for none.

    What the page declares goes before the lead, and that before what the page shows.
    """
    sites = frozenset(text.squash(name) for name in site_names) - _publishers(document, declared)
    told = (
        (people(names, sites, is_declared=True), at) for names, at in _declarations(declared, lead)
    )
    if declared_people := _choose_fullest(told):
        return declared_people
    for lines in bylines(document):
        found = people(lines, sites)
        if found:
            return found, "byline"
    return (), ""


def _choose_fullest(
    told: Iterable[tuple[tuple[str, ...], str]],
) -> tuple[tuple[str, ...], str] | None:
    """Return the first names, or those of a later declaration that names the same and more."""
    found: tuple[tuple[str, ...], str] | None = None
    for names, origin in told:
        if names and (found is None or is_more(names, found[0])):
            found = names, origin
    return found


def _publishers(document: Document, declared: Declared) -> frozenset[str]:
    """Return the keys of persons who publish a site that is not called after them."""
    persons, sites = set[str](), set(map(text.squash, declared.meta.get("og:site_name", ())))
    sites.add(text.squash(urls.registrable_domain(document.address).split(".")[0]))
    for node in declared.nodes:
        kinds = json_ld.kinds(node)
        if kinds & {"person", "website"}:
            (persons if "person" in kinds else sites).update(map(text.squash, json_ld.names(node)))
    return frozenset(persons - sites)


def list_declared_names(declared: Declared) -> tuple[str, ...]:
    """Return the persons that the page's own declarations name."""
    values = _person_names(declared.article.get("author"), declared)
    values += declared.meta.get("author", ())
    return people(values, is_declared=True)


def _declarations(declared: Declared, lead: Lead) -> Iterator[tuple[list[str], str]]:
    for node in (declared.article, declared.video):
        for key in ("author", "creator"):
            yield _person_names(node.get(key), declared), "json-ld"
    for name in _META:
        values = list(declared.meta.get(name, ()))
        yield (
            [_turn_name(person) for person in values] if name in _FAMILY_NAME_FIRST else values,
            name,
        )
    yield list(lead.authors), "lead"


def _person_names(value: object, declared: Declared) -> list[str]:
    """Return the names in a JSON-LD author, those of organizations left out."""
    found: list[str] = []
    for item in json_ld.items(value):
        node = _follow_reference(item, declared) if isinstance(item, dict) else {}
        kinds = json_ld.kinds(node)
        if "person" in kinds or not kinds & _ORGANIZATIONS:
            found += json_ld.names(item, declared.nodes) or _join_name_parts(node)
    return found


def _follow_reference(item: Node, declared: Declared) -> Node:
    """Follow a reference to the object that says what an author is."""
    if "name" in item or "@type" in item or "@id" not in item:
        return item
    key = item["@id"]
    return next(
        (node for node in declared.nodes if node.get("@id") == key and "name" in node), item
    )


def _join_name_parts(node: Node) -> list[str]:
    parts = [json_ld.string(node.get(key)) for key in ("givenName", "familyName")]
    return [" ".join(parts)] if all(parts) else []


def _turn_name(name: str) -> str:
    """Turn `Holm, Ada`, as libraries write it, to `Ada Holm`."""
    family, comma, given = (part.strip() for part in name.partition(","))
    is_turned = comma and given and "," not in given and len(family.split()) <= 3
    return f"{given} {family}" if is_turned and len(given.split()) <= 3 else name
