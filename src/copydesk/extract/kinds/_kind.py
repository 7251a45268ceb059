"""Decide whether a page is an article: by its bytes, its URL, its metadata and its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.extract import json_ld
from copydesk.extract.json_ld import Node
from copydesk.extract.kinds import _gate, _listing, _media
from copydesk.extract.kinds._look import SHORT, TINY, PageLook
from copydesk.extract.origin import is_home
from copydesk.extract.page import visible_text
from copydesk.kit import dates, tables, text

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
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

# A heading that asks for a human says nothing else; with next to no text it may go on freely.
_ROBOT_CHECK = tables.read_pattern(_PACKAGE, "robot_checks.txt")
_WALL = re.compile(
    r"(?i)\A\W*(?:(?:sorry|oops|one more step)\W+)?"
    rf"(?P<says>{_ROBOT_CHECK})"
    r"(?P<more> (?:before accessing|while (?:we|your|the page)|to continue|by|from)\b.{0,80})?"
    r"\W*(?P<rest>.{0,200})"
)
_GALLERIES = frozenset({"imagegallery", "mediagallery"})
_FEW = 5  # pictures
_LONGEST = 300  # characters of a heading that is compared
_PLEA = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'browser_pleas.txt')}")
_ROOTS = "//*[@id='root' or @id='app' or @id='__next' or @id='__nuxt' or @id='___gatsby']"


def name_other_format(page: Page) -> str:
    """Name the format of a response that is not HTML ("a PDF"), "" if it may be HTML.

    The bytes decide before the label: servers call PDFs HTML and HTML plain text.
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
    """Return the page in the form that all functions here judge; `body` is its text in Markdown."""
    words = text.prose(body)
    return PageLook(document=document, declared=declared, lead=lead, title=title, words=words)


def name_other_kind(look: PageLook) -> str:
    """Name what an HTML page is if it is not an article ("a home page"), "" if it is one.

    Conservative: a source listed the page, so only clear evidence counts. A page that surely
    declares itself an article is one, however short; so is a page with a player.
    """
    if is_home(look.address):
        return "a home page"
    found = _gate.name_missing(look) or _gate.name_gate(look)
    if found:
        return found
    if _media.kind(look.document, look.declared, look.lead, look.words) != "article":
        return ""
    return name_subject(look) or _listing.name_list(look) or _name_gallery(look)


def _name_gallery(look: PageLook) -> str:
    """Name a page that is a picture gallery without text by its metadata, "" for another."""
    if look.is_article or look.length >= TINY:
        return ""
    told = any(json_ld.kinds(node) & _GALLERIES for node in look.declared.nodes)
    pictures = len(look.document.tree.xpath("//img")[: _FEW + 1])
    return "pictures without a text" if told and pictures >= _FEW else ""


def is_robot_wall(look: PageLook) -> bool:
    """Return whether a page asks whether its visitor is human (a robot check).

    A heading must be that question and nothing else: "Access denied: how the port kept out
    reporters" is news. On a page with next to no text it may begin with it.
    """
    if look.length >= SHORT or look.declared.article or look.says_article or look.is_as_listed:
        return False
    is_bare = look.length < TINY and not look.is_brief
    found = (_WALL.match(heading[:_LONGEST]) for heading in look.whole_headings)
    return any(match and (is_bare or not match["rest"]) for match in found)


