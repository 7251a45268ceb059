"""What a feed says beside its items: how often to ask, when not to, which hub pushes it.

`ttl`, `skipHours` and `skipDays` are RSS 2.0's, `sy:` the RSS 1.0 syndication module's, hubs
WebSub's (W3C, 2018). Nonsense is passed over: half the feeds that bear a hint bear a default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from copydesk.watch.reading._address import address
from copydesk.watch.reading._entry import Hints

_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=1)
_BEYOND = timedelta(days=400)  # a ttl of years is a slip or a wish never to be read
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBER = re.compile(r"\+?(\d{1,12})(?:\.\d{0,6})?")
_BLOCK = 4_000  # characters; twenty-four hours with spaces and comments take 700
_OPENING = {name: re.compile(rf"<{name}\b", re.IGNORECASE) for name in ("skiphours", "skipdays")}
_VALUES = {
    "skiphours": re.compile(r"<hour\b[^<>]{0,200}>\s{0,50}([^<\s]{1,12})", re.IGNORECASE),
    "skipdays": re.compile(r"<day\b[^<>]{0,200}>\s{0,50}([^<\s]{1,12})", re.IGNORECASE),
}
_LINK_HEADER = 10_000
_LINK = re.compile(r"<([^<>]{1,4000})>((?:[^<>\",]|\"[^\"]{0,1000}\")*)")
_PARAMETER = re.compile(
    r";\s{0,20}([a-z*]{1,20})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE
)


def hints_of(channel: Mapping[str, object], document: str) -> Hints:
    """Read the hints of a feed: its channel's fields as feedparser names them, and its text.

    feedparser keeps only the last of the hours and days, so they are looked for in the text, where
    it says that there are some.
    """
    every = _minutes(_word(channel, "ttl")) or _period(channel)
    hours = map(_hour, _read_values("skiphours", channel, document))
    days = map(_day, _read_values("skipdays", channel, document))
    return Hints(every=every, skip_hours=_some(hours, 24), skip_days=_some(days, 7))


def hub_of(links: Iterable[tuple[str, str]], base: str, header: str = "") -> tuple[str, str]:
    """Find the WebSub hub and topic, "" for none, in (relation, address) links and a Link header.

    The header goes first (WebSub, section 4); of several hubs the first.
    """
    hub = topic = ""
    for relation, url in [*_header_links(header), *links]:
        relations = relation.lower().split() if url else ()
        if "hub" in relations and url != base:  # feedparser's reading of an empty one
            hub = hub or address(url, base)
        topic = topic or (address(url, base) if "self" in relations else "")
    return hub, topic


def _header_links(header: str) -> list[tuple[str, str]]:
    links: list[tuple[str, str]] = []
    for url, parameters in _LINK.findall(header[:_LINK_HEADER]):
        named = _PARAMETER.findall(parameters)
        relations = [quoted or bare for name, quoted, bare in named if name.lower() == "rel"]
        links += [(relation, url.strip()) for relation in relations[:1]]  # RFC 8288, 3.3
    return links


def _word(channel: Mapping[str, object], key: str) -> str:
    value = channel.get(key)
    return value.strip() if isinstance(value, str) else ""


def _number(word: str) -> int:
    """Parse a whole number above 0, its fraction cut; 0 for anything else."""
    match = _NUMBER.fullmatch(word)
    return int(match[1]) if match else 0


def _minutes(word: str) -> timedelta | None:
    return _plausible(timedelta(minutes=min(_number(word), 10**7)))


def _period(channel: Mapping[str, object]) -> timedelta | None:
    period = _PERIODS.get(_word(channel, "sy_updateperiod").lower())
    if period is None:
        return None
    frequency = _word(channel, "sy_updatefrequency")
    times = _number(frequency) if frequency else 1
    return _plausible(period / times) if times else None


def _plausible(every: timedelta) -> timedelta | None:
    return min(every, _LONGEST) if _SHORTEST <= every <= _BEYOND else None


def _read_values(name: str, channel: Mapping[str, object], document: str) -> list[str]:
    """Return the words of the values in the first `name` element."""
    opening = _OPENING[name].search(document) if name in channel else None
    if opening is None:
        return []
    block = document[opening.end() : opening.end() + _BLOCK]
    end = re.search(rf"</{name}\s*>", block, re.IGNORECASE)
    return _VALUES[name].findall(block[: end.start()] if end else "")


def _hour(word: str) -> int | None:
    """Parse an hour of 0 to 23; 24 is what RSS 0.91 called midnight."""
    return int(word) % 24 if re.fullmatch(r"[0-9]{1,2}", word) and int(word) <= 24 else None


def _day(word: str) -> int | None:
    name = word.lower()
    return _DAYS.index(name) if name in _DAYS else None


def _some(values: Iterable[int | None], all_of_them: int) -> frozenset[int]:
    """Return what is skipped, nothing where it would be everything."""
    skipped = frozenset(value for value in values if value is not None)
    return frozenset() if len(skipped) >= all_of_them else skipped
