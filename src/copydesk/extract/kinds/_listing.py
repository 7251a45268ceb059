"""Recognise pages that mainly link to others: home pages, sections, searches, author profiles."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from copydesk.extract import json_ld
from copydesk.extract.kinds._look import BRIEF, NOTE, SHORT, PageLook, ends, size
from copydesk.kit import tables, text, urls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PACKAGE = "copydesk.extract.kinds"

_TITLE = re.compile(rf"(?i)\A{tables.read_pattern(_PACKAGE, 'list_titles.toml')}\Z")
_SEARCH_TITLE = re.compile(rf"(?i)\A{tables.read_pattern(_PACKAGE, 'search_titles.toml')}\Z")
_SEARCH_KEYS = frozenset(
    {"s", "q", "query", "search", "keyword", "keywords", "suche", "searchinput"}
)
_SEARCH_SEGMENTS = frozenset(
    {"search", "suche", "recherche", "buscar", "busqueda", "ricerca", "zoeken"}
)
_LIST_SEGMENTS = frozenset(tables.read_lines(_PACKAGE, "list_folders.txt"))
# Classes of the body of a list in WordPress, Drupal, Ghost and the like.
_CLASSES = frozenset(tables.read_lines(_PACKAGE, "list_classes.txt"))
_SINGLE = frozenset({"single", "single-post", "post-template", "page-node", "node-type-article"})
_LANGUAGE = re.compile(r"\A[a-z]{2}(?:[-_][a-z]{2,4})?\Z")
_ARTICLE_SEGMENT = re.compile(r"\d{4,}|(?:[^-_\W]+[-_]){2}|\.(?:s?html?|php|aspx?)\Z")
_INSTRUCTIONS = frozenset({"recipe", "howto"})
_MAX_NODES = 200
_FIRST = 5  # nodes: a page describes itself before other things
_HEADLINE_WORDS, _HEADLINE_LENGTH = 4, 25
_FEW_LINKS = 3
_PARTS = ("h1", "h2", "h3", "p", "div", "section", "td", "li", "span", "a", "time")
_MAX_PARTS, _MAX_PIECES = 5_000, 100
_BOXES = frozenset({"div", "section", "li", "blockquote"})
_MAX_BOXES = 3
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_FURNITURE = frozenset({"nav", "header", "footer", "aside"})
_NAME_WORDS = 3  # of a section's name; a headline has more
_MAX_LINKS = 2_000
_MAX_TEXTS = 50_000  # pieces of text and blocks that are counted
_BLOCKS = ("p", "div", "section", "article", "td", "main", "span", "li")
_OWN_TEXT = 120  # characters directly inside a block that make it prose
# Of 429 open pages of articles, 80 have twelve such links, and then 282 characters of prose or
# more.
_PLAIN_LINKS, _PLAIN_PROSE = 12, 200
_SOME_LINKS, _SOME_PROSE = 8, 450


class _List(StrEnum):
    """The kind of a page of links, in words for a person."""

    HOME = "a home page"
    LISTING = "a listing"
    SEARCH = "a search page"
    AUTHOR = "an author page"


def name_list(look: PageLook) -> str:
    """Return the kind of a page that mainly has links ("a listing"), "" if it may be an article.

    The evidence is its metadata if there is no article, the template of its content system, its URL
    or title together with many headlines, or many headlines and no prose at all. A short text below
    its own headline is an article, whatever follows.
    """
    if look.is_article or _is_a_recipe(look):
        return ""
    found = _by_its_template(look)
    if found:
        return found.value
    found = _by_its_data(look) or _by_its_links(look)
    if found is None or (found is not _List.HOME and _is_a_brief(look)):
        return ""
    return found.value


def _is_a_recipe(look: PageLook) -> bool:
    """Return whether metadata say that the page is a recipe or instructions, which are lists."""
    told = (
        node for node in look.declared.nodes[:_MAX_NODES] if json_ld.kinds(node) & _INSTRUCTIONS
    )
    names = (json_ld.string(node.get("name")) for node in told)
    return any(look.is_called(name, 0) for name in names if name)


def _by_its_data(look: PageLook) -> _List | None:
    """Judge a page of links by JSON-LD and og:type, if it has little text, or only in teasers."""
    kinds = frozenset[str]().union(*map(json_ld.kinds, look.declared.nodes[:_FIRST]))
    if "itemlist" in kinds and _is_a_bare_list(look):
        return _List.LISTING
    if look.length >= 5 * SHORT or (look.length >= SHORT and prose(look) >= _SOME_PROSE):
        return None
    claims: tuple[tuple[_List, Callable[[], bool]], ...] = (
        (_List.SEARCH, lambda: "searchresultspage" in kinds),
        (_List.AUTHOR, lambda: "profilepage" in kinds or _is_a_profile(look)),
        (_List.LISTING, lambda: "collectionpage" in kinds and headlines(look) >= _FEW_LINKS),
        (_List.HOME, lambda: _is_the_sites_own(look)),
    )
    return next((kind for kind, holds in claims if holds()), None)


def _is_a_bare_list(look: PageLook) -> bool:
    return look.length < SHORT and not look.says_article and headlines(look) >= _FIRST


def _is_a_profile(look: PageLook) -> bool:
    """Return whether og:type says profile and the person's articles follow (unlike an obituary)."""
    told = look.declared.first("og:type")[0].lower() == "profile"
    return told and (_is_filed_as_a_list(look) or headlines(look) >= _FEW_LINKS)


