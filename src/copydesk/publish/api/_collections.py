"""Make the JSON files of learning, samples, people and other collections for the first API.

The pages of lists had other paths in an older version of everyday.cc: `page2/`, not `page/2/`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from copydesk.kit import tables
from copydesk.news import Record, Topic
from copydesk.placement import addresses
from copydesk.publish import _story_reader
from copydesk.publish.api import encoding
from copydesk.publish.api.encoding import web_only
from copydesk.publish.writing import Sheet

if TYPE_CHECKING:
    from copydesk.publish._plan import SitePlan

_Item = TypeVar("_Item")

_PATHS = "_learning/collections/"
_TOP = 4
_ATTRIBUTED = ("url", "width", "height", "title", "attribution", "isCached")
HIDDEN = frozenset({"secured", "removed", "published", "deleted", "items", "query", "quality"})


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the JSON files (lists and single records) of every collection for the first API."""
    for collection, shape in SHAPES.items():
        records = plan.records.get(collection, ())
        if records:
            shelf = _Shelf(plan, shape, records, {record.path: record for record in records})
            yield from shelf.lists(collection)
            yield from shelf.singles()


@dataclass(frozen=True)
class _Shelf:
    """The records of one collection (people, samples, …) that the first API lists."""

    plan: SitePlan
    shape: Shape
    records: Sequence[Record]
    by_path: Mapping[str, Record]

    def lists(self, collection: str) -> Iterator[Sheet]:
        """Yield the lists of a collection: of all records, of each topic, of learning paths."""
        listed = self._rank()
        fragments = {record.path: encoding.fragment(self._show(record)) for record in listed}
        for folder, topic in list_folders(self.plan, collection):
            own = [
                r for r in listed if topic is None or topic.name in _story_reader.texts(r, "topics")
            ]
            head = {"title": self.shape.title, "path": f"_{collection}"}
            yield from self._pages(folder, head, [fragments[record.path] for record in own])
        if paths := [fragments[path] for path in fragments if path.startswith(_PATHS)]:
            head = {"title": "Learning Paths", "path": _PATHS.rstrip("/")}
            yield from self._pages("api/learning/collections/", head, paths)

    def singles(self) -> Iterator[Sheet]:
        """Yield one file for each record. The file of a learning path lists its items."""
        for record in self.records:
            place = f"api/{addresses.record_folder(record.path)}index.json"
            if "items" in record.fields:
                yield Sheet(place, self._path(record))
            else:
                yield Sheet(place, encoding.compact(whole(record, self.plan)))

    def _rank(self) -> list[Record]:
        """Return the listed records, hottest first; events by their start."""
        listed = _story_reader.rank(self.records)
        if self.shape is SHAPES["events"]:
            listed.sort(key=lambda r: (str(r.fields.get("startDateTime", "")), r.path))
        return listed

    def _pages(
        self, folder: str, head: Mapping[str, object], fragments: Sequence[bytes]
    ) -> Iterator[Sheet]:
        pages = cut_pages(fragments, self.shape.page_size)
        for number, own in enumerate(pages, 1):
            tail = {"nextPage": number + 1} if number < len(pages) else {}
            data = encoding.page({**head, "page": number}, own, tail)
            yield from place_page(folder, number, data)

    def _show(self, record: Record) -> dict[str, object]:
        if "items" not in record.fields:
            return in_list(record, self.plan)
        items = self._items(record)
        return in_list(record, self.plan, items[:_TOP], len(items))

    def _path(self, record: Record) -> bytes:
        head = {"title": record.fields.get("title"), "path": record.path, "page": 1}
        items = [encoding.fragment(in_list(r, self.plan)) for r in self._items(record)]
        return encoding.page(head, items, {})

    def _items(self, record: Record) -> list[Record]:
        """Return the existing items of a learning path, in its order."""
        folder = f"_{record.collection}/"
        found = (
            self.by_path.get(f"{folder}{name}.md") for name in _story_reader.texts(record, "items")
        )
        return [item for item in found if item is not None]


def whole(
    record: Record, plan: SitePlan, top: Sequence[Record] = (), size: int | None = None
) -> dict[str, object]:
    """Return a record with all keys of its own API file, null for each key without a value."""
    made = _fill(record, plan)
    if size is not None:
        made |= {"topItems": [in_list(item, plan) for item in top], "size": size}
    keys = order(SHAPES[record.collection].keys, made)
    return {key: made.get(key) for key in keys}


def in_list(
    record: Record, plan: SitePlan, top: Sequence[Record] = (), size: int | None = None
) -> dict[str, object]:
    """Return a record as the API's lists show it, without nulls. A learning path has its first
    items.
    """
    filled = _without_nulls(whole(record, plan, top, size))
    return filled if isinstance(filled, dict) else {}


def _fill(record: Record, plan: SitePlan) -> dict[str, object]:
    fields = web_only(record.fields)
    made = {key: _plain(value, plan) for key, value in fields.items() if key not in HIDDEN}
    made["path"] = record.path
    made["sourceUrl"] = plan.links.api_record(record.path)
    made["webUrl"] = fields.get("webUrl") or _story_reader.page_address(record, plan.links)
    made["content"] = _content(record.body)
    made["images"] = _images(fields.get("images"), "")
    if record.collection in {"people", "companies"}:
        made["title"] = fields.get("name")
        made["excerpt"] = fields.get("bio", fields.get("overview"))
    if isinstance(provider := fields.get("provider"), Mapping):
        made["provider"] = _provider(provider, plan)
    if isinstance(ratings := fields.get("ratings"), Mapping):
        made["ratings"] = {key: _rating(key, value) for key, value in ratings.items()}
    if isinstance(affiliation := fields.get("affiliation"), Mapping):
        made["affiliation"] = _affiliation(affiliation)
    return made


