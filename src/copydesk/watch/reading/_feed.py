"""RSS, Atom and RDF feeds, read by feedparser."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping

from copydesk.errors import FeedError
from copydesk.kit import text, urls
from copydesk.news import Media
from copydesk.watch.documents import parse_moment, plain, repair, weigh
from copydesk.watch.reading._entry import SourceContents, SourceEntry
from copydesk.watch.reading._hints import hints_of, hub_of
from copydesk.watch.reading._media import as_media, keep_media

Fields = Mapping[str, object]

_ITEM = re.compile(r"<(item|entry)[\s>]", re.IGNORECASE)


def read_feed(document: str, base: str) -> SourceContents:
    """Read what a feed lists, however broken its XML; raise FeedError where that costs too much."""
    data = _encode_with_limits(document, base)
    parsed = _parse(data, base)
    is_atom = str(parsed.get("version", "")).startswith("atom")
    feed = _fields(parsed.get("feed"))
    listed = tuple(_entry(item, feed, base, is_atom=is_atom) for item in _dicts(parsed, "entries"))
    links = [(_string(link, "rel"), _string(link, "href")) for link in _dicts(feed, "links")]
    hub, topic = hub_of(links, base)
    return SourceContents(
        kind="feed",
        title=_plain_words(feed, "title", is_atom=is_atom),
        entries=listed,
        hints=hints_of(feed, document),
        hub=hub,
        topic=topic,
    )


def read_unknown(document: str, base: str) -> SourceContents:
    """Read the items that feedparser finds where nothing else tells a feed; FeedError for none."""
    listed = read_feed(document, base) if _ITEM.search(document) else None
    if listed is None or not listed.entries:
        raise FeedError("neither a feed nor anything else that lists pages", subject=base)
    return listed


def _encode_with_limits(document: str, base: str) -> bytes:
    """Encode what is to be parsed, repaired where it is no XML; FeedError where it is a trap."""
    data = document.encode("utf-8", "replace")
    weight = weigh(data)
    if weight == "broken":
        data = repair(document).encode("utf-8", "replace")
        weight = weigh(data)
    if weight == "excess":
        raise FeedError(
            "a feed too deep, too wide or too long to be read",
            subject=base,
            hint="ask its publisher for a shorter one, or use the site's sitemap",
        )
    return data


def _parse(data: bytes, base: str) -> Fields:
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base}
    try:
        parsed = feedparser.parse(
            io.BytesIO(data),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # its forgiving parser raises whatever a hostile feed makes it
        raise FeedError(f"a feed that breaks its parser ({error!r:.80})", subject=base) from error
    return _plain_dict(parsed)


def _plain_dict(holder: Mapping[str, object]) -> Fields:
    """Return the stored values only: feedparser's own look-up makes up what is missing."""
    return dict(dict.items(holder)) if isinstance(holder, dict) else {}


def _fields(value: object) -> Fields:
    return _plain_dict(value) if isinstance(value, dict) else {}


def _dicts(holder: Fields, key: str) -> Iterator[Fields]:
    values = holder.get(key)
    return (_fields(value) for value in values) if isinstance(values, list) else iter(())


def _string(holder: Fields, key: str) -> str:
    value = holder.get(key)
    return value.strip() if isinstance(value, str) else ""


def _entry(item: Fields, feed: Fields, base: str, *, is_atom: bool) -> SourceEntry:
    published, updated, created = (
        parse_moment(_string(item, key)) for key in ("published", "updated", "created")
    )
    return SourceEntry(
        url=_link(item, base),
        base=_string(_fields(item.get("title_detail")), "base") or base,
        title=_plain_words(item, "title", is_atom=is_atom),
        excerpt=_excerpt(item, is_atom=is_atom),
        published_at=published or updated or created,
        updated_at=updated,
        guid=_string(item, "id"),
        authors=_authors(item) or _authors(feed),
        image=_image(item),
        language=_string(item, "language") or _string(feed, "language"),
        media=_media(item),
    )


def _link(item: Fields, base: str) -> str:
    """Return the item's page: the first web address among its link, its links, its id."""
    links = list(_dicts(item, "links"))
    addresses = [_string(item, "link")]
    for relation in ("alternate", "self", "related"):
        addresses += [_string(link, "href") for link in links if _string(link, "rel") == relation]
    if _string(item, "id").startswith(("http:", "https:")):
        addresses.append(_string(item, "id"))
    return next((url for url in addresses if url and urls.parse(url, base)), "")


def _plain_words(holder: Fields, key: str, *, is_atom: bool) -> str:
    """Return a text as plain words.

    RSS has no text type, so tags and entities that are left in it are taken as such; a text that
    Atom calls plain keeps its angle brackets.
    """
    value = _string(holder, key)
    kind = _string(_fields(holder.get(f"{key}_detail")), "type")
    if is_atom and kind == "text/plain":
        return text.fold(html.unescape(value))
    return plain(html.unescape(value) if kind == "text/plain" else value)


def _excerpt(item: Fields, *, is_atom: bool) -> str:
    """Return the summary, else the beginning of the content; long ones are cut before work."""
    if words := _plain_words(item, "summary", is_atom=is_atom):
        return words
    contents = (_string(content, "value") for content in _dicts(item, "content"))
    return plain(next(contents, ""))


def _authors(holder: Fields) -> tuple[str, ...]:
    names = [plain(_string(author, "name")) for author in _dicts(holder, "authors")]
    return tuple(dict.fromkeys(name for name in names if name))


def _image(item: Fields) -> str:
    """Find the address of the first picture: media content, enclosure, thumbnail, iTunes image."""
    enclosed = (link for link in _dicts(item, "links") if _string(link, "rel") == "enclosure")
    for holder in [*_dicts(item, "media_content"), *enclosed]:
        if _string(holder, "medium") == "image" or _string(holder, "type").startswith("image/"):
            return _string(holder, "url") or _string(holder, "href")
    for holder in _dicts(item, "media_thumbnail"):
        return _string(holder, "url")
    return _string(_fields(item.get("image")), "href")


def _media(item: Fields) -> tuple[Media, ...]:
    """Return the item's videos and sounds."""
    return keep_media(_offers(item), _string(item, "itunes_duration"))


def _offers(item: Fields) -> Iterator[Media | None]:
    """Yield what an item offers: enclosures, Media RSS contents, Media RSS player."""
    for link in _dicts(item, "links"):
        if _string(link, "rel") == "enclosure":
            yield as_media(_string(link, "href") or _string(link, "url"), _string(link, "type"))
    for content in _dicts(item, "media_content"):
        yield as_media(
            _string(content, "url"),
            _string(content, "type"),
            _string(content, "medium"),
            _string(content, "duration"),
        )
    yield as_media(_string(_fields(item.get("media_player")), "url"), medium="video")
