"""Decide whether a page is a video or audio page; find its length and a player or file to embed.

The markup of a player is always our own, never copied from the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from copydesk.extract import json_ld
from copydesk.extract.json_ld import Node
from copydesk.kit import dates, embeds, tables, text, urls
from copydesk.kit.embeds import MediaFile, Player
from copydesk.news.article import Kind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
    from copydesk.news import Lead

EPISODES = frozenset({"podcastepisode", "radioepisode", "radioclip"})
SOUNDS = frozenset({"audioobject", "musicrecording"})
_STUB = 600  # characters; a text this short is about the video or sound, whatever a template says
_NOTES = 1_500  # characters; a longer text with an undeclared video is an article with a video
_CHARACTERS_A_SECOND = 15  # characters a second, some 150 words a minute
_LONGER = 3  # times; a sound that is longer than its text read aloud by this is not a reading of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """The kind of a page (article, video, audio), with its player as HTML and length in seconds.

    `origin`, `frame_from` and `seconds_from` are the origins of these.
    """

    kind: Kind = "article"
    frame: str = ""
    seconds: int = 0
    origin: str = ""
    frame_from: str = ""
    seconds_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The evidence for a page's kind; `video` and `sound` are JSON-LD objects, {} for none."""

    document: Document
    declared: Declared
    lead: Lead
    length: int
    sound: Node
    is_episode: bool

    @property
    def is_declared(self) -> bool:
        """Return whether the page's metadata call it an article, which templates may always do."""
        return bool(self.declared.article) or self.og_type == "article"

    @property
    def og_type(self) -> str:
        """Return the page's OpenGraph type in lower case."""
        return self.declared.first("og:type")[0].lower()


def playback(document: Document, declared: Declared, lead: Lead, body: str) -> Playback:
    """Return the kind of a page, and for a video or audio page its player and length.

    An article with a video in it is an article, and so is one that is also read aloud.
    """
    seen = _see(document, declared, lead, body)
    kind, origin = _decide_kind(seen)
    if kind == "article":
        return Playback()
    node = declared.video if kind == "video" else seen.sound
    shown, frame_from = find_player(document, declared, lead, About(kind=kind, node=node))
    seconds, seconds_from = _find_seconds(declared, lead, kind, node)
    return Playback(
        kind=kind,
        frame=embeds.write(shown) if shown else "",
        seconds=seconds,
        origin=origin,
        frame_from=frame_from,
        seconds_from=seconds_from,
    )


def kind(document: Document, declared: Declared, lead: Lead, body: str) -> Kind:
    """Return the kind of a page: article, video or audio."""
    return _decide_kind(_see(document, declared, lead, body))[0]


def _see(document: Document, declared: Declared, lead: Lead, body: str) -> _Seen:
    own = {document.address, *declared.links.get("canonical", ())}
    addresses = frozenset(urls.identity(address) for address in own)
    episode = json_ld.main(declared.nodes, EPISODES, addresses)
    return _Seen(
        document=document,
        declared=declared,
        lead=lead,
        length=len(text.prose(body)),
        sound=episode or json_ld.main(declared.nodes, SOUNDS, addresses),
        is_episode=bool(episode),
    )


def _decide_kind(seen: _Seen) -> tuple[Kind, str]:
    """Return the kind of the page and its origin: the URL, the metadata, the feed."""
    if player := embeds.find(seen.document.address):
        return player.kind, "address"
    for decide in (_by_its_word, _by_its_player, _by_its_feed, _by_its_sound):
        found = decide(seen)
        if found is not None:
            return found
    return "article", ""


def _by_its_word(seen: _Seen) -> tuple[Kind, str] | None:
    """Judge the kind by og:type and JSON-LD; of an article only if there is next to no text."""
    has_article = bool(seen.declared.article)
    is_short = seen.length < (_STUB if seen.is_declared else _NOTES)
    is_alone = is_short and not has_article
    claims: tuple[tuple[bool, Kind, str], ...] = (
        (seen.og_type.startswith("video") and (is_short or not has_article), "video", "og:type"),
        (seen.is_episode and (seen.length < _NOTES or not has_article), "audio", "json-ld"),
        (is_alone and bool(seen.declared.video), "video", "json-ld"),
        (is_alone and bool(seen.sound), "audio", "json-ld"),
    )
    return next(((kind, origin) for holds, kind, origin in claims if holds), None)


def _by_its_player(seen: _Seen) -> tuple[Kind, str] | None:
    """Judge the kind by the player or sound that a page without an article offers for embedding."""
    if seen.is_declared or seen.length >= _NOTES:
        return None
    for address, origin in offers(seen.declared):
        if player := embeds.find(address):
            return player.kind, origin
    has_sound = seen.length < _STUB and seen.declared.first("og:audio", "og:audio:url")[0]
    return ("audio", "og:audio") if has_sound else None


def _by_its_feed(seen: _Seen) -> tuple[Kind, str] | None:
    """Judge the kind by the feed's enclosures, if the page is no article or far shorter."""
    lengths_of_sounds = [media.seconds for media in seen.lead.media if media.kind == "audio"]
    if lengths_of_sounds:
        return ("audio", "lead") if _is_of_a_sound(seen, max(lengths_of_sounds)) else None
    if seen.lead.media and not seen.is_declared and seen.length < _STUB:
        return "video", "lead"
    return None


def _is_of_a_sound(seen: _Seen, seconds: int) -> bool:
    """Return whether a text is the notes to a sound: far shorter, or short if it has no length."""
    if seconds:
        return seconds > _LONGER * seen.length / _CHARACTERS_A_SECOND and not _is_walled(seen)
    return seen.length < (_STUB if seen.is_declared else _NOTES)


