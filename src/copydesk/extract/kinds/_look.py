"""A page as it is looked at to tell what it is: its own word, its words, its address."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.extract.page import Declared, json_ld, visible_text
from copydesk.extract.page.json_ld import Node
from copydesk.kit import text, urls

if TYPE_CHECKING:
    from copydesk.extract.page import Document
    from copydesk.news import Lead

TINY = 150  # characters of text
SHORT = 600

_SHARED = 0.5  # of a name's words that the title has too: they name one thing
_TEASERS = 3
_MAX_NODES = 50
_DATED = (
    *("article:published_time", "article:published", "datepublished", "publishdate", "pubdate"),
    *("parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "dc.date.issued"),
)
_OF_A_PRODUCT = ("review", "reviews")
_REVIEWS = frozenset({"review", "criticreview", "userreview", "employerreview"})
_MICRODATA = "//*[contains(@itemtype, 'Article') or contains(@itemtype, 'BlogPosting')]"


@dataclass(frozen=True, slots=False, kw_only=True)
class Look:
    """What there is to judge by; `words` is the text in plain prose, `title` without the site's."""

    document: Document
    declared: Declared
    lead: Lead
    title: str
    words: str

    @property
    def length(self) -> int:
        """Give the characters of its text."""
        return len(self.words)

    @property
    def address(self) -> str:
        """Give where the page was found at the end."""
        return self.document.address

    @functools.cached_property
    def segments(self) -> tuple[str, ...]:
        """Give the parts of its path in lower case."""
        return tuple(part for part in urlsplit(self.address).path.lower().split("/") if part)

    @functools.cached_property
    def headings(self) -> tuple[str, ...]:
        """Give its title tag, whole and in parts, and its first headings."""
        found = list(visible_text(self.document, "//title", 1))
        found += [part for one in found for part in re.split(r"\s+[|–—·•:-]\s+", one[:300])]
        return tuple(dict.fromkeys([*found, *visible_text(self.document, "//h1", 2)]))

    @functools.cached_property
    def classes(self) -> frozenset[str]:
        """Give what the template says of itself in the classes of html and body."""
        found = self.document.tree.xpath("/html/@class | /html/body/@class")
        return frozenset(" ".join(str(one)[:3_000] for one in found).lower().split())

    @functools.cached_property
    def is_sure(self) -> bool:
        """Say whether its own data name it an article: no teaser, no review by a customer."""
        declared = (one for one in self.declared.nodes if json_ld.kinds(one) & json_ld.ARTICLES)
        for node in itertools.islice(declared, _MAX_NODES):
            if self.is_about(node) and not self._is_by_a_customer(node):
                return True
        return len(self.document.tree.xpath(_MICRODATA)[:2]) == 1

    @functools.cached_property
    def says_article(self) -> bool:
        """Say whether OpenGraph calls it an article, as many templates call everything."""
        return self.declared.first("og:type")[0].lower() == "article"

    @functools.cached_property
    def is_article(self) -> bool:
        """Say whether it surely is one by its own word: by its data, or a type and a date."""
        return self.is_sure or (self.says_article and bool(self.declared.first(*_DATED)[0]))

    @functools.cached_property
    def is_dated(self) -> bool:
        """Say whether its head says when it was published."""
        return bool(self.declared.first(*_DATED)[0])

    def is_about(self, node: Node) -> bool:
        """Say whether the page is about what a node describes, and does not only mention it."""
        own = [one for key in ("url", "mainEntityOfPage", "@id") for one in _addresses(node, key)]
        here = {self.address, *self.declared.links.get("canonical", ())}
        if {urls.identity(one) for one in own} & {urls.identity(one) for one in here}:
            return True
        name = json_ld.string(node.get("headline")) or json_ld.string(node.get("name"))
        if self._is_named(name):
            return True
        same = max((self._kinds[kind] for kind in json_ld.kinds(node)), default=0)
        return not own and same < _TEASERS

    @functools.cached_property
    def _kinds(self) -> Counter[str]:
        """Count the page's nodes of each type."""
        return Counter(kind for node in self.declared.nodes for kind in json_ld.kinds(node))

    def _is_named(self, name: str) -> bool:
        """Say whether half of a name's words stand in a title that page or lead have."""
        wanted = set(text.words(name))
        if not wanted:
            return False
        told = (*self.headings, self.declared.first("og:title")[0], self.lead.title)
        given = set(text.words(" ".join(told)))
        return len(wanted & given) >= _SHARED * len(wanted)

    def _is_by_a_customer(self, node: Node) -> bool:
        """Say whether a review is one of those below a product."""
        if not json_ld.kinds(node) <= _REVIEWS:
            return False
        for holder in self.declared.nodes:
            for key in _OF_A_PRODUCT:
                value = holder.get(key)
                if any(one is node for one in (value if isinstance(value, list) else [value])):
                    return True
        return False


def _addresses(node: Node, key: str) -> list[str]:
    return [one for one in json_ld.addresses(node.get(key)) if one.startswith("http")]