def _content(body: str) -> str:
    """Return a record's body with CRLF line ends, as in everyday.cc; one CRLF if it is empty."""
    return body.replace("\r\n", "\n").replace("\n", "\r\n") or "\r\n"


def _rating(key: object, value: object) -> object:
    """Return an average as a float: 5 becomes 5.0."""
    return float(value) if key == "average" and isinstance(value, int) else value


def _provider(provider: Mapping[str, object], plan: SitePlan) -> dict[str, object]:
    authors = provider.get("authors")
    publishers = provider.get("publishers")
    return {
        "name": provider.get("name"),
        "domain": provider.get("domain"),
        "images": _images(provider.get("images"), plan.links.api),
        "publishers": [_plain(publisher, plan) for publisher in publishers]
        if isinstance(publishers, Sequence)
        else None,
        "authors": [author(listed) for listed in authors if isinstance(listed, Mapping)]
        if isinstance(authors, Sequence)
        else None,
    }


def author(author: Mapping[str, object]) -> dict[str, object]:
    """Return an author as everyday.cc's API has people; a kind (agency, newsroom) is the type."""
    kind = author.get("kind") or "profile"
    known = {"path": "", "title": author.get("name"), "type": kind, **author}
    return {key: known.get(key) for key in SHAPES["people"].keys}


def _affiliation(affiliation: Mapping[str, object]) -> dict[str, object]:
    images = _images(affiliation.get("images"), "")
    return {"path": ""} | {**affiliation, "images": images}


def _images(images: object, base: str) -> list[dict[str, object]] | None:
    """Return pictures in the API's form; a root-relative URL gets `base` in front."""
    if not isinstance(images, Sequence) or isinstance(images, str):
        return None
    found = []
    for image in images:
        if isinstance(image, Mapping):
            shown = {key: image.get(key) for key in _ATTRIBUTED}
            shown["isCached"] = image.get("isCached") is True
            url = shown["url"]
            if isinstance(url, str) and url.startswith("/") and not url.startswith("//"):
                shown["url"] = base + url
            found.append(shown)
    return found or None


def _plain(value: object, plan: SitePlan) -> object:
    """Return a record's field as JSON can hold it; times are in the site's zone, as in
    everyday.cc.
    """
    if isinstance(value, datetime):
        return moment(value, plan)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, plan) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner, plan) for inner in value]
    return value


def moment(value: datetime, plan: SitePlan) -> str:
    """Format a time in the site's time zone, as `2021-04-05T05:53:40-07:00`, with Z for UTC."""
    return plan.local(value).isoformat(timespec="seconds").replace("+00:00", "Z")


def _without_nulls(value: object) -> object:
    if isinstance(value, Mapping):
        return {k: _without_nulls(inner) for k, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value


def list_folders(plan: SitePlan, collection: str) -> Iterator[tuple[str, Topic | None]]:
    """Yield the API folder of each list of a collection: first (folder, None), then (folder,
    topic).

    The main topic's service is the whole collection, as in everyday.cc: its endpoint ends with the
    collection's name and not with the topic's.
    """
    root = f"api/{collection}/"
    yield root, None
    for topic in plan.topics:
        endpoint = dict(topic.services).get(collection)
        is_whole = topic.name == plan.beat.topic or (endpoint or "").rstrip("/").endswith(
            root.rstrip("/")
        )
        if endpoint is not None and not is_whole:
            yield f"{root}{topic.id}/", topic


def cut_pages(items: Sequence[_Item], size: int) -> list[Sequence[_Item]]:
    """Cut a list into pages of a size; an empty list has one empty page."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [[]]


def place_page(folder: str, number: int, data: bytes) -> Iterator[Sheet]:
    """Yield the file of a numbered page of an API list. Page 1 is also the index of the folder."""
    if number == 1:
        yield Sheet(f"{folder}index.json", data)
    yield Sheet(f"{folder}page/{number}/index.json", data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the first API shows a collection: its title, records per page, and the order of JSON
    keys.

    `keys` is the order of a record's keys. Other fields of the file come after them, except those
    that the API never shows.
    """

    title: str
    keys: tuple[str, ...]
    page_size: int = 25


SHAPES = tables.read_rows(__package__, "v1_collections.toml", Shape)


def order(keys: tuple[str, ...], present: Iterable[str]) -> tuple[str, ...]:
    """Return the JSON keys of a record in order: the known keys, then the other fields
    of its file.
    """
    return (*keys, *(key for key in present if key not in keys and key not in HIDDEN))


def old_pages(plan: SitePlan) -> Iterator[tuple[str, str]]:
    """Yield (old path, new path) for pages of API lists that had another path in an
    older version.
    """
    for folder, count, size in _lists(plan):
        for number in range(1, max(1, -(-count // size)) + 1):
            old, new = f"{folder}page{number}/", f"{folder}page/{number}/"
            yield old, new
            yield f"{old}index.json", f"{new}index.json"


def _lists(plan: SitePlan) -> Iterator[tuple[str, int, int]]:
    """Yield the folder of each list of the first API, its number of records, and the number per
    page.
    """
    stories_by_topic = Counter(name for entry in plan.stories.entries for name in set(entry.topics))
    for folder, topic in list_folders(plan, "news"):
        count = len(plan.stories) if topic is None else stories_by_topic[topic.name]
        yield folder, count, plan.look.sizes.api
    for collection, shape in SHAPES.items():
        listed = _story_reader.rank(plan.records.get(collection, ()))
        if not listed:
            continue
        for folder, topic in list_folders(plan, collection):
            named = topic.name if topic else ""
            held = [r for r in listed if not named or named in _story_reader.texts(r, "topics")]
            yield folder, len(held), shape.page_size
