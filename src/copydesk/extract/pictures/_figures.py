"""Choose the pictures that may illustrate an article, by points, best first."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from copydesk.extract import json_ld
from copydesk.extract.json_ld import Node
from copydesk.extract.page import visible_text
from copydesk.extract.pictures import _mention, _shown
from copydesk.extract.pictures._captions import words_of
from copydesk.extract.pictures._mention import (
    Mention,
    best_size,
    figure_key,
    key_of,
    make_mention,
    pixels,
    srcset,
    widest,
)
from copydesk.kit import tables, text, urls
from copydesk.news.article import Figure

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
    from copydesk.news import Lead

__all__ = ["figure_key", "figures"]

_MOST = 5
_LONG_NAME, _LONG_PATH = 14, 25  # characters
_TELLING = 2  # words that a hero's description shares with the headline


def figures(document: Document, declared: Declared, lead: Lead, web_url: str) -> tuple[Figure, ...]:
    """Return the pictures that may illustrate an article, best first, at most five.

    Each has an absolute http or https URL and is listed once, whatever sizes the page has of it.
    `weigh` gives points for its declarations, its place in the article and its URL; a picture with
    too few points is left out.
    """
    title = _title(document, declared, lead)
    where = _shown.find_layout(document, frozenset(text.words(title)))
    own = {figure_key(document.address), figure_key(web_url)}
    declaring = (
        offer for offer in list_declared_offers(document, declared, lead) if offer.key not in own
    )
    groups = _group_mentions(declaring, document, where, own)
    sites, writers = site_pictures(document, declared)
    context = ArticleContext(
        title=title,
        words=_story_words(title, document.address, web_url),
        site_words=_site_words(document, declared),
        logos=sites | _shown.logo_keys(document, where),
        writers=writers,
        document=document,
    )
    weighed = sorted(
        ((weigh(group, context), group) for group in groups), key=lambda pair: -pair[0]
    )
    best = [group for points, group in weighed if points >= ENOUGH]
    site_names = _names(declared)
    return tuple(_make_figure(group, groups, context, site_names) for group in best[:_MOST])


def _group_mentions(
    declaring: Iterable[Mention], document: Document, where: _shown.Layout, own: Container[str]
) -> list[list[Mention]]:
    """Return the mentions of each picture: first its declarations, then where it is shown.

    A picture that is only shown counts if it is in the article.
    """
    groups: dict[str, list[Mention]] = {}
    for offer in declaring:
        groups.setdefault(_on_this_page(offer.key), []).append(offer)
    names = frozenset(key.rpartition("/")[2] for key in groups) - {""}
    for offer in _shown.list_shown_offers(document, where, names):
        name = _on_this_page(offer.key)
        if name in groups or (offer.place and offer.key not in own):
            groups.setdefault(name, []).append(offer)
    return list(groups.values())


def _names(declared: Declared) -> tuple[str, ...]:
    """Return the names of the site that may come before a picture's description."""
    names = json_ld.names(declared.article.get("publisher"), declared.nodes)
    return tuple(name for name in (declared.first("og:site_name")[0], *names[:2]) if name)


def _on_this_page(key: str) -> str:
    """Return the key of a picture within a page: a long file name needs no folder."""
    path = key.partition("/")[2]
    name = path.rpartition("/")[2]
    if len(name) >= _LONG_NAME and "?" not in name:
        return name
    return path if path.count("/") >= 2 and len(path) >= _LONG_PATH else key


def _title(document: Document, declared: Declared, lead: Lead) -> str:
    """Return the headline for comparisons: its words, whatever is around them."""
    told = json_ld.string(declared.article.get("headline"))
    told = told or declared.first("og:title", "twitter:title")[0] or lead.title
    return (told or next(iter(visible_text(document, "//title[not(ancestor::svg)]", 1)), ""))[:500]


def _story_words(title: str, *addresses: str) -> frozenset[str]:
    """Return the words and numbers that distinguish this article from others of the site."""
    words = [word for word in split_words(title) if len(word) >= 4]
    for address in addresses:
        path = unquote(urlsplit(address).path)
        words += [
            word for word in split_words(path[-300:]) if len(word) >= 4 and not _is_year(word)
        ]
    return frozenset(words)


