"""Write the HTML of an embedded video or audio player, and read the player back from such HTML.

A player's iframe has the form of SPEC 2.11; a media file is played by the browser itself. A
publisher's own markup is never copied, and only an address is ever read back.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from copydesk.kit import players, urls
from copydesk.kit.players import Kind, Player

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
    """Return whether a file is "video" or "audio", by its MIME type, else by its ending.

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
        return players.find(address)
    return file("video" if tag[1] == "video" else "audio", address)
