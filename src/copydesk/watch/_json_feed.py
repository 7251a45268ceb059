"""JSON Feed 1.1 and 1.0 (jsonfeed.org), parsed with tolerance for common mistakes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from copydesk.errors import FeedError
from copydesk.kit import text
from copydesk.news.article import Media
from copydesk.watch._entry import SourceContents, SourceEntry, as_media, keep_media
from copydesk.watch._feed import hub_of
from copydesk.watch.dates import parse_moment
from copydesk.watch.documents import plain

_WEBSUB = frozenset({"WebSub", "websub", "PubSubHubbub", "pubsubhubbub"})


def read_json_feed(document: str, base: str) -> SourceContents:
    """Parse a JSON Feed; raise FeedError if the document is not JSON or not a feed."""
    try:
        feed = json.loads(document, strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedError("broken json instead of a feed", subject=base) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FeedError(
            "json without a list of items",
            subject=base,
            hint="a JSON Feed has `version` and `items`: see jsonfeed.org",
        )
    listed = tuple(_entry(item, feed, base) for item in items if isinstance(item, dict))
    hub, topic = hub_of(_links(feed), base)
    return SourceContents(
        kind="feed", title=_plain(feed, "title"), entries=listed, hub=hub, topic=topic
    )


def _links(feed: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the feed's WebSub hubs and its own URL as (relation, URL) links."""
    hubs = feed.get("hubs")
    named = [hub for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    links = [("hub", _string(hub, "url")) for hub in named if _string(hub, "type") in _WEBSUB]
    return [*links, ("self", _string(feed, "feed_url"))]


def _entry(item: Mapping[str, object], feed: Mapping[str, object], base: str) -> SourceEntry:
    guid = _string(item, "id")
    return SourceEntry(
        url=_string(item, "url") or _string(item, "external_url") or _address(guid),
        base=base,
        title=_plain(item, "title"),
        excerpt=_plain(item, "summary") or _content(item),
        published_at=parse_moment(_string(item, "date_published")),
        updated_at=parse_moment(_string(item, "date_modified")),
        guid=guid,
        authors=_authors(item) or _authors(feed),
        image=_string(item, "image") or _string(item, "banner_image"),
        language=_string(item, "language") or _string(feed, "language"),
        media=_media(item),
    )


def _string(holder: Mapping[str, object], key: str) -> str:
    """Return an object's text value; a number, as some feeds have as `id`, becomes digits."""
    value = holder.get(key)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _plain(holder: Mapping[str, object], key: str) -> str:
    return plain(_string(holder, key))


def _content(item: Mapping[str, object]) -> str:
    return text.fold(_string(item, "content_text")) or _plain(item, "content_html")


def _address(guid: str) -> str:
    return guid if guid.startswith(("http://", "https://")) else ""


def _authors(holder: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of the authors in `authors` (1.1), or in `author` (1.0)."""
    listed = holder.get("authors")
    people: Iterable[object] = listed if isinstance(listed, list) else [holder.get("author")]
    names = (_plain(person, "name") for person in people if isinstance(person, dict))
    return tuple(name for name in names if name)


def _media(item: Mapping[str, object]) -> tuple[Media, ...]:
    """Return the videos and audio files among an item's `attachments`."""
    listed = item.get("attachments")
    attached = (
        [attachment for attachment in listed if isinstance(attachment, dict)]
        if isinstance(listed, list)
        else []
    )
    return keep_media(
        as_media(
            _string(attachment, "url"),
            _string(attachment, "mime_type"),
            length=attachment.get("duration_in_seconds"),
        )
        for attachment in attached
        if _string(attachment, "url")
    )
