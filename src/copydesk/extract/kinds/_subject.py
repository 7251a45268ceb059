"""What else than an article a page is about, by its own data: an event, a product, a job, …"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from copydesk.extract.kinds import _listing
from copydesk.extract.kinds._look import SHORT, PageLook
from copydesk.extract.page import json_ld
from copydesk.extract.page.json_ld import Node
from copydesk.kit import dates

_NO_EVENTS = frozenset({"broadcastevent", "publicationevent", "onlineevent", "deliveryevent"})
_EVENTS = frozenset({"festival", "hackathon", "courseinstance", "eventseries"})
_PRODUCTS = frozenset({"product", "productgroup", "individualproduct", "productmodel", "vehicle"})
_APPS = frozenset({"softwareapplication", "mobileapplication", "webapplication", "videogame"})
_APP_SAYS = ("offers", "operatingSystem", "applicationCategory", "downloadUrl", "installUrl")
_PRICES = ("product:price:amount", "og:price:amount", "product:price")
_OF_THE_SITE = frozenset({"aboutpage", "contactpage", "checkoutpage"})
_FIRST = 8  # nodes: a page says what it is before it says what else there is
_MAX_NODES = 200
_LONG = 1_500  # of prose in one place; a shop describes its goods in less
_TOLD = 0.5  # of a page's text that its data tell too, so that the whole of it is theirs
_BESIDE_A_JOB = 0.5  # of a title's words: "Harbour pilot (all genders)"
_VOTES = ("upvoteCount", "suggestedAnswer")


class _Thing(StrEnum):
    """What a page is about, in the words for a person."""

    PRODUCT = "a product page"
    APP = "an app page"
    JOB = "a job posting"
    QUESTION = "a forum question"
    EVENT = "an event page"


def find(look: PageLook) -> str:
    """Name what a page is about ("an event page"), "" where nothing plain says so.

    What calls itself an article is one, and so is a long text: a review has a product in its data,
    a report the match. Else a title of the page must be the name of the thing and no more: "Tide
    Clock tested" is no app. A recipe is an article, and so is a post in a forum; a question with
    its answers is none.
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
    """Return what a node of these types makes of its page, None for nothing."""
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
    """Decide whether a title of the page is the name of the thing that a node describes."""
    beside = _BESIDE_A_JOB if thing is _Thing.JOB else 0
    told = (node, *_questions(node))
    names = (json_ld.string(thing.get(key)) for thing in told for key in ("name", "title"))
    return any(look.is_called(name, beside) for name in names if name)


def _is_whole(look: PageLook, node: Node, thing: _Thing) -> bool:
    """Decide whether a node tells enough to be the page's subject and no by-the-way."""
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
    """Decide whether an event has a place and a time, and is not over when its source writes of it.

    Of a match its tickets tell, since reports and tickers name it as well.
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
    """Decide whether a page is one question with votes, or short with its answers told."""
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
    """Decide whether there is more running text than beside a thing for sale."""
    return look.length >= 5 * SHORT or _listing.prose(look) >= _LONG


def _has_price(look: PageLook) -> bool:
    return bool(look.declared.first(*_PRICES)[0])


def _name_site_page(look: PageLook) -> str:
    """Name a page about its site by schema.org's own kinds of page, "" for another."""
    if look.says_article or look.length >= 5 * SHORT:
        return ""
    for node in look.declared.nodes[:_FIRST]:
        if json_ld.kinds(node) & _OF_THE_SITE:
            name = json_ld.string(node.get("name"))
            if look.is_here(node) or (name and look.is_called(name, 0)):
                return "a page about its site"
    return ""
