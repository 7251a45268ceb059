"""Digests: a day in brief, a page that ends; what the day's first letter told, and no more."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from copydesk.kit import text
from copydesk.placement import addresses
from copydesk.publish import _records, newsletters
from copydesk.publish.newsletters import ShelvedIssue
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.site.records import _described
from copydesk.publish.writing import Sheet
from copydesk.rendering import mark_safe

_FOLDER = "digest/"
_WORDS_A_MINUTE = 230  # English non-fiction, read silently: 238 (Brysbaert 2019); names slow it


def page(
    day: date, issue: ShelvedIssue, sections: Sequence[Mapping[str, object]], frame: Frame
) -> Sheet:
    """Return the digest of a day, which leads to those before and after it that there are."""
    strings, plan = frame.strings, frame.plan
    path, name = addresses.digest_folder(day), strings.format_date("day", day)
    note = newsletters.read_note(issue.record.body)
    length = _measure(sections, note, frame)
    title = f"{strings.say('digest')}{strings.say('colon')}{name}"
    head = Head(
        path=path,
        title=title,
        description=f"{title}. {length}.",
        structured=_described.page(path, title, "CollectionPage", None, frame),
        kind="article",
        subscribes=True,
        letter=issue.letter,
    )
    days = list(plan.letters.digests)
    place = bisect_left(days, day)
    older, newer = (days[at] if 0 <= at < len(days) else None for at in (place - 1, place + 1))
    return frame.page(
        "digest.html",
        head,
        heading=name,
        iso=day.isoformat(),
        length=length,
        note=mark_safe(note),
        sections=sections,
        all_of_day=frame.href(addresses.day_folder(day)) if day in plan.by_day else "",
        letter=frame.href(_records.page_folder(issue.record)),
        older=_link(older, frame),
        newer=_link(newer, frame),
    )


def index(frame: Frame) -> Iterator[Sheet]:
    """Yield the page that leads to the newest digest, where there is one."""
    newest = max(frame.plan.letters.digests, default=None)
    if newest is not None:
        folder = addresses.digest_folder(newest)
        name = frame.strings.say("digest")
        yield frame.page(
            "moved.html",
            Head(path=_FOLDER, title=name, indexed=False),
            heading=name,
            said="newest_digest",
            story={**(_link(newest, frame) or {}), "title": _name(newest, frame), "tongue": ""},
            canonical=frame.plan.links.page(folder),
        )


def _measure(sections: Sequence[Mapping[str, object]], note: str, frame: Frame) -> str:
    """Return how many stories a digest has, and how long it takes to read what it shows."""
    told = [item for section in sections for item in _items(section)]
    shown = [text.plain(note), *(str(section["name"]) for section in sections)]
    shown += [f"{item['title']} {item['excerpt']} {item['place']}" for item in told]
    shown += [text.plain(str(item["note"])) for item in told]
    minutes = math.ceil(len(" ".join(shown).split()) / _WORDS_A_MINUTE)
    return frame.strings.say(
        "digest_length",
        stories=frame.strings.say("digest_stories", count=len(told)),
        minutes=frame.strings.say("digest_minutes", count=minutes),
    )


def _items(section: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    told = section["told"]
    assert isinstance(told, list)
    return told


def _name(day: date, frame: Frame) -> str:
    return frame.strings.format_date("day", day)


def _link(day: date | None, frame: Frame) -> Mapping[str, str] | None:
    if day is None:
        return None
    return {"name": _name(day, frame), "href": frame.href(addresses.digest_folder(day))}
