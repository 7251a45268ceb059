"""What else than an article a page is about, by its own data: an event, a product, a job, …"""

from __future__ import annotations

from collections.abc import Mapping

from copydesk.extract.kinds import _listing
from copydesk.extract.kinds._look import SHORT, Look
from copydesk.extract.page import json_ld
from copydesk.extract.page.json_ld import Node

_NO_EVENTS = frozenset({"broadcastevent", "publicationevent", "onlineevent", "deliveryevent"})
_EVENTS = frozenset({"festival", "hackathon", "courseinstance", "eventseries"})
_PRODUCTS = frozenset({"product", "productgroup", "individualproduct", "productmodel", "vehicle"})
_APPS = frozenset({"softwareapplication", "mobileapplication", "webapplication", "videogame"})
_APP_SAYS = ("offers", "operatingSystem", "applicationCategory", "downloadUrl", "installUrl")
_PRICES = ("product:price:amount", "og:price:amount", "product:price")
_OF_THE_SITE = frozenset({"aboutpage", "contactpage", "checkoutpage"})
_FIRST = 8  # nodes: a page says what it is before it says what else there is
_MAX_NODES = 200
_REVIEW = 1_500  # characters of prose in one place; a shop describes its goods in less


def find(look: Look) -> str:
    """Say what a page is about ("an event page"), "" where nothing plain says so.

    What calls itself an article is one: a review has a product in its data, a preview an event. A
    recipe is an article, and so is a post in a forum; a question with its answers is none.
    """
    if look.is_article:
        return ""
    for node in look.declared.nodes[:_MAX_NODES]:
        if (what := _named(node)) and look.is_about(node) and _is_whole(look, node, what):
            return what
    if look.declared.first("og:type")[0].lower().startswith("product") and _has_price(look):
        return "a product page"
    return _of_the_site(look)


def _named(node: Node) -> str:
    """Give what a node of these types makes of its page."""
    kinds = json_ld.kinds(node)
    if kinds & _PRODUCTS:
        return "a product page"
    if kinds & _APPS:
        return "an app page"
    if "jobposting" in kinds:
        return "a job posting"
    if "qapage" in kinds:
        return "a forum question"
    is_event = kinds & _EVENTS or any(kind.endswith("event") for kind in kinds - _NO_EVENTS)
    return "an event page" if is_event else ""


def _is_whole(look: Look, node: Node, what: str) -> bool:
    """Say whether a node tells enough to be the page's subject and no by-the-way."""
    if what == "a product page":
        is_sold = bool(node.get("offers")) or _has_price(look)
        return is_sold and not _is_reviewed(look, node)
    if what == "an app page":
        return any(node.get(key) for key in _APP_SAYS)
    if what == "an event page":
        return bool(node.get("startDate") and (node.get("location") or node.get("offers")))
    return True


def _is_reviewed(look: Look, node: Node) -> bool:
    """Say whether a page is one review of a product, long, and data made of it what it could."""
    reviews = node.get("review")
    several = reviews if isinstance(reviews, list) else [reviews]
    is_one = len(several) == 1 and isinstance(several[0], Mapping)
    return is_one and _listing.prose(look) >= _REVIEW


def _has_price(look: Look) -> bool:
    return bool(look.declared.first(*_PRICES)[0])


def _of_the_site(look: Look) -> str:
    """Say that a page is about its site: schema.org's own kinds of page."""
    if look.says_article or look.length >= 5 * SHORT:
        return ""
    for node in look.declared.nodes[:_FIRST]:
        if json_ld.kinds(node) & _OF_THE_SITE and look.is_about(node):
            return "a page about its site"
    return ""