def name_empty(look: PageLook) -> str:
    """Name a page with nothing to read, and no promise of anything ("an empty page"), else "".

    A paywalled stub, a video and a page drawn by scripts have little text, but declare what they
    are or have a description in their feed; a brief has what only articles have. An empty shell
    declares nothing but its site's name.
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
    """Return whether a page or its feed entry says that there is something to read, see or hear."""
    declared, lead = look.declared, look.lead
    if declared.article or declared.video or lead.excerpt or lead.media or look.is_brief:
        return True
    return _media.kind(look.document, declared, lead, look.words) != "article"


def _asks_for_a_browser(look: PageLook) -> bool:
    """Return whether a page tells its visitor to use another browser, or to allow scripts."""
    shown = (look.words, *visible_text(look.document, "//p | //noscript", 5))
    return any(_PLEA.search(words[:500]) for words in shown)


def _is_drawn_by_scripts(look: PageLook) -> bool:
    """Return whether the page has an empty element that scripts fill."""
    tree = look.document.tree
    roots = tree.xpath(_ROOTS)[:_FEW]
    return bool(tree.xpath("(//script)[1]")) and any(
        not root.text_content().strip() and not len(root) for root in roots
    )


def _is_the_site(look: PageLook) -> bool:
    """Return whether a page has the title of its site, as pages that scripts fill have."""
    name = look.declared.first("og:site_name", "application-name")[0].lower()
    return (
        bool(name)
        and look.declared.first("og:title")[0].lower() in {name, ""}
        and any(heading.lower() == name for heading in look.headings[:1])
    )


# Pages about something else by their own JSON-LD: an event, a product, a job, …

_NO_EVENTS = frozenset({"broadcastevent", "publicationevent", "onlineevent", "deliveryevent"})
_EVENTS = frozenset({"festival", "hackathon", "courseinstance", "eventseries"})
_PRODUCTS = frozenset({"product", "productgroup", "individualproduct", "productmodel", "vehicle"})
_APPS = frozenset({"softwareapplication", "mobileapplication", "webapplication", "videogame"})
_APP_SAYS = ("offers", "operatingSystem", "applicationCategory", "downloadUrl", "installUrl")
_PRICES = ("product:price:amount", "og:price:amount", "product:price")
_OF_THE_SITE = frozenset({"aboutpage", "contactpage", "checkoutpage"})
_FIRST = 8  # nodes: a page describes itself before other things
_MAX_NODES = 200
_LONG = 1_500  # of prose in one place; descriptions of goods are shorter
_TOLD = 0.5  # share of a page's text that is also in its JSON-LD
_BESIDE_A_JOB = 0.5  # of a title's words: "Harbour pilot (all genders)"
_VOTES = ("upvoteCount", "suggestedAnswer")


class _Thing(StrEnum):
    """The subject of a page that is no article, in words for a person."""

    PRODUCT = "a product page"
    APP = "an app page"
    JOB = "a job posting"
    QUESTION = "a forum question"
    EVENT = "an event page"


def name_subject(look: PageLook) -> str:
    """Name the subject of a page that is no article ("an event page"), "" without clear evidence.

    A page that declares itself an article is one, and so is a long text: a review has a product in
    its JSON-LD, a report the match. Otherwise a title of the page must be the name of the thing and
    nothing else: "Tide Clock tested" is not an app. A recipe and a forum post are articles; a
    question with its answers is not.
    """
    if look.is_article:
        return ""
    for node in look.declared.nodes[:_MAX_NODES]:
        thing = _thing_of(node)
        if thing and _is_titled(look, node, thing) and _is_whole(look, node, thing):
            return thing.value
    is_product = look.declared.first("og:type")[0].lower().startswith("product")
    if is_product and _has_price(look) and not _is_long(look):
        return _Thing.PRODUCT.value
    return _name_site_page(look)


def _thing_of(node: Node) -> _Thing | None:
    """Return the subject that a JSON-LD object of these types gives its page, None for none."""
    kinds = json_ld.kinds(node)
    if kinds & _PRODUCTS:
        return _Thing.PRODUCT
    if kinds & _APPS:
        return _Thing.APP
    if "jobposting" in kinds:
        return _Thing.JOB
    if "qapage" in kinds:
        return _Thing.QUESTION
    is_event = kinds & _EVENTS or any(kind.endswith("event") for kind in kinds - _NO_EVENTS)
    return _Thing.EVENT if is_event else None


def _is_titled(look: PageLook, node: Node, thing: _Thing) -> bool:
    """Return whether a title of the page is the name of what a JSON-LD object describes."""
    beside = _BESIDE_A_JOB if thing is _Thing.JOB else 0
    told = (node, *_questions(node))
    names = (json_ld.string(thing.get(key)) for thing in told for key in ("name", "title"))
    return any(look.is_called(name, beside) for name in names if name)


def _is_whole(look: PageLook, node: Node, thing: _Thing) -> bool:
    """Return whether a JSON-LD object has enough detail to be the page's subject."""
    if thing is _Thing.JOB:
        told = json_ld.string(node.get("description"))
        return len(told) >= _TOLD * look.length or not _is_long(look)
    if thing is _Thing.QUESTION:
        return _is_of_a_forum(look, node)
    if _is_long(look):
        return False
    if thing is _Thing.PRODUCT:
        return bool(node.get("offers")) or _has_price(look)
    if thing is _Thing.APP:
        return any(node.get(key) for key in _APP_SAYS)
    return _is_to_come(look, node)


def _is_to_come(look: PageLook, node: Node) -> bool:
    """Return whether an event has a place and a time, and is not over when its source lists it.

    A match must have tickets, since reports and tickers describe it as well.
    """
    has_place = bool(node.get("offers"))
    if "sportsevent" not in json_ld.kinds(node):
        has_place = has_place or bool(node.get("location"))
    if not node.get("startDate") or not has_place:
        return False
    last = json_ld.string(node.get("endDate")) or json_ld.string(node.get("startDate"))
    end, written = dates.parse(last), look.lead.published_at
    return end is None or written is None or end >= dates.utc(written)


def _is_of_a_forum(look: PageLook, node: Node) -> bool:
    """Return whether a page is one question with votes, or is short and has its answers as data."""
    questions = _questions(node)
    if len(questions) != 1:
        return False
    if any(questions[0].get(key) for key in _VOTES):
        return True
    return bool(questions[0].get("answerCount")) and not _is_long(look)


def _questions(node: Node) -> list[Node]:
    about = node.get("mainEntity")
    listed = about if isinstance(about, list) else [about]
    return [question for question in listed[:_FIRST] if isinstance(question, Mapping)]


def _is_long(look: PageLook) -> bool:
    """Return whether a page has more running text than a product page."""
    return look.length >= 5 * SHORT or _listing.prose(look) >= _LONG


def _has_price(look: PageLook) -> bool:
    return bool(look.declared.first(*_PRICES)[0])


def _name_site_page(look: PageLook) -> str:
    """Name a page about its site by schema.org's types of pages, "" for another."""
    if look.says_article or look.length >= 5 * SHORT:
        return ""
    for node in look.declared.nodes[:_FIRST]:
        if json_ld.kinds(node) & _OF_THE_SITE:
            name = json_ld.string(node.get("name"))
            if look.is_here(node) or (name and look.is_called(name, 0)):
                return "a page about its site"
    return ""
