"""Structured data (schema.org) of the pages of records that are not news."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from copydesk.kit import dates, embeds, lengths
from copydesk.news import Record
from copydesk.publish import _pictures, _records
from copydesk.publish.site import _catalog

if TYPE_CHECKING:
    from copydesk.publish.site._frame import Frame

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


def record(record: Record, items: Sequence[Record], frame: Frame) -> Thing:
    """Return structured data (schema.org) of a record's page; `items` are a learning path's."""
    thing: dict[str, object] = {
        "@type": _TYPES.get(record.collection, "CreativeWork"),
        "name": _records.first_text(record, "title", "name"),
        "description": _records.prose(record),
    }
    if picture := _pictures.of_record(record, frame.plan):
        thing["image"] = picture.shared.address
    thing |= _describe(record, items, frame)
    shown = {key: value for key, value in thing.items() if value}
    kind = "ProfilePage" if record.collection in {"people", "companies"} else "ItemPage"
    return page(_records.page_folder(record), str(thing["name"]), kind, shown, frame)


def _describe(record: Record, items: Sequence[Record], frame: Frame) -> dict[str, object]:
    if items:
        return _path(items, frame)
    describe = _DESCRIBE.get(record.collection)
    fields = describe(record, frame) if describe else {}
    at = _catalog.moment(record, "publishedDateTime")
    if at is not None:
        fields["uploadDate" if fields.get("@type") == "VideoObject" else "datePublished"] = (
            dates.rfc3339(at)
        )
    return fields


def _path(items: Sequence[Record], frame: Frame) -> dict[str, object]:
    elements = [
        {
            "@type": "ListItem",
            "position": position,
            "name": _records.first_text(item, "title"),
            "url": _records.page_address(item, frame.plan) or _records.address(item, "webUrl"),
        }
        for position, item in enumerate(items, 1)
    ]
    return {"@type": "ItemList", "numberOfItems": len(items), "itemListElement": elements}


def _learning(record: Record, _frame: Frame) -> dict[str, object]:
    shown = embeds.read(_records.first_text(record, "featuredContent"))
    fields: dict[str, object] = {
        "creditText": _records.first_text(record.fields.get("provider"), "name")
    }
    if shown is not None and shown.kind == "video":
        fields["@type"] = "VideoObject"
        fields["duration"] = lengths.iso8601(lengths.seconds(record.fields.get("length")))
        fields["contentUrl" if isinstance(shown, embeds.MediaFile) else "embedUrl"] = shown.src
        images = record.fields.get("images")
        first = images[0] if isinstance(images, Sequence) and images else None
        fields["thumbnailUrl"] = _records.address(first, "url")
    return fields


def _code(record: Record, _frame: Frame) -> dict[str, object]:
    origin = _records.address(record, "originalUrl")
    return {
        "author": [{"@type": "Person", "name": name} for name in _catalog.authors(record)],
        "isBasedOn": origin,
        "creditText": _records.first_text(record.fields.get("provider"), "name"),
    }


def _profile(record: Record, frame: Frame) -> dict[str, object]:
    """Return structured data of a person or a company."""
    fields: dict[str, object] = {
        "url": _records.address(record, "website"),
        "sameAs": [place["href"] for place in _catalog.links(record, frame)],
    }
    affiliation = _records.first_text(record.fields.get("affiliation"), "name")
    if affiliation:
        fields["affiliation"] = {"@type": "Organization", "name": affiliation}
    founded = record.fields.get("yearFounded")
    if isinstance(founded, int) and founded > 0:
        fields["foundingDate"] = str(founded)
    return fields


def _event(record: Record, _frame: Frame) -> dict[str, object]:
    starts, ends = (_catalog.moment(record, key) for key in ("startDateTime", "endDateTime"))
    place = _records.first_text(record, "location")
    return {
        "startDate": dates.rfc3339(starts) if starts else "",
        "endDate": dates.rfc3339(ends) if ends else "",
        "location": {"@type": "Place", "name": place} if place else None,
        "url": _records.address(record, "website"),
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
