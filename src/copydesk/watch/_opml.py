"""Read and write OPML 2.0, the format for lists of feeds; also read plain lists of URLs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from copydesk.errors import FeedError
from copydesk.kit import text, urls
from copydesk.news import Source
from copydesk.watch.documents import decode, local_name, parse_xml, unzip

if TYPE_CHECKING:
    from lxml.etree import _Element

_REMARK = re.compile(r"(^|\s)#.*")
_FEED_SCHEME = re.compile(r"^feed:(?://(?!https?:)|(?://)?(?=(https?:)))", re.IGNORECASE)
_CATEGORY = 2_000  # characters


def read_sources(data: bytes) -> tuple[Source, ...]:
    """Parse an OPML file, or a text with one URL on each line, to sources without duplicates.

    In a text, `#` begins a comment at the start of a line or after a blank. Raises FeedError for
    other formats and for a line that is not a web URL.
    """
    document = decode(unzip(data, "a list of sources"))
    lines = [_REMARK.sub("", line).strip() for line in document.splitlines()]
    if "<" in document or not any(lines):
        return read_opml(data)
    return _merge(_parse_line(number, line) for number, line in enumerate(lines, 1) if line)


def _parse_line(number: int, line: str) -> Source:
    url = urls.fetchable(_plain_scheme(line))
    if url is None:
        raise FeedError(
            f"line {number} is not a web address",
            subject=text.shorten(line, 80),
            hint="use an OPML file, or a file with one web address in each line",
        )
    return Source(url=url)


def read_opml(data: bytes) -> tuple[Source, ...]:
    """Parse an OPML file to sources (feeds) without duplicates; folders and categories become
    topics.

    Raises FeedError if it is not OPML. An outline without a web URL is skipped.
    """
    document = decode(unzip(data, "opml"))
    root = parse_xml(document) if document.strip() else None
    body = None if root is None else _first(root, "body")
    if body is None:
        raise FeedError(
            "the file is not OPML", hint="use a file with the elements `opml`, `body` and `outline`"
        )
    return _merge(_sources(body))


def list_unusable_addresses(data: bytes) -> tuple[str, ...]:
    """Return the addresses in an OPML file that are not web URLs, which `read_sources` skips."""
    root = parse_xml(decode(unzip(data, "opml")))
    outlines = () if root is None else root.iter("{*}outline")
    values = (value for line in outlines for key, value in line.items() if key.lower() == "xmlurl")
    addresses = filter(None, map(text.fold, map(str, values)))
    return tuple(
        text.shorten(address, 200)
        for address in addresses
        if urls.fetchable(_plain_scheme(address)) is None
    )


def _merge(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Merge sources with the same URL into one, with the topics of all."""
    by_page: dict[str, Source] = {}
    for source in sources:
        key = urls.identity(source.url)
        known = by_page.get(key, source)
        topics = tuple(dict.fromkeys([*known.topics, *source.topics]))
        by_page[key] = replace(known, name=known.name or source.name, topics=topics)
    return tuple(by_page.values())


def _first(root: _Element, name: str) -> _Element | None:
    return next((element for element in root.iter() if local_name(element) == name), None)


def _sources(body: _Element) -> Iterator[Source]:
    """Yield the sources (feeds) in all outlines of an OPML file, without recursion."""
    waiting: list[tuple[_Element, tuple[str, ...]]] = [(body, ())]
    while waiting:
        holder, folders = waiting.pop()
        if local_name(holder) == "outline":
            attributes = {str(name).lower(): str(value) for name, value in holder.items()}
            source = _source(attributes, folders)
            if source is not None:
                yield source
            folders = folders if source else _open_folder(folders, attributes)
        waiting.extend((child, folders) for child in reversed(holder))


def _source(attributes: dict[str, str], folders: tuple[str, ...]) -> Source | None:
    url = urls.fetchable(_plain_scheme(attributes.get("xmlurl", "")))
    if url is None:
        return None
    return Source(
        url=url,
        name=_name(attributes),
        topics=tuple(dict.fromkeys([*folders, *_categories(attributes)])),
        language=attributes.get("language", "").strip(),
    )


def _plain_scheme(url: str) -> str:
    """Return the web URL in a URL of the form feed:https://… or feed://…."""
    return _FEED_SCHEME.sub(lambda match: "" if match[1] else "https://", url.strip())


def _categories(attributes: dict[str, str]) -> Iterator[str]:
    """Split the value of `category`: paths with slashes, separated by commas (OPML 2.0)."""
    names = re.split(r"[,/]", attributes.get("category", "")[:_CATEGORY])
    return filter(None, map(text.fold, names))


def _open_folder(folders: tuple[str, ...], attributes: dict[str, str]) -> tuple[str, ...]:
    name = _name(attributes)
    return (*folders, name) if name and name not in folders else folders


def _name(attributes: dict[str, str]) -> str:
    return text.fold(attributes.get("title", "")) or text.fold(attributes.get("text", ""))


def write_opml(sources: Iterable[Source]) -> bytes:
    """Return sources (feeds) as the bytes of an OPML 2.0 file, in folders by their topics."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Sources"
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], _Element] = {(): body}
    for source in sources:
        holder = _folder(folders, tuple(filter(None, map(text.fold, source.topics))))
        etree.SubElement(holder, "outline", _attributes(source))
    written: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="utf-8")
    return written


def _folder(folders: dict[tuple[str, ...], _Element], path: tuple[str, ...]) -> _Element:
    """Return the outline of an OPML folder; create it and its parents if they are missing."""
    from lxml import etree

    if path not in folders:
        above = _folder(folders, path[:-1])
        folders[path] = etree.SubElement(above, "outline", text=path[-1], title=path[-1])
    return folders[path]


def _attributes(source: Source) -> dict[str, str]:
    name = text.fold(source.name) or urls.host(source.url) or source.url
    attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": text.fold(source.url)}
    if source.language:
        attributes["language"] = text.fold(source.language)
    return attributes
