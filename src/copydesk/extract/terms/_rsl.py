"""RSL 1.0 (rslstandard.org): a licence in the page itself, read for what it lets us do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from copydesk.news import Signal

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from copydesk.extract.page import Document

_TYPE = "application/rsl+xml"
_MAX_CHARACTERS = 64 * 1024
_MAX_BLOCKS = 5
_MAX_PARTS = 100
_UNREAD = "a licence that cannot be read"
_USAGES = {
    "all": ("ai-train", "ai-input", "search", "snippet"),
    "ai-all": ("ai-train", "ai-input"),
    "ai-train": ("ai-train",),
    "train-ai": ("ai-train",),
    "train-genai": ("ai-train",),
    "ai-input": ("ai-input",),
    "ai-use": ("ai-input",),
    "search": ("search", "snippet"),
}
_AI = ("ai-train", "ai-input")
_SPACE = re.compile(r"[\s,]+")


def inline(document: Document) -> Iterator[Signal]:
    """Yield what each licence in the page's scripts refuses of the page."""
    blocks = [
        script.text or ""
        for script in document.tree.iter("script")
        if (script.get("type") or "").strip().lower() == _TYPE
    ]
    for at, block in enumerate(blocks[: _MAX_BLOCKS + 1]):
        said = _read(block, document.address) if at < _MAX_BLOCKS else _UNREAD
        if said:
            yield Signal(name="RSL", said=said, where="script")


def _read(block: str, address: str) -> str:
    """Read a licence as `refuses: ai-train, ai-input`, "" for one of other addresses.

    Without a document type, so that there are no entities to expand.
    """
    from lxml import etree

    if len(block) > _MAX_CHARACTERS or "<!" in block.replace("<!--", "").replace("<![CDATA[", ""):
        return _UNREAD
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(block.strip().encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return _UNREAD
    contents = list(_parts(root, "content"))
    if not contents:
        return _UNREAD
    nearest = _nearest(contents, address)
    return "" if nearest is None else _refusals(nearest)


def _parts(parent: Element, name: str) -> Iterator[Element]:
    """Yield the first elements of a name below another, whatever their namespace."""
    left = _MAX_PARTS
    for part in parent.iter("{*}" + name):
        if not left:
            return
        left -= 1
        yield part


def _nearest(contents: Iterable[Element], address: str) -> Element | None:
    """Return the content with the longest pattern that the page's address fits."""
    fitting = [content for content in contents if _fits(content.get("url") or "", address)]
    return max(fitting, key=lambda content: len(content.get("url") or ""), default=None)


def _fits(pattern: str, address: str) -> bool:
    """Decide whether an address begins as a pattern says; `*` is anything, `$` the end."""
    try:
        pattern = urljoin(address, pattern) if pattern else address
        theirs, ours = urlsplit(pattern), urlsplit(address)
    except ValueError:  # no address
        return False
    if theirs.netloc.lower() not in {"", ours.netloc.lower()}:
        return False
    path = pattern.split(theirs.netloc, 1)[-1] if theirs.netloc else pattern
    here = ours.path + (f"?{ours.query}" if ours.query else "")
    return _matches(path or "/", here or "/")


def _matches(pattern: str, path: str) -> bool:
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in others:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not pattern.endswith("$") or at == len(path) or (bool(others) and not others[-1])


def _refusals(content: Element) -> str:
    """Return what a content's licences leave forbidden to somebody who has agreed to nothing.

    Any AI use that no free licence permits; of being found, only what is prohibited in words.
    """
    granted: set[str] = set()
    prohibited: set[str] = set()
    needs_server = bool((content.get("server") or "").strip())
    for licence in _parts(content, "license"):
        denied = _usages(licence, "prohibits") or set()
        prohibited |= denied
        if not needs_server and _is_free(licence):
            permitted = _usages(licence, "permits")
            granted |= (set(_AI) if permitted is None else permitted) - denied
    refused = (set(_AI) - granted) | prohibited
    words = [use for use in ("ai-train", "ai-input", "search", "snippet") if use in refused]
    return "refuses: " + (", ".join(words) or "nothing")


def _usages(licence: Element, verb: str) -> set[str] | None:
    """Return the uses that a licence names after a verb, None where it names none."""
    found: set[str] = set()
    named = False
    for part in _parts(licence, verb):
        if (part.get("type") or "").strip().lower() == "usage":
            named = True
            for word in _SPACE.split("".join(part.itertext()).lower())[:_MAX_PARTS]:
                found.update(_USAGES.get(word, ()))
    return found if named else None


def _is_free(licence: Element) -> bool:
    """Decide whether a licence holds for everybody, everywhere, for nothing."""
    kinds = {(part.get("type") or "free").strip().lower() for part in _parts(licence, "payment")}
    limits = {(part.get("type") or "").strip().lower() for part in _parts(licence, "permits")}
    return kinds <= {"free"} and not limits & {"user", "geo"}
