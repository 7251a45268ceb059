"""Is this an article at all: what a page is by its bytes, its address and its words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.extract import _json_ld
from copydesk.extract._address import is_home
from copydesk.extract._declared import Declared, visible_text

if TYPE_CHECKING:
    from copydesk.extract._document import Document
    from copydesk.news import Lead, Page

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PK\x03\x04", "an archive or office file"),
    (b"\x1f\x8b", "compressed data"),
    (b"{\\rtf", "an office file"),
    (b"\xd0\xcf\x11\xe0", "an office file"),
)
_XML_ROOT = re.compile(
    rb"\A[\s\xef\xbb\xbf]*(?:<\?xml[^>]*\?>\s*)?(?>(?:<!--.*?-->\s*)*)"
    rb"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex|opml|svg)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML = re.compile(
    rb"<!doctype html|<html|<head|<body|<title|<meta|<p\b|<div\b|<article\b", re.IGNORECASE
)
_OTHER_TYPES = re.compile(
    r"^(?:image|audio|video|font)/|^application/(?:pdf|zip|msword|vnd\.|json|ld\+json)"
)
_SNIFF = 4_096
_TINY = 150  # characters of text
_SHORT = 600

_WALL = re.compile(
    r"""(?xi)^(?:
      just\ a\ moment | attention\ required | are\ you\ (?:a\ robot|human) | security\ check
    | access\ (?:to\ this\ page\ has\ been\ )?denied | checking\ your\ browser | robot\ check
    | verif(?:y|ying)\ (?:you\ are|that\ you) | pardon\ our\ interruption | please\ wait
    | bot\ (?:check|verification) | ddos-guard
    )\b"""
)
_ERROR = re.compile(
    r"""(?xi)^(?:
      (?:error\W*)?(?:400|403|404|410|500|502|503)(?:
        \W*$ | \W+(?:error|not\ found|page|file|forbidden|bad\ |gone|internal|service\ )
      )
    | (?:sorry\W+)?(?:the\ |this\ )?(?:page|file|content|article|story)\ (?:you\ requested\ )?
      (?:was\ |is\ |could\ |cannot\ |can't\ )?
      (?:not\ (?:be\ )?found|unavailable|no\ longer\ available)
    | not\ found | (?:an\ )?error(?:\ (?:occurred|page))?\W*$ | forbidden\W*$ | bad\ gateway
    | oops\W+(?:\w+\ ){0,4}(?:page|wrong|missing|not|found|exist)\b
    | service\ unavailable | (?:internal\ )?server\ error | site\ (?:maintenance|unavailable)
    | (?:we're\ )?(?:down\ for|under)\ maintenance | account\ suspended | index\ of\ /
    | domain\ (?:for\ sale|expired) | seite\ nicht\ gefunden | page\ (?:non\ trouvée|introuvable)
    )"""
)


def other_than_html(page: Page) -> str:
    """Say what an answer is where it is no HTML page ("a PDF"), "" where it may be one.

    The bytes are believed before the label: servers call PDFs HTML and HTML plain text.
    """
    body = page.body[:_SNIFF]
    if not page.body.strip(b" \t\r\n\x00"):
        return "an empty page"
    what = _by_its_bytes(body)
    if what or _HTML.search(body.replace(b"\x00", b"")):
        return what
    declared = page.headers.get("content-type", "").split(";")[0].strip().lower()
    if _OTHER_TYPES.match(declared):
        return f"not HTML but {declared}"
    return "" if b"<" in page.body else "not HTML"


def _by_its_bytes(body: bytes) -> str:
    for magic, what in _MAGIC:
        if body.startswith(magic):
            return what
    if body.lstrip()[:1] in {b"{", b"["} and b"<html" not in body.lower():
        return "JSON"
    root = _XML_ROOT.match(body)
    if root is None:
        return ""
    return "a picture" if root[1].lower() == b"svg" else "a feed or sitemap"


def refused_as(document: Document, declared: Declared, title: str, body: str) -> str:
    """Say what an HTML page is where it is no article ("a home page"), "" where it is one.

    Conservative: a source listed the page, so only plain evidence counts. What declares itself an
    article is one, however short.
    """
    if is_home(document.address):
        return "a home page"
    if len(body) < _SHORT and _ERROR.match(title):
        return "an error page in a 200"
    if _declares_article(declared):
        return ""
    if _is_listing(document, declared, body):
        return "a listing"
    return ""


def _declares_article(declared: Declared) -> bool:
    return bool(declared.article) or declared.first("og:type")[0].lower() == "article"


def _is_listing(document: Document, declared: Declared, body: str) -> bool:
    """Say whether a page lists other pages: by its own word and little text, or by its links."""
    if len(body) >= 5 * _SHORT:
        return False
    if (
        any(_json_ld.kinds(node) & _json_ld.LISTS for node in declared.nodes[:5])
        and len(body) < _SHORT
    ):
        return True
    teasers = len(document.tree.xpath("//article[.//a[@href]]"))
    return teasers >= 5 and len(body) < 2 * _SHORT


def is_robot_wall(document: Document, declared: Declared, body: str) -> bool:
    """Say whether a page asks whether its visitor is human."""
    if len(body) >= _SHORT or _declares_article(declared):
        return False
    return any(_WALL.match(title) for title in visible_text(document, "//title | //h1", 2))


def is_empty(declared: Declared, lead: Lead, body: str) -> bool:
    """Say whether a page has nothing to read and promises nothing.

    A paywalled stub, a video and a page drawn by scripts have little text but declare what they
    are, or their feed describes them.
    """
    promised = _declares_article(declared) or declared.video or lead.excerpt
    described = declared.first("og:description", "description")[0]
    return len(body) < _TINY and not promised and not described
