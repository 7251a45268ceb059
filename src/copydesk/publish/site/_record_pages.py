"""Make pages of records that are not news: each record, lists of each collection, sponsors.

The page of sponsors lists all of them, whatever the day: a list for today would change every day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import nh3

from copydesk.kit import dates, embeds, text, urls
from copydesk.news import Record
from copydesk.publish import _pictures, _story_reader
from copydesk.publish.site import _cards, _catalog
from copydesk.publish.site._catalog import Catalog, Fact, links
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.writing import Sheet
from copydesk.rendering import mark_safe

_TAGS = {"p", "ul", "ol", "li", "a", "b", "strong", "i", "em", "code", "pre", "blockquote", "br"}
_MADE = 24  # records of one person or company on its page
_A_PAGE = 40
_FIRST = 6  # records of each kind on a page of several; fills rows of three and of two
_KINDS = ("collections", "courses", "videos", "books", "articles", "answers")
_FOLDER = "sponsorships/"


def sheets(catalog: Catalog) -> Iterator[Sheet]:
    """Yield the page of every record (not news) that the site itself hosts."""
    plan = catalog.frame.plan
    for listed in catalog.listed.values():
        here = (record for record in listed if _story_reader.page_address(record, plan.links))
        yield from (_page(record, catalog) for record in here)


def _page(record: Record, catalog: Catalog) -> Sheet:
    frame = catalog.frame
    title = _catalog.title_of(record, frame)
    said = _story_reader.prose(record)
    items = catalog.items(record)
    picture = _pictures.of_record(record, frame.plan)
    player = _cards.of(_story_reader.first_text(record, "featuredContent"), title, frame.strings)
    head = Head(
        path=_story_reader.page_folder(record),
        title=title,
        description=text.shorten(said, 200),
        structured=describe_record(record, items, frame),
        kind="profile" if record.collection == "people" else "website",
        picture=picture,
        frames=player.frame,
        plays_files=player.is_file,
    )
    body = nh3.clean(record.body, tags=_TAGS, link_rel=None) if record.body.strip() else ""
    has_body = bool(text.plain(body))
    return frame.page(
        "record.html",
        head,
        record={
            **catalog.view(record),
            "excerpt": "" if has_body else said,  # the body begins with it
            "origin": _catalog.address_elsewhere(record, frame),
        },
        facts=list(_link_facts(catalog.facts(record), catalog)),
        links=list(links(record, frame)),
        items=catalog.views(items),
        made=_works_of(record, catalog),
        holders=catalog.views(catalog.holders.get(record.path, ())),
        topics=_topics(record, frame),
        player=player.markup,
        body=mark_safe(body) if has_body else "",
        shelf=_above(record.collection, catalog),
    )


def _link_facts(facts: Iterable[Fact], catalog: Catalog) -> Iterator[Fact]:
    for fact in facts:
        is_name = fact.key in {"by", "author", "affiliation"}
        yield replace(fact, href=catalog.maker(fact.text)) if is_name else fact


def _works_of(record: Record, catalog: Catalog) -> list[_catalog.View]:
    """Return the listed records of a person or company."""
    if record.collection not in {"people", "companies"}:
        return []
    found = catalog.made.get(text.squash(_story_reader.first_text(record, "name")), ())
    return catalog.views([work for work in found if work is not record][:_MADE])


def _topics(record: Record, frame: Frame) -> list[Mapping[str, str]]:
    named = _story_reader.texts(record, "topics")
    return [topic for topic in frame.topics() if topic["name"] in named]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """A list of records: the folder of its first page, its heading and its records."""

    folder: str
    heading: str
    records: Sequence[Record]
    above: Mapping[str, str] | None = None
    ways: Sequence[Mapping[str, object]] = ()


def shelf_pages(catalog: Catalog) -> Iterator[Sheet]:
    """Yield the list pages of every collection (people, samples, …) that has records."""
    strings = catalog.frame.strings
    for collection, records in catalog.listed.items():
        kinds = _kinds(records, collection, catalog)
        topics = list(_shelf_topics(collection, catalog))
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
    """Map each topic to links to the pages that list records (people, samples, …) on it."""
    by_topic = defaultdict(list)
    for collection in catalog.listed:
        for shelf in _shelf_topics(collection, catalog):
            by_topic[shelf.heading].append(_way(shelf, catalog))
    return by_topic


def _kinds(records: Sequence[Record], collection: str, catalog: Catalog) -> list[_Shelf]:
    """Return the lists of a collection by kind (videos, courses, …), [] if it has only one."""
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
    """Return the folder between that of the collection and the record: `videos`."""
    below = record.path.removeprefix(f"_{record.collection}/")
    return below.rpartition("/")[0]


def _shelf_topics(collection: str, catalog: Catalog) -> Iterator[_Shelf]:
    """Yield a list of records for each topic that some but not all of the records have.

    A topic is left out if its folder has a page of something else.
    """
    frame, listed = catalog.frame, catalog.listed.get(collection, ())
    taken = {_story_reader.page_folder(record) for record in listed}
    taken |= {f"{collection}/{name}/" for name in (*_KINDS, "page")}
    for topic in frame.plan.topics:
        records = catalog.with_topic(collection, topic)
        folder = f"{collection}/{topic.id}/"
        is_some = topic.name != frame.plan.beat.topic and 0 < len(records) < len(listed)
        if is_some and folder not in taken:
            above = _above(collection, catalog)
            yield _Shelf(folder=folder, heading=topic.name, records=records, above=above)


def _above(collection: str, catalog: Catalog) -> Mapping[str, str]:
    """Return the link to the list of a collection."""
    href = catalog.frame.href(f"{collection}/")
    return {"name": catalog.frame.strings.say(collection), "href": href}


def _way(shelf: _Shelf, catalog: Catalog) -> Mapping[str, object]:
    href = catalog.frame.href(shelf.folder)
    named = f"{shelf.above['name']}" if shelf.above else ""
    return {"name": shelf.heading, "shelf": named, "href": href, "count": len(shelf.records)}


def _overview(shelf: _Shelf, kinds: Sequence[_Shelf], catalog: Catalog) -> Sheet:
    """Return the first records of each kind, with links to all."""
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
    structured = page(path, title, "CollectionPage", None, frame)
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


def sponsor_pages(frame: Frame) -> Iterator[Sheet]:
    """Yield the page of sponsors, if there are any."""
    records = frame.plan.records.get("sponsorships", ())
    shown = [_sponsor(record, frame) for record in records if not _story_reader.is_removed(record)]
    if not shown:
        return
    heading = frame.strings.say("sponsorships")
    structured = page(_FOLDER, heading, "CollectionPage", None, frame)
    head = Head(path=_FOLDER, title=heading, structured=structured)
    yield frame.page("sponsors.html", head, heading=heading, sponsors=shown)


def _sponsor(record: Record, frame: Frame) -> Mapping[str, object]:
    sponsor = record.fields.get("sponsor")
    messages = record.fields.get("messages")
    return {
        "name": _story_reader.first_text(sponsor, "name") or frame.strings.say("untitled"),
        "href": urls.fetchable(_story_reader.first_text(sponsor, "url")) or "",
        "messages": [
            {
                "title": _story_reader.first_text(message, "title"),
                "text": _story_reader.first_text(message, "description"),
                "href": urls.fetchable(_story_reader.first_text(message, "url")) or "",
            }
            for message in (messages if isinstance(messages, Sequence) else ())
            if _story_reader.first_text(message, "title")
        ],
        "days": _days(record, frame),
    }


def _days(record: Record, frame: Frame) -> str:
    """Return the first and the last day that a sponsor paid for."""
    listed = _story_reader.texts(record, "schedules")
    found = sorted({at.date() for day in listed if (at := dates.parse(day[:10])) is not None})
    return " – ".join(
        frame.strings.format_date("day", day) for day in dict.fromkeys((*found[:1], *found[-1:]))
    )


# Structured data (schema.org) for the pages of records: only what the page shows.

_CONTEXT = "https://schema.org"

Thing = Mapping[str, object]


def page(path: str, name: str, kind: str, thing: Thing | None, frame: Frame) -> Thing:
    """Return structured data (schema.org) of a page, and of the one thing that it is about."""
    home = frame.plan.links.page("")
    fields: dict[str, object] = {
        "@context": _CONTEXT,
        "@type": kind,
        "url": frame.plan.links.page(path),
        "name": name,
        "inLanguage": frame.plan.beat.locale,
        "isPartOf": {"@id": f"{home}#site"},
    }
    return fields | ({"mainEntity": thing} if thing else {})


def describe_record(record: Record, items: Sequence[Record], frame: Frame) -> Thing:
    """Return structured data (schema.org) of a record's page; a learning path has `items`."""
    thing: dict[str, object] = {
        "@type": _TYPES.get(record.collection, "CreativeWork"),
        "name": _story_reader.first_text(record, "title", "name"),
        "description": _story_reader.prose(record),
    }
    if picture := _pictures.of_record(record, frame.plan):
        thing["image"] = picture.shared.address
    thing |= _describe(record, items, frame)
    shown = {key: value for key, value in thing.items() if value}
    kind = "ProfilePage" if record.collection in {"people", "companies"} else "ItemPage"
    return page(_story_reader.page_folder(record), str(thing["name"]), kind, shown, frame)