def _by_its_sound(seen: _Seen) -> tuple[Kind, str] | None:
    """Judge the kind by the only sound that a page plays or links to, if it has next to no text.

    Podcast blogs declare nothing but an article.
    """
    if seen.length >= _STUB or _is_walled(seen) or not sounds(seen.document):
        return None
    return "audio", "audio"


def _is_walled(seen: _Seen) -> bool:
    """Return whether the text may be the beginning of a longer one behind a paywall."""
    free = seen.declared.article.get("isAccessibleForFree")
    return free is False or str(free).lower() == "false"


def _find_seconds(declared: Declared, lead: Lead, kind: Kind, node: Node) -> tuple[int, str]:
    """Return the length in seconds and its origin: JSON-LD, meta tags, the feed."""
    for part in parts(node):
        for key in ("duration", "timeRequired"):
            if found := dates.parse_length(part.get(key)):
                return found, "json-ld"
    names = ("video", "movie") if kind == "video" else ("audio", "music")
    for name in (*(f"{prefix}:duration" for prefix in names), f"og:{kind}:duration", "duration"):
        if found := dates.parse_length(declared.first(name)[0]):
            return found, name
    own = (media.seconds for media in lead.media if media.kind == kind)
    found = next(filter(None, own), 0)
    return found, "lead" if found else ""


# The player of the video or sound that a page is about, or else its file.

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
# readings of the article aloud, by the names of their blocks or files
_READ_ALOUD = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'read_aloud.txt')}")
_AUDIO_META = ("og:audio:secure_url", "og:audio:url", "og:audio")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The video or audio that a page is about, with its JSON-LD object ({} if there is none)."""

    kind: embeds.Kind
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlayerOffer:
    """A URL that may be a player or media file, its MIME type if known, its origin."""

    address: str
    origin: str
    type: str = ""


def find_player(
    document: Document, declared: Declared, lead: Lead, about: About
) -> tuple[Player | MediaFile | None, str]:
    """Return a page's player or media file and where its URL was found, (None, "") for none.

    A player of the allow-list is preferred wherever it is named; then a file of the same kind at an
    https URL; then the only known player in the page.
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
        if player := embeds.find(offer.address):
            return player, offer.origin
    for offer in (*found, *_offers_with_types(declared)):
        if embeds.kind_of(offer.address, offer.type) == about.kind:
            file = embeds.file(about.kind, offer.address)
            if file is not None:
                return file, offer.origin
    return _find_only_frame(document)


def parts(node: Node) -> Iterator[Node]:
    """Yield a JSON-LD object, and those inside of it that describe its media files."""
    yield node
    for key in _MEDIA:
        value = node.get(key)
        for part in (value if isinstance(value, list) else [value])[:_MAX_PARTS]:
            if isinstance(part, Mapping):
                yield part


def offers(declared: Declared) -> Iterator[tuple[str, str]]:
    """Yield the URLs of players and files that a page's metadata offer, and the field's name."""
    for link in declared.links.get("alternate", ())[:_MAX_LINKS]:
        if "oembed" in link:
            for address in parse_qs(urlsplit(link).query).get("url", ())[:1]:
                yield address, "oembed"
    for name in ("twitter:player", *_VIDEO_META, *_AUDIO_META):
        if address := declared.first(name)[0]:
            yield address, name


def sounds(document: Document) -> list[str]:
    """Return the files of the only audio on a page, an empty list if there are several or none.

    A reading of the article aloud does not count, nor a sound in a margin.
    """
    found: dict[str, list[str]] = {}
    for element in document.tree.xpath(_SOUNDS)[:_MAX_SOUNDS]:
        if not _is_beside(element):
            for address in _files(element, document):
                name = urlsplit(address).path.rpartition("/")[2].rpartition(".")[0]
                found.setdefault(name.lower(), []).append(address)
    return next(iter(found.values())) if len(found) == 1 else []


def _files(element: HtmlElement, document: Document) -> Iterator[str]:
    """Yield the URLs of an element's sound files."""
    sources = [element, *element.iter("source")][:_MAX_PARTS]
    for raw in (source.get("src") or source.get("href") or "" for source in sources):
        address = urls.fetchable(raw.strip()[:2_000], document.base) if raw else None
        told = element.get("type") or ""
        if address and (element.tag == "audio" or embeds.kind_of(address, told) == "audio"):
            yield address


def _is_beside(element: HtmlElement) -> bool:
    """Return whether a sound is in a sidebar or reads the article aloud."""
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
    """Yield the first URL under each of some keys of a JSON-LD object."""
    for key in keys:
        for address in json_ld.strings(node.get(key))[:1]:
            if absolute := urls.fetchable(address, document.base):
                yield absolute


def _offers_with_types(declared: Declared) -> Iterator[_PlayerOffer]:
    """Yield the files of meta tags with their types, which their URLs may not show."""
    for names, kind in ((_VIDEO_META, "video"), (_AUDIO_META, "audio")):
        address, name = declared.first(*names)
        if address:
            yield _PlayerOffer(
                address=address, origin=name, type=declared.first(f"og:{kind}:type")[0]
            )


def _find_only_frame(document: Document) -> tuple[Player | None, str]:
    """Return the only known video or audio player in the page's frames, None if it has several."""
    frames = document.tree.xpath("//iframe[@src or @data-src]")[:_MAX_FRAMES]
    addresses = (frame.get("src") or frame.get("data-src") or "" for frame in frames)
    absolute = (urls.fetchable(address.strip(), document.base) for address in addresses)
    known = {player for address in absolute if address and (player := embeds.find(address))}
    return (known.pop(), "iframe") if len(known) == 1 else (None, "")
