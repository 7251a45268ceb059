"""Write the HTML of an embedded video or audio player, and read the player back from such HTML.

A player's iframe has the form of SPEC 2.11; a media file is played by the browser itself. A
publisher's own markup is never copied, and only an address is ever read back.
"""

from __future__ import annotations

import functools
import html
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs

from copydesk.kit import tables, urls

_MAX_MARKUP = 4_000
_MAX_ADDRESS = 2_000
_FRAME = (
    '<iframe width="800" height="{height}" frameborder="0" src="{src}" allow="{allow}"'
    "{fullscreen}></iframe>"
)
_VIDEO_ALLOWS = "accelerometer; autoplay; encrypted-media; gyroscope; picture-in-picture"
_AUDIO_ALLOWS = "autoplay; encrypted-media"
_FILES = {
    "video": '<video width="800" controls preload="none" src="{src}"></video>',
    "audio": '<audio controls preload="none" src="{src}"></audio>',
}
_TAG = re.compile(r"<(iframe|video|audio)\s([^<>]*)>\s*</\1>")
_SRC = re.compile(r"(?:^|\s)src=\"([^\"]*)\"")
_SUFFIXES: dict[Kind, tuple[str, ...]] = {
    "audio": (".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wav", ".flac"),
    "video": (".mp4", ".m4v", ".webm", ".ogv", ".mov"),
}
_STREAMS = (".m3u8", ".mpd", ".f4m", ".ism")  # no browser plays them without a script
_TYPES = re.compile(r"(?i)^\s*(?:application/)?(audio|video|ogg|mp4)\b")
_NO_FILE = re.compile(r"(?i)mpegurl|dash|flash|youtube|vnd\.apple\.mpeg")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """A video or audio file that a browser plays itself, at its https URL."""

    kind: Kind
    src: str


def kind_of(address: str, mime_type: str = "") -> Kind | None:
    """Return whether a file is "video" or "audio", by its MIME type or the ending of its URL.

    None for anything else, and for a stream that browsers cannot play without a script.
    """
    path = urls.path(address).lower() if len(address) <= _MAX_ADDRESS else ""
    if not path or path.endswith(_STREAMS) or _NO_FILE.search(mime_type):
        return None
    named = _TYPES.match(mime_type)
    if named:
        return "video" if named[1].lower() in {"video", "mp4"} else "audio"
    return next((kind for kind, known in _SUFFIXES.items() if path.endswith(known)), None)


def file(kind: Kind, address: str) -> MediaFile | None:
    """Return the video or audio file at a URL, None if it is no public https URL.

    An IP address or a local name would make each reader's browser send requests there.
    """
    https = urls.fetchable(address) if len(address) <= _MAX_ADDRESS else None
    if https is None or not https.startswith("https:"):
        return None
    host = urls.host(https)
    if urls.is_machine(host) or urls.is_local(host):
        return None
    return MediaFile(kind=kind, src=https)


def write(shown: Player | MediaFile) -> str:
    """Return the HTML that shows a player or a media file, with every value escaped."""
    if isinstance(shown, MediaFile):
        return _FILES[shown.kind].format(src=html.escape(shown.src))
    is_video = shown.kind == "video"
    return _FRAME.format(
        height=shown.height,
        src=html.escape(shown.src),
        allow=_VIDEO_ALLOWS if is_video else _AUDIO_ALLOWS,
        fullscreen=" allowfullscreen" if is_video else "",
    )


def read(markup: str) -> Player | MediaFile | None:
    """Parse HTML that `write` made into its player or media file, None for any other HTML.

    A record may have been edited by hand or by somebody hostile: an iframe must have the address of
    a known player, a file must have an https address.
    """
    tag = _TAG.fullmatch(markup.strip()) if len(markup) <= _MAX_MARKUP else None
    src = _SRC.search(tag[2]) if tag else None
    if tag is None or src is None:
        return None
    address = html.unescape(src[1])
    if not address.startswith("https://"):
        return None
    if tag[1] == "iframe":
        return find(address)
    return file("video" if tag[1] == "video" else "audio", address)