def _describe(record: Record, items: Sequence[Record], frame: Frame) -> dict[str, object]:
    if items:
        return _breadcrumbs(items, frame)
    describe = _DESCRIBE.get(record.collection)
    fields = describe(record, frame) if describe else {}
    at = _catalog.moment(record, "publishedDateTime")
    if at is not None:
        fields["uploadDate" if fields.get("@type") == "VideoObject" else "datePublished"] = (
            dates.rfc3339(at)
        )
    return fields


def _breadcrumbs(items: Sequence[Record], frame: Frame) -> dict[str, object]:
    site = frame.plan.links
    elements = [
        {
            "@type": "ListItem",
            "position": position,
            "name": _story_reader.first_text(item, "title"),
            "url": _story_reader.page_address(item, site) or _story_reader.address(item, "webUrl"),
        }
        for position, item in enumerate(items, 1)
    ]
    return {"@type": "ItemList", "numberOfItems": len(items), "itemListElement": elements}


def _learning(record: Record, _frame: Frame) -> dict[str, object]:
    shown = embeds.read(_story_reader.first_text(record, "featuredContent"))
    fields: dict[str, object] = {
        "creditText": _story_reader.first_text(record.fields.get("provider"), "name")
    }
    if shown is not None and shown.kind == "video":
        fields["@type"] = "VideoObject"
        fields["duration"] = dates.format_length(dates.parse_length(record.fields.get("length")))
        fields["contentUrl" if isinstance(shown, embeds.MediaFile) else "embedUrl"] = shown.src
        images = record.fields.get("images")
        first = images[0] if isinstance(images, Sequence) and images else None
        fields["thumbnailUrl"] = _story_reader.address(first, "url")
    return fields


