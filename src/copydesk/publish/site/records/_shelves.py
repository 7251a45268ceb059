"""Lists of the collections: a shelf of each, cut by kind and by topic, forty records a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.news import Record
from copydesk.publish import _records
from copydesk.publish.site._frame import Head
from copydesk.publish.site.records import _described
from copydesk.publish.site.records._catalog import Catalog
from copydesk.publish.writing import Sheet

_A_PAGE = 40
_FIRST = 6  # of each kind where a shelf has several: whole rows of three and of two
_KINDS = ("collections", "courses", "videos", "books", "articles", "answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """A list of records: the folder of its first page, what stands above it."""

    folder: str
    heading: str
    records: Sequence[Record]
    above: Mapping[str, str] | None = None
    ways: Sequence[Mapping[str, object]] = ()


def sheets(catalog: Catalog) -> Iterator[Sheet]:
    """Yield the lists of every collection that has records."""
    strings = catalog.frame.strings
    for collection, records in catalog.listed.items():
        kinds = _kinds(records, collection, catalog)
        topics = list(_topics(collection, catalog))
        ways = [_way(shelf, catalog) for shelf in (*kinds, *topics)]
        whole = _Shelf(
            folder=f"{collection}/", heading=strings.say(collection), records=records, ways=ways
        )
        if kinds:
            yield _overview(whole, kinds, catalog)
        else:
            yield from _pages(whole, catalog)
        for shelf in (*kinds, *topics):
            yield from _pages(shelf, catalog)


def topic_shelves(catalog: Catalog) -> Mapping[str, list[Mapping[str, object]]]:
    """Return the lists that there are of a topic, by its name."""
    by_topic = defaultdict(list)
    for collection in catalog.listed:
        for shelf in _topics(collection, catalog):
            by_topic[shelf.heading].append(_way(shelf, catalog))
    return by_topic


def _kinds(records: Sequence[Record], collection: str, catalog: Catalog) -> list[_Shelf]:
    """Return a list of each kind where there are several: videos, courses, learning paths."""
    by_kind: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_kind[_kind(record)].append(record)
    known = [kind for kind in _KINDS if kind in by_kind]
    if len(by_kind) < 2 or by_kind.keys() - {*known}:
        return []
    frame = catalog.frame
    return [
        _Shelf(
            folder=f"{collection}/{kind}/",
            heading=frame.strings.say(kind),
            records=by_kind[kind],
            above=_above(collection, catalog),
        )
        for kind in known
    ]


def _kind(record: Record) -> str:
    """Return the folder between the collection's and the record: `videos`."""
    below = record.path.removeprefix(f"_{record.collection}/")
    return below.rpartition("/")[0]


def _topics(collection: str, catalog: Catalog) -> Iterator[_Shelf]:
    """Yield a list of each topic that some records carry and others do not.

    Not where a page of something else lies at its address.
    """
    frame, listed = catalog.frame, catalog.listed.get(collection, ())
    taken = {_records.page_folder(record) for record in listed}
    taken |= {f"{collection}/{name}/" for name in (*_KINDS, "page")}
    for topic in frame.plan.topics:
        records = catalog.with_topic(collection, topic)
        folder = f"{collection}/{topic.id}/"
        is_some = topic.name != frame.plan.beat.topic and 0 < len(records) < len(listed)
        if is_some and folder not in taken:
            above = _above(collection, catalog)
            yield _Shelf(folder=folder, heading=topic.name, records=records, above=above)


def _above(collection: str, catalog: Catalog) -> Mapping[str, str]:
    href = catalog.frame.href(f"{collection}/")
    return {"name": catalog.frame.strings.say(collection), "href": href}


def _way(shelf: _Shelf, catalog: Catalog) -> Mapping[str, object]:
    href = catalog.frame.href(shelf.folder)
    named = f"{shelf.above['name']}" if shelf.above else ""
    return {"name": shelf.heading, "shelf": named, "href": href, "count": len(shelf.records)}


def _overview(shelf: _Shelf, kinds: Sequence[_Shelf], catalog: Catalog) -> Sheet:
    """Return the first of each kind, with the way to all."""
    groups = [
        {
            **_way(kind, catalog),
            "records": catalog.views(kind.records[:_FIRST]),
            "more": len(kind.records) > _FIRST,
        }
        for kind in kinds
    ]
    return _print(shelf, shelf.folder, shelf.heading, catalog, groups=groups, numbers=[])


def _pages(shelf: _Shelf, catalog: Catalog) -> Iterator[Sheet]:
    starts = range(0, len(shelf.records), _A_PAGE)
    for number, start in enumerate(starts, 1):
        path = _path(shelf, number)
        heading = f"{shelf.heading} – {shelf.above['name']}" if shelf.above else shelf.heading
        if number > 1:
            heading += " – " + catalog.frame.strings.say("page_number", number=number)
        records = catalog.views(shelf.records[start : start + _A_PAGE])
        groups = [{"name": "", "href": "", "records": records, "more": False}]
        numbers = [
            {"number": n, "href": catalog.frame.href(_path(shelf, n)), "is_this": n == number}
            for n in range(1, len(starts) + 1)
        ]
        yield _print(shelf, path, heading, catalog, groups=groups, numbers=numbers)


def _path(shelf: _Shelf, number: int) -> str:
    return shelf.folder if number == 1 else f"{shelf.folder}page/{number}/"


def _print(shelf: _Shelf, path: str, title: str, catalog: Catalog, **context: object) -> Sheet:
    frame = catalog.frame
    about = frame.strings.say("count_records", count=len(shelf.records))
    description = f"{title}{frame.strings.say('colon')}{about}"
    structured = _described.page(path, title, "CollectionPage", None, frame)
    head = Head(path=path, title=title, description=description, structured=structured)
    return frame.page(
        "shelf.html",
        head,
        heading=shelf.heading,
        above=shelf.above,
        count=len(shelf.records),
        ways=shelf.ways,
        **context,
    )
