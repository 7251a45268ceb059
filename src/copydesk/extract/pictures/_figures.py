"""The pictures that may stand for an article, the best first, by what speaks for each."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from copydesk.extract.page import Declared, json_ld, visible_text
from copydesk.extract.pictures import _figure_twins
from copydesk.extract.pictures._figure_key import figure_key
from copydesk.extract.pictures._figure_points import (
    DECLARING,
    ENOUGH,
    OFFERED,
    ArticleContext,
    split_words,
    weigh,
)
from copydesk.extract.pictures._figure_words import words_of
from copydesk.extract.pictures._figures_declared import list_declared_offers, site_pictures
from copydesk.extract.pictures._figures_shown import (
    Layout,
    find_layout,
    list_shown_offers,
    logo_keys,
)
from copydesk.extract.pictures._mention import Mention, best_size
from copydesk.kit import text, urls
from copydesk.news import Figure

if TYPE_CHECKING:
    from copydesk.extract.page import Document
    from copydesk.news import Lead

__all__ = ["figure_key", "figures"]

_MOST = 5
_LONG_NAME, _LONG_PATH = 14, 25  # characters
_TELLING = 2  # words of a hero's description that the headline has


def figures(document: Document, declared: Declared, lead: Lead, web_url: str) -> tuple[Figure, ...]:
    """Return the pictures that may stand for an article, the best first, at most five.

    Each has an absolute http or https address and stands there once, whatever sizes the page has of
    it. What declares it, whether the article shows it and what its address says are weighed by
    `_figure_points`; one that has too few points is not given.
    """
    title = _title(document, declared, lead)
    where = find_layout(document, frozenset(text.words(title)))
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
        logos=sites | logo_keys(document, where),
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
    declaring: Iterable[Mention], document: Document, where: Layout, own: Container[str]
) -> list[list[Mention]]:
    """Return the mentions of each picture: those that declare it, then those that show it.

    What is only shown counts where it stands in the article.
    """
    groups: dict[str, list[Mention]] = {}
    for offer in declaring:
        groups.setdefault(_on_this_page(offer.key), []).append(offer)
    names = frozenset(key.rpartition("/")[2] for key in groups) - {""}
    for offer in list_shown_offers(document, where, names):
        name = _on_this_page(offer.key)
        if name in groups or (offer.place and offer.key not in own):
            groups.setdefault(name, []).append(offer)
    return list(groups.values())


def _names(declared: Declared) -> tuple[str, ...]:
    """Return the names of the site that may stand in front of what a picture shows."""
    names = json_ld.names(declared.article.get("publisher"), declared.nodes)
    return tuple(name for name in (declared.first("og:site_name")[0], *names[:2]) if name)


def _on_this_page(key: str) -> str:
    """Return the name of a picture on one page: a long file name is the same in any folder."""
    path = key.partition("/")[2]
    name = path.rpartition("/")[2]
    if len(name) >= _LONG_NAME and "?" not in name:
        return name
    return path if path.count("/") >= 2 and len(path) >= _LONG_PATH else key


def _title(document: Document, declared: Declared, lead: Lead) -> str:
    """Return the headline as far as it is needed here: its words, whatever stands around them."""
    told = json_ld.string(declared.article.get("headline"))
    told = told or declared.first("og:title", "twitter:title")[0] or lead.title
    return (told or next(iter(visible_text(document, "//title[not(ancestor::svg)]", 1)), ""))[:500]


def _story_words(title: str, *addresses: str) -> frozenset[str]:
    """Return the words and numbers that tell this article from others of the site."""
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
    """Return the words of a picture's twin, or of the hero in its place that tells of the story."""
    twin = _figure_twins.find(group, others, context.document.address)
    if twin:
        return words_of(twin, context.title, sites)
    hero = _figure_twins.hero(group, others)
    if not hero:
        return "", ""
    alt, credit = words_of(hero, context.title, sites)
    told = context.own_words.intersection(split_words(alt))
    is_told = len(told) >= _TELLING or _figure_twins.begins_alike(group[0], hero[0])
    return (alt, credit) if is_told else ("", "")


def _origin(group: list[Mention]) -> str:
    """Name two that declare a picture, the strongest first, and what shows it.

    As in `og:image + json-ld + hero`.
    """
    names = {mention.origin for mention in group if mention.place or mention.element is None}
    declaring = [name for name in OFFERED if name in names & DECLARING]
    showing = [name for name in OFFERED if name in names - DECLARING]
    return " + ".join([*declaring[:2], *showing[:1]])
