"""One record of a collection as the API shows it: whole with nulls, or without them in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from copydesk.news import Record
from copydesk.publish import _records
from copydesk.publish._plan import SitePlan
from copydesk.publish.api import _shapes
from copydesk.publish.api.web_addresses import web_only

_ATTRIBUTED = ("url", "width", "height", "title", "attribution", "isCached")


def whole(
    record: Record, plan: SitePlan, top: Sequence[Record] = (), size: int | None = None
) -> dict[str, object]:
    """Return a record with every key of its shape, null where it says nothing."""
    made = _fill(record, plan)
    if size is not None:
        made |= {"topItems": [in_list(item, plan) for item in top], "size": size}
    keys = _shapes.order(_shapes.SHAPES[record.collection].keys, made)
    return {key: made.get(key) for key in keys}


def in_list(
    record: Record, plan: SitePlan, top: Sequence[Record] = (), size: int | None = None
) -> dict[str, object]:
    """Return a record as lists show it: no nulls, and a collection with its first items."""
    filled = _without_nulls(whole(record, plan, top, size))
    return filled if isinstance(filled, dict) else {}


def _fill(record: Record, plan: SitePlan) -> dict[str, object]:
    fields = web_only(record.fields)
    made = {key: _plain(value, plan) for key, value in fields.items() if key not in _shapes.HIDDEN}
    made["path"] = record.path
    made["sourceUrl"] = plan.links.api_record(record.path)
    made["webUrl"] = fields.get("webUrl") or _records.page_address(record, plan)
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
    r"""Return a body as the reference did: every line end is `\r\n`, and there is always one."""
    return body.replace("\r\n", "\n").replace("\n", "\r\n") or "\r\n"


def _rating(key: object, value: object) -> object:
    """Return an average as a fraction always: 5 is written 5.0."""
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
        "authors": [_author(author) for author in authors if isinstance(author, Mapping)]
        if isinstance(authors, Sequence)
        else None,
    }


def _author(author: Mapping[str, object]) -> dict[str, object]:
    known = {"path": "", "title": author.get("name"), "type": "profile", **author}
    return {key: known.get(key) for key in _shapes.PEOPLE}


def _affiliation(affiliation: Mapping[str, object]) -> dict[str, object]:
    images = _images(affiliation.get("images"), "")
    return {"path": ""} | {**affiliation, "images": images}


def _images(images: object, base: str) -> list[dict[str, object]] | None:
    """Return pictures in the API's form; a root-relative address is put behind `base`."""
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
    """Return a field as JSON can hold it: times local to the site, as the reference wrote them."""
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
    """Return `2021-04-05T05:53:40-07:00`: in the zone of the site, Z where that is UTC."""
    return plan.local(value).isoformat(timespec="seconds").replace("+00:00", "Z")


def _without_nulls(value: object) -> object:
    if isinstance(value, Mapping):
        return {k: _without_nulls(inner) for k, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value
