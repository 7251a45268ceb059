"""The page of those who paid for a place: what they said, on how many days, marked as what it is.

It lists all of them, whatever the day: a list of today's would change with the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from copydesk.kit import dates, urls
from copydesk.news import Record
from copydesk.publish import _records
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.site.records import _described
from copydesk.publish.writing import Sheet

_FOLDER = "sponsorships/"


def sheets(frame: Frame) -> Iterator[Sheet]:
    """Yield the page, where there is a sponsor."""
    records = frame.plan.records.get("sponsorships", ())
    shown = [_sponsor(record, frame) for record in records if not _records.is_removed(record)]
    if not shown:
        return
    heading = frame.strings.say("sponsorships")
    structured = _described.page(_FOLDER, heading, "CollectionPage", None, frame)
    head = Head(path=_FOLDER, title=heading, structured=structured)
    yield frame.page("sponsors.html", head, heading=heading, sponsors=shown)


def _sponsor(record: Record, frame: Frame) -> Mapping[str, object]:
    sponsor = record.fields.get("sponsor")
    messages = record.fields.get("messages")
    return {
        "name": _records.first_text(sponsor, "name") or frame.strings.say("untitled"),
        "href": urls.fetchable(_records.first_text(sponsor, "url")) or "",
        "messages": [
            {
                "title": _records.first_text(message, "title"),
                "text": _records.first_text(message, "description"),
                "href": urls.fetchable(_records.first_text(message, "url")) or "",
            }
            for message in (messages if isinstance(messages, Sequence) else ())
            if _records.first_text(message, "title")
        ],
        "days": _days(record, frame),
    }


def _days(record: Record, frame: Frame) -> str:
    """Return the first and the last of the days that were paid for."""
    listed = _records.texts(record, "schedules")
    found = sorted({at.date() for day in listed if (at := dates.parse(day[:10])) is not None})
    return " – ".join(
        frame.strings.format_date("day", day) for day in dict.fromkeys((*found[:1], *found[-1:]))
    )
