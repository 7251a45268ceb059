"""A page prepared for deciding whether it is an article: metadata, headings, text, URL."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.extract import json_ld
from copydesk.extract.json_ld import Node
from copydesk.extract.page import select, visible_text
from copydesk.kit import tables, text, urls

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
    from copydesk.news import Lead

TINY = 150  # characters of text, as `size` counts them
SHORT = 600
NOTE, BRIEF = 40, 60  # of one sentence, of two

_SHARED = 0.5  # of a name's words that are also in the title, so that both name one thing
_WIDE = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_AS_WIDE = 3  # Latin letters for one such character
# Ends of sentences; a long run of a script without full stops counts as one.
_END = re.compile(
    r"[.!?…؟।](?=[\s\"'”’»)]|\Z)|[。！？]|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\s]{30}"
)
_HEADLINE_WORDS, _HEADLINE_SIZE = 4, 25
_THE = frozenset(tables.read_lines("copydesk.extract.kinds", "articles.txt"))
_SITE_WORDS = 3  # of a site's name
_SPELT = 3  # words that a headline and its URL share
_TEASERS = 3
_MAX_NODES = 50
_DATED = (
    *("article:published_time", "article:published", "datepublished", "publishdate", "pubdate"),
    *("parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "dc.date.issued"),
)
_OF_A_PRODUCT = ("review", "reviews")
_REVIEWS = frozenset({"review", "criticreview", "userreview", "employerreview"})
_LOWER = "(//h2 | //h3)[not(.//a) and not(ancestor::a)]"
_MAX_LOWER = 5
_IN_THE_PAGE = (
    "(//time)[position() <= 20][not(ancestor::footer or ancestor::nav or ancestor::aside)]"
    "[not(ancestor::header) or ancestor::article or ancestor::main]"
)
_MICRODATA = "//@itemtype[contains(., 'Article') or contains(., 'BlogPosting')]/.."


@dataclass(frozen=True, slots=False, kw_only=True)
class PageLook:
    """A page prepared for deciding its kind: metadata, headings, plain text (`words`), URL."""

    document: Document
    declared: Declared
    lead: Lead
    title: str
    words: str

    @functools.cached_property
    def length(self) -> int:
        """Return the length of the page's text; a Chinese or Japanese letter counts as three."""
        return size(self.words)

    @property
    def address(self) -> str:
        """Return the final URL of the page."""
        return self.document.address

    @functools.cached_property
    def segments(self) -> tuple[str, ...]:
        """Return the segments of the page's URL path in lower case."""
        return tuple(part for part in urlsplit(self.address).path.lower().split("/") if part)

    @functools.cached_property
    def headings(self) -> tuple[str, ...]:
        """Return the text of the page's title tag, the parts of it, and the first h1 headings."""
        found = list(visible_text(self.document, "//title", 1))
        found += [part for heading in found for part in _parts(heading)]
        return tuple(dict.fromkeys([*found, *self.own_headings]))

    @functools.cached_property
    def own_headings(self) -> tuple[str, ...]:
        """Return the texts of the page's first h1 headings."""
        return tuple(visible_text(self.document, "//h1", 2))

    @functools.cached_property
    def whole_headings(self) -> tuple[str, ...]:
        """Return the h1 headings, and the title tag with and without the site's name.

        The site's name that is removed must be short, and no h1 heading may contain title and name.
        """
        headings = [self.title, *self.own_headings]
        for title in visible_text(self.document, "//title", 1):
            headings.append(title)
            parts = [] if title in self.own_headings else _parts(title)
            for at, part in enumerate(parts):
                others = text.words(" ".join([*parts[:at], *parts[at + 1 :]]))
                if len(others) <= _SITE_WORDS:
                    headings.append(part)
        return tuple(dict.fromkeys(filter(None, headings)))

    @functools.cached_property
    def headline(self) -> str:
        """Return the first heading of the page that is long enough for a headline, "" if none is.

        A heading of a lower level counts if it is the page's title and has no link.
        """
        if found := next(filter(is_headline, self.own_headings), ""):
            return found
        below = visible_text(self.document, _LOWER, _MAX_LOWER) if is_headline(self.title) else ()
        return self.title if self.title in below else ""

    @functools.cached_property
    def classes(self) -> frozenset[str]:
        """Return the classes of the page's html and body elements."""
        found = self.document.tree.xpath("/html/@class | /html/body/@class")
        return frozenset(" ".join(str(names)[:3_000] for names in found).lower().split())

    @functools.cached_property
    def is_sure(self) -> bool:
        """Return whether JSON-LD says that this page is an article, and not a teaser or review."""
        declared = (node for node in self.declared.nodes if json_ld.kinds(node) & json_ld.ARTICLES)
        for node in itertools.islice(declared, _MAX_NODES):
            if self.is_about(node) and not self._is_by_a_customer(node):
                return True
        return len(select(self.document, _MICRODATA, "itemtype")[:2]) == 1

    @functools.cached_property
    def says_article(self) -> bool:
        """Return whether og:type is "article", which many templates set on every page."""
        return self.declared.first("og:type")[0].lower() == "article"

    @functools.cached_property
    def is_article(self) -> bool:
        """Return whether the metadata surely say article: by JSON-LD, or og:type with a date."""
        return self.is_sure or (self.says_article and bool(self.declared.first(*_DATED)[0]))

    @functools.cached_property
    def is_dated(self) -> bool:
        """Return whether the page's metadata have a date of publication."""
        return bool(self.declared.first(*_DATED)[0])

    @functools.cached_property
    def is_as_listed(self) -> bool:
        """Return whether a heading of the page equals the headline in the feed or sitemap.

        A short headline, which a section or a login may have too, counts with the source's excerpt
        only.
        """
        wanted = set(text.words(self.lead.title))
        for shown in {*self.own_headings, self.headline}:
            given = set(text.words(shown))
            if wanted and len(wanted & given) >= _SHARED * max(len(wanted), len(given)):
                return is_headline(self.lead.title) or self._quotes_the_source
        return False

    @functools.cached_property
    def _quotes_the_source(self) -> bool:
        """Return whether the page's text begins with the source's excerpt."""
        wanted = text.squash(self.lead.excerpt)[:NOTE]
        return size(wanted) >= NOTE / 2 and wanted in text.squash(self.words)

    @functools.cached_property
    def is_brief(self) -> bool:
        """Return whether the page is a short report: a headline and two sentences, or similar.

        A sign is a time near the headline, the headline that its source gave, or that of its URL.
        """
        if size(self.words) < NOTE or not ends(self.words):
            return False
        is_told = bool(self.headline) and size(self.words) >= BRIEF and ends(self.words) > 1
        return is_told or self.is_timed or self.is_as_listed or self.is_spelt

    @functools.cached_property
    def is_timed(self) -> bool:
        """Return whether the page has a date in its metadata or content, not only in a footer."""
        return self.is_dated or bool(self.document.tree.xpath(_IN_THE_PAGE))

    @functools.cached_property
    def is_spelt(self) -> bool:
        """Return whether the page's URL contains the words of its headline."""
        wanted = set(text.words(self.headline))
        given = set(re.split(r"[^\w]|_", self.segments[-1])) if self.segments else set()
        return len(wanted & given) >= max(_SPELT, _SHARED * len(wanted))

    def is_here(self, node: Node) -> bool:
        """Return whether a JSON-LD object has the URL of this page."""
        here = {self.address, *self.declared.links.get("canonical", ())}
        return bool(
            {urls.identity(address) for address in _own_addresses(node)}
            & {urls.identity(address) for address in here}
        )

    def is_called(self, name: str, beside: float) -> bool:
        """Return whether a title of the page is this name, apart from a share of other words.

        Numbers and articles ("the") do not count.
        """
        wanted = set(text.words(name))
        for shown in (self.title, *self.own_headings, self.declared.first("og:title")[0]):
            given = set(text.words(shown))
            is_same = len(wanted & given) >= _SHARED * len(wanted)
            more = {word for word in given - wanted - _THE if not word.isdecimal()}
            if given and is_same and len(more) <= beside * len(given):
                return True
        return False

    def is_about(self, node: Node) -> bool:
        """Return whether the page is about the thing in a JSON-LD object, not only mentions it."""
        if self.is_here(node):
            return True
        own = _own_addresses(node)
        name = json_ld.string(node.get("headline")) or json_ld.string(node.get("name"))
        if self._is_named(name):
            return True
        same = max((self._kinds[kind] for kind in json_ld.kinds(node)), default=0)
        return not own and same < _TEASERS

    @functools.cached_property
    def _kinds(self) -> Counter[str]:
        """Count the page's JSON-LD objects of each type."""
        return Counter(kind for node in self.declared.nodes for kind in json_ld.kinds(node))

    def _is_named(self, name: str) -> bool:
        """Return whether half of a name's words are in a title of the page or of the link to it."""
        wanted = set(text.words(name))
        if not wanted:
            return False
        told = (*self.headings, self.declared.first("og:title")[0], self.lead.title)
        given = set(text.words(" ".join(told)))
        return len(wanted & given) >= _SHARED * len(wanted)

    def _is_by_a_customer(self, node: Node) -> bool:
        """Return whether a review is one of the customers' reviews of a product."""
        if not json_ld.kinds(node) <= _REVIEWS:
            return False
        for holder in self.declared.nodes:
            for key in _OF_A_PRODUCT:
                value = holder.get(key)
                if any(part is node for part in (value if isinstance(value, list) else [value])):
                    return True
        return False


def _own_addresses(node: Node) -> list[str]:
    """Return the URLs that a JSON-LD object gives for itself or its page."""
    keys = ("url", "mainEntityOfPage", "@id")
    return [address for key in keys for address in _addresses(node, key)]


def _addresses(node: Node, key: str) -> list[str]:
    return [address for address in json_ld.addresses(node.get(key)) if address.startswith("http")]


def _parts(title: str) -> list[str]:
    return re.split(r"\s+[|–—·•:-]\s+", title[:300])


def size(passage: str) -> int:
    """Return the length of a text, where a Chinese, Japanese or Korean letter counts as three."""
    if passage.isascii():
        return len(passage)
    return len(passage) + (_AS_WIDE - 1) * len(_WIDE.findall(passage))


def ends(passage: str) -> int:
    """Return the number of sentence ends in a text."""
    return len(_END.findall(passage))


def is_headline(heading: str) -> bool:
    """Return whether a heading is long enough for a headline: four words, or as many letters."""
    is_long = size(heading) >= _HEADLINE_SIZE and bool(_UNSPACED.search(heading))
    return len(heading.split()) >= _HEADLINE_WORDS or is_long
