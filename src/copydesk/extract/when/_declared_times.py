"""Times that a page declares of itself: in JSON-LD, then in meta tags, the surest name first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from copydesk.extract.page import Declared, json_ld
from copydesk.extract.page.json_ld import Node
from copydesk.extract.when import _moments
from copydesk.extract.when._moments import Evidence, Moment
from copydesk.kit import tables

_PACKAGE = "copydesk.extract.when"

_MAX_VALUES = 20  # of one name

# Names of meta tags without their dots, dashes, colons and underscores; the surest first.
_PUBLISHED = tables.read_lines(_PACKAGE, "published_names.txt")
_UPDATED = tables.read_lines(_PACKAGE, "updated_names.txt")
_RANKS = {name: rank for rank, name in enumerate(_PUBLISHED)}
_UPDATED_RANKS = {name: rank for rank, name in enumerate(_UPDATED)}
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_PAGES = frozenset({"webpage", "itempage", "aboutpage", "creativework", "webcontent"})
_NODE_KEYS = ("datePublished", "dateCreated")
SURE = frozenset({"json-ld", "article:published_time", "og:article:published_time"})


def publications(declared: Declared, evidence: Evidence) -> Iterator[Moment]:
    """Yield the times at which the page says that it was published."""
    for node in _nodes(declared):
        for key in _NODE_KEYS:
            yield from _moments_of(_texts(node.get(key)), "json-ld", evidence)
    for name in _rank(declared, _RANKS):
        yield from _moments_of(declared.meta[name], name, evidence)
    yield from _moments_of(_texts(declared.video.get("uploadDate")), "json-ld", evidence)


def changes(declared: Declared, evidence: Evidence) -> Iterator[Moment]:
    """Yield the times at which the page says that it was changed."""
    for node in _nodes(declared):
        yield from _moments_of(_texts(node.get("dateModified")), "json-ld", evidence)
    for name in _rank(declared, _UPDATED_RANKS):
        yield from _moments_of(declared.meta[name], name, evidence)


def _nodes(declared: Declared) -> list[Node]:
    """Return what JSON-LD says of the article, then of its page."""
    pages = [node for node in declared.nodes if json_ld.kinds(node) & _PAGES]
    return [declared.article, *pages]


def _texts(value: object) -> list[str]:
    """Return the times of a JSON-LD value as text; some write numbers."""
    return [str(value)] if isinstance(value, int) else json_ld.strings(value)


def _rank(declared: Declared, ranks: Mapping[str, int]) -> list[str]:
    bare = {name: _PUNCTUATION.sub("", name) for name in declared.meta}
    return sorted(
        (name for name in bare if bare[name] in ranks), key=lambda name: ranks[bare[name]]
    )


def _moments_of(values: Iterable[str], origin: str, evidence: Evidence) -> Iterator[Moment]:
    for value in islice(values, _MAX_VALUES):
        moment = _moments.parse(value, origin, evidence)
        if moment is not None:
            yield moment
