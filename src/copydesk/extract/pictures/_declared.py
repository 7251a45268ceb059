"""Find the pictures that a page declares: in meta tags, links, JSON-LD, and in its feed entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.extract import json_ld
from copydesk.extract.json_ld import Node
from copydesk.extract.pictures._figure_key import key_of
from copydesk.extract.pictures._mention import Mention, make_mention, pixels, srcset, widest
from copydesk.kit import urls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
    from copydesk.news import Lead

_MOST = 8  # mentions of one origin
_MOST_NODES = 300
_MOST_LINKS = 500
_MOST_OF_A_SITE = 20
_OG = ("og:image", "og:image:secure_url", "og:image:url")
_OTHER_META = {
    "twitter:image": "twitter:image",
    "twitter:image:src": "twitter:image",
    "image": "itemprop",
    "thumbnailurl": "itemprop",
    "thumbnail": "meta",
    "sailthru.image.full": "meta",
    "parsely-image-url": "meta",
    "parsely-page-image": "meta",
    "dc.image": "meta",
}
# types of pages that are not articles
_PAGES = frozenset(
    {
        *("webpage", "itempage", "aboutpage", "faqpage", "qapage", "recipe", "product", "event"),
        *(
            "podcastepisode",
            "movie",
            "book",
            "course",
            "howto",
            "creativework",
            "place",
            "jobposting",
        ),
    }
)
_SITES = (
    "organization",
    "newsmediaorganization",
    "corporation",
    "website",
    "brand",
    "localbusiness",
)
_IMAGE_ADDRESSES = ("url", "contentUrl", "@id")
_CREDITS = ("creditText", "copyrightNotice", "copyrightHolder", "author", "creator")
_WORDS = ("caption", "description", "name", "headline", "alternateName")

Named = Mapping[str, Node]


def list_declared_offers(document: Document, declared: Declared, lead: Lead) -> Iterator[Mention]:
    """Yield every picture that the page or its feed entry declares to be the article's."""
    yield from _rank(_in_meta(document, declared))
    yield from _rank(_in_json_ld(document, declared))
    yield from _rank(_in_links(document, declared))
    found = make_mention(lead.image, document.base, "lead") if lead.image else None
    if found:
        yield found


def _rank(mentions: Iterator[Mention | None]) -> Iterator[Mention]:
    """Number the mentions of each origin, up to eight."""
    seen: dict[str, int] = {}
    for mention in mentions:
        if mention is None:
            continue
        rank = seen.get(mention.origin, 0)
        seen[mention.origin] = rank + 1
        if rank < _MOST:
            yield replace(mention, rank=rank)


def _in_meta(document: Document, declared: Declared) -> Iterator[Mention | None]:
    for name in _OG:
        values = declared.meta.get(name, ())
        sides = [declared.meta.get(f"og:image:{side}", ()) for side in ("width", "height")]
        alts = declared.meta.get("og:image:alt", ())
        for at, value in enumerate(values[:_MOST]):
            size = tuple(pixels(_nth(side, at, len(values))) for side in sides)
            found = make_mention(value, document.base, "og:image", (size[0], size[1]))
            yield found and replace(found, alt=_nth(alts, at, len(values)))
    for name, origin in _OTHER_META.items():
        alts = declared.meta.get("twitter:image:alt", ()) if origin == "twitter:image" else ()
        values = declared.meta.get(name, ())
        for at, value in enumerate(values[:_MOST]):
            found = make_mention(value, document.base, origin)
            yield found and replace(found, alt=_nth(alts, at, len(values)))


def _nth(values: tuple[str, ...], at: int, of: int) -> str:
    """Return the nth value if there are as many as pictures; a single one belongs to the first."""
    if len(values) == of:
        return values[at]
    return values[0] if at == 0 and len(values) == 1 else ""


