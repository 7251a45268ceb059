"""Form: what a document is, told by its first element and not by its label."""

from __future__ import annotations

import re
from typing import Literal

Form = Literal["xml-feed", "json-feed", "sitemap", "addresses", "html", "empty", "unknown"]

_HEAD = 65_536
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_ROOTS: dict[str, Form] = {
    "rss": "xml-feed",
    "feed": "xml-feed",
    "rdf": "xml-feed",
    "channel": "xml-feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
    "html": "html",
    "head": "html",
    "body": "html",
}
_SEARCHED = re.compile(
    r"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex|html|body)[\s>]", re.IGNORECASE
)
_SKIPPED = (("<?", "?>"), ("<!--", "-->"), ("<!", ">"))
_INTERNAL = re.compile(r"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+")


def sniff(document: str) -> Form:
    """Decide what a decoded document is."""
    head = document[:_HEAD].lstrip()
    if not head:
        return "empty"
    if head[0] in "{[":
        return "json-feed"
    body = _after_prolog(head)
    if body is None:
        return "html"
    root = _ROOT.match(body)
    if root and root[1].lower() in _ROOTS:
        return _ROOTS[root[1].lower()]
    return _search(head)


def _search(head: str) -> Form:
    """Look behind a server's warnings and other junk for the element that tells."""
    match = _SEARCHED.search(head)
    if match:
        return _ROOTS[match[1].lower()]
    lines = head.split()
    if all(_ADDRESS.fullmatch(line) for line in lines[:20]):
        return "addresses"
    return "html" if re.search(r"<(a|p|div|h1)[\s>]", head, re.IGNORECASE) else "unknown"


def _after_prolog(head: str) -> str | None:
    """Skip declarations, comments and a DOCTYPE; None where that says HTML."""
    at = 0
    while True:
        rest = head[at:].lstrip()
        at = len(head) - len(rest)
        if re.match(r"<!doctype\s+html", rest, re.IGNORECASE):
            return None
        pair = next(((start, end) for start, end in _SKIPPED if rest.startswith(start)), None)
        if pair is None:
            return rest
        close = "]>" if _INTERNAL.match(rest) else pair[1]
        end = rest.find(close)
        if end < 0:
            return rest
        at += end + len(close)
