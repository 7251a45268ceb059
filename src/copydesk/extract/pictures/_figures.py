"""The pictures that may stand for an article, the best first, by what speaks for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from copydesk.extract.page import Declared, json_ld, visible_text
from copydesk.extract.pictures import _figure_twins
from copydesk.extract.pictures._figure_key import figure_key
from copydesk.extract.pictures._figure_offer import Offer, best_size
from copydesk.extract.pictures._figure_words import words_of
from copydesk.extract.pictures._figures_declared import declared_offers, site_pictures
from copydesk.extract.pictures._figures_shown import (
    MAX_RATIO,
    MIN_SIDE,
    is_tracker,
    layout,
    leads_away,
    logo_keys,
    shown_offers,
)
from copydesk.kit import text, urls
from copydesk.news import Figure

if TYPE_CHECKING:
    from copydesk.extract.page import Document
    from copydesk.news import Lead

__all__ = ["figure_key", "figures"]

_MOST = 5
_LONG_NAME, _LONG_PATH = 14, 25  # characters
_TELLING = 2  # words of a hero's description that the headline has
_ENOUGH = 20  # points under which a picture is not given

WIDE = 600  # pixels

# Who offers it, the strongest first. The most of a group counts, once.
OFFERED = {
    "og:image": 60,
    "json-ld": 56,
    "twitter:image": 56,
    "primaryImageOfPage": 52,
    "lead": 50,
    "itemprop": 46,
    "image_src": 46,
    "meta": 44,
    "video": 40,
    "hero": 36,
    "poster": 34,
    "img": 26,
    "background": 22,
    "preload": 10,
}
# What speaks for it.
AGREED = 8  # for each further part of the page that declares it, of two at most
SHOWN = 20  # it is declared, and stands in the article
NAMED = 12  # its file shares a word or a number with the headline
DESCRIBED = 8  # its words share two with the headline
LARGE = 6  # it is wide
FRAMED = 6  # in a figure
# What speaks against it.
CARD = 0  # all that is left of one whose name says only logo, default, share …: it is not given
SNIPPET = -34  # it lies in a folder for cards that are drawn for sharing: a picture under a text
AT_MOST_DRAWN = _ENOUGH  # for a rendered drawing: a flag, a map, arms; any photograph is better
LOGO = -80  # it is the logo or the touch icon that the page declares
WRITER = -70  # it is a writer's portrait
THEME = -34  # it lies among the site's own furniture, and no word of the article in its address
FURNITURE_WORD = -14  # logo, icon, default … among other words
TRACKER = -60  # an advertisement, a counter, an avatar
SMALL = -30  # it says that it is smaller than 200 pixels
BANNER = -50  # more than five times as wide as high
LINKED = -14  # a link to another site: an advertisement perhaps
BUTTON = -16  # a GIF or PNG that nobody declares, without a size or a figure around it
LATER = -3  # for each picture before it in the text, or before it in the declaration, of five
AT_MOST_SHOWN = 54  # for one that nobody declares: a sound declaration is better

_DECLARED = frozenset(OFFERED) - {"hero", "img", "background", "poster", "preload"}
_CARD_WORDS = frozenset(
    {
        *("logo", "logos", "logotype", "favicon", "placeholder", "default", "blank", "avatar"),
        *("gravatar", "sprite", "sprites", "icon", "icons", "noimage", "fallback", "social"),
        *("socials", "share", "sharing", "sharer", "og", "ogimage", "opengraph", "facebook"),
        *("fb", "twitter", "brand", "branding", "masthead", "dummy", "missing", "nophoto"),
    }
)
_EMPTY_WORDS = frozenset(
    {
        *("image", "images", "img", "pic", "picture", "photo", "card", "cards", "site", "page"),
        *("web", "www", "the", "new", "large", "small", "big", "full", "medium", "square"),
        *("wide", "color", "colour", "white", "black", "dark", "light", "blue", "red", "no"),
        *("not", "for", "on", "us", "com", "org", "net", "generic", "thumb", "thumbnail", "header"),
        *("banner", "cover", "graph", "open", "media", "meta", "preview", "post", "article"),
        *("news", "home", "main", "min", "preset", "stacked", "horizontal", "vertical", "rgb"),
        *("final", "copy", "retina", "touch", "apple"),
    }
)
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
class _Story:
    """What is known of the article and its site when its pictures are weighed."""

    title: str
    words: frozenset[str]
    site_words: frozenset[str]
    logos: frozenset[str]
    writers: frozenset[str]
    document: Document

    @property
    def own_words(self) -> frozenset[str]:
        """The words that tell the article and not the site."""
        return self.words - self.site_words


def figures(document: Document, declared: Declared, lead: Lead, web_url: str) -> tuple[Figure, ...]:
    """Give the pictures that may stand for an article, the best first, at most five.

    Each has an absolute http or https address and stands there once, whatever sizes the page has of
    it. What declares it, whether the article shows it and what its address says are weighed by the
    points of this module; one that has too few is not given.
    """
    title = _title(document, declared, lead)
    where = layout(document, frozenset(text.words(title)))
    own = {figure_key(document.address), figure_key(web_url)}
    groups: dict[str, list[Offer]] = {}
    for found in declared_offers(document, declared, lead):
        if found.key not in own:
            groups.setdefault(_on_this_page(found.key), []).append(found)
    names = frozenset(key.rpartition("/")[2] for key in groups) - {""}
    for found in shown_offers(document, where, names):
        name = _on_this_page(found.key)
        if name in groups or (found.place and found.key not in own):
            groups.setdefault(name, []).append(found)
    sites, writers = site_pictures(document, declared)
    story = _Story(
        title=title,
        words=_story_words(title, document.address, web_url),
        site_words=_site_words(document, declared),
        logos=sites | logo_keys(document, where),
        writers=writers,
        document=document,
    )
    scored = [(points(group, story), group) for group in groups.values()]
    best = sorted((one for one in scored if one[0] >= _ENOUGH), key=lambda one: -one[0])
    others = list(groups.values())
    known_as = _names(declared)
    return tuple(_figure(group, others, story, known_as) for _, group in best[:_MOST])


def _names(declared: Declared) -> tuple[str, ...]:
    """Give the names of the site that may stand in front of what a picture shows."""
    names = json_ld.names(declared.article.get("publisher"), declared.nodes)
    return tuple(name for name in (declared.first("og:site_name")[0], *names[:2]) if name)


def _on_this_page(key: str) -> str:
    """Give the name of a picture on one page: a long file name is the same in any folder."""
    path = key.partition("/")[2]
    name = path.rpartition("/")[2]
    if len(name) >= _LONG_NAME and "?" not in name:
        return name
    return path if path.count("/") >= 2 and len(path) >= _LONG_PATH else key


def _title(document: Document, declared: Declared, lead: Lead) -> str:
    """Give the headline as far as it is needed here: its words, whatever stands around them."""
    told = json_ld.string(declared.article.get("headline"))
    told = told or declared.first("og:title", "twitter:title")[0] or lead.title
    return (told or next(iter(visible_text(document, "//title[not(ancestor::svg)]", 1)), ""))[:500]


def _story_words(title: str, *addresses: str) -> frozenset[str]:
    """Give the words and numbers that tell this article from others of the site."""
    words = [word for word in _split(title) if len(word) >= 4]
    for address in addresses:
        path = unquote(urlsplit(address).path)
        words += [word for word in _split(path[-300:]) if len(word) >= 4 and not _is_year(word)]
    return frozenset(words)


def _split(words: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(words)]


def _is_year(word: str) -> bool:
    return len(word) == 4 and word[:2] in {"19", "20"}


def _site_words(document: Document, declared: Declared) -> frozenset[str]:
    names = [urls.host(document.address), declared.first("og:site_name")[0][:100]]
    return frozenset(word for name in names for word in _split(name))


def points(group: list[Offer], story: _Story) -> int:
    """Weigh all mentions of one picture."""
    origins = {one.origin for one in group}
    is_declared = not origins.isdisjoint(_DECLARED)
    first = group[0]
    total = max(OFFERED[origin] for origin in origins)
    total += _furniture(group, story) + _for(group, story, origins & _DECLARED)
    if not is_declared:
        total = min(total, AT_MOST_SHOWN)
    if is_card(group, story):
        return CARD
    total += LATER * min(5, *(one.rank for one in group if one.origin == first.origin))
    total += _against(group, story, is_declared=is_declared)
    return min(total, AT_MOST_DRAWN) if _DRAWING.search(first.key) else total


def _for(group: list[Offer], story: _Story, declaring: set[str]) -> int:
    shown = [one for one in group if one.place]
    named = set(_split(group[0].key)) - story.site_words
    told = {word for one in group for word in _split(_told(one)) if len(word) >= 4}
    total = AGREED * min(2, max(0, len(declaring) - 1))
    total += SHOWN if shown and declaring else 0
    total += NAMED if named & story.words else 0
    total += DESCRIBED if len(told & story.words) >= 2 else 0
    total += LARGE if max(one.width for one in group) >= WIDE else 0
    total += FRAMED if any(_is_framed(one) for one in shown) else 0
    return total


def _told(one: Offer) -> str:
    shown = one.element.get("alt") or "" if one.element is not None else ""
    return (one.alt or shown)[:500]


def _is_framed(one: Offer) -> bool:
    return one.element is not None and next(one.element.iterancestors("figure"), None) is not None


def _against(group: list[Offer], story: _Story, *, is_declared: bool) -> int:
    keys = {one.key for one in group}
    total = 0 if keys.isdisjoint(story.logos) else LOGO
    is_portrait = any(_PORTRAIT.search(key) for key in keys)
    total += WRITER if is_portrait or not keys.isdisjoint(story.writers) else 0
    size = best_size(group)
    sides = [side for side in (size.width, size.height) if side]
    total += SMALL if sides and min(sides) < MIN_SIDE else 0
    total += BANNER if len(sides) == 2 and sides[0] > MAX_RATIO * sides[1] else 0
    if not is_declared:
        total += TRACKER if is_tracker(group[0].url) else 0
        away = any(
            one.element is not None and leads_away(one.element, story.document) for one in group
        )
        total += LINKED if away else 0
        total += BUTTON if not sides and _is_button(group) else 0
    return total


def _is_button(group: list[Offer]) -> bool:
    is_drawn = urlsplit(group[0].url).path.lower().endswith((".gif", ".png"))
    return is_drawn and not any(_is_framed(one) for one in group)


def is_card(group: list[Offer], story: _Story) -> bool:
    """Say whether a file's name has no other words than those of a site's own pictures.

    Two such words, or that it is a logo, are enough: `fb_social_dark_4711`, `gulls-club-logo`.
    """
    if not story.own_words.isdisjoint(_split(group[0].key)):
        return False
    words = _name_words(group)
    cards = [word for word in words if word in _CARD_WORDS]
    empty = _CARD_WORDS | _EMPTY_WORDS | story.site_words
    said = [word for word in words if len(word) > 2 and word not in empty and not _is_size(word)]
    is_logo = not _LOGO_WORDS.isdisjoint(cards)
    return is_logo or len(cards) >= 2 or (bool(cards) and not said)


def _furniture(group: list[Offer], story: _Story) -> int:
    """Weigh what the address of a picture says of the site's own furniture."""
    key = group[0].key
    snippet = SNIPPET if _SNIPPET.search(key) else 0
    if not story.own_words.isdisjoint(_split(key)):
        return snippet
    total = snippet
    total += FURNITURE_WORD if not _CARD_WORDS.isdisjoint(_name_words(group)) else 0
    if any(one.place for one in group):
        return total
    is_theme = _THEME.search(f"/{key.rpartition('/')[0]}/") and not _NUMBERED.search(key)
    return total + (THEME if is_theme else 0)


