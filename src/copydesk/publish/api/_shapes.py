"""Which keys a record of each collection shows in the API, in order (SPEC 5.1, counted there)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def _keys(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a collection is listed.

    `keys` is the order of a record's keys; a field of the file that is not among them comes after
    them, unless it is one that the API never shows.
    """

    title: str
    keys: tuple[str, ...]
    page_size: int = 25


LEARNING = _keys(
    "path title excerpt sourceUrl webUrl originalUrl featuredContent actions length ratings"
    " provider publishedDateTime levels topItems size heat tags images content type price topics"
)
_SAMPLES = _keys(
    "path title excerpt sourceUrl webUrl originalUrl provider featuredContent actions"
    " publishedDateTime topItems size heat tags images content type topics"
)
PEOPLE = _keys(
    "path title excerpt sourceUrl webUrl originalUrl type name bio location website twitter"
    " linkedin googleScholar weibo youtube facebook instagram twitch wikipedia affiliation topics"
    " topItems size highlight heat tags images content"
)
_COMMUNITIES = _keys(
    "path title excerpt sourceUrl webUrl originalUrl actions provider topItems size heat tags"
    " images content name type members topics"
)
_COMPANIES = _keys(
    "path title excerpt sourceUrl webUrl type name overview website linkedin crunchbase twitter"
    " size yearFounded locations funding topics heat images videos content"
)
_EVENTS = _keys(
    "path title excerpt sourceUrl webUrl originalUrl provider heat images content name type"
    " website startDateTime endDateTime location topics"
)
_PROJECTS = _keys(
    "path title excerpt sourceUrl webUrl originalUrl provider heat images content name type"
    " github topics"
)
SHAPES = {
    "learning": Shape(title="Learning Resources", keys=LEARNING, page_size=30),
    "samples": Shape(title="Samples", keys=_SAMPLES),
    "people": Shape(title="People", keys=PEOPLE),
    "communities": Shape(title="Communities", keys=_COMMUNITIES),
    "companies": Shape(title="Companies", keys=_COMPANIES),
    "events": Shape(title="Events", keys=_EVENTS),
    "projects": Shape(title="Projects", keys=_PROJECTS),
    "challenges": Shape(title="Challenges", keys=LEARNING),
}
HIDDEN = frozenset({"secured", "removed", "published", "deleted", "items", "query", "quality"})


def order(keys: tuple[str, ...], present: Iterable[str]) -> tuple[str, ...]:
    """Return the known keys and then what else a record holds, in the file's order."""
    return (*keys, *(key for key in present if key not in keys and key not in HIDDEN))
