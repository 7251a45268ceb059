"""An embedded video, built anew from its id: foreign markup never reaches a page."""

from __future__ import annotations

import html
import re

from copydesk.kit import text
from copydesk.publish import _render

_EMBED = re.compile(
    r"<iframe\s[^<>]*?\bsrc=\"https://www\.youtube(?:-nocookie)?\.com/embed/([\w-]{6,20})"
    r"(?:\?[^\"<>]*)?\"[^<>]*></iframe>",
    re.ASCII,
)


def player(featured_content: str, title: str) -> str:
    """Give our own player for a YouTube embed in the reference's form, "" for anything else."""
    found = _EMBED.fullmatch(featured_content.strip())
    if found is None:
        return ""
    label = html.escape(text.fold(title) or "Video")
    return _render.raw(
        f'<iframe src="https://www.youtube-nocookie.com/embed/{found[1]}" title="{label}"'
        ' width="800" height="450" loading="lazy" referrerpolicy="strict-origin-when-cross-origin"'
        ' allow="encrypted-media; picture-in-picture" allowfullscreen></iframe>'
    )
