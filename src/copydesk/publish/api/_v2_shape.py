"""Convert stories to the JSON objects of the second API and to ninjs (IPTC's News in JSON), and
make the paths of its files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import quote

from copydesk.kit import dates, text, urls
from copydesk.news import Provider, Reason, Story, Topic
from copydesk.news.story import EventKind, Related
from copydesk.news.summary import Summary, Translation
from copydesk.placement import addresses
from copydesk.publish import _pictures, developments
from copydesk.publish.api import encoding
from copydesk.rendering import Strings, language_tag, load_strings, render_note

if TYPE_CHECKING:
    from copydesk.catalogue.page_entries import StoryEntry
    from copydesk.publish._plan import SitePlan

INDEX = f"{addresses.API}index.json"
STORIES = f"{addresses.API}stories/index.json"
LATEST = f"{addresses.API}stories/latest.json"


@dataclass(slots=True)
class Shapes:
    """Converts a site's stories to the JSON objects of the second API.

    `strings` are the site's own words; without them those of its language are used.
    """

    plan: SitePlan
    strings: Strings | None = None
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
            "duration_seconds": dates.parse_length(story.length) or None,
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
            "changes": list(
                map(describe_change, developments.list_changes_of(story, plan.concealed))
            ),
            "ninjs_url": plan.links.api_address(addresses.ninjs_file(story.path)),
            **_list_authors(story),
            **({"additions": additions} if (additions := self._additions(story)) else {}),
            **({"note": note} if (note := text.tidy(story.note)) else {}),
            **self._list_texts(story),
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
            "api_url": self.plan.links.api_address(story_place(story)),
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
            "id": (id_ := addresses.api_group(story.group)),
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

    def _list_texts(self, story: Story) -> dict[str, object]:
        """Return a story's summary and translated headline, without those that there are not."""
        summary, made = self.plan.find_summary(story), developments.find_translation(story)
        told: dict[str, object] = {}
        if summary is not None:
            sentences = [
                {"text": text.fold(one.text), "stories": [*one.stories]}
                for one in summary.sentences
            ]
            told["summary"] = {
                "text": text.fold(summary.text),
                "sentences": sentences,
                **self._authorship(summary, story),
                "stale": bool(summary.stale),
            }
        if made is not None:
            titles = {"title": text.fold(made.title), "original": text.fold(made.original)}
            told["translation"] = titles | self._authorship(made, story)
        return told

    def _authorship(self, written: Summary | Translation, story: Story) -> dict[str, object]:
        review, find_report = written.review, self.plan.find_report
        return {
            "by": developments.name_author(written) or None,
            "author": written.author,
            "language": written.language if language_tag(written.language) else None,
            "written_at": moment(written.at),
            "reviewed": {
                "by": developments.name_person(review.by) or None,
                "at": moment(review.at),
                "opened": [name for name in review.opened if find_report(name, story)],
                "changed": bool(review.changed),
            }
            if review
            else None,
            "label": self.say_label(written),
        }

    def say_label(self, written: Summary | Translation) -> str:
        """Return who wrote and reviewed a text, in the site's words."""
        return developments.say_label(written, self.strings or load_strings(self.plan.beat.locale))

    def _original(self, story: Story) -> dict[str, object] | None:
        entry = self.plan.groups.public(story.copy_of)
        return next(iter(self.references([entry] if entry else [])), None)

    def _address(self, kind: str, name: str) -> str:
        return self.plan.links.api_address(addresses.api_file(kind, name))


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


def describe_change(change: developments.Change) -> dict[str, object]:
    """Return the JSON form of a change of a story, with the words that pages show of it."""
    event = change.event
    words = {EventKind.OTHER: event.what, EventKind.CORRECTED: event.values.get("why")}
    return {
        "at": moment(dates.parse(event.at)),
        "kind": event.kind,
        "old": change.old or None,
        "new": change.new or None,
        "words": words.get(event.kind) or None,
    }


def page_place(number: int) -> str:
    """Return the path of the API file with the stories of an archive page."""
    return f"{addresses.API}stories/pages/{number}.json"


def story_place(told: Story | StoryEntry) -> str:
    """Return the path of a story's file in the API."""
    return addresses.api_file("stories", addresses.record_name(told.path))


