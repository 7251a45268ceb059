"""Topics, sources and editors' lists, each in its file and all in a list; the way in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from copydesk.kit import text
from copydesk.news import ReadingList, Story, Topic
from copydesk.placement import addresses
from copydesk.publish._filed import ListedStories
from copydesk.publish._keys import LIST, PUBLISHER, TOPIC
from copydesk.publish._outputs import Output, make
from copydesk.publish._plan import SitePlan
from copydesk.publish.api.v2 import _places, _shape, _write
from copydesk.publish.writing import Sheet

NEWEST = 100


OUTPUTS: tuple[Output[_shape.Shapes], ...] = (
    Output(
        key=TOPIC,
        place=partial(_places.item_place, "topics"),
        values=lambda plan: (topic.id for topic in plan.topics),
        make=lambda shapes, id_: _topic_file(id_, shapes),
        is_fixed=True,
    ),
    Output(
        key=PUBLISHER,
        place=partial(_places.item_place, "sources"),
        values=lambda plan: sorted(plan.by_publisher),
        make=lambda shapes, domain: _source_file(domain, shapes),
    ),
    Output(
        key=LIST,
        place=partial(_places.item_place, "lists"),
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
    yield Sheet(_places.index("topics"), _write.document({"topics": topics}))
    sources = [
        _publisher(domain, stories, plan) for domain, stories in sorted(plan.by_publisher.items())
    ]
    yield Sheet(_places.index("sources"), _write.document({"sources": sources}))
    if plan.lists:
        made = [_reading_list(listed, plan) for listed in plan.lists.values()]
        yield Sheet(_places.index("lists"), _write.document({"lists": made}))
    yield Sheet(_places.INDEX, _write.document(_entrance(plan)))


def _topic_file(id_: str, shapes: _shape.Shapes) -> Iterator[Sheet]:
    plan = shapes.plan
    topic = next(topic for topic in plan.topics if topic.id == id_)
    newest = _newest(plan.by_topic.get(id_, ()), shapes)
    yield Sheet(_places.item_place("topics", id_), _write.document(_topic(topic, plan) | newest))


def _source_file(domain: str, shapes: _shape.Shapes) -> Iterator[Sheet]:
    stories = shapes.plan.by_publisher[domain]
    whole = _publisher(domain, stories, shapes.plan) | _newest(stories, shapes)
    yield Sheet(_places.item_place("sources", domain), _write.document(whole))


def _list_file(list_id: str, shapes: _shape.Shapes) -> Iterator[Sheet]:
    listed = shapes.plan.lists[list_id]
    stories = [
        {**shapes.reference(story), "words": text.fold(words) or None}
        for story, words in shapes.plan.read_list(listed)
    ]
    whole = {**_reading_list(listed, shapes.plan), "stories": stories}
    yield Sheet(_places.item_place("lists", list_id), _write.document(whole))


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
        "api_url": _places.address(_places.item_place("topics", topic.id), plan),
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
        "api_url": _places.address(_places.item_place("sources", domain), plan),
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
        "api_url": _places.address(_places.item_place("lists", listed.id), plan),
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
        "latest_url": _places.address(_places.LATEST, plan),
        **{f"{kind}_url": _places.address(_places.index(kind), plan) for kind in lists},
        "openapi_url": _places.address(f"{_places.ROOT}openapi.json", plan),
    }
