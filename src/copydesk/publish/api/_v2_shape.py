"""Convert stories to the JSON objects of the second API, and make the paths and URLs of
its files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.kit import dates, lengths, text, urls
from copydesk.news import Provider, Reason, Story, Topic
from copydesk.news.story import Related
from copydesk.placement import addresses
from copydesk.publish import _pictures
from copydesk.publish.api import encoding
from copydesk.rendering import language_tag

if TYPE_CHECKING:
    from copydesk.catalogue.page_entries import StoryEntry
    from copydesk.publish._plan import SitePlan

ROOT = "api/v2/"
INDEX = f"{ROOT}index.json"
STORIES = f"{ROOT}stories/index.json"
LATEST = f"{ROOT}stories/latest.json"
_LISTS = frozenset({"index", "latest"})


@dataclass(slots=True)
class Shapes:
    """Converts a site's stories to the JSON objects of the second API."""

    plan: SitePlan
    _topics: Mapping[str, Topic] = field(init=False)
    _shown: dict[str, dict[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._topics = {topic.name: topic for topic in self.plan.topics}

    def leads(self, entry: StoryEntry) -> bool:
        """Return whether a story is the main one of its group (all stories about the
        same event).
        """
        leader = self.plan.groups.leader(entry.group) if entry.group else None
        return leader is not None and leader.path == entry.path

    def story(self, story: Story) -> dict[str, object]:
        """Return a story as the second API shows it, as a mapping with every key of the schema."""
        plan, coverage = self.plan, self.plan.coverages.of(story)
        return {
            **self.reference(story),
            "excerpt": text.fold(story.excerpt) or None,
            "type": story.type,
            "language": story.language if language_tag(story.language) else None,
            "original_url": urls.fetchable(story.web_url),
            "updated_at": moment(story.updated_at),
            "source": self.source(story.provider),
            "credit": text.fold(story.credit) or None,
            "access": story.access or None,
            "trust": story.trust,
            "duration_seconds": lengths.seconds(story.length) or None,
            "topics": list(map(self._topic, story.topics)),
            "quality": story.quality,
            "picture": _picture(story, plan),
            "group": self._group(story),
            "newsrooms": list(coverage.names),
            "coverage": [self._article(related) for related in coverage.others],
            "copies": [{"name": copy.name, "url": copy.href or None} for copy in coverage.reruns],
            "copy_of": self._original(story),
            "background": self.references(plan.groups.background(story)),
            "reasons": list(map(_reason, story.public_reasons)),
            **_list_authors(story),
            **({"additions": additions} if (additions := self._additions(story)) else {}),
            **({"note": note} if (note := text.tidy(story.note)) else {}),
        }

    def references(self, entries: Iterable[StoryEntry]) -> list[dict[str, object]]:
        """Return the short JSON forms of the given stories, without those whose file is gone."""
        found = (self.plan.read(entry.path) for entry in entries)
        return [self.reference(story) for story in found if story is not None]

    def reference(self, story: Story) -> dict[str, object]:
        """Return the short JSON form of a story (id, URLs, title, time, score) for API lists."""
        return {
            "id": addresses.record_name(story.path),
            "url": self.plan.links.page(addresses.story_folder(story.path)),
            "api_url": address(story_place(story), self.plan),
            "title": text.fold(story.title) or None,
            "published_at": moment(story.published_at),
            "heat": story.heat,
        }

    def source(self, provider: Provider | None) -> dict[str, object] | None:
        """Return the API's form of a story's publisher: name, domain, URL of its API file."""
        if provider is None:
            return None
        domain = addresses.addressable_domain(provider.domain)
        has_file = domain in self.plan.by_publisher
        return {
            "name": text.fold(provider.name) or None,
            "domain": domain or None,
            "api_url": self._address("sources", domain) if has_file else None,
        }

    def _topic(self, name: str) -> dict[str, object]:
        if name not in self._shown:
            topic = self._topics.get(name)
            self._shown[name] = {
                "id": topic.id if topic else None,
                "name": text.fold(name),
                "api_url": self._address("topics", topic.id) if topic else None,
            }
        return self._shown[name]

    def _group(self, story: Story) -> dict[str, object] | None:
        if not story.group:
            return None
        groups = self.plan.groups
        leader = groups.leader(story.group)
        return {
            "id": (id_ := group_id(story.group)),
            "api_url": self._address("groups", id_),
            "is_leader": leader is not None and leader.path == story.path,
            "members": [
                addresses.record_name(member.path) for member in groups.members(story.group)
            ],
        }

    def _article(self, related: Related) -> dict[str, object]:
        return {
            "title": text.fold(related.title) or None,
            "url": urls.fetchable(related.web_url),
            "published_at": moment(related.published_at),
            "source": self.source(related.provider),
        }

    def _additions(self, story: Story) -> list[dict[str, object]]:
        return [
            {"text": addition.text, "why": addition.why, "id": addition.story}
            | {"url": urls.fetchable(report.web_url), "source": self.source(report.provider)}
            for addition, report in self.plan.list_additions(story)
        ]

    def _original(self, story: Story) -> dict[str, object] | None:
        entry = self.plan.groups.public(story.copy_of)
        return next(iter(self.references([entry] if entry else [])), None)

    def _address(self, kind: str, name: str) -> str:
        return address(item_place(kind, name), self.plan)


def moment(value: datetime | None) -> str | None:
    """Format a time as RFC 3339 in UTC; return None for None."""
    return dates.rfc3339(value) if value else None


def _picture(story: Story, plan: SitePlan) -> dict[str, object] | None:
    picture = _pictures.of(story, plan)
    if picture is None:
        return None
    shared = picture.shared
    return {
        "url": shared.address,
        "width": shared.width or None,
        "height": shared.height or None,
        "type": shared.type or None,
        "alt": picture.alt or None,
        "credit": picture.credit or None,
    }


def _list_authors(story: Story) -> dict[str, object]:
    authors = [{"name": text.fold(by.name), "kind": by.kind or "person"} for by in story.authors]
    return {"authors": authors} if authors else {}


def _reason(reason: Reason) -> dict[str, object]:
    return {"about": reason.about or None, "points": reason.points, "why": text.fold(reason.why)}


def page_place(number: int) -> str:
    """Return the path of the API file with the stories of an archive page."""
    return f"{ROOT}stories/pages/{number}.json"


def story_place(told: Story | StoryEntry) -> str:
    """Return the path of a story's file in the API."""
    return item_place("stories", addresses.record_name(told.path))


def item_place(kind: str, name: str) -> str:
    """Return the path of the API file of one item (story, topic, …). Every name gives a valid path.

    A name that a list has, or that begins with a tilde, gets a tilde in front. A name that no file
    can have is replaced by its hash.
    """
    if not addresses.is_segment(f"~{name}.json"):
        name = f"~h-{_hash(name)}"
    elif name in _LISTS or name.startswith("~"):
        name = f"~{name}"
    return f"{ROOT}{kind}/{name}.json"


def group_id(name: str) -> str:
    """Return the API's id of a group of stories about the same event: a hash of the
    group's name.
    """
    return _hash(name)


def index_place(kind: str) -> str:
    """Return the path of the API file that lists all items of a kind, such as all topics."""
    return f"{ROOT}{kind}/index.json"


def address(place: str, plan: SitePlan) -> str:
    """Return the URL of a file of the API."""
    return f"{plan.links.api}/{addresses.quote_path(place)}"


def _hash(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=10).hexdigest()


def document(value: object) -> bytes:
    """Encode one file of the API as compact JSON with a final line feed."""
    return encoding.compact(value) + b"\n"


def listing(head: Mapping[str, object], key: str, fragments: Iterable[bytes]) -> bytes:
    """Encode a JSON object whose last value is a list of items that are already encoded."""
    opening = encoding.compact(head)[:-1]
    comma = b"," if head else b""
    return opening + comma + encoding.compact(key) + b":[" + b",".join(fragments) + b"]}\n"
