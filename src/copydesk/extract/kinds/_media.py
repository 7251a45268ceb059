"""Is it a video or a sound, how long is it, and the markup that plays it: ours, never copied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.extract.kinds import _playing
from copydesk.extract.page import Declared, json_ld
from copydesk.extract.page.json_ld import Node
from copydesk.kit import embeds, lengths, players, text, urls
from copydesk.news import Kind

if TYPE_CHECKING:
    from copydesk.extract.page import Document
    from copydesk.news import Lead

EPISODES = frozenset({"podcastepisode", "radioepisode", "radioclip"})
SOUNDS = frozenset({"audioobject", "musicrecording"})
_STUB = 600  # characters; a text this short stands beside the thing, whatever a template declares
_NOTES = 1_500  # characters; more than this beside an undeclared video is an article with a video
_READ_ALOUD = 15  # characters a second, some 150 words a minute
_LONGER = 3  # times; a sound that much longer than its text read aloud is no reading of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """What a page shows: its kind, the markup that plays it ("" for none), its seconds or 0.

    `origin`, `frame_from` and `seconds_from` say where each came from.
    """

    kind: Kind = "article"
    frame: str = ""
    seconds: int = 0
    origin: str = ""
    frame_from: str = ""
    seconds_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is there to decide on; `video` and `sound` are nodes of JSON-LD, {} for none."""

    document: Document
    declared: Declared
    lead: Lead
    length: int
    sound: Node
    is_episode: bool

    @property
    def is_declared(self) -> bool:
        """Decide whether the page calls itself an article, as a template may do too."""
        return bool(self.declared.article) or self.og_type == "article"

    @property
    def og_type(self) -> str:
        """Return its OpenGraph type in lower case."""
        return self.declared.first("og:type")[0].lower()


def find(document: Document, declared: Declared, lead: Lead, body: str) -> Playback:
    """Decide what kind of page it is, what plays what it is about, and how long that takes.

    An article with a video in it is an article, and so is one that is read aloud.
    """
    seen = _see(document, declared, lead, body)
    kind, origin = _decide_kind(seen)
    if kind == "article":
        return Playback()
    node = declared.video if kind == "video" else seen.sound
    shown, frame_from = _playing.find(
        document, declared, lead, _playing.About(kind=kind, node=node)
    )
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
    """Decide only the kind of a page."""
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
    """Decide the kind of the page and what says so: its address, its own word, its feed."""
    if player := players.find(seen.document.address):
        return player.kind, "address"
    for decide in (_by_its_word, _by_its_player, _by_its_feed, _by_its_sound):
        found = decide(seen)
        if found is not None:
            return found
    return "article", ""


def _by_its_word(seen: _Seen) -> tuple[Kind, str] | None:
    """Believe og:type and JSON-LD; beside an article only where there is next to no text."""
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
    """Believe the player or sound that a page without an article offers to be shown elsewhere."""
    if seen.is_declared or seen.length >= _NOTES:
        return None
    for address, origin in _playing.offers(seen.declared):
        if player := players.find(address):
            return player.kind, origin
    has_sound = seen.length < _STUB and seen.declared.first("og:audio", "og:audio:url")[0]
    return ("audio", "og:audio") if has_sound else None


def _by_its_feed(seen: _Seen) -> tuple[Kind, str] | None:
    """Believe the feed's enclosures where the page is no article, or far shorter than its sound."""
    lengths_of_sounds = [media.seconds for media in seen.lead.media if media.kind == "audio"]
    if lengths_of_sounds:
        return ("audio", "lead") if _is_of_a_sound(seen, max(lengths_of_sounds)) else None
    if seen.lead.media and not seen.is_declared and seen.length < _STUB:
        return "video", "lead"
    return None


def _is_of_a_sound(seen: _Seen, seconds: int) -> bool:
    """Decide whether a text is a sound's notes: far shorter, or short where no length is known."""
    if seconds:
        return seconds > _LONGER * seen.length / _READ_ALOUD and not _is_walled(seen)
    return seen.length < (_STUB if seen.is_declared else _NOTES)


def _by_its_sound(seen: _Seen) -> tuple[Kind, str] | None:
    """Believe the one sound that a page plays or links to where next to no text stands beside it.

    Blogs of podcasts declare nothing but an article.
    """
    if seen.length >= _STUB or _is_walled(seen) or not _playing.sounds(seen.document):
        return None
    return "audio", "audio"


def _is_walled(seen: _Seen) -> bool:
    """Decide whether the text may be the beginning of a longer one."""
    free = seen.declared.article.get("isAccessibleForFree")
    return free is False or str(free).lower() == "false"


def _find_seconds(declared: Declared, lead: Lead, kind: Kind, node: Node) -> tuple[int, str]:
    """Find the length and where it is said: JSON-LD, meta tags, the feed."""
    for part in _playing.parts(node):
        for key in ("duration", "timeRequired"):
            if found := lengths.seconds(part.get(key)):
                return found, "json-ld"
    names = ("video", "movie") if kind == "video" else ("audio", "music")
    for name in (*(f"{prefix}:duration" for prefix in names), f"og:{kind}:duration", "duration"):
        if found := lengths.seconds(declared.first(name)[0]):
            return found, name
    own = (media.seconds for media in lead.media if media.kind == kind)
    found = next(filter(None, own), 0)
    return found, "lead" if found else ""
