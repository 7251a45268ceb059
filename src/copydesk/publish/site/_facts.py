"""What a record says of itself beside title and text, in the site's words: a row for each fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from copydesk.kit import dates, lengths, text, urls
from copydesk.news import Record
from copydesk.publish import _records
from copydesk.publish.site._frame import Frame

_THIN = "\N{NARROW NO-BREAK SPACE}"
_LEVELS = {"Beginner": "beginner", "Intermediate": "intermediate", "Advanced": "advanced"}
_PLACES = {
    "twitter": "Twitter",
    "linkedin": "LinkedIn",
    "wikipedia": "Wikipedia",
    "googleScholar": "Google Scholar",
    "youtube": "YouTube",
    "twitch": "Twitch",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "weibo": "Weibo",
    "crunchbase": "Crunchbase",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row: its `label` and `text`, a link if it has one, its time for machines if it is one."""

    key: str
    label: str
    text: str
    href: str = ""
    iso: str = ""


def facts(record: Record, items: Sequence[Record], frame: Frame) -> list[Fact]:
    """Return what is known of a record, in the order in which a reader asks for it.

    `items` are those of a learning path; it takes as long as they do where it does not say.
    """
    fields, strings = record.fields, frame.strings
    texts = {
        "by": _records.first_text(fields.get("provider"), "name"),
        "author": _author(record),
        "affiliation": _records.first_text(fields.get("affiliation"), "name"),
        "held_on": _when(record, frame),
        "location": ", ".join(_locations(record)),
        "items": strings.say("count_items", count=len(items)) if items else "",
        "length": lengths.words(_length(record) or _whole(items)),
        "level": ", ".join(_level(name, frame) for name in _records.texts(record, "levels")),
        "price": _price(record, frame),
        "rating": _rating(record, frame),
        "members": number(fields.get("members")),
        "founded": _year(fields.get("yearFounded")),
        "staff": _records.first_text(record, "size"),
        "funding": _records.first_text(fields.get("funding"), "status"),
        "stars": number(_part(record, "github", "stars")),
        "languages": ", ".join(_names(_part(record, "github", "languages"))),
    }
    shown = [Fact(key=k, label=strings.say(k), text=words) for k, words in texts.items() if words]
    return [*shown, *_publication(record, frame)]


def links(record: Record, frame: Frame) -> Iterator[Mapping[str, str]]:
    """Yield the places on the web that a record names, each with its name and a note on it."""
    website = urls.fetchable(_records.first_text(record, "website"))
    if website:
        yield {"name": frame.strings.say("website"), "href": website, "note": urls.host(website)}
    for key, name in _PLACES.items():
        place = record.fields.get(key)
        if href := urls.fetchable(_records.first_text(place, "url")):
            yield {"name": name, "href": href, "note": _note(place, frame)}
    actions = record.fields.get("actions")
    for action in actions if isinstance(actions, Sequence) else ():
        if href := urls.fetchable(_records.first_text(action, "url")):
            name = _records.first_text(action, "title") or frame.strings.say("open_original")
            yield {"name": name, "href": href, "note": _records.first_text(action, "attribution")}


def authors(record: Record) -> list[str]:
    """Return the names of those who made it, as far as its provider names them."""
    return list(_names(_part(record, "provider", "authors")))


def _author(record: Record) -> str:
    """Return who made it, "" where nobody but the one who published it did."""
    names = authors(record)
    provider = _records.first_text(record.fields.get("provider"), "name")
    return "" if names == [provider] else ", ".join(names)


def moment(record: Record, key: str) -> datetime | None:
    """Return a field that should be a time, None where it is something else."""
    value = record.fields.get(key)
    if isinstance(value, datetime):
        return value
    return dates.parse(value) if isinstance(value, str) else None


def number(value: object) -> str:
    """Return a count as people read it in any language: `16 314`; "" for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**15:
        return ""
    return f"{int(value):,}".replace(",", _THIN)


def _length(record: Record) -> int:
    return lengths.seconds(record.fields.get("length"))


def _whole(items: Sequence[Record]) -> int:
    """Return how many seconds all items take, 0 where one does not say."""
    seconds = list(map(_length, items))
    return sum(seconds) if all(seconds) else 0


def _publication(record: Record, frame: Frame) -> Iterator[Fact]:
    at = moment(record, "publishedDateTime")
    if at is not None:
        day = frame.strings.format_date("short", frame.plan.local(at))
        label = frame.strings.say("published")
        yield Fact(key="published", label=label, text=day, iso=dates.rfc3339(at))


def _when(record: Record, frame: Frame) -> str:
    """Return the day of an event, or the first and the last."""
    moments = (moment(record, key) for key in ("startDateTime", "endDateTime"))
    days: list[date] = [frame.plan.local(at).date() for at in moments if at is not None]
    several = dict.fromkeys(days)
    pattern = "day" if len(several) == 1 else "short"
    named = [frame.strings.format_date(pattern, day) for day in several]
    return " – ".join(named)


def _locations(record: Record) -> list[str]:
    place = _records.first_text(record, "location")
    return [place] if place else [text.fold(name) for name in _records.texts(record, "locations")]


def _level(name: str, frame: Frame) -> str:
    return frame.strings.say(_LEVELS[name]) if name in _LEVELS else text.fold(name)


def _price(record: Record, frame: Frame) -> str:
    price = _records.first_text(record, "price")
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
    """Yield names that stand as such or as `name:` of a mapping."""
    for item in value if isinstance(value, list | tuple) else ():
        if name := text.fold(item) if isinstance(item, str) else _records.first_text(item, "name"):
            yield name


def _note(place: object, frame: Frame) -> str:
    """Return the name that somebody has at a place and how many follow there."""
    fields = place if isinstance(place, Mapping) else {}
    name = _records.first_text(fields, "username")
    followers, citations = number(fields.get("followers")), number(fields.get("citations"))
    parts = [
        f"@{name.removeprefix('@')}" if name else "",
        frame.strings.say("followers", count=followers) if followers else "",
        frame.strings.say("citations", count=citations) if citations else "",
    ]
    return ", ".join(filter(None, parts))
