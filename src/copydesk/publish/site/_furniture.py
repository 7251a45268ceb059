"""What stands in every house: style sheet, script, icon, the page for what is not there."""

from __future__ import annotations

import html
from collections.abc import Iterator

from copydesk.errors import PublishError
from copydesk.kit import text
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.writing import Sheet


def sheets(frame: Frame) -> Iterator[Sheet]:
    """Yield `style.css`, `site.js`, `icon.svg` and `404.html`.

    Where IndexNow is told of changes, also the file by which it knows that the site is ours.
    """
    for name in ("style.css", "site.js"):
        source = frame.renderer.read_source(name)
        if source is None:
            raise PublishError("a file of the site is missing", subject=name)
        yield Sheet(name, (source + _theme(name, frame)).encode())
    icon = frame.renderer.read_source("icon.svg")
    yield Sheet("icon.svg", icon.encode() if icon else _icon(frame.plan.beat.title))
    head = Head(path="404.html", title=frame.strings.say("not_here"), indexed=False)
    yield frame.page("missing.html", head)
    if key := frame.plan.beat.index_now_key:
        yield Sheet(f"{key}.txt", key.encode())


def _theme(name: str, frame: Frame) -> str:
    """Return what a newsroom says after our style sheet, so that it need not copy it."""
    theme = frame.renderer.read_source("theme.css") if name == "style.css" else None
    return f"\n/* theme.css */\n{theme}" if theme else ""


def _icon(title: str) -> bytes:
    """Draw the first letter of the title, light on the site's red."""
    letter = html.escape(text.initial(title) or "•")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        '<rect width="64" height="64" rx="10" fill="#9c1c1f"/>'
        '<text x="32" y="47" font-family="Georgia, serif" font-size="44" font-weight="700"'
        f' text-anchor="middle" fill="#fff">{letter}</text></svg>\n'
    ).encode()