def _is_year(word: str) -> bool:
    return len(word) == 4 and word[:2] in {"19", "20"}


def _site_words(document: Document, declared: Declared) -> frozenset[str]:
    names = [urls.host(document.address), declared.first("og:site_name")[0][:100]]
    return frozenset(word for name in names for word in split_words(name))


def _make_figure(
    group: list[Mention],
    others: list[list[Mention]],
    context: ArticleContext,
    sites: tuple[str, ...],
) -> Figure:
    chosen = best_size(group)
    alt, credit = words_of(group, context.title, sites)
    if not (alt and credit):
        theirs, maker = _borrow_words(group, others, context, sites)
        alt, credit = alt or theirs, credit or maker
    return Figure(
        url=chosen.url,
        alt=alt,
        credit=credit,
        origin=_origin(group),
        width=chosen.width,
        height=chosen.height,
    )


def _borrow_words(
    group: list[Mention],
    others: list[list[Mention]],
    context: ArticleContext,
    sites: tuple[str, ...],
) -> tuple[str, str]:
    """Return the words of the same picture elsewhere on the page, or of a fitting main picture."""
    twin = _mention.find_twins(group, others, context.document.address)
    if twin:
        return words_of(twin, context.title, sites)
    hero = _mention.hero(group, others)
    if not hero:
        return "", ""
    alt, credit = words_of(hero, context.title, sites)
    told = context.own_words.intersection(split_words(alt))
    is_told = len(told) >= _TELLING or _mention.begins_alike(group[0], hero[0])
    return (alt, credit) if is_told else ("", "")


def _origin(group: list[Mention]) -> str:
    """Return the origin of a picture: two declarations, the most reliable first, and its place.

    For example `og:image + json-ld + hero` ("hero": the main picture above the text).
    """
    names = {mention.origin for mention in group if mention.place or mention.element is None}
    declaring = [name for name in OFFERED if name in names & DECLARING]
    showing = [name for name in OFFERED if name in names - DECLARING]
    return " + ".join([*declaring[:2], *showing[:1]])


# Points: all mentions of a picture are weighed by two tables.

_PACKAGE = "copydesk.extract.pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class _PicturePoint:
    """The points for one piece of evidence about a picture, a row of `tables/points.toml`."""

    points: int
    why: str
    changes: int | None = None


OFFERED = tables.read_rows(_PACKAGE, "offered_points.toml", int)
DECLARING = frozenset(OFFERED) - {"hero", "img", "background", "poster", "preload"}
ENOUGH = 20  # points under which a picture is left out
_POINTS = {
    name: row.points
    for name, row in tables.read_rows(_PACKAGE, "points.toml", _PicturePoint).items()
}
_CARD = 0  # points of one whose name says only logo, default, share …: it is left out
_AT_MOST_DRAWN = ENOUGH  # for a drawing: a flag, a map, a coat of arms; any photograph is better
_AT_MOST_SHOWN = 54  # for a picture without a declaration: a clear declaration is better
_MOST_AGREED = 2
_MOST_LATER = 5
_WIDE = 600  # pixels
_WORDS_DESCRIBED = 2
_LETTERS = 4  # of a word that can be compared

_CARD_WORDS = frozenset(tables.read_lines(_PACKAGE, "card_words.txt"))
_EMPTY_WORDS = frozenset(tables.read_lines(_PACKAGE, "empty_words.txt"))
_LOGO_WORDS = frozenset({"logo", "logos", "logotype"})
_SNIPPET = re.compile(
    r"(?i)/(?:shar(?:e|ing)|social|og|open-?graph)[-_]?(?:snippet|card|image|preview)s?/[^/]*$"
)
_DRAWING = re.compile(r"(?i)\.svg(?=[_.-]|$)")
_THEME = re.compile(
    r"""(?xi)/(?:assets?|statics?|themes?|templates?|skins?|layouts?|design|dist|build
    |bundles?|resources?
    |img/social|images/social|sites/all|public/images|_next/static|webpack|wp-includes|plugins)/"""
)
_PORTRAIT = re.compile(
    r"(?i)(?:^|[/_.-])(?:gr)?avatars?[/_.-]|/profile[-_]?(?:images?|pics?|photos?)/"
)
_NUMBERED = re.compile(r"\d{5}|[0-9a-f]{8}")  # of an archive
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleContext:
    """The data on an article and its site by which points are given to its pictures."""

    title: str
    words: frozenset[str]
    site_words: frozenset[str]
    logos: frozenset[str]
    writers: frozenset[str]
    document: Document

    @property
    def own_words(self) -> frozenset[str]:
        """Return the words of the article that are not in the site's name."""
        return self.words - self.site_words


