"""The videos and sounds that a feed offers with an item: what is one, and which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from copydesk.kit import embeds, lengths, players, text
from copydesk.news import Media

Fields = Mapping[str, object]

_MOST = 8  # of one item: renditions of one video, rarely more than five
_MOST_LISTED = 200  # of one item that are looked at
_TYPE = 100  # characters of a MIME type


def offered(url: str, mime_type: str = "", medium: str = "", length: object = "") -> Media | None:
    """Return the video or sound at an address as listed, None for anything else.

    A player of kit.players first, then what its MIME type says, its `medium` (Media RSS), its
    ending. The address may still be relative.
    """
    named = mime_type.strip().lower()[:_TYPE]
    player = players.find(url)
    kind = player.kind if player else embeds.kind_of(url, named)
    if kind is None and not named.startswith(("image/", "application/pdf")):
        kind = "video" if medium == "video" else "audio" if medium == "audio" else None
    if kind is None:
        return None
    return Media(url=url.strip(), kind=kind, type=text.fold(named), seconds=lengths.seconds(length))


def several(found: Iterable[Media | None], length: object = "") -> tuple[Media, ...]:
    """Keep the first eight, each address once; `length` is the item's own, for those without."""
    seconds = lengths.seconds(length)
    kept: dict[str, Media] = {}
    for one in islice(found, _MOST_LISTED):
        if one is not None and one.url and len(kept) < _MOST:
            own = one.seconds or seconds
            kept.setdefault(one.url, Media(url=one.url, kind=one.kind, type=one.type, seconds=own))
    return tuple(kept.values())
