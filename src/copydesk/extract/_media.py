"""Is it a video or a sound, and the frame to show it in: built by us, never copied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from copydesk.extract import _json_ld
from copydesk.extract._declared import Declared
from copydesk.kit import urls
from copydesk.news import Kind

if TYPE_CHECKING:
    from copydesk.extract._document import Document
    from copydesk.news import Lead

# SPEC 2.11: always exactly this.
_FRAME = (
    '<iframe width="800" height="500" frameborder="0" src="https://www.youtube.com/embed/{id}" '
    'allow="accelerometer; autoplay; encrypted-media; gyroscope; picture-in-picture" '
    "allowfullscreen></iframe>"
)
_YOUTUBE_ID = re.compile(r"^[A-Za-z0-9_-]{11}$")
_YOUTUBE_PATH = re.compile(r"^/(?:embed|shorts|live|v)/([^/?#]+)")
_VIMEO_PATH = re.compile(r"^/(?:channels/[\w-]+/|groups/[\w-]+/videos/|video/)?\d+(?:/\w+)?/?$")
_YOUTUBE = frozenset({"youtube.com", "youtube-nocookie.com"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows: its kind, our own frame ("" for none), its length, 0 where unknown."""

    kind: Kind = "article"
    frame: str = ""
    seconds: int = 0
    origin: str = ""


def find(document: Document, declared: Declared, lead: Lead, body: str) -> Shown:
    """Give what kind of page it is, and the frame that plays what it is about."""
    if not is_video(document.address, declared, body):
        return Shown()
    return Shown(kind="video", frame=frame(document.address, declared))


def youtube_id(address: str) -> str:
    """Give the id of the YouTube video that an address plays, "" where it is none."""
    parts = urlsplit(address)
    domain = urls.registrable_domain(address)
    found = ""
    if domain == "youtu.be":
        found = parts.path.strip("/")
    elif domain in _YOUTUBE and parts.path == "/watch":
        found = parse_qs(parts.query).get("v", [""])[0]
    elif domain in _YOUTUBE:
        match = _YOUTUBE_PATH.match(parts.path)
        found = match[1] if match else ""
    return found if _YOUTUBE_ID.match(found) else ""


def is_video(address: str, declared: Declared, body: str) -> bool:
    """Say whether the page is about a video: a watch page, og:type video, or only a VideoObject.

    An article with a video in it is an article: its own type or its text say so.
    """
    if youtube_id(address) or _is_vimeo(address):
        return True
    if declared.article:
        return False
    if declared.first("og:type")[0].lower().startswith("video"):
        return True
    return bool(declared.video) and len(body) < _SHORT


_SHORT = 1_500  # characters; a page with a VideoObject and more text than this is an article


def _is_vimeo(address: str) -> bool:
    return urls.registrable_domain(address) == "vimeo.com" and bool(
        _VIMEO_PATH.match(urlsplit(address).path)
    )


def frame(address: str, declared: Declared) -> str:
    """Give the frame that plays the page's YouTube video, "" where it has none."""
    candidates = [address]
    candidates += _json_ld.strings(declared.video.get("embedUrl"))
    candidates += _json_ld.strings(declared.video.get("contentUrl"))
    candidates += [declared.first("og:video:secure_url", "og:video:url", "og:video")[0]]
    found = next((key for item in candidates if (key := youtube_id(item))), "")
    return _FRAME.format(id=found) if found else ""
