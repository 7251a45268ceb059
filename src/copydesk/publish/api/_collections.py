"""Learning, samples, people, communities and the like: lists by heat, and single records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.news import Record
from copydesk.placement import addresses
from copydesk.publish import _records
from copydesk.publish._plan import SitePlan
from copydesk.publish.api import _fields, _sections, _shapes, encoding
from copydesk.publish.writing import Sheet

_PATHS = "_learning/collections/"
_TOP = 4


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the lists and single records of every collection that the API knows."""
    for collection, shape in _shapes.SHAPES.items():
        records = plan.records.get(collection, ())
        if records:
            shelf = _Shelf(plan, shape, records, {record.path: record for record in records})
            yield from shelf.lists(collection)
            yield from shelf.singles()


@dataclass(frozen=True)
class _Shelf:
    """The records of one collection, ready to be listed."""

    plan: SitePlan
    shape: _shapes.Shape
    records: Sequence[Record]
    by_path: Mapping[str, Record]

    def lists(self, collection: str) -> Iterator[Sheet]:
        """Yield the whole list, each topic's, and that of the learning paths."""
        listed = self._rank()
        fragments = {record.path: encoding.fragment(self._show(record)) for record in listed}
        for folder, topic in _sections.of(self.plan, collection):
            own = [r for r in listed if topic is None or topic.name in _records.texts(r, "topics")]
            head = {"title": self.shape.title, "path": f"_{collection}"}
            yield from self._pages(folder, head, [fragments[record.path] for record in own])
        if paths := [fragments[path] for path in fragments if path.startswith(_PATHS)]:
            head = {"title": "Learning Paths", "path": _PATHS.rstrip("/")}
            yield from self._pages("api/learning/collections/", head, paths)

    def singles(self) -> Iterator[Sheet]:
        """Yield one file a record; a learning path is the list of its items."""
        for record in self.records:
            place = f"api/{addresses.record_folder(record.path)}index.json"
            if "items" in record.fields:
                yield Sheet(place, self._path(record))
            else:
                yield Sheet(place, encoding.compact(_fields.whole(record, self.plan)))

    def _rank(self) -> list[Record]:
        """Return what is listed: by heat, events by their start."""
        listed = _records.rank(self.records)
        if self.shape is _shapes.SHAPES["events"]:
            listed.sort(key=lambda r: (str(r.fields.get("startDateTime", "")), r.path))
        return listed

    def _pages(
        self, folder: str, head: Mapping[str, object], fragments: Sequence[bytes]
    ) -> Iterator[Sheet]:
        pages = _sections.cut(fragments, self.shape.page_size)
        for number, own in enumerate(pages, 1):
            tail = {"nextPage": number + 1} if number < len(pages) else {}
            data = encoding.page({**head, "page": number}, own, tail)
            yield from _sections.place_page(folder, number, data)

    def _show(self, record: Record) -> dict[str, object]:
        if "items" not in record.fields:
            return _fields.in_list(record, self.plan)
        items = self._items(record)
        return _fields.in_list(record, self.plan, items[:_TOP], len(items))

    def _path(self, record: Record) -> bytes:
        head = {"title": record.fields.get("title"), "path": record.path, "page": 1}
        items = [encoding.fragment(_fields.in_list(r, self.plan)) for r in self._items(record)]
        return encoding.page(head, items, {})

    def _items(self, record: Record) -> list[Record]:
        """Return the items of a learning path that exist, in its order."""
        folder = f"_{record.collection}/"
        found = (self.by_path.get(f"{folder}{name}.md") for name in _records.texts(record, "items"))
        return [item for item in found if item is not None]
