"""API files made by the reference's templates: newsletters, topics, today's sponsors (SPEC 5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.kit import text
from copydesk.news import Record, Topic
from copydesk.placement import addresses
from copydesk.publish._entries import LETTER
from copydesk.publish.api import _collections, encoding
from copydesk.publish.api.encoding import web_only
from copydesk.publish.writing import Sheet

if TYPE_CHECKING:
    from copydesk.publish._plan import SitePlan

_NEWSLETTERS_A_PAGE = 20


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the list of topics."""
    yield Sheet("api/topics/index.json", encoding.pretty({"value": list(map(_topic, plan.topics))}))


def today(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the list of today's sponsors."""
    day = plan.local(plan.at).date().isoformat()
    sponsors = [
        _sponsorship(record, plan)
        for record in plan.records.get("sponsorships", ())
        if day in _dates(record.fields.get("schedules"))
    ]
    yield Sheet("api/sponsorships/today/index.json", encoding.pretty({"value": sponsors}))


def _topic(topic: Topic) -> dict[str, object]:
    shown: dict[str, object] = {
        "name": topic.name,
        "shortname": topic.shortname or topic.name,
        "id": topic.id,
    }
    if topic.parent:
        shown["parent"] = topic.parent
    if topic.images:
        shown["images"] = [
            {"url": image.url, "width": image.width, "height": image.height}
            for image in topic.images
        ]
    shown["services"] = [{"name": name, "endpoint": url} for name, url in topic.services]
    return web_only(shown)


def letters(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the list of issues, 20 a page, the newest first, and each issue with its whole HTML.

    Page N is at `pageN/` and `nextPage` is a text, as in the reference; but the list does not end
    at page 9.
    """
    letters = sorted(plan.records.get("newsletters", ()), key=_sort_key, reverse=True)
    pages = _collections.cut_pages(letters, _NEWSLETTERS_A_PAGE)
    for number, own in enumerate(pages, 1):
        head = {
            "title": f"{plan.beat.topic or plan.beat.title} Newsletters",
            "path": "_newsletters/",
            "page": number,
        }
        tail = {"nextPage": str(number + 1) if number < len(pages) else None}
        data = encoding.page(head, [encoding.fragment(_letter(r, plan)) for r in own], tail)
        if number == 1:
            yield Sheet("api/newsletters/index.json", data)
        yield Sheet(f"api/newsletters/page{number}/index.json", data)
    for record in letters:
        if plan.wanted(LETTER.name, record.path):
            place = f"api/{addresses.record_folder(record.path)}index.json"
            yield Sheet(place, encoding.pretty(_letter_whole(record, plan)))


def _sort_key(record: Record) -> tuple[str, str]:
    sent = record.fields.get("publishedDateTime")
    return (sent.isoformat() if isinstance(sent, datetime) else "", record.path)


def _letter(record: Record, plan: SitePlan) -> dict[str, object]:
    shown = _letter_whole(record, plan)
    return {
        "path": shown["path"],
        "title": shown["title"],
        "type": shown["type"],
        "sourceUrl": plan.links.api_record(record.path),
        "webUrl": web_only(record.fields).get("webUrl")
        or plan.links.page(f"newsletter/{addresses.record_name(record.path)}/"),
        "excerpt": shown["excerpt"],
        "publishedDateTime": shown["publishedDateTime"],
        "images": shown["images"],
        "locale": shown["locale"],
        "topics": shown["topics"],
    }


def _letter_whole(record: Record, plan: SitePlan) -> dict[str, object]:
    fields = record.fields
    sent = fields.get("publishedDateTime")
    return {
        "path": record.path,
        "title": fields.get("title"),
        "type": fields.get("type"),
        "excerpt": text.plain(str(fields.get("excerpt", ""))),
        "content": record.body,
        "publishedDateTime": _collections.moment(sent, plan)
        if isinstance(sent, datetime)
        else None,
        "images": [],
        "locale": fields.get("locale", plan.beat.locale),
        "topics": fields.get("topics"),
    }


def _sponsorship(record: Record, plan: SitePlan) -> dict[str, object]:
    fields = web_only(record.fields)
    sponsor = fields.get("sponsor")
    sponsor = sponsor if isinstance(sponsor, Mapping) else {}
    messages = fields.get("messages")
    return {
        "sponsor": {
            "name": sponsor.get("name"),
            "url": sponsor.get("url"),
            "logoForLightTheme": _absolute(sponsor.get("logoForLightTheme"), plan),
            "logoForDarkTheme": _absolute(sponsor.get("logoForDarkTheme"), plan),
        },
        "messages": [
            {
                "title": message.get("title"),
                "description": text.plain(str(message.get("description", ""))),
                "url": message.get("url"),
                "image": _absolute(message.get("image"), plan),
            }
            for message in (messages if isinstance(messages, Sequence) else ())
            if isinstance(message, Mapping)
        ],
        "schedules": _dates(record.fields.get("schedules")),
        "placements": record.fields.get("placements"),
    }


def _dates(schedules: object) -> list[str]:
    """Return the days of a schedule as text, whether the file quotes them or not."""
    if not isinstance(schedules, Sequence) or isinstance(schedules, str):
        return []
    return [str(day)[:10] for day in schedules]


def _absolute(url: object, plan: SitePlan) -> object:
    return plan.links.api + url if isinstance(url, str) and url.startswith("/") else url