def _is_the_sites_own(look: PageLook) -> bool:
    """Return whether a page is that of its WebSite object, or the home page of a language."""
    if look.says_article:
        return False
    if len(look.segments) == 1 and _LANGUAGE.match(look.segments[0]):
        return headlines(look) >= _SOME_LINKS
    here = urls.identity(look.address)
    sites = (node for node in look.declared.nodes if "website" in json_ld.kinds(node))
    named = (
        urls.identity(address) for node in sites for address in json_ld.strings(node.get("url"))
    )
    return here in named and headlines(look) >= _SOME_LINKS


def _by_its_template(look: PageLook) -> _List | None:
    """Judge a page of links by the classes that content systems give the body of a list."""
    if not look.classes & _CLASSES or look.classes & _SINGLE or look.is_dated:
        return None
    if prose(look) >= _SOME_PROSE:
        return None
    if "search-results" in look.classes:
        return _List.SEARCH
    is_author = bool({"author", "author-template"} & look.classes)
    return _List.AUTHOR if is_author else _List.LISTING


def _by_its_links(look: PageLook) -> _List | None:
    """Judge a page of links by its prose, and its headlines that lead to pages of the site."""
    if look.says_article or look.is_dated or look.length >= 5 * SHORT:
        return None
    words = prose(look)
    if words < _SOME_PROSE:
        if _has_teasers(look):
            return _List.LISTING
        if _is_search(look):
            return _List.SEARCH
    return _List.LISTING if _has_many_headlines(look, words) else None


def _has_many_headlines(look: PageLook, words: int) -> bool:
    """Return whether a page has many headlines and no prose, or some, little, and a list's name."""
    links = headlines(look)
    if links >= _PLAIN_LINKS and words < _PLAIN_PROSE:
        return True
    # a reader that finds next to nothing shows that the prose is the footer's
    has_little = min(words, look.length) < _SOME_PROSE
    return links >= _SOME_LINKS and has_little and _is_called_a_list(look)


def _has_teasers(look: PageLook) -> bool:
    """Return whether a page with little text has several articles with links to their pages."""
    if look.length >= 2 * SHORT:
        return False
    return len(look.document.tree.xpath("//article[.//a[@href]]")) >= _FIRST


def _is_a_brief(look: PageLook) -> bool:
    """Return whether a page has a text, however short, below a headline and before the next link.

    Two sentences are enough; a section, whose heading is short, has hardly a word there. One is
    enough with a time, or with the headline of its source or of its URL; with a time and two
    sentences the heading may be short.
    """
    if look.is_as_listed and ends(look.words):
        return True
    heading = look.headline or next(iter(look.own_headings), "")
    if not heading or (_is_filed_as_a_list(look) and not look.is_spelt):
        return False
    below, is_timed = _read_below(look, heading)
    sentences, length = _least_of_a_brief(look, is_timed=is_timed)
    return ends(below) >= sentences and size(below) >= length


def _least_of_a_brief(look: PageLook, *, is_timed: bool) -> tuple[float, int]:
    """Return the fewest sentences and characters that make a text below a headline a brief."""
    if not look.headline:
        return (2, NOTE) if is_timed else (math.inf, BRIEF)
    is_sure = is_timed or look.is_dated or look.is_spelt
    return (1, NOTE) if is_sure else (2, BRIEF)


def _read_below(look: PageLook, headline: str) -> tuple[str, bool]:
    """Return the text between the headline and the next linked one, and whether it has a time."""
    below: list[str] = []
    is_timed = False
    for part in _iterate_below(look, headline):
        above = {around.tag for around in part.iterancestors()}
        if above & _FURNITURE:
            continue
        if part.tag == "a" and _leads_on(part) and not above & {"p", "h1"}:
            break
        is_timed = is_timed or part.tag == "time"
        if part.tag not in {"a", "time"} and "p" not in above:
            below += _own_words(part)
    return text.fold(" ".join(below)), is_timed


def _iterate_below(look: PageLook, headline: str) -> Iterator[HtmlElement]:
    """Yield the elements of a page below its headline, without headings."""
    is_below = False
    for part in itertools.islice(look.document.tree.iter(*_PARTS), _MAX_PARTS):
        if part.tag in _HEADINGS:
            is_below = is_below or text.fold(_words_of(part)) == headline
        elif is_below:
            yield part


