"""Pages of the collections: a list of each, and a page for every record that the site hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import nh3

from copydesk.kit import text, urls
from copydesk.news import Record
from copydesk.publish import _records, _render
from copydesk.publish._write import Sheet
from copydesk.publish.site import _player
from copydesk.publish.site._frame import Frame, Head

_LISTED = ("learning", "samples", "people", "communities", "companies", "challenges")
_TAGS = {"p", "ul", "ol", "li", "a", "b", "strong", "i", "em", "code", "pre", "blockquote", "br"}
_ELSEWHERE = ("webUrl", "originalUrl", "website")
_ELSEWHERE_OF_OURS = _ELSEWHERE[1:]


def sheets(frame: Frame) -> Iterator[Sheet]:
    """Give the lists and pages of every collection that has records."""
    for collection in _LISTED:
        listed = _records.ranked(frame.plan.records.get(collection, ()))
        if not listed:
            continue
        views = {record.path: _view(record, frame) for record in listed}
        here = (record for record in listed if _records.hosted(record, frame.plan))
        yield from (_page(record, frame, views) for record in here)
        heading = frame.words.say(collection)
        head = Head(path=f"{collection}/", title=heading)
        yield frame.page("shelf.html", head, heading=heading, records=list(views.values()))


def _view(record: Record, frame: Frame) -> dict[str, object]:
    """Give the plain values that templates print of a record."""
    own = _records.page_folder(record) if _records.hosted(record, frame.plan) else ""
    elsewhere = _address(record, _ELSEWHERE_OF_OURS if own else _ELSEWHERE)
    provider = record.fields.get("provider")
    by = provider.get("name") if isinstance(provider, Mapping) else None
    return {
        "title": _first(record, "title", "name") or frame.words.say("untitled"),
        "excerpt": _first(record, "excerpt", "bio", "overview"),
        "href": frame.href(own) if own else elsewhere,
        "origin": elsewhere,
        "by": text.fold(str(by)) if by else "",
    }


def _page(record: Record, frame: Frame, views: Mapping[str, Mapping[str, object]]) -> Sheet:
    view = views[record.path]
    player = _player.of(_first(record, "featuredContent"), str(view["title"]), frame.words)
    head = Head(
        path=_records.page_folder(record),
        title=str(view["title"]),
        description=text.shorten(str(view["excerpt"]), 200),
        frames=player.frame,
        plays_files=player.is_file,
    )
    shelf = {
        "name": frame.words.say(record.collection),
        "href": frame.href(f"{record.collection}/"),
    }
    return frame.page(
        "record.html",
        head,
        record=view,
        items=_items(record, views),
        player=player.markup,
        body=_render.raw(nh3.clean(record.body, tags=_TAGS)) if record.body.strip() else "",
        shelf=shelf,
    )


def _items(
    record: Record, views: Mapping[str, Mapping[str, object]]
) -> Sequence[Mapping[str, object]]:
    """Give what a learning path consists of, as far as it is listed."""
    folder = f"_{record.collection}/"
    paths = (f"{folder}{name}.md" for name in _records.texts(record, "items"))
    return [views[path] for path in paths if path in views]


def _first(record: Record, *keys: str) -> str:
    """Give the first of these fields that is a text with something in it, folded."""
    for key in keys:
        value = record.fields.get(key)
        if isinstance(value, str) and (folded := text.fold(value)):
            return folded
    return ""


def _address(record: Record, keys: Sequence[str]) -> str:
    return urls.fetchable(_first(record, *keys)) or ""