def _is_size(word: str) -> bool:
    return word.isdigit() and len(word) <= 4


def _name_words(group: list[Offer]) -> list[str]:
    return _split(_HUMP.sub(" ", group[0].key.rpartition("/")[2]))


def _figure(
    group: list[Offer], others: list[list[Offer]], story: _Story, sites: tuple[str, ...]
) -> Figure:
    chosen = best_size(group)
    alt, credit = words_of(group, story.title, sites)
    if not (alt and credit):
        theirs, maker = _lent(group, others, story, sites)
        alt, credit = alt or theirs, credit or maker
    return Figure(
        url=chosen.url,
        alt=alt,
        credit=credit,
        origin=_origin(group),
        width=chosen.width,
        height=chosen.height,
    )


def _lent(
    group: list[Offer], others: list[list[Offer]], story: _Story, sites: tuple[str, ...]
) -> tuple[str, str]:
    """Give the words of a picture's twin, or of the hero in its place that tells of the story."""
    twin = _figure_twins.find(group, others, story.document.address)
    if twin:
        return words_of(twin, story.title, sites)
    hero = _figure_twins.hero(group, others)
    if not hero:
        return "", ""
    alt, credit = words_of(hero, story.title, sites)
    told = story.own_words.intersection(_split(alt))
    is_told = len(told) >= _TELLING or _figure_twins.begins_alike(group[0], hero[0])
    return (alt, credit) if is_told else ("", "")


def _origin(group: list[Offer]) -> str:
    """Name two that declare a picture, the strongest first, and what shows it.

    As in `og:image + json-ld + hero`.
    """
    names = {one.origin for one in group if one.place or one.element is None}
    declaring = [name for name in OFFERED if name in names & _DECLARED]
    showing = [name for name in OFFERED if name in names - _DECLARED]
    return " + ".join([*declaring[:2], *showing[:1]])
