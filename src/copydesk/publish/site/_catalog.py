"""The catalog of records that are not news (people, samples, …): how pages show and link each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from copydesk.kit import dates, tables, text, urls
from copydesk.news import Record, Topic
from copydesk.publish import _pictures, _story_reader

if TYPE_CHECKING:
    from copydesk.publish.site._frame import Frame

_ELSEWHERE = ("webUrl", "originalUrl", "website")
_ORIGIN = ("originalUrl",)  # a website is among the links of a page
_EXCERPT = 200
_BRIEF_KEYS = tables.read_rows(__package__, "brief_keys.toml", tuple[str, ...])
_NUMBERS = {"members", "founded", "stars"}
_WHO = {"by", "author", "affiliation"}

View = Mapping[str, object]
_THIN = "\N{NARROW NO-BREAK SPACE}"
_LEVELS = {"Beginner": "beginner", "Intermediate": "intermediate", "Advanced": "advanced"}
_PLACES = tables.read_rows(__package__, "places.toml", str)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The records of a site that are not news (people, samples, …), with what lists show of each.

    `holders` maps an item to the learning paths that contain it, `makers` a name to its person or
    company, `made` a name to the records with this maker. Names are folded.
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
        """Return the facts of a record (author, length, price, …) for its page."""
        if record.path not in self._facts:
            self._facts[record.path] = facts(record, self.items(record), self.frame)
        return self._facts[record.path]

    def view(self, record: Record) -> View:
        """Return the values with which templates of lists show a record."""
        if record.path not in self._views:
            self._views[record.path] = self._view(record)
        return self._views[record.path]

    def views(self, records: Iterable[Record]) -> list[View]:
        """Return the values with which templates of lists show several records."""
        return [self.view(record) for record in records]

    def items(self, record: Record) -> list[Record]:
        """Return the items of a learning path that the site lists."""
        folder, known = f"_{record.collection}/", self.by_path
        names = _story_reader.texts(record, "items")
        return [known[path] for name in names if (path := f"{folder}{name}.md") in known]

    def with_topic(self, collection: str, topic: Topic) -> list[Record]:
        """Return those records of a collection (people, samples, …) that have a topic."""
        listed = self.listed.get(collection, ())
        return [record for record in listed if topic.name in _story_reader.texts(record, "topics")]

    def maker(self, name: str) -> str:
        """Return the link to the page of the person or company with a name, "" if none exists."""
        record = self.makers.get(text.squash(name)) if name else None
        return self.frame.href(_story_reader.page_folder(record)) if record else ""

    def _view(self, record: Record) -> View:
        frame = self.frame
        own = (
            _story_reader.page_folder(record)
            if _story_reader.page_address(record, frame.plan.links)
            else ""
        )
        elsewhere = address_elsewhere(record, frame)
        excerpt = _story_reader.prose(record)
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
        """Return the text of a fact, with its label only if it is a number."""
        is_number = fact.key in _NUMBERS
        return (
            f"{fact.label}{self.frame.strings.say('colon')}{fact.text}" if is_number else fact.text
        )


def catalog(frame: Frame) -> Catalog:
    """Return the catalog of a site's records that are not news (people, samples, …)."""
    records = frame.plan.records
    listed = {name: _order(name, records.get(name, ())) for name in _story_reader.SHELVES}
    every = [record for shelf in listed.values() for record in shelf]
    makers = [*listed["companies"], *listed["people"]]
    return Catalog(
        frame=frame,
        listed={name: shelf for name, shelf in listed.items() if shelf},
        by_path={record.path: record for record in every},
        holders=_index_holders(every),
        made=_index_works(every),
        makers={text.squash(_story_reader.first_text(record, "name")): record for record in makers},
    )


def _index_holders(records: Iterable[Record]) -> Mapping[str, Sequence[Record]]:
    """Map the path of each record to the learning paths that contain it."""
    holders: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for name in dict.fromkeys(_story_reader.texts(record, "items")):
            holders[f"_{record.collection}/{name}.md"].append(record)
    return holders


