"""Records that are not news, as every output sees them: their order, their page, what is shown."""

from __future__ import annotations

import math
from collections.abc import Iterable

from copydesk.news import Record
from copydesk.publish import _links
from copydesk.publish._plan import Plan

_PAGES = {
    "learning": "learning",
    "samples": "sample",
    "people": "people",
    "companies": "company",
    "challenges": "challenge",
}


def ranked(records: Iterable[Record]) -> list[Record]:
    """Give what is listed: nothing that an editor removed, by heat and then by path."""
    shown = [record for record in records if not is_removed(record)]
    return sorted(shown, key=lambda record: (-heat(record), record.path))


def is_removed(record: Record) -> bool:
    """Say whether an editor took the record off the lists (SPEC 2.4)."""
    return record.fields.get("removed") is True or record.fields.get("published") is False


def heat(record: Record) -> float:
    """Give a record's heat as a number to sort by, 0 where it has none (`.nan` is none)."""
    value = record.fields.get("heat")
    if isinstance(value, float) and math.isnan(value):
        return 0
    return value if isinstance(value, int | float) else 0


def texts(record: Record, key: str) -> list[str]:
    """Give a field that should be a list of names; nothing where it is something else."""
    value = record.fields.get(key)
    return [str(name) for name in value] if isinstance(value, list | tuple) else []


def page_folder(record: Record) -> str:
    """Give the folder of the record's own page below the web root, "" where it has none."""
    folder = _PAGES.get(record.collection, "")
    below = _links.record_folder(record.path).split("/", 1)[1]
    return f"{folder}/{below}" if folder else ""


def hosted(record: Record, plan: Plan) -> str | None:
    """Give the address of the record's own page on the site, None where readers go elsewhere.

    A record without `webUrl` has its page here, and so has one whose `webUrl` is that very page.
    """
    folder = page_folder(record)
    address = plan.links.page(folder) if folder else None
    return address if record.fields.get("webUrl") in {None, "", address} else None
