"""Read JSON-LD, the metadata of a page in the vocabulary of schema.org."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.kit import tables, text, urls

if TYPE_CHECKING:
    from copydesk.extract.page import Document

Node = Mapping[str, object]

_MARKUP = tables.read_rows("copydesk.extract", "markup_names.toml", tuple[str, ...])
ARTICLES = frozenset(_MARKUP["article_types"])
VIDEOS = frozenset({"videoobject", "movieclip", "videoclip", "clip"})
LISTS = frozenset({"collectionpage", "itemlist", "searchresultspage", "profilepage"})

_ADDRESS_KEYS = ("url", "contentUrl", "@id")
_MAX_CHARACTERS = 2_000_000  # of all blocks of a page
_MAX_STRING = 5_000  # characters of any value but a full text
_MAX_NODES = 2_000
_TEASERS = 3
_MAX_DEPTH = 12
_MAX_ITEMS = 200  # of one list: authors, keywords, URLs
_MAX_OWN = 10  # URLs that one node may have as its own
# Scripts were once wrapped in comments for browsers that did not know them.
_OPENING = re.compile(r"\A\s*(?:<!--|(?://\s*)?<!\[CDATA\[|/\*[^*]*\*/|\s)*")
_CLOSING = re.compile(r"(?:-->|//|\]\]>|/\*[^*]*\*/|;|\s)+\Z")
_TAIL = 100  # characters that contain the end of the wrapping


def nodes(document: Document) -> tuple[Node, ...]:
    """Return every object in a page's JSON-LD, outermost first. Broken scripts are skipped."""
    found: list[Node] = []
    left = _MAX_CHARACTERS
    for script in document.tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        block = script.text or ""
        left -= len(block)
        if left < 0:
            break
        found.extend(_walk(_load(block), 0))
    return tuple(found[:_MAX_NODES])


def _load(block: str) -> object:
    """Parse one block of JSON-LD as leniently as search engines do, None if that fails."""
    bare = _OPENING.sub("", block, count=1)
    bare = bare[:-_TAIL] + _CLOSING.sub("", bare[-_TAIL:])
    for attempt in (bare, html.unescape(bare) if "&" in bare else ""):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: object, depth: int) -> Iterator[Node]:
    """Yield the JSON objects in a value, each before its own parts."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for part in value.values():
            if isinstance(part, dict | list):
                yield from _walk(part, depth + 1)


def kinds(node: Node) -> frozenset[str]:
    """Return the types of a JSON-LD object in lower case, without the URL of schema.org."""
    return frozenset(
        name.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for name in strings(node.get("@type"))
    )


def main(found: tuple[Node, ...], wanted: frozenset[str], addresses: frozenset[str]) -> Node:
    """Return the JSON-LD object of one of these types that the page is about, {} if there is none.

    An object with the page's own URL is preferred, then one without a URL, then the first; but
    three objects that all have URLs of other pages are teasers. `addresses` are identities
    (kit.urls).
    """
    candidates = [node for node in found if kinds(node) & wanted]
    named = [
        frozenset(urls.identity(own) for own in islice(_own_addresses(node), _MAX_OWN))
        for node in candidates
    ]
    for node, own in zip(candidates, named, strict=True):
        if own & addresses:
            return node
    nameless = (node for node, own in zip(candidates, named, strict=True) if not own)
    return next(nameless, candidates[0] if 0 < len(candidates) < _TEASERS else {})


def _own_addresses(node: Node) -> Iterator[str]:
    for key in ("url", "mainEntityOfPage", "@id"):
        yield from addresses(node.get(key))


def items(value: object) -> list[object]:
    """Return the first items of a JSON-LD list; a single value becomes a list of one item."""
    return value[:_MAX_ITEMS] if isinstance(value, list) else [value]


def strings(value: object) -> list[str]:
    """Return all non-empty texts in a JSON-LD value or list, with white space collapsed."""
    folded = [text.fold(item[:_MAX_STRING]) for item in items(value) if isinstance(item, str)]
    return [item for item in folded if item]


def string(value: object) -> str:
    """Return the first text of a JSON-LD value as plain text, "" if it has none."""
    for item in strings(value):
        return text.plain(item) if "<" in item or "&" in item else item
    return ""


def prose(value: object) -> str:
    """Return a JSON-LD text with its line breaks, but without tags and with entities decoded."""
    from resiliparse.extract.html2text import extract_plain_text

    if not isinstance(value, str):
        return ""
    if "<" in value:
        return str(extract_plain_text(value, alt_texts=False, list_bullets=False))
    return html.unescape(value)


def names(value: object, found: tuple[Node, ...] = ()) -> list[str]:
    """Return the names of persons or organizations in a JSON-LD value (texts, objects or ids)."""
    result: list[str] = []
    for item in items(value):
        if isinstance(item, str):
            result += strings(item)
        elif isinstance(item, Mapping):
            result += strings(item.get("name")) or strings(follow(item, found).get("name"))
    return [text.plain(name) for name in result]


def follow(item: Node, found: tuple[Node, ...]) -> Node:
    """Return the named object that `{"@id": …}` refers to, the same object if there is none."""
    key = item.get("@id")
    named = (node for node in found if node.get("@id") == key and "name" in node)
    return next(named, item) if isinstance(key, str) else item


def addresses(value: object) -> list[str]:
    """Return the URLs in a JSON-LD value (texts, or objects with a url, @id or contentUrl)."""
    result: list[str] = []
    for item in items(value):
        if isinstance(item, Mapping):
            result += next((strings(item[key]) for key in _ADDRESS_KEYS if key in item), [])
        else:
            result += strings(item)
    return result