def weigh(group: list[Mention], context: ArticleContext) -> int:
    """Compute the points of a picture as illustration, from all places where the page has it."""
    origins = {mention.origin for mention in group}
    is_declared = not origins.isdisjoint(DECLARING)
    first = group[0]
    total = max(OFFERED[origin] for origin in origins)
    total += _sum(_furniture(group, context)) + _sum(_merits(group, context, origins & DECLARING))
    total += _POINTS["agreed"] * min(_MOST_AGREED, max(0, len(origins & DECLARING) - 1))
    if not is_declared:
        total = min(total, _AT_MOST_SHOWN)
    if _is_card(group, context):
        return _CARD
    ranks = (mention.rank for mention in group if mention.origin == first.origin)
    total += _POINTS["later"] * min(_MOST_LATER, *ranks)
    total += _sum(_faults(group, context))
    total += 0 if is_declared else _sum(_find_shown_faults(group, context))
    return min(total, _AT_MOST_DRAWN) if _DRAWING.search(first.key) else total


def _sum(claims: Mapping[str, bool]) -> int:
    """Return the points of the claims that are true."""
    return sum(_POINTS[name] for name, holds in claims.items() if holds)


def _merits(
    group: list[Mention], context: ArticleContext, declaring: set[str]
) -> Mapping[str, bool]:
    shown = [mention for mention in group if mention.place]
    named = set(split_words(group[0].key)) - context.site_words
    told = {word for mention in group for word in split_words(_description(mention))}
    described = {word for word in told & context.words if len(word) >= _LETTERS}
    return {
        "shown": bool(shown and declaring),
        "named": not named.isdisjoint(context.words),
        "described": len(described) >= _WORDS_DESCRIBED,
        "large": max(mention.width for mention in group) >= _WIDE,
        "framed": any(map(_is_framed, shown)),
    }


def _description(mention: Mention) -> str:
    if mention.alt or mention.element is None:
        return mention.alt[:500]
    return (mention.element.get("alt") or "")[:500]


def _is_framed(mention: Mention) -> bool:
    element = mention.element
    return element is not None and next(element.iterancestors("figure"), None) is not None


def _faults(group: list[Mention], context: ArticleContext) -> Mapping[str, bool]:
    keys = {mention.key for mention in group}
    size = best_size(group)
    sides = [side for side in (size.width, size.height) if side]
    return {
        "logo": not keys.isdisjoint(context.logos),
        "writer": any(map(_PORTRAIT.search, keys)) or not keys.isdisjoint(context.writers),
        "small": bool(sides) and min(sides) < _shown.MIN_SIDE,
        "banner": len(sides) == 2 and sides[0] > _shown.MAX_RATIO * sides[1],
    }


def _find_shown_faults(group: list[Mention], context: ArticleContext) -> Mapping[str, bool]:
    elements = (mention.element for mention in group if mention.element is not None)
    return {
        "tracker": _shown.is_tracker(group[0].url),
        "linked": any(_shown.leads_away(element, context.document) for element in elements),
        "button": _is_button(group),
    }


def _is_button(group: list[Mention]) -> bool:
    size = best_size(group)
    is_drawn = urlsplit(group[0].url).path.lower().endswith((".gif", ".png"))
    return is_drawn and not (size.width or size.height) and not any(map(_is_framed, group))


