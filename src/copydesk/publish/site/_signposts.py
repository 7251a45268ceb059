"""Signposts at old addresses, as they stand where a story led its group before."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.publish import _redirects
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.writing import Sheet


def sheets(frame: Frame) -> Iterator[Sheet]:
    """Yield a page that sends readers on for every folder whose list is elsewhere now."""
    for old, new in _redirects.folders(frame.plan).items():
        name = frame.strings.say(new.rstrip("/"))
        yield frame.page(
            "moved.html",
            Head(path=old, title=name, indexed=False),
            heading=name,
            said="list_is_at",
            story={"title": name, "href": frame.href(new), "tongue": ""},
            canonical=frame.plan.links.page(new),
        )
