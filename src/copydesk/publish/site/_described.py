"""Structured data (schema.org) of records: what the page shows, claimed by nobody but its maker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from copydesk.kit import dates, embeds, lengths
from copydesk.news import Record
from copydesk.publish import _pictures, _records
from copydesk.publish.site import _facts
from copydesk.publish.site._frame import Frame

_CONTEXT = "https://schema.org"

Thing = Mapping[str, object]


def page(path: str, name: str, kind: str, thing: Thing | None, frame: Frame) -> Thing:
    """Describe a page of the site and the one thing that it is about, if it is about one."""
    home = frame.plan.links.page("")
    said: dict[str, object] = {
        "@context": _CONTEXT,
        "@type": kind,
        "url": frame.plan.links.page(path),
        "name": name,
        "inLanguage": frame.plan.beat.locale,
        "isPartOf": {"@id": f"{home}#site"},
    }
    return said | ({"mainEntity": thing} if thing else {})


def record(told: Record, items: Sequence[Record], frame: Frame) -> Thing:
    """Describe the page of a record; `items` are those of a learning path."""
    thing: dict[str, object] = {
        "@type": _TYPES.get(told.collection, "CreativeWork"),
        "name": _records.first_text(told, "title", "name"),
        "description": _records.prose(told),
    }
    if picture := _pictures.of_record(told, frame.plan):
        thing["image"] = picture.shared.address
    thing |= _described(told, items, frame)
    shown = {key: value for key, value in thing.items() if value}
    kind = "ProfilePage" if told.collection in {"people", "companies"} else "ItemPage"
    return page(_records.page_folder(told), str(thing["name"]), kind, shown, frame)


def _described(told: Record, items: Sequence[Record], frame: Frame) -> dict[str, object]:
    if items:
        return _path(items, frame)
    describe = _DESCRIBE.get(told.collection)
    said = describe(told, frame) if describe else {}
    at = _facts.moment(told, "publishedDateTime")
    if at is not None:
        said["uploadDate" if said.get("@type") == "VideoObject" else "datePublished"] = (
            dates.rfc3339(at)
        )
    return said


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


def _learning(told: Record, _frame: Frame) -> dict[str, object]:
    shown = embeds.read(_records.first_text(told, "featuredContent"))
    said: dict[str, object] = {
        "creditText": _records.first_text(told.fields.get("provider"), "name")
    }
    if shown is not None and shown.kind == "video":
        said["@type"] = "VideoObject"
        said["duration"] = lengths.iso8601(lengths.seconds(told.fields.get("length")))
        said["contentUrl" if isinstance(shown, embeds.MediaFile) else "embedUrl"] = shown.src
        images = told.fields.get("images")
        first = images[0] if isinstance(images, Sequence) and images else None
        said["thumbnailUrl"] = _records.address(first, "url")
    return said


def _code(told: Record, _frame: Frame) -> dict[str, object]:
    origin = _records.address(told, "originalUrl")
    return {
        "author": [{"@type": "Person", "name": name} for name in _facts.authors(told)],
        "isBasedOn": origin,
        "creditText": _records.first_text(told.fields.get("provider"), "name"),
    }


def _profile(told: Record, frame: Frame) -> dict[str, object]:
    """Describe a person or a company by what the record says of it."""
    said: dict[str, object] = {
        "url": _records.address(told, "website"),
        "sameAs": [place["href"] for place in _facts.links(told, frame)],
    }
    affiliation = _records.first_text(told.fields.get("affiliation"), "name")
    if affiliation:
        said["affiliation"] = {"@type": "Organization", "name": affiliation}
    founded = told.fields.get("yearFounded")
    if isinstance(founded, int) and founded > 0:
        said["foundingDate"] = str(founded)
    return said


def _event(told: Record, _frame: Frame) -> dict[str, object]:
    starts, ends = (_facts.moment(told, key) for key in ("startDateTime", "endDateTime"))
    place = _records.first_text(told, "location")
    return {
        "startDate": dates.rfc3339(starts) if starts else "",
        "endDate": dates.rfc3339(ends) if ends else "",
        "location": {"@type": "Place", "name": place} if place else None,
        "url": _records.address(told, "website"),
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