def index_place(kind: str) -> str:
    """Return the path of the API file that lists all items of a kind, such as all topics."""
    return f"{addresses.API}{kind}/index.json"


def document(value: object) -> bytes:
    """Encode one file of the API as compact JSON with a final line feed."""
    return encoding.compact(value) + b"\n"


def listing(head: Mapping[str, object], key: str, fragments: Iterable[bytes]) -> bytes:
    """Encode a JSON object whose last value is a list of items that are already encoded."""
    opening = encoding.compact(head)[:-1]
    comma = b"," if head else b""
    return opening + comma + encoding.compact(key) + b":[" + b",".join(fragments) + b"]}\n"


# Stories and groups as ninjs (iptc.org/standards/ninjs). What is unknown has no key there.

_SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"
_STANDARD = {"name": "ninjs", "version": "3.1", "schema": _SCHEMA}
_BY_MODEL = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_NINJS: dict[str, object] = {"standard": _STANDARD, "pubStatus": "usable"}
_OF_LEADER = ("headlines", "language", "firstCreated", "contentCreated", "subjects", "genres")
# RFC 3986, section 2; browsers send other characters as they are, such as those of `?id[]=1`
_NO_URI = re.compile(r"%(?![0-9A-Fa-f]{2})|[^\w.~:/?#@!$&'()*+,;=%-]", re.ASCII)


def make_ninjs(story: Story, shapes: Shapes) -> dict[str, object]:
    """Return a story as a ninjs 3.1 document, with what its page shows."""
    plan = shapes.plan
    page = plan.links.page(addresses.story_folder(story.path))
    note = _say("note", render_note(story.note), "text/html")
    background = (plan.read(entry.path) for entry in plan.groups.background(story))
    forbidden = text.fold(", ".join(story.refuses))
    summary = plan.find_summary(story)
    times = [*_list_times(story, plan), *([dates.utc(summary.at)] if summary else [])]
    return _keep(
        **_describe_item(story, page),
        **_NINJS,
        representationType="full" if story.is_own else "partial",
        language=story.language if language_tag(story.language) else "",
        firstCreated=moment(story.published_at),
        versionCreated=moment(max(times, default=None)),
        descriptions=_say("excerpt", text.fold(story.excerpt)) + ([] if story.is_own else note),
        bodies=note if story.is_own else [],
        by=", ".join(text.fold(author.name) for author in story.authors),
        usageTerms=f"The publisher forbids: {forbidden}." if forbidden else "",
        infoSources=[
            *_list_publishers(story),
            *_name_party(story.credit, "agency"),
            *_name_site("publisher" if story.is_own else "aggregator", plan),
        ],
        subjects=[_subject(name, plan) for name in story.topics],
        genres=_name_party(story.category),
        renditions=[_link("web", page, "text/html"), *_list_originals(story)],
        associations=[
            *_list_pictures(story, plan),
            *_list_coverage(story, plan),
            *(_associate_story(other, "background", plan) for other in background if other),
            *([_associate_summary(summary, f"{page}#summary", shapes)] if summary else []),
        ],
    )


def make_group_ninjs(leader: Story, uri: str, shapes: Shapes) -> dict[str, object]:
    """Return a group as a ninjs 3.1 document: its stories, the main one first, then coverage."""
    plan = shapes.plan
    found = (plan.read(entry.path) for entry in plan.groups.members(leader.group))
    others = [story for story in found if story is not None and story.path != leader.path]
    whole = make_ninjs(leader, shapes)
    times = chain.from_iterable(_list_times(story, plan) for story in (leader, *others))
    return _keep(
        uri=uri,
        type="composite",
        **_NINJS,
        representationType="partial",
        **{key: whole.get(key) for key in _OF_LEADER},
        versionCreated=moment(max(times, default=None)),
        infoSources=_name_site("aggregator", plan),
        associations=[
            _associate_story(leader, "leader", plan),
            *(_associate_story(story, "member", plan) for story in others),
            *_list_coverage(leader, plan),
        ],
    )


def _keep(**values: object) -> dict[str, object]:
    """Return those of the values that are known, as ninjs has no null."""
    return {name: value for name, value in values.items() if value}


def _describe_item(told: Story | Related, uri: str) -> dict[str, object]:
    return {
        "uri": uri,
        "type": told.type if told.type in {"audio", "video"} else "text",
        "headlines": _say("main", text.fold(told.title)),
        "contentCreated": moment(told.published_at),
    }


