"""Collect a publisher's signals on the use of a page: AI training, AI input, snippets, pictures.

Signals come from robots.txt and /.well-known/tdmrep.json (read by fetch), from the headers of the
answer and from the page's head. Each is kept in the publisher's words; `_quoting` knows what they
forbid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from copydesk.extract.terms import _quoting
from copydesk.extract.terms._quoting import deciding
from copydesk.kit import tables, text
from copydesk.news.article import Article, Signal
from copydesk.news.beat import ExcerptRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element as Element

    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
    from copydesk.news import Page

_OUR_NAMES = ("robots", "copydesk")  # for all agents, and for us alone
_SAID = 300  # characters of a signal that are stored
_MOST = 60  # signals of one page
_METAS = ("tdm-reservation", "tdm-policy")
_HEADERS = ("Content-Usage", "Content-Signal", *_METAS)
# Words of a robots tag about the use of a page; `nofollow` and the like are not.
_WORDS = frozenset(
    {
        *("noindex", "none", "nosnippet", "noimageindex", "noarchive", "nocache"),
        *("noai", "noimageai", "max-snippet", "max-image-preview"),
    }
)
_WITH_A_VALUE = frozenset(
    {"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"}
)
_BETWEEN = re.compile(r"[,; ]+")
_TO_A_VALUE = re.compile(r" ?[:=] ?")
_AGENT = re.compile(r"([a-z0-9_*.-]{1,60})\s*:\s*(.*)", re.DOTALL)
_LINK = re.compile(r"<([^<>]{1,2000})>([^<]{0,500})")
_RSL_TYPE = "application/rsl+xml"


def signals(document: Document, declared: Declared, page: Page) -> tuple[Signal, ...]:
    """Return all signals on the use of a page, from page, response headers and site.

    If there are too many, those that decide what is refused are kept, and the first of the others.
    """
    found = (
        *page.signals,
        *_of_headers(page.headers),
        *_of_metas(declared),
        *_of_links(document),
        *inline(document),
        *_of_sections(document),
    )
    return _limit_number(tuple(dict.fromkeys(map(_limit_length, found))))


def _limit_number(signals: tuple[Signal, ...]) -> tuple[Signal, ...]:
    if len(signals) <= _MOST:
        return signals
    needed = deciding(signals)
    others = (signal for signal in signals if signal not in needed)
    kept = needed.union(islice(others, _MOST - len(needed)))
    return tuple(signal for signal in signals if signal in kept)


def _limit_length(signal: Signal) -> Signal:
    said = text.fold(signal.said[: 4 * _SAID])[:_SAID]
    return Signal(name=signal.name, said=said, where=signal.where)


def _of_headers(headers: Mapping[str, str]) -> Iterator[Signal]:
    for name in _HEADERS:
        for words in _split_long(headers.get(name.lower(), "")):
            yield Signal(name=name, said=words, where="header")
    for words in _rules_for_us(headers.get("x-robots-tag", "")):
        yield from _usage_words(words, "X-Robots-Tag")
    for address, rest in islice(_LINK.findall(headers.get("link", "")[:20_000]), 100):
        if _is_licence(rest):
            yield Signal(name="RSL", said=address.strip(), where="header")


def _split_long(value: str) -> Iterator[str]:
    """Yield a list as it is; a long one in parts, so that no word is cut."""
    part = ""
    for member in text.fold(value).split(","):
        if part and len(part) + len(member) >= _SAID:
            yield part
            part = member.strip()
        else:
            part = f"{part},{member}" if part else member
    if part:
        yield part


def _is_licence(parameters: str) -> bool:
    told = parameters.lower().replace('"', "").replace("'", "").replace(" ", "")
    return f"type={_RSL_TYPE}" in told and "rel=license" in told


def _rules_for_us(header: str) -> Iterator[str]:
    """Yield the rules of an X-Robots-Tag for all agents or for us; each line was a header.

    An agent's name applies to all that follows it in its header: `googlebot: noindex, nosnippet` is
    for that agent only.
    """
    for line in header.lower().split("\n"):
        agent = "robots"
        for part in line.split(","):
            word = part.strip()
            named = _AGENT.fullmatch(word)
            if named and named[1] not in _WITH_A_VALUE:
                agent, word = named[1], named[2]
            if agent in {"*", *_OUR_NAMES}:
                yield word


def _of_metas(declared: Declared) -> Iterator[Signal]:
    for name in _METAS:
        for value in declared.meta.get(name, ()):
            yield Signal(name=name, said=value, where="meta")
    for key in _OUR_NAMES:
        for value in dict.fromkeys(declared.meta.get(key, ())):
            yield from _usage_words(value.lower(), f"meta {key}")


def _usage_words(said: str, where: str) -> Iterator[Signal]:
    """Yield the words about the use of a page, however they are separated, without duplicates."""
    words = _BETWEEN.split(_TO_A_VALUE.sub(":", text.fold(said)))
    for word in dict.fromkeys(words):
        name, _, value = word.partition(":")
        if name in _WORDS:
            yield Signal(name=name, said=f"{name}:{value}" if value else name, where=where)


def _of_links(document: Document) -> Iterator[Signal]:
    for link in document.tree.iter("link"):
        kind = (link.get("type") or "").strip().lower()
        if kind == _RSL_TYPE and "license" in (link.get("rel") or "").lower().split():
            yield Signal(name="RSL", said=(link.get("href") or "").strip(), where="link")


def _of_sections(document: Document) -> Iterator[Signal]:
    said = _quoting.count_sections(document)
    if said:
        yield Signal(name="data-nosnippet", said=said, where="markup")


def is_quotable_anywhere(signals: Iterable[Signal]) -> bool:
    """Return whether all of a page may be quoted: no section has `data-nosnippet`."""
    return all(signal.name != "data-nosnippet" for signal in signals)


def count_quotable(rule: ExcerptRule, article: Article, own_text: str) -> int:
    """Return how many characters of an article a site may show in all, by its rule and the page's.

    `own_text` is the article's text without what its site repeats. Nothing is quotable if a section
    of the page must not be quoted, since nobody knows which sentences it has.
    """
    own = _quoting.limit_excerpt(rule, article.access, article.signals, article.type)
    if "snippet" in article.refuses or not is_quotable_anywhere(article.signals):
        return 0
    if not own.max_characters:
        return 0
    most = _quoting.snippet_characters(article.signals)
    if own.max_share >= 1 and rule.max_share < 1:  # a part of a text, of an unknown length
        most = own.max_characters
    share = int(len(text.prose(own_text)) * own.max_share)
    return share if most is None else min(share, most)


# RSL 1.0 (rslstandard.org): a licence in the page itself.

_TYPE = "application/rsl+xml"
_MAX_CHARACTERS = 64 * 1024
_MAX_BLOCKS = 5
_MAX_PARTS = 100
_UNREAD = "a licence that cannot be read"
_ROWS = tables.read_rows("copydesk.extract.terms", "usages.toml", dict[str, tuple[str, ...]])
_USAGES = _ROWS["rsl"]
_AI = ("ai-train", "ai-input")
_SPACE = re.compile(r"[\s,]+")


def inline(document: Document) -> Iterator[Signal]:
    """Yield as signals the uses that RSL licences (Really Simple Licensing) in a page refuse."""
    blocks = [
        script.text or ""
        for script in document.tree.iter("script")
        if (script.get("type") or "").strip().lower() == _TYPE
    ]
    for at, block in enumerate(blocks[: _MAX_BLOCKS + 1]):
        said = _read(block, document.address) if at < _MAX_BLOCKS else _UNREAD
        if said:
            yield Signal(name="RSL", said=said, where="script")


def _read(block: str, address: str) -> str:
    """Parse a licence into `refuses: ai-train, ai-input`, "" for one of other URLs.

    A document type is refused, so that there are no entities to expand.
    """
    from lxml import etree

    if len(block) > _MAX_CHARACTERS or "<!" in block.replace("<!--", "").replace("<![CDATA[", ""):
        return _UNREAD
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(block.strip().encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return _UNREAD
    contents = list(_parts(root, "content"))
    if not contents:
        return _UNREAD
    nearest = _nearest(contents, address)
    return "" if nearest is None else _refusals(nearest)


def _parts(parent: Element, name: str) -> Iterator[Element]:
    """Yield the first elements with a name below another, in any XML namespace."""
    left = _MAX_PARTS
    for part in parent.iter("{*}" + name):
        if not left:
            return
        left -= 1
        yield part


def _nearest(contents: Iterable[Element], address: str) -> Element | None:
    """Return the content element with the longest pattern that matches the page's URL."""
    fitting = [content for content in contents if _fits(content.get("url") or "", address)]
    return max(fitting, key=lambda content: len(content.get("url") or ""), default=None)