def _code(record: Record, _frame: Frame) -> dict[str, object]:
    origin = _story_reader.address(record, "originalUrl")
    return {
        "author": [{"@type": "Person", "name": name} for name in _catalog.authors(record)],
        "isBasedOn": origin,
        "creditText": _story_reader.first_text(record.fields.get("provider"), "name"),
    }


def _profile(record: Record, frame: Frame) -> dict[str, object]:
    """Return structured data of a person or a company."""
    fields: dict[str, object] = {
        "url": _story_reader.address(record, "website"),
        "sameAs": [place["href"] for place in _catalog.links(record, frame)],
    }
    affiliation = _story_reader.first_text(record.fields.get("affiliation"), "name")
    if affiliation:
        fields["affiliation"] = {"@type": "Organization", "name": affiliation}
    founded = record.fields.get("yearFounded")
    if isinstance(founded, int) and founded > 0:
        fields["foundingDate"] = str(founded)
    return fields


def _event(record: Record, _frame: Frame) -> dict[str, object]:
    starts, ends = (_catalog.moment(record, key) for key in ("startDateTime", "endDateTime"))
    place = _story_reader.first_text(record, "location")
    return {
        "startDate": dates.rfc3339(starts) if starts else "",
        "endDate": dates.rfc3339(ends) if ends else "",
        "location": {"@type": "Place", "name": place} if place else None,
        "url": _story_reader.address(record, "website"),
    }


_TYPES = {
    "learning": "LearningResource",
    "samples": "SoftwareSourceCode",
    "projects": "SoftwareSourceCode",
    "people": "Person",
    "companies": "Organization",
    "events": "Event",
}
_DESCRIBE: Mapping[str, Callable[[Record, Frame], dict[str, object]]] = {
    "learning": _learning,
    "samples": _code,
    "projects": _code,
    "people": _profile,
    "companies": _profile,
    "events": _event,
}
