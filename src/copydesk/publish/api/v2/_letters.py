"""Letters, each with its newest issues, and every issue with what it told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from copydesk.kit import text, urls
from copydesk.placement import addresses
from copydesk.publish import _records, newsletters
from copydesk.publish._keys import LETTER
from copydesk.publish._plan import SitePlan
from copydesk.publish.api.v2 import _places, _shape, _write
from copydesk.publish.newsletters import LetterItem, ShelvedIssue
from copydesk.publish.writing import Sheet

_NEWEST = 100


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the files of letters, where there are any and one of their issues changed."""
    shelf = plan.letters
    if not shelf.issues or not plan.wanted.of_key(LETTER.name):
        return
    letters = [_letter(letter, plan) for letter in shelf.titles]
    yield Sheet(_places.index("letters"), _write.document({"letters": letters}))
    for letter in letters:
        id_ = str(letter["id"])
        issues = [_reference(issue, plan) for issue in shelf.of_letter(id_)[:_NEWEST]]
        whole = {**letter, "issues": issues}
        yield Sheet(_places.item_place("letters", id_), _write.document(whole))
    for issue in shelf.issues:
        if plan.wanted(LETTER.name, issue.record.path):
            yield Sheet(_place(issue), _write.document(_issue(issue, plan)))


def _letter(letter: str, plan: SitePlan) -> dict[str, object]:
    is_listed = letter in plan.letters.listed_titles
    folder = addresses.letter_folder(letter) if is_listed else "newsletters/"
    return {
        "id": letter,
        "title": plan.letters.titles[letter],
        "url": plan.links.page(folder),
        "api_url": _places.address(_places.item_place("letters", letter), plan),
        "feed_url": plan.links.page(f"{folder}feed.json"),
        "count": len(plan.letters.of_letter(letter)),
    }


def _reference(issue: ShelvedIssue, plan: SitePlan) -> dict[str, object]:
    record, at = issue.record, issue.record.fields.get("publishedDateTime")
    return {
        "id": addresses.record_name(record.path),
        "title": _records.first_text(record, "title") or None,
        "subject": issue.subject or None,
        "excerpt": _records.first_text(record, "excerpt") or None,
        "published_at": _shape.moment(at if isinstance(at, datetime) else None),
        "url": plan.links.page(_records.page_folder(record)),
        "api_url": _places.address(_place(issue), plan),
    }


def _issue(issue: ShelvedIssue, plan: SitePlan) -> dict[str, object]:
    day = plan.letters.digest_of(issue)
    sections = newsletters.read_sections(issue.record.body)
    return {
        **_reference(issue, plan),
        "letter": issue.letter if issue.letter in plan.letters.titles else None,
        "digest_url": plan.links.page(addresses.digest_folder(day)) if day else None,
        "sections": [
            {"title": section.name or None, "items": [_item(item) for item in section.items]}
            for section in sections
        ],
    }


def _item(item: LetterItem) -> dict[str, object]:
    return {
        "story": item.name or None,
        "title": item.title or None,
        "excerpt": text.fold(item.excerpt) or None,
        "url": urls.fetchable(item.href) or None,
        "source": item.place or None,
    }


def _place(issue: ShelvedIssue) -> str:
    return _places.item_place("issues", addresses.record_name(issue.record.path))
