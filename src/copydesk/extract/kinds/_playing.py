"""What plays the video or sound that a page is about: a known player, else the file itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from copydesk.extract.page import Declared, json_ld
from copydesk.extract.page.json_ld import Node
from copydesk.kit import embeds, players, tables, urls
from copydesk.kit.embeds import MediaFile
from copydesk.kit.players import Kind, Player

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.page import Document
    from copydesk.news import Lead

_PACKAGE = "copydesk.extract.kinds"

_MEDIA = ("associatedMedia", "audio", "video", "encoding")  # of an episode: its own files
_MAX_LINKS, _MAX_FRAMES, _MAX_PARTS = 50, 20, 20
_VIDEO_META = ("og:video:secure_url", "og:video:url", "og:video")
_MAX_SOUNDS, _LEVELS = 20, 5
_SOUNDS = (
    "//audio[@src or source/@src] | //a[starts-with(@type, 'audio/') or contains(@href, '.mp3')"
    " or contains(@href, '.m4a') or contains(@href, '.ogg') or contains(@href, '.opus')]"
)
_APART = frozenset({"nav", "aside", "footer", "form"})
# what reads an article aloud, by the names of its block or of its file
_READ_ALOUD = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'read_aloud.txt')}")
_AUDIO_META = ("og:audio:secure_url", "og:audio:url", "og:audio")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a page is about: a video or a sound, and what JSON-LD has on it, {} for nothing."""

    kind: Kind
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlayerOffer:
    """An address that may play it, its MIME type where told, who says so."""

    address: str
    origin: str
    type: str = ""


def find(
    document: Document, declared: Declared, lead: Lead, about: About
) -> tuple[Player | MediaFile | None, str]:
    """Find what plays it and where its address stands, (None, "") for nothing.

    A player of the allow-list wherever it is named; else a file of the same kind at an https
    address; else the only known player that stands in the page.
    """
    found = [
        _PlayerOffer(address=document.address, origin="address"),
        *_offers_of_declarations(document, about.node),
    ]
    found += [_PlayerOffer(address=address, origin=origin) for address, origin in offers(declared)]
    found += [
        _PlayerOffer(address=media.url, origin="lead", type=media.type) for media in lead.media
    ]
    if about.kind == "audio":
        found += [_PlayerOffer(address=address, origin="audio") for address in sounds(document)]
    for offer in found:
        if player := players.find(offer.address):
            return player, offer.origin
    for offer in (*found, *_offers_with_types(declared)):
        if embeds.kind_of(offer.address, offer.type) == about.kind:
            file = embeds.file(about.kind, offer.address)
            if file is not None:
                return file, offer.origin
    return _find_only_frame(document)


def parts(node: Node) -> Iterator[Node]:
    """Yield a node and the objects that hold its own files."""
    yield node
    for key in _MEDIA:
        value = node.get(key)
        for part in (value if isinstance(value, list) else [value])[:_MAX_PARTS]:
            if isinstance(part, Mapping):
                yield part


def offers(declared: Declared) -> Iterator[tuple[str, str]]:
    """Yield the addresses that a page offers to be embedded, with the names of what says so."""
    for link in declared.links.get("alternate", ())[:_MAX_LINKS]:
        if "oembed" in link:
            for address in parse_qs(urlsplit(link).query).get("url", ())[:1]:
                yield address, "oembed"
    for name in ("twitter:player", *_VIDEO_META, *_AUDIO_META):
        if address := declared.first(name)[0]:
            yield address, name


def sounds(document: Document) -> list[str]:
    """Return the files of the one sound that a page plays or links to, [] for none or more.

    What reads an article aloud is none, nor what stands in a margin.
    """
    found: dict[str, list[str]] = {}
    for element in document.tree.xpath(_SOUNDS)[:_MAX_SOUNDS]:
        if not _is_beside(element):
            for address in _files(element, document):
                name = urlsplit(address).path.rpartition("/")[2].rpartition(".")[0]
                found.setdefault(name.lower(), []).append(address)
    return next(iter(found.values())) if len(found) == 1 else []


def _files(element: HtmlElement, document: Document) -> Iterator[str]:
    """Yield the addresses of an element's sound files."""
    sources = [element, *element.iter("source")][:_MAX_PARTS]
    for raw in (source.get("src") or source.get("href") or "" for source in sources):
        address = urls.fetchable(raw.strip()[:2_000], document.base) if raw else None
        told = element.get("type") or ""
        if address and (element.tag == "audio" or embeds.kind_of(address, told) == "audio"):
            yield address


def _is_beside(element: HtmlElement) -> bool:
    """Decide whether a sound stands in a margin or reads the article aloud."""
    names = [element.get("src") or element.get("href") or ""]
    for level, above in enumerate((element, *element.iterancestors())):
        if above.tag in _APART:
            return True
        if level < _LEVELS:
            names += [above.get("class") or "", above.get("id") or ""]
    return bool(_READ_ALOUD.search(" ".join(names)[:3_000]))


def _offers_of_declarations(document: Document, node: Node) -> Iterator[_PlayerOffer]:
    for part in parts(node):
        mime_type = json_ld.string(part.get("encodingFormat") or part.get("fileFormat"))
        keys = ("embedUrl", "contentUrl") if part is node else ("embedUrl", "contentUrl", "url")
        for address in _first_addresses(part, keys, document):
            yield _PlayerOffer(address=address, origin="json-ld", type=mime_type)
    for address in _first_addresses(node, _MEDIA, document):
        yield _PlayerOffer(address=address, origin="json-ld")


def _first_addresses(node: Node, keys: Iterable[str], document: Document) -> Iterator[str]:
    """Yield the first address under each of some keys."""
    for key in keys:
        for address in json_ld.strings(node.get(key))[:1]:
            if absolute := urls.fetchable(address, document.base):
                yield absolute


def _offers_with_types(declared: Declared) -> Iterator[_PlayerOffer]:
    """Yield the files of meta tags with their types, which their addresses may not tell."""
    for names, kind in ((_VIDEO_META, "video"), (_AUDIO_META, "audio")):
        address, name = declared.first(*names)
        if address:
            yield _PlayerOffer(
                address=address, origin=name, type=declared.first(f"og:{kind}:type")[0]
            )


def _find_only_frame(document: Document) -> tuple[Player | None, str]:
    """Return the player in the page's frames where all that are known are one and the same."""
    frames = document.tree.xpath("//iframe[@src or @data-src]")[:_MAX_FRAMES]
    addresses = (frame.get("src") or frame.get("data-src") or "" for frame in frames)
    absolute = (urls.fetchable(address.strip(), document.base) for address in addresses)
    known = {player for address in absolute if address and (player := players.find(address))}
    return (known.pop(), "iframe") if len(known) == 1 else (None, "")
