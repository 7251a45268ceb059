"""Collect the metadata of a page: meta tags, link elements and JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.extract import json_ld
from copydesk.extract.json_ld import Node
from copydesk.kit import text, urls

if TYPE_CHECKING:
    from copydesk.extract.page import Document

_MAX_VALUE = 5_000  # characters of one meta tag
_MOST = 500  # meta tags of one name, links of one relation
_MOST_OF = {"canonical": 5, "amphtml": 5}  # relations of which a page has one


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The metadata of a page: its meta tags, link elements and JSON-LD objects.

    `meta` maps a name or property in lower case to its values in order, `links` a relation to its
    absolute URLs. `nodes` are all JSON-LD objects; `article` and `video` are the ones that the page
    is about, {} for none.
    """

    meta: Mapping[str, tuple[str, ...]]
    links: Mapping[str, tuple[str, ...]]
    nodes: tuple[Node, ...] = ()
    article: Node
    video: Node

    def first(self, *names: str) -> tuple[str, str]:
        """Return the first value of the page's meta tags with these names, and the tag's name."""
        for name in names:
            for value in self.meta.get(name, ()):
                return value, name
        return "", ""


def collect(document: Document) -> Declared:
    """Collect the meta tags, link elements and JSON-LD objects of a page."""
    links = _links(document)
    nodes = json_ld.nodes(document)
    own = {document.address, *links.get("canonical", ())}
    addresses = frozenset(urls.identity(address) for address in own)
    return Declared(
        meta=_meta(document),
        links=links,
        nodes=nodes,
        article=json_ld.main(nodes, json_ld.ARTICLES, addresses),
        video=json_ld.main(nodes, json_ld.VIDEOS, addresses),
    )


def _meta(document: Document) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for tag in document.tree.iter("meta"):
        value = text.fold((tag.get("content") or "")[:_MAX_VALUE])
        if not value:
            continue
        for key in ("property", "name", "itemprop", "http-equiv"):
            for name in (tag.get(key) or "").lower().split():
                values = found.setdefault(name, [])
                if len(values) < _MOST:
                    values.append(value)
    return {name: tuple(values) for name, values in found.items()}


def _links(document: Document) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for tag in document.tree.iter("link"):
        relations = [
            relation
            for relation in (tag.get("rel") or "").lower().split()
            if len(found.get(relation, ())) < _MOST_OF.get(relation, _MOST)
        ]
        if not relations:
            continue
        address = urls.fetchable((tag.get("href") or "")[:_MAX_VALUE], document.base)
        if address is not None:
            for relation in relations:
                found.setdefault(relation, []).append(address)
    return {name: tuple(values) for name, values in found.items()}
