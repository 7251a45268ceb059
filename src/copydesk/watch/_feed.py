"""Parse RSS, Atom and RDF feeds by feedparser, with their hints on how often to fetch them.

`ttl`, `skipHours` and `skipDays` are RSS 2.0's, `sy:` is the RSS 1.0 syndication module's, hubs are
WebSub's (W3C, 2018). Implausible hints are ignored: half the feeds that have one have a default.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from copydesk.errors import FeedError
from copydesk.kit import text, urls
from copydesk.news.article import Media
from copydesk.watch import entry
from copydesk.watch.documents import plain, repair, weigh

Fields = Mapping[str, object]

_ITEM = re.compile(r"<(item|entry)[\s>]", re.IGNORECASE)


def read_feed(document: str, base: str) -> entry.SourceContents:
    """Parse a feed, however broken its XML; raise FeedError if parsing would be too expensive."""
    data = _encode_with_limits(document, base)
    parsed = _parse(data, base)
    is_atom = str(parsed.get("version", "")).startswith("atom")
    feed = _fields(parsed.get("feed"))
    listed = tuple(_entry(item, feed, base, is_atom=is_atom) for item in _dicts(parsed, "entries"))
    links = [(_string(link, "rel"), _string(link, "href")) for link in _dicts(feed, "links")]
    hub, topic = hub_of(links, base)
    return entry.SourceContents(
        kind="feed",
        title=_plain_words(feed, "title", is_atom=is_atom),
        entries=listed,
        hints=hints_of(feed, document),
        hub=hub,
        topic=topic,
    )


def read_unknown(document: str, base: str) -> entry.SourceContents:
    """Parse a document of unknown format as a feed; raise FeedError if it has no items."""
    listed = read_feed(document, base) if _ITEM.search(document) else None
    if listed is None or not listed.entries:
        raise FeedError("the response is neither a feed nor another list of pages", subject=base)
    return listed


def _encode_with_limits(document: str, base: str) -> bytes:
    """Return a feed's bytes, repaired if they are no XML; raise FeedError if parsing is too
    expensive.
    """
    data = document.encode("utf-8", "replace")
    weight = weigh(data)
    if weight == "broken":
        data = repair(document).encode("utf-8", "replace")
        weight = weigh(data)
    if weight == "excess":
        raise FeedError(
            "the feed is too large or too deeply nested",
            subject=base,
            hint="ask the publisher for a shorter feed, or use the site's sitemap",
        )
    return data


def _join_bases(base: str, given: str) -> str:
    """Return the base URL in an element whose `xml:base` is given, "" if it is none of the web.

    feedparser joins each element's base with itself: one without a host would double each time.
    """
    return base if given == base else urls.fetchable(given, base) or ""


def _parse(data: bytes, base: str) -> Fields:
    import feedparser.mixin

    feedparser.mixin.make_safe_absolute_uri = _join_bases
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base}
    try:
        parsed = feedparser.parse(
            io.BytesIO(data),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # feedparser may raise anything for a hostile feed
        raise FeedError(f"could not parse the feed ({error!r:.80})", subject=base) from error
    return _plain_dict(parsed)


def _plain_dict(holder: Mapping[str, object]) -> Fields:
    """Copy the stored values of a feedparser dict, since its own look-up invents missing ones."""
    return dict(dict.items(holder)) if isinstance(holder, dict) else {}


def _fields(value: object) -> Fields:
    return _plain_dict(value) if isinstance(value, dict) else {}


def _dicts(holder: Fields, key: str) -> Iterator[Fields]:
    values = holder.get(key)
    return (_fields(value) for value in values) if isinstance(values, list) else iter(())


def _string(holder: Fields, key: str) -> str:
    value = holder.get(key)
    return value.strip() if isinstance(value, str) else ""


def _entry(item: Fields, feed: Fields, base: str, *, is_atom: bool) -> entry.SourceEntry:
    published, updated, created = (
        entry.parse_moment(_string(item, key)) for key in ("published", "updated", "created")
    )
    return entry.SourceEntry(
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
    """Return the URL of a feed item's page: the first web URL in its link, its links, its id."""
    links = list(_dicts(item, "links"))
    addresses = [_string(item, "link")]
    for relation in ("alternate", "self", "related"):
        addresses += [_string(link, "href") for link in links if _string(link, "rel") == relation]
    if _string(item, "id").startswith(("http:", "https:")):
        addresses.append(_string(item, "id"))
    return next((url for url in addresses if url and urls.parse(url, base)), "")


def _plain_words(holder: Fields, key: str, *, is_atom: bool) -> str:
    """Return a text field of a feed or of its item as plain text.

    RSS has no text type, so remaining tags and entities are removed; a text that Atom declares
    plain keeps its angle brackets.
    """
    value = _string(holder, key)
    kind = _string(_fields(holder.get(f"{key}_detail")), "type")
    if is_atom and kind == "text/plain":
        return text.fold(html.unescape(value))
    return plain(html.unescape(value) if kind == "text/plain" else value)


def _excerpt(item: Fields, *, is_atom: bool) -> str:
    """Return a feed item's summary, or the beginning of its content; very long texts are cut
    first.
    """
    if words := _plain_words(item, "summary", is_atom=is_atom):
        return words
    contents = (_string(content, "value") for content in _dicts(item, "content"))
    return plain(next(contents, ""))


def _authors(holder: Fields) -> tuple[str, ...]:
    names = [plain(_string(author, "name")) for author in _dicts(holder, "authors")]
    return tuple(dict.fromkeys(name for name in names if name))


