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
from copydesk.extract.terms import _rsl, _sections
from copydesk.extract.terms._refusals import deciding
from copydesk.kit import text
from copydesk.news import Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.extract.page import Document
    from copydesk.news import Page

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
_BETWEEN = re.compile(r"[,; ]+")
_TO_A_VALUE = re.compile(r" ?[:=] ?")
_AGENT = re.compile(r"([a-z0-9_*.-]{1,60})\s*:\s*(.*)", re.DOTALL)
_LINK = re.compile(r"<([^<>]{1,2000})>([^<]{0,500})")
_RSL_TYPE = "application/rsl+xml"


def find(document: Document, declared: Declared, page: Page) -> tuple[Signal, ...]:
    """Find every signal of a page, of its answer's headers and of its site, each once.

    Of more than a page can need, those that decide what is refused, and the first of the others.
    """
    found = (
        *page.signals,
        *_of_headers(page.headers),
        *_of_metas(declared),
        *_of_links(document),
        *_rsl.inline(document),
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
    for key, name in _HEADERS.items():
        for words in _split_long(headers.get(key, "")):
            yield Signal(name=name, said=words, where="header")
    for words in _rules_for_us(headers.get("x-robots-tag", "")):
        yield from _usage_words(words, "X-Robots-Tag")
    for address, rest in islice(_LINK.findall(headers.get("link", "")[:20_000]), 100):
        if _is_licence(rest):
            yield Signal(name="RSL", said=address.strip(), where="header")


def _split_long(value: str) -> Iterator[str]:
    """Yield a list as it is said; a long one in parts, so that none of its words is cut off."""
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
    """Yield what an X-Robots-Tag says to all or to us; each of its lines was a header of its own.

    An agent's name counts for all that follows it in its header: `googlebot: noindex, nosnippet`
    is its alone.
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
    for key, name in _METAS.items():
        for value in declared.meta.get(key, ()):
            yield Signal(name=name, said=value, where="meta")
    for key in _OUR_NAMES:
        for value in dict.fromkeys(declared.meta.get(key, ())):
            yield from _usage_words(value.lower(), f"meta {key}")


def _usage_words(said: str, where: str) -> Iterator[Signal]:
    """Yield the words on the use of a page, however they are set apart, each once."""
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
    said = _sections.count_sections(document)
    if said:
        yield Signal(name="data-nosnippet", said=said, where="markup")


def is_quotable_anywhere(signals: Iterable[Signal]) -> bool:
    """Decide whether no section of a page is marked as not to be quoted."""
    return all(signal.name != "data-nosnippet" for signal in signals)
