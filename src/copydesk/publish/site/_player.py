"""The player of a video or a sound, built anew: a record's markup never reaches a page.

Whatever a record holds is read by kit.embeds as one address: that of a known player, or of a file.
A player that leaves no mark before it plays stands open, as its provider's "quiet" address; any
other is behind a fold, and a browser asks its provider when the reader opens it and not before.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from urllib.parse import urlsplit

from copydesk.kit import embeds, lengths, text
from copydesk.kit.embeds import MediaFile
from copydesk.kit.players import Player
from copydesk.news import Story
from copydesk.rendering import Strings, mark_safe

_FRAME = (
    '<iframe{look} src="{src}" title="{title}" width="800" height="{height}" loading="lazy"'
    ' referrerpolicy="strict-origin-when-cross-origin" allow="encrypted-media; picture-in-picture"'
    " allowfullscreen></iframe>"
)
_FOLD = '<details class="ask">\n<summary>{said}</summary>\n{frame}\n</details>'
_HEIGHT = 450  # of every video: the style sheet makes them 16:9


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A player for a page: its markup, safe to print, and what the page's policy must allow.

    `frame` is the origin of a frame, "" for none; a file may be redirected anywhere, so it needs
    all of https. `has_poster` says that it shows the story's picture by itself, or needs none.
    """

    markup: str = ""
    frame: str = ""
    is_file: bool = False
    has_poster: bool = False


def of(featured_content: str, title: str, strings: Strings, poster: str = "") -> Shown:
    """Return our own player for what a record features, an empty one for anything unknown."""
    embed = embeds.read(featured_content)
    if embed is None:
        return Shown()
    label = html.escape(text.fold(title) or strings.say(embed.kind))
    if isinstance(embed, MediaFile):
        return Shown(
            markup=mark_safe(_file(embed, label, poster)),
            is_file=True,
            has_poster=embed.kind == "video" and bool(poster),
        )
    address = embed.quiet or embed.src
    parts = urlsplit(address)
    return Shown(
        markup=mark_safe(_frame(embed, address, label, strings)),
        frame=f"{parts.scheme}://{parts.netloc}",
        has_poster=bool(embed.quiet),
    )


def label(story: Story, strings: Strings) -> str:
    """Return "Video, 12 min" or "Audio" for a card, "" for an article."""
    if story.type not in {"video", "audio"}:
        return ""
    length = lengths.words(lengths.seconds(story.length))
    return strings.say(story.type) + (f", {length}" if length else "")


def verb(story: Story) -> str:
    """Return what a reader does with a story: read, watch or listen."""
    return {"video": "watch", "audio": "listen"}.get(story.type, "read")


def _frame(player: Player, address: str, label: str, strings: Strings) -> str:
    is_video = player.kind == "video"
    frame = _FRAME.format(
        look="" if is_video else ' class="sound"',
        src=html.escape(address),
        title=label,
        height=_HEIGHT if is_video else player.height,
    )
    if player.quiet:
        return frame
    invitation = strings.say("watch_here" if is_video else "listen_here", provider=player.provider)
    return _FOLD.format(said=html.escape(invitation, quote=False), frame=frame)


def _file(embed: MediaFile, label: str, poster: str) -> str:
    src = html.escape(embed.src)
    if embed.kind == "audio":
        return f'<audio controls preload="none" src="{src}" aria-label="{label}"></audio>'
    still = f' poster="{html.escape(poster)}"' if poster else ""
    return (
        f'<video controls preload="none" width="800" height="{_HEIGHT}"{still} src="{src}"'
        f' aria-label="{label}"></video>'
    )
