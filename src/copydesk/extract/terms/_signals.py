"""What the publisher says on the use of a page: AI training and input, snippets, pictures.

Said in robots.txt and at /.well-known/tdmrep.json (fetch reads both), in the answer's headers, in
the page's head. Every signal is kept in the publisher's words; `_refusals` says what they forbid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.extract.page import Declared
from copydesk.extract.terms import _rsl
from copydesk.extract.terms._refusals import refused, snippet_characters
from copydesk.kit import text
from copydesk.news import Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.extract.page import Document
    from copydesk.news import Page

__all__ = ["find", "is_quotable_anywhere", "quotable", "refused", "snippet_characters"]

_OUR_NAMES = ("robots", "copydesk")  # to all, and to us alone
_SAID = 300  # characters of a publisher's words that are kept
_MOST = 60  # signals of one page
_HEADERS = {
    "content-usage": "Content-Usage",
    "content-signal": "Content-Signal",
    "tdm-reservation": "tdm-reservation",
    "tdm-policy": "tdm-policy",
}
_METAS = {"tdm-reservation": "tdm-reservation", "tdm-policy": "tdm-policy"}
# What a robots tag may say of the use of a page; `nofollow` and the like say nothing of it.
_WORDS = frozenset(
    {
        *("noindex", "none", "nosnippet", "noimageindex", "noarchive", "nocache"),
        *("noai", "noimageai", "max-snippet", "max-image-preview"),
    }
)
_WITH_A_VALUE = frozenset(
    {"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"}
)
_AGENT = re.compile(r"([a-z0-9_*.-]{1,60})\s*:\s*(.*)", re.DOTALL)
_LINK = re.compile(r"<([^<>]{1,2000})>([^<]{0,500})")
_RSL_TYPE = "application/rsl+xml"
_MOST_SECTIONS = 200
_SECTION = 20_000  # characters of one section that must not be quoted


def find(document: Document, declared: Declared, page: Page) -> tuple[Signal, ...]:
    """Give every signal of a page, of its answer's headers and of its site, each once."""
    found = (
        *page.signals,
        *_of_headers(page.headers),
        *_of_metas(declared),
        *_of_links(document),
        *_rsl.inline(document),
        *_of_sections(document),
    )
    named = (_bounded(one) for one in found if one.name)
    return tuple(islice(dict.fromkeys(named), _MOST))


def _bounded(signal: Signal) -> Signal:
    said = text.fold(signal.said[: 4 * _SAID])[:_SAID]
    return Signal(name=signal.name, said=said, where=signal.where)


def _of_headers(headers: Mapping[str, str]) -> Iterator[Signal]:
    for key, name in _HEADERS.items():
        if headers.get(key, "").strip():
            yield Signal(name=name, said=headers[key], where="header")
    for word in _words_for_us(headers.get("x-robots-tag", "")):
        yield _worded(word, "X-Robots-Tag")
    for address, rest in islice(_LINK.findall(headers.get("link", "")[:20_000]), 100):
        if _is_licence(rest):
            yield Signal(name="RSL", said=address.strip(), where="header")


def _is_licence(parameters: str) -> bool:
    told = parameters.lower().replace('"', "").replace("'", "").replace(" ", "")
    return f"type={_RSL_TYPE}" in told and "rel=license" in told


def _words_for_us(header: str) -> Iterator[str]:
    """Give the words of an X-Robots-Tag that are said to all or to us.

    An agent's name counts for all that follows it: `googlebot: noindex, nosnippet` is its alone.
    """
    agent = "robots"
    for part in islice(header.lower().split(","), 200):
        word = part.strip()
        named = _AGENT.fullmatch(word)
        if named and named[1] not in _WITH_A_VALUE:
            agent, word = named[1], named[2].strip()
        if agent in {"*", *_OUR_NAMES}:
            yield word


def _of_metas(declared: Declared) -> Iterator[Signal]:
    for key, name in _METAS.items():
        for value in declared.meta.get(key, ()):
            yield Signal(name=name, said=value, where="meta")
    for key in _OUR_NAMES:
        for value in declared.meta.get(key, ()):
            for word in islice(re.split(r"[,;]", value.lower()), 50):
                yield _worded(word.strip(), f"meta {key}")


def _worded(word: str, where: str) -> Signal:
    """Give a robots word as a signal; one that says nothing of use has no name."""
    name, _, value = word.partition(":")
    name, value = name.strip(), value.strip()
    if name not in _WORDS:
        return Signal(name="", said=word, where=where)
    return Signal(name=name, said=f"{name}:{value}" if value else name, where=where)


def _of_links(document: Document) -> Iterator[Signal]:
    for link in document.tree.iter("link"):
        kind = (link.get("type") or "").strip().lower()
        if kind == _RSL_TYPE and "license" in (link.get("rel") or "").lower().split():
            yield Signal(name="RSL", said=(link.get("href") or "").strip(), where="link")


def _sections(document: Document) -> list[str]:
    """Give the text of each section that its publisher marks as not to be quoted."""
    if "data-nosnippet" not in document.html.lower():
        return []
    marked = document.tree.xpath("//body//*[@data-nosnippet]")[:_MOST_SECTIONS]
    return [text.fold(" ".join(islice(one.itertext(), 2_000)))[:_SECTION] for one in marked]


def _of_sections(document: Document) -> Iterator[Signal]:
    count = sum(bool(section) for section in _sections(document))
    if count:
        said = "1 section" if count == 1 else f"{count} sections"
        yield Signal(name="data-nosnippet", said=said, where="markup")


def is_quotable_anywhere(signals: Iterable[Signal]) -> bool:
    """Say whether no section of a page is marked as not to be quoted."""
    return all(signal.name != "data-nosnippet" for signal in signals)


def quotable(document: Document, body: str) -> str:
    """Give the blocks of a text that stand in no section marked data-nosnippet."""
    sections = [_letters(section) for section in _sections(document) if section]
    if not sections:
        return body
    blocks = (block for block in body.split("\n\n") if not _stands_in(block, sections))
    return "\n\n".join(blocks)


def _stands_in(block: str, sections: Iterable[str]) -> bool:
    letters = _letters(text.prose(block))
    return bool(letters) and any(letters in section for section in sections)


def _letters(passage: str) -> str:
    return "".join(text.words(passage))