def _index_works(records: Iterable[Record]) -> Mapping[str, Sequence[Record]]:
    """Map the folded name of each provider and author to their records."""
    works: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        provider = _story_reader.first_text(record.fields.get("provider"), "name")
        for name in dict.fromkeys(map(text.squash, (provider, *authors(record)))):
            works[name].append(record)
    return works


def title_of(record: Record, frame: Frame) -> str:
    """Return the title of a record, "Untitled" in the site's language if it has none."""
    return _story_reader.first_text(record, "title", "name") or frame.strings.say("untitled")


def address_elsewhere(record: Record, frame: Frame) -> str:
    """Return the URL of a record's original on another site, "" if there is none."""
    own = _story_reader.page_address(record, frame.plan.links)
    keys = _ORIGIN if own else _ELSEWHERE
    found = (urls.fetchable(_story_reader.first_text(record, key)) for key in keys)
    return next((address for address in found if address and address != own), "")


def _order(name: str, records: Iterable[Record]) -> list[Record]:
    """Return the listed records, hottest first; events latest first."""
    listed = _story_reader.rank(records)
    if name == "events":
        listed.sort(key=_start_key, reverse=True)
    return listed


def _start_key(event: Record) -> tuple[str, str]:
    at = moment(event, "startDateTime")
    return (dates.rfc3339(at) if at else "", event.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of a record (author, length, price, …) to show: label, text, and a link
    or ISO time.
    """

    key: str
    label: str
    text: str
    href: str = ""
    iso: str = ""


def facts(record: Record, items: Sequence[Record], frame: Frame) -> list[Fact]:
    """Return the facts of a record (author, length, price, …) in the order in which pages show
    them.

    `items` are those of a learning path; without a length of its own it takes as long as they do.
    """
    fields, strings = record.fields, frame.strings
    texts = {
        "by": _story_reader.first_text(fields.get("provider"), "name"),
        "author": _author(record),
        "affiliation": _story_reader.first_text(fields.get("affiliation"), "name"),
        "held_on": _when(record, frame),
        "location": ", ".join(_locations(record)),
        "items": strings.say("count_items", count=len(items)) if items else "",
        "length": dates.say_length(_length(record) or _whole(items)),
        "level": ", ".join(_level(name, frame) for name in _story_reader.texts(record, "levels")),
        "price": _price(record, frame),
        "rating": _rating(record, frame),
        "members": number(fields.get("members")),
        "founded": _year(fields.get("yearFounded")),
        "staff": _story_reader.first_text(record, "size"),
        "funding": _story_reader.first_text(fields.get("funding"), "status"),
        "stars": number(_part(record, "github", "stars")),
        "languages": ", ".join(_names(_part(record, "github", "languages"))),
    }
    shown = [Fact(key=k, label=strings.say(k), text=words) for k, words in texts.items() if words]
    return [*shown, *_publication(record, frame)]


def links(record: Record, frame: Frame) -> Iterator[Mapping[str, str]]:
    """Yield the web pages that a record links to, as mappings with `name`, `href` and `note`."""
    website = urls.fetchable(_story_reader.first_text(record, "website"))
    if website:
        yield {"name": frame.strings.say("website"), "href": website, "note": urls.host(website)}
    for key, name in _PLACES.items():
        place = record.fields.get(key)
        if href := urls.fetchable(_story_reader.first_text(place, "url")):
            yield {"name": name, "href": href, "note": _note(place, frame)}
    actions = record.fields.get("actions")
    for action in actions if isinstance(actions, Sequence) else ():
        if href := urls.fetchable(_story_reader.first_text(action, "url")):
            name = _story_reader.first_text(action, "title") or frame.strings.say("open_original")
            yield {
                "name": name,
                "href": href,
                "note": _story_reader.first_text(action, "attribution"),
            }


def authors(record: Record) -> list[str]:
    """Return the names of a record's authors, which are listed in its provider field."""
    return list(_names(_part(record, "provider", "authors")))


def _author(record: Record) -> str:
    """Return the author of a record, "" if only the publisher is named."""
    names = authors(record)
    provider = _story_reader.first_text(record.fields.get("provider"), "name")
    return "" if names == [provider] else ", ".join(names)


def moment(record: Record, key: str) -> datetime | None:
    """Return a record's field as a time, None if the field is no time."""
    value = record.fields.get(key)
    if isinstance(value, datetime):
        return value
    return dates.parse(value) if isinstance(value, str) else None


def number(value: object) -> str:
    """Format a count with thin spaces, as `16 314`; "" if the value is no positive number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**15:
        return ""
    return f"{int(value):,}".replace(",", _THIN)


def _length(record: Record) -> int:
    return dates.parse_length(record.fields.get("length"))


def _whole(items: Sequence[Record]) -> int:
    """Return the total length of all items in seconds, 0 if the length of any is unknown."""
    seconds = list(map(_length, items))
    return sum(seconds) if all(seconds) else 0


def _publication(record: Record, frame: Frame) -> Iterator[Fact]:
    at = moment(record, "publishedDateTime")
    if at is not None:
        day = frame.strings.format_date("short", frame.plan.local(at))
        label = frame.strings.say("published")
        yield Fact(key="published", label=label, text=day, iso=dates.rfc3339(at))


def _when(record: Record, frame: Frame) -> str:
    """Return the day of an event, or its first and last day."""
    moments = (moment(record, key) for key in ("startDateTime", "endDateTime"))
    days: list[date] = [frame.plan.local(at).date() for at in moments if at is not None]
    several = dict.fromkeys(days)
    pattern = "day" if len(several) == 1 else "short"
    named = [frame.strings.format_date(pattern, day) for day in several]
    return " – ".join(named)


def _locations(record: Record) -> list[str]:
    place = _story_reader.first_text(record, "location")
    return (
        [place] if place else [text.fold(name) for name in _story_reader.texts(record, "locations")]
    )


def _level(name: str, frame: Frame) -> str:
    return frame.strings.say(_LEVELS[name]) if name in _LEVELS else text.fold(name)


def _price(record: Record, frame: Frame) -> str:
    price = _story_reader.first_text(record, "price")
    return frame.strings.say("for_free") if price == "Free" else price


def _rating(record: Record, frame: Frame) -> str:
    average, count = (_part(record, "ratings", key) for key in ("average", "count"))
    if isinstance(average, bool) or not isinstance(average, int | float) or not 0 < average <= 5:
        return ""
    counted = number(count)
    shown = f"{average:.1f}".replace(".", frame.strings.say("decimal"))
    return frame.strings.say("rated", average=shown, count=counted) if counted else ""


def _year(value: object) -> str:
    return str(value) if isinstance(value, int) and 1000 < value < 3000 else ""


def _part(record: Record, key: str, inner: str) -> object:
    value = record.fields.get(key)
    return value.get(inner) if isinstance(value, Mapping) else None


def _names(value: object) -> Iterable[str]:
    """Yield names, given as text or as `name:` of a mapping."""
    for item in value if isinstance(value, list | tuple) else ():
        if (
            name := text.fold(item)
            if isinstance(item, str)
            else _story_reader.first_text(item, "name")
        ):
            yield name


def _note(place: object, frame: Frame) -> str:
    """Return a person's name on a service and the number of followers there."""
    fields = place if isinstance(place, Mapping) else {}
    name = _story_reader.first_text(fields, "username")
    followers, citations = number(fields.get("followers")), number(fields.get("citations"))
    parts = [
        f"@{name.removeprefix('@')}" if name else "",
        frame.strings.say("followers", count=followers) if followers else "",
        frame.strings.say("citations", count=citations) if citations else "",
    ]
    return ", ".join(filter(None, parts))