def _image(item: Fields) -> str:
    """Return the URL of a feed item's first picture: media content, enclosure, thumbnail,
    iTunes.
    """
    enclosed = (link for link in _dicts(item, "links") if _string(link, "rel") == "enclosure")
    for holder in [*_dicts(item, "media_content"), *enclosed]:
        if _string(holder, "medium") == "image" or _string(holder, "type").startswith("image/"):
            return _string(holder, "url") or _string(holder, "href")
    for holder in _dicts(item, "media_thumbnail"):
        return _string(holder, "url")
    return _string(_fields(item.get("image")), "href")


def _media(item: Fields) -> tuple[Media, ...]:
    """Return a feed item's videos and audio files."""
    return entry.keep_media(_offers(item), _string(item, "itunes_duration"))


def _offers(item: Fields) -> Iterator[Media | None]:
    """Yield the media of a feed item: enclosures, Media RSS contents, Media RSS player."""
    for link in _dicts(item, "links"):
        if _string(link, "rel") == "enclosure":
            yield entry.as_media(
                _string(link, "href") or _string(link, "url"), _string(link, "type")
            )
    for content in _dicts(item, "media_content"):
        yield entry.as_media(
            _string(content, "url"),
            _string(content, "type"),
            _string(content, "medium"),
            _string(content, "duration"),
        )
    yield entry.as_media(_string(_fields(item.get("media_player")), "url"), medium="video")


_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=1)
_BEYOND = timedelta(days=400)  # a ttl of years is a mistake
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBER = re.compile(r"\+?(\d{1,12})(?:\.\d{0,6})?")
_BLOCK = 4_000  # characters; twenty-four hours with spaces and comments take 700
_OPENING = {name: re.compile(rf"<{name}\b", re.IGNORECASE) for name in ("skiphours", "skipdays")}
_VALUES = {
    "skiphours": re.compile(r"<hour\b[^<>]{0,200}>\s{0,50}([^<\s]{1,12})", re.IGNORECASE),
    "skipdays": re.compile(r"<day\b[^<>]{0,200}>\s{0,50}([^<\s]{1,12})", re.IGNORECASE),
}
_LINK_HEADER = 10_000
_LINK = re.compile(r"<([^<>]{1,4000})>((?:[^<>\",]|\"[^\"]{0,1000}\")*)")
_PARAMETER = re.compile(
    r";\s{0,20}([a-z*]{1,20})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE
)


def hints_of(channel: Mapping[str, object], document: str) -> entry.Hints:
    """Return a feed's hints on when to fetch it, read from feedparser's `channel` and the
    `document`.

    feedparser keeps only the last of the hours and days to skip, so all of them are read from the
    text.
    """
    every = _minutes(_string(channel, "ttl")) or _period(channel)
    hours = map(_hour, _read_values("skiphours", channel, document))
    days = map(_day, _read_values("skipdays", channel, document))
    return entry.Hints(every=every, skip_hours=_some(hours, 24), skip_days=_some(days, 7))


def hub_of(links: Iterable[tuple[str, str]], base: str, header: str = "") -> tuple[str, str]:
    """Return a feed's WebSub hub and topic, from (relation, URL) links and a Link header, "" for
    each it lacks.

    The header goes first (WebSub, section 4); of several hubs the first is taken.
    """
    hub = topic = ""
    for relation, url in [*_header_links(header), *links]:
        relations = relation.lower().split() if url else ()
        if "hub" in relations and url != base:  # feedparser makes the feed's URL of an empty one
            hub = hub or entry.absolute_address(url, base)
        topic = topic or (entry.absolute_address(url, base) if "self" in relations else "")
    return hub, topic


def _header_links(header: str) -> list[tuple[str, str]]:
    links: list[tuple[str, str]] = []
    for url, parameters in _LINK.findall(header[:_LINK_HEADER]):
        named = _PARAMETER.findall(parameters)
        relations = [quoted or bare for name, quoted, bare in named if name.lower() == "rel"]
        links += [(relation, url.strip()) for relation in relations[:1]]  # RFC 8288, 3.3
    return links


def _number(word: str) -> int:
    """Parse a positive integer, ignoring a fraction; 0 if it is not one."""
    match = _NUMBER.fullmatch(word)
    return int(match[1]) if match else 0


def _minutes(word: str) -> timedelta | None:
    return _plausible(timedelta(minutes=min(_number(word), 10**7)))


def _period(channel: Mapping[str, object]) -> timedelta | None:
    period = _PERIODS.get(_string(channel, "sy_updateperiod").lower())
    if period is None:
        return None
    frequency = _string(channel, "sy_updatefrequency")
    times = _number(frequency) if frequency else 1
    return _plausible(period / times) if times else None


def _plausible(every: timedelta) -> timedelta | None:
    return min(every, _LONGEST) if _SHORTEST <= every <= _BEYOND else None


def _read_values(name: str, channel: Mapping[str, object], document: str) -> list[str]:
    """Return the texts in the document's first element called `name`."""
    opening = _OPENING[name].search(document) if name in channel else None
    if opening is None:
        return []
    block = document[opening.end() : opening.end() + _BLOCK]
    end = re.search(rf"</{name}\s*>", block, re.IGNORECASE)
    return _VALUES[name].findall(block[: end.start()] if end else "")


def _hour(word: str) -> int | None:
    """Parse an hour of 0 to 23; 24 is midnight in RSS 0.91."""
    return int(word) % 24 if re.fullmatch(r"[0-9]{1,2}", word) and int(word) <= 24 else None


def _day(word: str) -> int | None:
    name = word.lower()
    return _DAYS.index(name) if name in _DAYS else None


def _some(values: Iterable[int | None], all_of_them: int) -> frozenset[int]:
    """Return the hours or days that a feed says to skip; none if it says to skip all."""
    skipped = frozenset(value for value in values if value is not None)
    return frozenset() if len(skipped) >= all_of_them else skipped