def _own_words(block: HtmlElement) -> list[str]:
    """Return the words directly in a block; in a paragraph also those in its elements."""
    if block.tag == "p":
        return [_words_of(block)]
    return [block.text or "", *(part.tail or "" for part in block)]


def _words_of(element: HtmlElement) -> str:
    return "".join(itertools.islice(element.itertext(), _MAX_PIECES))[:2_000]


def _leads_on(link: HtmlElement) -> bool:
    """Return whether a link is a headline, or is in one."""
    words = text.fold(" ".join(link.itertext())[:1_000])
    is_one = len(words) >= _HEADLINE_LENGTH and len(words.split()) >= _HEADLINE_WORDS
    return is_one or any(around.tag in _HEADINGS for around in link.iterancestors())


def _is_search(look: PageLook) -> bool:
    keys = {key.lower() for key, value in parse_qsl(urlsplit(look.address).query) if value}
    is_there = bool(keys & _SEARCH_KEYS) or bool(_SEARCH_SEGMENTS & set(look.segments))
    return is_there and any(_SEARCH_TITLE.match(heading) for heading in look.headings)


def _is_called_a_list(look: PageLook) -> bool:
    """Return whether URL or title name a list, or the page is above the URL that was asked for.

    A URL without any headline in it counts if the title is not a headline either.
    """
    if _is_filed_as_a_list(look) or any(map(_TITLE.match, look.headings)):
        return True
    asked = urlsplit(look.lead.url).path.rstrip("/").lower()
    if look.segments and asked.startswith("/" + "/".join(look.segments) + "/"):
        return True
    is_bare = bool(look.segments) and not any(map(_ARTICLE_SEGMENT.search, look.segments))
    return is_bare and len(look.title.split()) <= _NAME_WORDS


def _is_filed_as_a_list(look: PageLook) -> bool:
    return bool(set(look.segments[:-1]) & _LIST_SEGMENTS)


def headlines(look: PageLook) -> int:
    """Count the pages of the site that a page links to by headlines, outside menus and footers."""
    found: set[str] = set()
    host = urls.host(look.address)
    for link in look.document.tree.xpath(f"(//a[@href])[position() <= {_MAX_LINKS}]"):
        words = text.fold(" ".join(link.itertext())[:1_000])
        if len(words) < _HEADLINE_LENGTH or len(words.split()) < _HEADLINE_WORDS:
            continue
        if any(parent.tag in _FURNITURE for parent in link.iterancestors()):
            continue
        target = urls.fetchable(link.get("href"), look.document.base)
        if target and urls.host(target) == host:
            found.add(urls.identity(target))
    return len(found)


def prose(look: PageLook) -> int:
    """Count the characters of running text in the element of a page that has most of it.

    A place is a row of neighbouring paragraphs, or one block. In a list each card is a place of its
    own, and so is the text below a linked heading; in an article all paragraphs share one.
    """
    lengths: Counter[tuple[HtmlElement, int]] = Counter()
    headed: Counter[HtmlElement] = Counter()
    left = _MAX_TEXTS
    for block in look.document.tree.iter(*_BLOCKS):
        box = _find_box(block) if block.tag == "p" else block
        place = box.getparent() if block.tag == "p" else block
        texts = _texts(block)
        left -= len(texts) + 1
        if left < 0:
            break
        length = sum(size(piece.strip()) for piece in texts)
        if block.tag == "p":
            headed[place] += _is_headed(look, box)
        if place is not None and (block.tag == "p" or length >= _OWN_TEXT):
            lengths[place, headed[place]] += length
    return max(lengths.values(), default=0)


def _texts(block: HtmlElement) -> Sequence[str]:
    """Return the texts directly in a block; of a paragraph all but its links."""
    if block.tag == "p":
        return list(block.xpath(".//text()[not(ancestor::a)]"))
    return [block.text or "", *(part.tail or "" for part in block)]


def _find_box(block: HtmlElement) -> HtmlElement:
    """Return a paragraph, or the element around it if it is alone in one that is not a teaser."""
    if next(block.iter("a"), None) is not None:
        return block
    for _ in range(_MAX_BOXES):
        above = block.getparent()
        is_alone = block.getprevious() is None and block.getnext() is None
        if not is_alone or above is None or above.tag not in _BOXES:
            break
        block = above
    return block


def _is_headed(look: PageLook, block: HtmlElement) -> bool:
    """Return whether a heading with a link to another page is right before a paragraph."""
    before = block.getprevious()
    if before is None or before.tag not in _HEADINGS:
        return False
    target = next((link.get("href") for link in before.iter("a") if link.get("href")), "")
    found = urls.fetchable(target, look.document.base) if target else None
    return bool(found) and urls.host(found or "") == urls.host(look.address)