def _fits(pattern: str, address: str) -> bool:
    """Return whether a URL begins as a pattern says; `*` is anything, `$` the end."""
    try:
        pattern = urljoin(address, pattern) if pattern else address
        theirs, ours = urlsplit(pattern), urlsplit(address)
    except ValueError:  # not a URL
        return False
    if theirs.netloc.lower() not in {"", ours.netloc.lower()}:
        return False
    path = pattern.split(theirs.netloc, 1)[-1] if theirs.netloc else pattern
    here = ours.path + (f"?{ours.query}" if ours.query else "")
    return _matches(path or "/", here or "/")


def _matches(pattern: str, path: str) -> bool:
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in others:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not pattern.endswith("$") or at == len(path) or (bool(others) and not others[-1])


def _refusals(content: Element) -> str:
    """Return the uses that a content's licences refuse to those who have agreed to nothing.

    These are all uses by AI that no free licence permits; search only if it is prohibited by name.
    """
    granted: set[str] = set()
    prohibited: set[str] = set()
    needs_server = bool((content.get("server") or "").strip())
    for licence in _parts(content, "license"):
        denied = _usages(licence, "prohibits") or set()
        prohibited |= denied
        if not needs_server and _is_free(licence):
            permitted = _usages(licence, "permits")
            granted |= (set(_AI) if permitted is None else permitted) - denied
    refused = (set(_AI) - granted) | prohibited
    words = [use for use in ("ai-train", "ai-input", "search", "snippet") if use in refused]
    return "refuses: " + (", ".join(words) or "nothing")


def _usages(licence: Element, verb: str) -> set[str] | None:
    """Return the uses after a verb in a licence, None without any."""
    found: set[str] = set()
    named = False
    for part in _parts(licence, verb):
        if (part.get("type") or "").strip().lower() == "usage":
            named = True
            for word in _SPACE.split("".join(part.itertext()).lower())[:_MAX_PARTS]:
                found.update(_USAGES.get(word, ()))
    return found if named else None


def _is_free(licence: Element) -> bool:
    """Return whether a licence is for everybody, everywhere, for free."""
    kinds = {(part.get("type") or "free").strip().lower() for part in _parts(licence, "payment")}
    limits = {(part.get("type") or "").strip().lower() for part in _parts(licence, "permits")}
    return kinds <= {"free"} and not limits & {"user", "geo"}
