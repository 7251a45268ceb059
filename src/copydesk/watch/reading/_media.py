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


def as_media(url: str, mime_type: str = "", medium: str = "", length: object = "") -> Media | None:
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


def keep_media(offers: Iterable[Media | None], length: object = "") -> tuple[Media, ...]:
    """Keep the first eight, each address once; `length` is the item's own, for those without."""
    seconds = lengths.seconds(length)
    by_address: dict[str, Media] = {}
    for medium in islice(offers, _MOST_LISTED):
        if medium is not None and medium.url and len(by_address) < _MOST:
            own = medium.seconds or seconds
            by_address.setdefault(
                medium.url, Media(url=medium.url, kind=medium.kind, type=medium.type, seconds=own)
            )
    return tuple(by_address.values())