def _list_times(story: Story, plan: SitePlan) -> list[datetime]:
    """Return the times of all that a document tells of a story: its changes, other reports."""
    changes = (
        dates.parse(change.event.at)
        for change in developments.list_changes_of(story, plan.concealed)
    )
    reports = (report.published_at for report in plan.coverages.of(story).others)
    known = (story.published_at, story.updated_at, *changes, *reports)
    return [dates.utc(at) for at in known if at]


def _say(role: str, value: str, media_type: str = "text/plain") -> list[dict[str, object]]:
    return [{"role": role, "contentType": media_type, "value": value}] if value else []


def _link(name: str, href: str, media_type: str = "") -> dict[str, object]:
    return _keep(name=name, href=href, contentType=media_type)


def _name_party(name: str, role: str = "", uri: str = "") -> list[dict[str, object]]:
    return [_keep(name=named, role=role, uri=uri)] if (named := text.fold(name)) else []


def _name_site(role: str, plan: SitePlan) -> list[dict[str, object]]:
    return _name_party(plan.beat.title, role, plan.links.page(""))


def _list_publishers(told: Story | Related) -> list[dict[str, object]]:
    if told.provider is None:
        return []
    domain = addresses.addressable_domain(told.provider.domain)
    home = _spell(f"https://{domain}/") if domain else ""
    return _name_party(text.fold(told.provider.name) or domain, "publisher", home)


def _subject(name: str, plan: SitePlan) -> dict[str, object]:
    ids = plan.above.get(name, ())[:1]
    uri = "".join(plan.links.page(addresses.topic_folder(id_)) for id_ in ids)
    return _keep(name=text.fold(name), rel="about", uri=uri)


def _list_originals(story: Story) -> Iterator[dict[str, object]]:
    if href := _spell(story.web_url) or _spell(story.original_url):
        yield _link("original", href) | _keep(duration=dates.parse_length(story.length))


def _list_pictures(story: Story, plan: SitePlan) -> Iterator[dict[str, object]]:
    if picture := _pictures.of(story, plan):
        shared = picture.shared
        href = _spell(shared.address)
        size = _keep(width=shared.width, height=shared.height)
        yield _keep(
            name="main picture",
            rel="picture",
            uri=href,
            type="picture",
            descriptions=_say("altText", picture.alt),
            by=picture.credit if picture.is_named else "",
            infoSources=_list_publishers(story),
            renditions=[_link("main", href, shared.type) | size],
        )


def _list_coverage(story: Story, plan: SitePlan) -> Iterator[dict[str, object]]:
    for report in plan.coverages.of(story).others:
        if uri := _spell(report.web_url):
            yield _associate(report, uri, "coverage")


def _associate_summary(summary: Summary, uri: str, shapes: Shapes) -> dict[str, object]:
    """Return the summary of a story's event as an object of its own, the only one by a model."""
    by_model = {"name": "trainedAlgorithmicMedia", "uri": _BY_MODEL}
    return _keep(
        name="summary",
        rel="summary",
        uri=uri,
        type="text",
        representationType="full",
        language=summary.language if language_tag(summary.language) else "",
        contentCreated=moment(summary.at),
        bodies=_say("summary", text.fold(summary.text)),
        by=shapes.say_label(summary),
        infoSources=_name_site("publisher", shapes.plan),
        digitalSourceType=by_model if summary.author == "model" else None,
    )


def _associate_story(story: Story, rel: str, plan: SitePlan) -> dict[str, object]:
    """Return a story of this site in short, with the URL of its own document."""
    page = plan.links.page(addresses.story_folder(story.path))
    own = plan.links.api_address(addresses.ninjs_file(story.path))
    return _associate(story, page, rel) | {"renditions": [_link("ninjs", own, "application/json")]}


def _associate(told: Story | Related, uri: str, rel: str) -> dict[str, object]:
    return _keep(
        name=text.fold(told.title) or uri,
        rel=rel,
        **_describe_item(told, uri),
        representationType="partial",
        infoSources=_list_publishers(told),
    )


def _spell(url: str) -> str:
    """Return a URL as RFC 3986 has it, "" if it is not http or https."""
    return _NO_URI.sub(lambda found: quote(found[0]), urls.fetchable(url) or "")
