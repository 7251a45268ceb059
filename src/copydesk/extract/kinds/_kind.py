"""Is this an article at all: what a page is by its bytes, its address and its words.

bytes | home | error or removed | a gate before it | a video or a sound | its subject | a list
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.extract.kinds import _gate, _listing, _media, _missing, _subject
from copydesk.extract.kinds._look import SHORT, TINY, PageLook
from copydesk.extract.origin import is_home
from copydesk.extract.page import json_ld, visible_text
from copydesk.kit import tables, text

if TYPE_CHECKING:
    from copydesk.extract.page import Declared, Document
    from copydesk.news import Lead, Page

_PACKAGE = "copydesk.extract.kinds"

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

# What asks for a human says so and no more; with next to no text it may go on as it likes.
_ROBOT_CHECK = tables.read_pattern(_PACKAGE, "robot_checks.txt")
_WALL = re.compile(
    r"(?i)\A\W*(?:(?:sorry|oops|one more step)\W+)?"
    rf"(?P<says>{_ROBOT_CHECK})"
    r"(?P<more> (?:before accessing|while (?:we|your|the page)|to continue|by|from)\b.{0,80})?"
    r"\W*(?P<rest>.{0,200})"
)
_GALLERIES = frozenset({"imagegallery", "mediagallery"})
_FEW = 5  # pictures
_LONGEST = 300  # characters of a heading that are compared
_PLEA = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'browser_pleas.txt')}")
_ROOTS = "//*[@id='root' or @id='app' or @id='__next' or @id='__nuxt' or @id='___gatsby']"


def name_other_format(page: Page) -> str:
    """Name what an answer is where it is no HTML page ("a PDF"), "" where it may be one.

    The bytes are believed before the label: servers call PDFs HTML and HTML plain text.
    """
    body = page.body[:_SNIFF]
    if not page.body.strip(b" \t\r\n\x00"):
        return "an empty page"
    what = _name_by_bytes(body)
    if what or _HTML.search(body.replace(b"\x00", b"")):
        return what
    declared = page.headers.get("content-type", "").split(";")[0].strip().lower()
    if _OTHER_TYPES.match(declared):
        return f"not HTML but {declared}"
    return "" if b"<" in page.body else "not HTML"


def _name_by_bytes(body: bytes) -> str:
    for magic, what in _MAGIC:
        if body.startswith(magic):
            return what
    if body.lstrip()[:1] in {b"{", b"["} and b"<html" not in body.lower():
        return "JSON"
    root = _XML_ROOT.match(body)
    if root is None:
        return ""
    return "a picture" if root[1].lower() == b"svg" else "a feed or sitemap"


def look_at(document: Document, declared: Declared, lead: Lead, title: str, body: str) -> PageLook:
    """Look at a page as the others here do; `body` is its text in Markdown."""
    words = text.prose(body)
    return PageLook(document=document, declared=declared, lead=lead, title=title, words=words)


def name_other_kind(look: PageLook) -> str:
    """Name what an HTML page is where it is no article ("a home page"), "" where it is one.

    Conservative: a source listed the page, so only plain evidence counts. What surely is an article
    by its own word is one, however short; so is what plays a video or a sound.
    """
    if is_home(look.address):
        return "a home page"
    found = _missing.find(look) or _gate.find(look)
    if found:
        return found
    if _media.kind(look.document, look.declared, look.lead, look.words) != "article":
        return ""
    return _subject.find(look) or _listing.find(look) or _name_gallery(look)


def _name_gallery(look: PageLook) -> str:
    """Name a page that is pictures without a text by its data, "" for another."""
    if look.is_article or look.length >= TINY:
        return ""
    told = any(json_ld.kinds(node) & _GALLERIES for node in look.declared.nodes)
    pictures = len(look.document.tree.xpath("//img")[: _FEW + 1])
    return "pictures without a text" if told and pictures >= _FEW else ""


def is_robot_wall(look: PageLook) -> bool:
    """Decide whether a page asks whether its visitor is human.

    A heading must be that question and nothing else: "Access denied: how the port kept out
    reporters" is news. On a page that has next to no text it may begin with it.
    """
    if look.length >= SHORT or look.declared.article or look.says_article or look.is_as_listed:
        return False
    is_bare = look.length < TINY and not look.is_brief
    found = (_WALL.match(heading[:_LONGEST]) for heading in look.whole_headings)
    return any(match and (is_bare or not match["rest"]) for match in found)


def name_empty(look: PageLook) -> str:
    """Name a page that has nothing to read and promises nothing, "" where it does.

    A paywalled stub, a video and a page drawn by scripts have little text but declare what they
    are, or their feed describes them; a brief has what only articles have. A shell that has only
    its site's name declares nothing.
    """
    if look.length >= TINY or _is_promised(look):
        return ""
    is_drawn = _is_drawn_by_scripts(look) or _asks_for_a_browser(look)
    is_shell = is_drawn and _is_the_site(look)
    is_described = bool(look.declared.first("og:description", "description")[0])
    if (look.says_article or is_described) and not is_shell:
        return ""
    return "a page drawn by scripts" if is_drawn else "an empty page"


def _is_promised(look: PageLook) -> bool:
    """Decide whether a page or its feed says that there is something to read, see or hear."""
    declared, lead = look.declared, look.lead
    if declared.article or declared.video or lead.excerpt or lead.media or look.is_brief:
        return True
    return _media.kind(look.document, declared, lead, look.words) != "article"


def _asks_for_a_browser(look: PageLook) -> bool:
    """Decide whether a page asks for another browser, or for scripts."""
    shown = (look.words, *visible_text(look.document, "//p | //noscript", 5))
    return any(_PLEA.search(words[:500]) for words in shown)


def _is_drawn_by_scripts(look: PageLook) -> bool:
    """Decide whether there is a place for scripts to draw in, and nothing in it."""
    tree = look.document.tree
    roots = tree.xpath(_ROOTS)[:_FEW]
    return bool(tree.xpath("(//script)[1]")) and any(
        not root.text_content().strip() and not len(root) for root in roots
    )


def _is_the_site(look: PageLook) -> bool:
    """Decide whether a page has the title of its site, as the shell of every page of it has."""
    name = look.declared.first("og:site_name", "application-name")[0].lower()
    return (
        bool(name)
        and look.declared.first("og:title")[0].lower() in {name, ""}
        and any(heading.lower() == name for heading in look.headings[:1])
    )