# Players: turn the URL of a video or audio page into the URL of its embeddable player.
#
# An allow-list of providers whose players can be derived from the URL alone, after the registry of
# oEmbed (oembed.com); no request is sent. The result is built from checked parts and never copied
# whole, and the URL of a player returns the same player.
#
# Left out on purpose: players that need the embedding host (Twitch's `parent`), software that runs
# on any host (PeerTube, Castopod), players that publishers rent for their own pages (Brightcove,
# JW Player), and networks whose players track visitors (Facebook, X).

__all__ = ["Kind", "Player", "find"]

Kind = Literal["video", "audio"]

_PACKAGE = "copydesk.kit"
_SIXTEEN_TO_NINE = 450
_VERSION = re.compile(r"^(?:www|m|mobile|music)\.")  # subdomains for versions of one site
_LABELS = re.compile(r"[a-z][a-z0-9-]*(?=\\\.|$)")  # the labels of a host within a pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """An embeddable player: provider, https URL, and height in pixels at a width of 800.

    `quiet` is the URL of the same player without cookies before it plays, "" if the provider has
    none.
    """

    provider: str
    kind: Kind
    src: str
    height: int = _SIXTEEN_TO_NINE
    quiet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row of `tables/players.toml`; the file explains its fields."""

    kind: Kind
    src: str
    forms: tuple[str, ...]
    height: int = _SIXTEEN_TO_NINE
    quiet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One form of a player's URLs, as a compiled pattern."""

    player: Player
    where: re.Pattern[str]
    parameter: str
    value: re.Pattern[str]


@functools.cache
def _forms() -> Mapping[str, tuple[_Form, ...]]:
    """Return the URL forms of all players, grouped by the last two labels of their hosts."""
    by_domain: dict[str, tuple[_Form, ...]] = {}
    for provider, rows in tables.read_rows(_PACKAGE, "players.toml", tuple[_Row, ...]).items():
        for row in rows:
            player = Player(
                provider=provider, kind=row.kind, src=row.src, height=row.height, quiet=row.quiet
            )
            for form in (_compile(player, _fill_parts(pattern)) for pattern in row.forms):
                host = form.where.pattern.partition("/")[0]
                domain = ".".join(_LABELS.findall(host)[-2:])
                by_domain[domain] = (*by_domain.get(domain, ()), form)
    return by_domain


def _fill_parts(pattern: str) -> str:
    """Replace the names in braces by the patterns of these parts."""
    for name, part in tables.read_rows(_PACKAGE, "player_parts.toml", str).items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern


def _compile(player: Player, pattern: str) -> _Form:
    where, _, needed = pattern.partition(" ")
    parameter, _, value = needed.partition("=")
    return _Form(
        player=player,
        where=re.compile(where, re.ASCII),
        parameter=parameter,
        value=re.compile(value, re.ASCII),
    )


def find(address: str) -> Player | None:
    """Return the embeddable player for a video or audio page's URL, None for unknown providers."""
    parsed = urls.parse(address) if len(address) <= _MAX_ADDRESS else None
    if parsed is None or parsed.port:
        return None
    host = _VERSION.sub("", str(parsed.hostname))
    forms = _forms().get(".".join(host.split(".")[-2:]), ())
    where = host + str(parsed.pathname).rstrip("/")
    query = parse_qs(str(parsed.search).removeprefix("?")) if forms else {}
    for form in forms:
        at = form.where.fullmatch(where)
        value = form.value.fullmatch(query.get(form.parameter, [""])[0]) if at else None
        if at and value:
            return _fill(form.player, {**at.groupdict(), **value.groupdict()})
    return None


def _fill(player: Player, parts: dict[str, str | None]) -> Player:
    known = defaultdict(str, {name: value for name, value in parts.items() if value})
    return Player(
        provider=player.provider,
        kind=player.kind,
        src=player.src.format_map(known),
        height=player.height,
        quiet=player.quiet.format_map(known),
    )