def _in_json_ld(document: Document, declared: Declared) -> Iterator[Mention | None]:
    named = {
        key: node
        for node in declared.nodes[:_MOST_NODES]
        if isinstance(key := node.get("@id"), str) and len(node) > 1
    }
    yield from _images(declared.article.get("image"), "json-ld", document, named)
    yield from _images(declared.article.get("thumbnailUrl"), "json-ld", document, named)
    for node in declared.nodes[:_MOST_NODES]:
        primary = node.get("primaryImageOfPage")
        yield from _images(primary, "primaryImageOfPage", document, named)
    if not declared.article:
        for node in declared.nodes[:_MOST_NODES]:
            if json_ld.kinds(node) & _PAGES:
                yield from _images(node.get("image"), "json-ld", document, named)
    for key in ("thumbnailUrl", "thumbnail", "image"):
        yield from _images(declared.video.get(key), "video", document, named)


def _images(
    value: object, origin: str, document: Document, named: Named
) -> Iterator[Mention | None]:
    """Yield the pictures in a JSON-LD value: URLs, ImageObjects, references, lists of them."""
    for item in (value if isinstance(value, list) else [value])[:_MOST]:
        node = item if isinstance(item, Mapping) else {}
        if isinstance(node.get("@id"), str) and not ({"url", "contentUrl"} & node.keys()):
            node = named.get(str(node["@id"]), node)
        addresses = json_ld.strings(item) if isinstance(item, str) else _addresses(node)
        if not addresses:
            continue
        size = (_side(node.get("width")), _side(node.get("height")))
        found = make_mention(addresses[0], document.base, origin, size)
        yield found and replace(found, alt=_credit_text(node, _WORDS), credit=_credit(node, named))


def _addresses(node: Node) -> list[str]:
    told = ([*json_ld.addresses(node.get(key))] for key in _IMAGE_ADDRESSES if key in node)
    return next((addresses for addresses in told if addresses), [])


def _side(value: object) -> int:
    return pixels(value.get("value") if isinstance(value, Mapping) else value)


def _credit_text(node: Node, keys: tuple[str, ...]) -> str:
    return next((said for key in keys if (said := json_ld.string(node.get(key)))), "")


def _credit(node: Node, named: Named) -> str:
    """Return the credit of a picture: a text, or the names of persons and organizations."""
    for key in _CREDITS:
        names = json_ld.names(node.get(key), tuple(named.values())) if key in node else []
        if names and names[0]:
            return names[0]
    return ""


def _in_links(document: Document, declared: Declared) -> Iterator[Mention | None]:
    for value in declared.links.get("image_src", ()):
        yield make_mention(value, document.base, "image_src")
    for link in islice(document.tree.iter("link"), _MOST_LINKS):
        if link.get("itemprop") in {"image", "thumbnailUrl"}:
            yield make_mention(link.get("href") or "", document.base, "itemprop")
        elif link.get("as") == "image" and "preload" in (link.get("rel") or ""):
            yield _preload_offer(link, document)


def _preload_offer(link: HtmlElement, document: Document) -> Mention | None:
    best, width = widest(srcset(link.get("imagesrcset") or ""))
    return make_mention(best or link.get("href") or "", document.base, "preload", (width, 0))


def site_pictures(document: Document, declared: Declared) -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys (`figure_key`) of pictures of the site itself, and of its writers."""
    sites: list[str] = []
    writers: list[str] = []
    for relation in ("apple-touch-icon", "apple-touch-icon-precomposed", "icon", "shortcut"):
        sites += declared.links.get(relation, ())
    sites += declared.meta.get("msapplication-tileimage", ())
    for node in declared.nodes[:_MOST_NODES]:
        kinds = json_ld.kinds(node)
        sites += json_ld.addresses(node.get("logo"))
        if kinds.intersection(_SITES):
            sites += json_ld.addresses(node.get("image"))
        elif "person" in kinds:
            writers += json_ld.addresses(node.get("image"))
    return _keys(sites, document), _keys(writers, document)


def _keys(addresses: list[str], document: Document) -> frozenset[str]:
    some = addresses[:_MOST_OF_A_SITE]
    whole = (urls.fetchable(address[:2_000], document.base) for address in some)
    return frozenset(key_of(address) for address in whole if address)
