"""Files of topics, sources, editors' lists and newsletters, lists of each, and the API's index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from copydesk.kit import text, urls
from copydesk.news import ReadingList, Story, Topic
from copydesk.placement import addresses
from copydesk.publish import _records, newsletters
from copydesk.publish._entries import LETTER, LIST, PUBLISHER, TOPIC
from copydesk.publish._plan import Output, SitePlan, make
from copydesk.publish._story_reader import ListedStories
from copydesk.publish.api.v2 import _shape
from copydesk.publish.newsletters import LetterItem, ShelvedIssue
from copydesk.publish.writing import Sheet

NEWEST = 100


OUTPUTS: tuple[Output[_shape.Shapes], ...] = (
    Output(
        key=TOPIC,
        place=partial(_shape.item_place, "topics"),
        values=lambda plan: (topic.id for topic in plan.topics),
        make=lambda shapes, id_: _topic_file(id_, shapes),
        is_fixed=True,
    ),
    Output(
        key=PUBLISHER,
        place=partial(_shape.item_place, "sources"),
        values=lambda plan: sorted(plan.by_publisher),
        make=lambda shapes, domain: _source_file(domain, shapes),
    ),
    Output(
        key=LIST,
        place=partial(_shape.item_place, "lists"),
        values=lambda plan: plan.lists,
        make=lambda shapes, list_id: _list_file(list_id, shapes),
    ),
)


def sheets(shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Yield the files of topics, sources and editors' lists, all in lists, the API's first file."""
    plan = shapes.plan
    for output in OUTPUTS:
        yield from make(output, shapes, plan)
    topics = [_topic(topic, plan) for topic in plan.topics]
    yield Sheet(_shape.index_place("topics"), _shape.document({"topics": topics}))
    sources = [
        _publisher(domain, stories, plan) for domain, stories in sorted(plan.by_publisher.items())
    ]
    yield Sheet(_shape.index_place("sources"), _shape.document({"sources": sources}))
    if plan.lists:
        made = [_reading_list(listed, plan) for listed in plan.lists.values()]
        yield Sheet(_shape.index_place("lists"), _shape.document({"lists": made}))
    yield Sheet(_shape.INDEX, _shape.document(_entrance(plan)))


def _topic_file(id_: str, shapes: _shape.Shapes) -> Iterator[Sheet]:
    plan = shapes.plan
    topic = next(topic for topic in plan.topics if topic.id == id_)
    newest = _newest(plan.by_topic.get(id_, ()), shapes)
    yield Sheet(_shape.item_place("topics", id_), _shape.document(_topic(topic, plan) | newest))


def _source_file(domain: str, shapes: _shape.Shapes) -> Iterator[Sheet]:
    stories = shapes.plan.by_publisher[domain]
    whole = _publisher(domain, stories, shapes.plan) | _newest(stories, shapes)
    yield Sheet(_shape.item_place("sources", domain), _shape.document(whole))


def _list_file(list_id: str, shapes: _shape.Shapes) -> Iterator[Sheet]:
    listed = shapes.plan.lists[list_id]
    stories = [
        {**shapes.reference(story), "words": text.fold(words) or None}
        for story, words in shapes.plan.read_list(listed)
    ]
    whole = {**_reading_list(listed, shapes.plan), "stories": stories}
    yield Sheet(_shape.item_place("lists", list_id), _shape.document(whole))


def _newest(stories: Sequence[Story], shapes: _shape.Shapes) -> dict[str, object]:
    return {"stories": [shapes.reference(story) for story in stories[:NEWEST]]}


def _topic(topic: Topic, plan: SitePlan) -> dict[str, object]:
    by_name = {other.name: other for other in plan.topics}
    parent = by_name.get(topic.parent)
    folder = addresses.topic_folder(topic.id)
    return {
        "id": topic.id,
        "name": text.fold(topic.name),
        "description": text.fold(topic.description) or None,
        "parent": parent.id if parent else None,
        "url": plan.links.page(folder),
        "api_url": _shape.address(_shape.item_place("topics", topic.id), plan),
        "feed_url": plan.links.page(f"{folder}feed.json"),
        "count": len(plan.by_topic.get(topic.id, ())),
    }


def _publisher(domain: str, stories: ListedStories, plan: SitePlan) -> dict[str, object]:
    """Return a publisher under the name that its newest story gives it."""
    newest = stories.entries[0]
    known = plan.beat.organizations.get(domain)
    folder = addresses.source_folder(domain)
    return {
        "domain": domain,
        "name": newest.publisher or domain,
        "owner": (known.owner or None) if known else None,
        "is_official": domain in plan.official,
        "is_known": known is not None,
        "trust": newest.trust,
        "url": plan.links.page(folder),
        "api_url": _shape.address(_shape.item_place("sources", domain), plan),
        "feed_url": plan.links.page(f"{folder}feed.json"),
        "count": len(stories),
    }


def _reading_list(listed: ReadingList, plan: SitePlan) -> dict[str, object]:
    """Return a list that an editor made; who that is its readers are not told."""
    folder = addresses.list_folder(listed.id)
    return {
        "id": listed.id,
        "title": text.fold(listed.title),
        "description": listed.description or None,
        "updated_at": _shape.moment(listed.updated_at),
        "url": plan.links.page(folder),
        "api_url": _shape.address(_shape.item_place("lists", listed.id), plan),
        "feed_url": plan.links.page(f"{folder}feed.json"),
        "count": sum(1 for _ in plan.read_list(listed)),
    }


def _entrance(plan: SitePlan) -> dict[str, object]:
    lists = ["stories", "topics", "sources", "groups"]
    lists += ["lists"] if plan.lists else []
    lists += ["letters"] if plan.letters.issues else []
    return {
        "title": text.fold(plan.beat.title),
        "url": plan.links.page(""),
        "language": plan.beat.locale,
        "timezone": plan.beat.timezone,
        "latest_url": _shape.address(_shape.LATEST, plan),
        **{f"{kind}_url": _shape.address(_shape.index_place(kind), plan) for kind in lists},
        "openapi_url": _shape.address(f"{_shape.ROOT}openapi.json", plan),
    }


_NEWEST = 100


def letter_sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the files of letters, where there are any and one of their issues changed."""
    shelf = plan.letters
    if not shelf.issues or not plan.wanted.of_key(LETTER.name):
        return
    letters = [_letter(letter, plan) for letter in shelf.titles]
    yield Sheet(_shape.index_place("letters"), _shape.document({"letters": letters}))
    for letter in letters:
        id_ = str(letter["id"])
        issues = [_reference(issue, plan) for issue in shelf.of_letter(id_)[:_NEWEST]]
        whole = {**letter, "issues": issues}
        yield Sheet(_shape.item_place("letters", id_), _shape.document(whole))
    for issue in shelf.issues:
        if plan.wanted(LETTER.name, issue.record.path):
            yield Sheet(_place(issue), _shape.document(_issue(issue, plan)))


def _letter(letter: str, plan: SitePlan) -> dict[str, object]:
    is_listed = letter in plan.letters.listed_titles
    folder = addresses.letter_folder(letter) if is_listed else "newsletters/"
    return {
        "id": letter,
        "title": plan.letters.titles[letter],
        "url": plan.links.page(folder),
        "api_url": _shape.address(_shape.item_place("letters", letter), plan),
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
        "api_url": _shape.address(_place(issue), plan),
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
    return _shape.item_place("issues", addresses.record_name(issue.record.path))
