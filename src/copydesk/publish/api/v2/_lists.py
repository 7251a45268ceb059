"""Topics and sources, each in its file and all in a list; the way in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from copydesk.kit import text
from copydesk.news import Story, Topic
from copydesk.placement import addresses
from copydesk.publish._filed import ListedStories
from copydesk.publish._keys import PUBLISHER, TOPIC
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
)


def sheets(shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Yield the files of topics and sources, their lists, and the API's first file."""
    plan = shapes.plan
    for output in OUTPUTS:
        yield from make(output, shapes, plan)
    topics = [_topic(topic, plan) for topic in plan.topics]
    yield Sheet(_places.index("topics"), _write.document({"topics": topics}))
    sources = [
        _publisher(domain, stories, plan) for domain, stories in sorted(plan.by_publisher.items())
    ]
    yield Sheet(_places.index("sources"), _write.document({"sources": sources}))
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


def _entrance(plan: SitePlan) -> dict[str, object]:
    lists = ("stories", "topics", "sources", "groups")
    return {
        "title": text.fold(plan.beat.title),
        "url": plan.links.page(""),
        "language": plan.beat.locale,
        "timezone": plan.beat.timezone,
        "latest_url": _places.address(_places.LATEST, plan),
        **{f"{kind}_url": _places.address(_places.index(kind), plan) for kind in lists},
        "openapi_url": _places.address(f"{_places.ROOT}openapi.json", plan),
    }
