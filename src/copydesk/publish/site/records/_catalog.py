"""The catalog: all listed records as pages show them, and what belongs to whom among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from copydesk.kit import dates, text, urls
from copydesk.news import Record, Topic
from copydesk.publish import _pictures, _records
from copydesk.publish.site._frame import Frame
from copydesk.publish.site.records import _facts
from copydesk.publish.site.records._facts import Fact

_ELSEWHERE = ("webUrl", "originalUrl", "website")
_ORIGIN = ("originalUrl",)  # a website stands among the links of a page
_EXCERPT = 200
# what a list tells of a record of each collection
_BRIEF_KEYS = {
    "learning": ("by", "items", "length", "level", "rating"),
    "samples": ("author", "by", "published"),
    "people": ("affiliation", "location"),
    "communities": ("by", "members"),
    "companies": ("location", "founded"),
    "events": ("held_on", "location"),
    "projects": ("by", "languages", "stars"),
    "challenges": ("by", "level"),
}
_NUMBERS = {"members", "founded", "stars"}
_WHO = {"by", "author", "affiliation"}

View = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The listed records of each collection, in their order, and how each is shown, by its path.

    `holders` are the learning paths that an item is in, `makers` those people and companies whose
    name stands on what others made, `made` the records that carry a name: all by folded text.
    """

    frame: Frame
    listed: Mapping[str, Sequence[Record]]
    by_path: Mapping[str, Record]
    holders: Mapping[str, Sequence[Record]]
    made: Mapping[str, Sequence[Record]]
    makers: Mapping[str, Record]
    _views: dict[str, View] = field(default_factory=dict)
    _facts: dict[str, Sequence[Fact]] = field(default_factory=dict)

    def facts(self, record: Record) -> Sequence[Fact]:
        """Return what is known of a record."""
        if record.path not in self._facts:
            self._facts[record.path] = _facts.facts(record, self.items(record), self.frame)
        return self._facts[record.path]

    def view(self, record: Record) -> View:
        """Return the plain values that templates print of a record in a list."""
        if record.path not in self._views:
            self._views[record.path] = self._view(record)
        return self._views[record.path]

    def views(self, records: Iterable[Record]) -> list[View]:
        """Return the values of several records."""
        return [self.view(record) for record in records]

    def items(self, record: Record) -> list[Record]:
        """Return what a learning path consists of, as far as it is listed."""
        folder, known = f"_{record.collection}/", self.by_path
        names = _records.texts(record, "items")
        return [known[path] for name in names if (path := f"{folder}{name}.md") in known]

    def with_topic(self, collection: str, topic: Topic) -> list[Record]:
        """Return the records of a collection that carry a topic."""
        listed = self.listed.get(collection, ())
        return [record for record in listed if topic.name in _records.texts(record, "topics")]

    def maker(self, name: str) -> str:
        """Return the page of the person or company of a name, "" where there is none."""
        record = self.makers.get(text.squash(name)) if name else None
        return self.frame.href(_records.page_folder(record)) if record else ""

    def _view(self, record: Record) -> View:
        frame = self.frame
        own = _records.page_folder(record) if _records.page_address(record, frame.plan) else ""
        elsewhere = address_elsewhere(record, frame)
        excerpt = _records.prose(record)
        keys = _BRIEF_KEYS.get(record.collection, ())
        by_key = {fact.key: fact for fact in self.facts(record)}
        shown = {self._brief(by_key[key]): key in _WHO for key in keys if key in by_key}
        return {
            "title": title_of(record, frame),
            "excerpt": text.shorten(excerpt, _EXCERPT),
            "href": frame.href(own) if own else elsewhere,
            "is_here": bool(own),
            "meta": [{"text": words, "is_who": is_who} for words, is_who in shown.items()],
            "picture": _pictures.of_record(record, frame.plan),
            "is_round": record.collection == "people",
        }

    def _brief(self, fact: Fact) -> str:
        """Return a fact without its label, but for a number that says nothing alone."""
        is_number = fact.key in _NUMBERS
        return (
            f"{fact.label}{self.frame.strings.say('colon')}{fact.text}" if is_number else fact.text
        )


def catalog(frame: Frame) -> Catalog:
    """Return the catalog of all records of the plan that are listed."""
    records = frame.plan.records
    listed = {name: _order(name, records.get(name, ())) for name in _records.SHELVES}
    every = [record for shelf in listed.values() for record in shelf]
    makers = [*listed["companies"], *listed["people"]]
    return Catalog(
        frame=frame,
        listed={name: shelf for name, shelf in listed.items() if shelf},
        by_path={record.path: record for record in every},
        holders=_index_holders(every),
        made=_index_works(every),
        makers={text.squash(_records.first_text(record, "name")): record for record in makers},
    )


def _index_holders(records: Iterable[Record]) -> Mapping[str, Sequence[Record]]:
    """Return by the path of each item the records that it is one of."""
    holders: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for name in dict.fromkeys(_records.texts(record, "items")):
            holders[f"_{record.collection}/{name}.md"].append(record)
    return holders


def _index_works(records: Iterable[Record]) -> Mapping[str, Sequence[Record]]:
    """Return by the squashed name of each provider and author the records that are theirs."""
    works: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        provider = _records.first_text(record.fields.get("provider"), "name")
        for name in dict.fromkeys(map(text.squash, (provider, *_facts.authors(record)))):
            works[name].append(record)
    return works


def title_of(record: Record, frame: Frame) -> str:
    """Return what a record is called."""
    return _records.first_text(record, "title", "name") or frame.strings.say("untitled")


def address_elsewhere(record: Record, frame: Frame) -> str:
    """Return where a record is elsewhere on the web, "" for nowhere."""
    own = _records.page_address(record, frame.plan)
    keys = _ORIGIN if own else _ELSEWHERE
    found = (urls.fetchable(_records.first_text(record, key)) for key in keys)
    return next((address for address in found if address and address != own), "")


def _order(name: str, records: Iterable[Record]) -> list[Record]:
    """Return what is listed: by heat, events the latest first."""
    listed = _records.rank(records)
    if name == "events":
        listed.sort(key=_start_key, reverse=True)
    return listed


def _start_key(event: Record) -> tuple[str, str]:
    at = _facts.moment(event, "startDateTime")
    return (dates.rfc3339(at) if at else "", event.path)
