"""Sort records that are not news (people, samples, newsletter issues, …) and find their pages.

Pages of records stay at everyday.cc's paths. Its readers guessed the paths of lists from them
(`/sample/`), so these paths lead to the lists.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping
from datetime import datetime

from copydesk.kit import dates, text, urls
from copydesk.news import Record
from copydesk.placement import addresses
from copydesk.placement.addresses import Links

PAGES = {
    "learning": "learning",
    "samples": "sample",
    "people": "people",
    "companies": "company",
    "challenges": "challenge",
    "events": "event",
    "projects": "project",
    "newsletters": "newsletter",
}
_CUT = 138  # everyday.cc cut excerpts at the first space after 140 or 300 characters
# in the order in which pages link to them; each list is at a folder with its name
SHELVES = (
    "learning",
    "samples",
    "people",
    "communities",
    "companies",
    "events",
    "projects",
    "challenges",
)


def rank(records: Iterable[Record]) -> list[Record]:
    """Sort records by heat (score of current interest), hottest first, without those that editors
    removed.
    """
    shown = [record for record in records if not is_removed(record)]
    return sorted(shown, key=lambda record: (-heat(record), record.path))


def is_removed(record: Record) -> bool:
    """Return whether an editor removed a record from lists (SPEC 2.4)."""
    return record.fields.get("removed") is True or record.fields.get("published") is False


def is_shown(records: Iterable[Record]) -> bool:
    """Return whether any of the records is in lists, that is, not removed by an editor."""
    return not all(map(is_removed, records))


def heat(record: Record) -> float:
    """Return a record's heat (score of current interest) for sorting, 0 if it has none."""
    value = record.fields.get("heat")
    if isinstance(value, float) and math.isnan(value):
        return 0
    return value if isinstance(value, int | float) else 0


def list_letters(records: Iterable[Record]) -> list[Record]:
    """Return the newsletter issues that are not removed, newest first, undated ones last."""
    shown = [record for record in records if not is_removed(record)]
    return sorted(shown, key=lambda record: (sending_time(record), record.path), reverse=True)


def sending_time(record: Record) -> str:
    """Return when a newsletter issue was sent, as RFC 3339; "" if unknown."""
    at = record.fields.get("publishedDateTime")
    return dates.rfc3339(at) if isinstance(at, datetime) else ""


def first_text(value: object, *keys: str) -> str:
    """Return the text of the first named field that has one, white space folded; "" if none has."""
    fields = value.fields if isinstance(value, Record) else value
    if isinstance(fields, Mapping):
        for key in keys:
            found = fields.get(key)
            if isinstance(found, str) and (folded := text.fold(found)):
                return folded
    return ""


def prose(record: Record) -> str:
    """Return a record's short text (excerpt, bio or overview), with an ellipsis if it was cut."""
    value = first_text(record, "excerpt", "bio", "overview")
    plain = text.fold(html.unescape(html.unescape(value)))
    is_cut = len(plain) >= _CUT and plain[-1].isalnum()
    return f"{plain} …" if is_cut else plain


def texts(record: Record, key: str) -> list[str]:
    """Return a record's field as a list of names, [] if the field is no list."""
    value = record.fields.get(key)
    return [str(name) for name in value] if isinstance(value, list | tuple) else []


def page_folder(record: Record) -> str:
    """Return the folder of a record's own page on the site, "" if its collection has no pages."""
    folder = PAGES.get(record.collection, "")
    below = addresses.record_folder(record.path).split("/", 1)[1]
    return f"{folder}/{below}" if folder else ""


def address(holder: object, key: str) -> str:
    """Return the URL in a record's field, "" if the field has no http(s) URL."""
    fields = holder.fields if isinstance(holder, Record) else holder
    value = fields.get(key) if isinstance(fields, Mapping) else None
    return first_text(fields, key) if isinstance(value, str) and urls.may_be_of_web(value) else ""


def page_address(record: Record, links: Links) -> str | None:
    """Return the URL of a record's own page on the site, None if the site has no page for it.

    A record has a page here if it has no `webUrl`, or if its `webUrl` is that very page. Every
    newsletter issue has one, whatever its `webUrl`.
    """
    folder = page_folder(record)
    address = links.page(folder) if folder else None
    if record.collection == "newsletters":
        return address
    return address if record.fields.get("webUrl") in {None, "", address} else None


def folder_redirects(records: Mapping[str, Iterable[Record]]) -> Mapping[str, str]:
    """Map old folders of lists, from the earlier program everyday.cc, to the folders that replace
    them.
    """
    shown = (*SHELVES, "newsletters")
    moved = {
        f"{PAGES[name]}/": f"{name}/"
        for name in shown
        if name in PAGES and is_shown(records.get(name, ()))
    }
    found = {old: new for old, new in moved.items() if old != new}
    return found | ({"news/": "archive/"} if found else {})