def _furniture(group: list[Mention], context: ArticleContext) -> Mapping[str, bool]:
    """Return claims about a picture's URL that speak for a logo or other picture of the site."""
    key = group[0].key
    is_of_the_site = context.own_words.isdisjoint(split_words(key))
    is_shown = any(mention.place for mention in group)
    return {
        "snippet": bool(_SNIPPET.search(key)),
        "furniture word": is_of_the_site and not _CARD_WORDS.isdisjoint(_name_words(group)),
        "theme": is_of_the_site and not is_shown and _is_theme(key),
    }


def _is_theme(key: str) -> bool:
    folder = key.rpartition("/")[0]
    return bool(_THEME.search(f"/{folder}/")) and not _NUMBERED.search(key)


def _is_card(group: list[Mention], context: ArticleContext) -> bool:
    """Return whether a file's name has only words of a site's own pictures.

    Two such words, or that it is a logo, are enough: `fb_social_dark_4711`, `gulls-club-logo`.
    """
    if not context.own_words.isdisjoint(split_words(group[0].key)):
        return False
    words = _name_words(group)
    cards = [word for word in words if word in _CARD_WORDS]
    if not _LOGO_WORDS.isdisjoint(cards) or len(cards) > 1:
        return True
    return bool(cards) and not any(_is_telling(word, context) for word in words)


def _is_telling(word: str, context: ArticleContext) -> bool:
    """Return whether a word of a file's name may describe the picture."""
    is_size = word.isdigit() and len(word) <= 4
    is_empty = word in _CARD_WORDS or word in _EMPTY_WORDS or word in context.site_words
    return len(word) > 2 and not is_size and not is_empty


def _name_words(group: list[Mention]) -> list[str]:
    return split_words(_HUMP.sub(" ", group[0].key.rpartition("/")[2]))


def split_words(words: str) -> list[str]:
    """Return the words and numbers in a file name or headline, in lower case."""
    return [word.lower() for word in _WORD.findall(words)]


# Find the pictures that a page declares: in meta tags, links, JSON-LD, and in its feed entry.

_MOST_MENTIONS = 8  # mentions of one origin
_MOST_NODES = 300
_MOST_LINKS = 500
_MOST_OF_A_SITE = 20
_OG = ("og:image", "og:image:secure_url", "og:image:url")
_OTHER_META = tables.read_rows(_PACKAGE, "picture_metas.toml", str)
# types of pages that are not articles
_TYPES = tables.read_rows(_PACKAGE, "types.toml", tuple[str, ...])
_PAGES = frozenset(_TYPES["pages"])
_SITES = _TYPES["sites"]
_IMAGE_ADDRESSES = ("url", "contentUrl", "@id")
_CREDITS = ("creditText", "copyrightNotice", "copyrightHolder", "author", "creator")
_WORDS = ("caption", "description", "name", "headline", "alternateName")

Named = Mapping[str, Node]


def list_declared_offers(document: Document, declared: Declared, lead: Lead) -> Iterator[Mention]:
    """Yield the pictures that a page's metadata or its feed entry name for the article."""
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
        if rank < _MOST_MENTIONS:
            yield replace(mention, rank=rank)


def _in_meta(document: Document, declared: Declared) -> Iterator[Mention | None]:
    for name in _OG:
        values = declared.meta.get(name, ())
        sides = [declared.meta.get(f"og:image:{side}", ()) for side in ("width", "height")]
        alts = declared.meta.get("og:image:alt", ())
        for at, value in enumerate(values[:_MOST_MENTIONS]):
            size = tuple(pixels(_nth(side, at, len(values))) for side in sides)
            found = make_mention(value, document.base, "og:image", (size[0], size[1]))
            yield found and replace(found, alt=_nth(alts, at, len(values)))
    for name, origin in _OTHER_META.items():
        alts = declared.meta.get("twitter:image:alt", ()) if origin == "twitter:image" else ()
        values = declared.meta.get(name, ())
        for at, value in enumerate(values[:_MOST_MENTIONS]):
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
    for item in (value if isinstance(value, list) else [value])[:_MOST_MENTIONS]:
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
    """Return the keys of pictures of the site itself and of its authors, such as logos."""
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
