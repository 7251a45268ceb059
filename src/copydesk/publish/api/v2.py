"""Make the files of the second JSON API, `api/v2/`, from a site plan (docs/reference/api-v2.md).

Every object has every key of its schema, null where a value is unknown; only the keys under
`optional` in `tables/v2_files.toml` may be missing. Pages are numbered from
the oldest, so that a new story changes only the last page and the lists that it is in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import TypeAlias

from copydesk.catalogue import page_entries
from copydesk.kit import tables, text, urls
from copydesk.news import Story, Topic
from copydesk.news.edition import ReadingList
from copydesk.placement import addresses
from copydesk.publish import _plan, _story_reader
from copydesk.publish._plan import ARCHIVE, AnyOutput, Output, SitePlan, make
from copydesk.publish._story_reader import ListedStories
from copydesk.publish.api import _v2_shape, encoding
from copydesk.publish.api._v2_shape import Shapes
from copydesk.publish.developments import CHANGED, list_changes
from copydesk.publish.issues import LetterItem, ShelvedIssue, read_sections
from copydesk.publish.writing import Sheet

_NEWEST = 100
_STORY_OUTPUTS: tuple[AnyOutput, ...] = (
    Output(key=page_entries.STORY, place=lambda name: addresses.api_file("stories", name)),
    Output(key=ARCHIVE, place=lambda number: _v2_shape.page_place(int(number))),
    Output(
        key=page_entries.GROUP,
        place=lambda group: addresses.api_file("groups", addresses.api_group(group)),
    ),
    Output(key=page_entries.STORY, place=partial(addresses.api_file, "ninjs/stories")),
    Output(
        key=page_entries.GROUP,
        place=lambda group: addresses.api_file("ninjs/groups", addresses.api_group(group)),
    ),
)
_LIST_OUTPUTS: tuple[Output[Shapes], ...] = (
    _plan.of_topics(
        partial(addresses.api_file, "topics"), lambda shapes, id_: _topic_file(id_, shapes)
    ),
    _plan.of_publishers(
        partial(addresses.api_file, "sources"), lambda shapes, domain: _source_file(domain, shapes)
    ),
    _plan.of_reading_lists(
        partial(addresses.api_file, "lists"), lambda shapes, list_id: _list_file(list_id, shapes)
    ),
    _plan.of_matters(
        lambda name: addresses.api_file("matters", addresses.matter_id(name)),
        lambda shapes, name: _matter_file(name, shapes),
    ),
)
OUTPUTS: tuple[AnyOutput, ...] = (*_STORY_OUTPUTS, *_LIST_OUTPUTS)


def lists(shapes: Shapes) -> Iterator[Sheet]:
    """Yield the second API's lists and description: all of its files that `page` does not make."""
    schema = sheets(shapes.plan) if shapes.plan.wanted.everything else ()
    letters = _letter_sheets(shapes.plan)
    return chain(_story_lists(shapes), _list_sheets(shapes), letters, schema)


def _story_lists(shapes: Shapes) -> Iterator[Sheet]:
    """Yield the API's lists of stories and of groups."""
    plan = shapes.plan
    if plan.wanted(page_entries.ALL.name):
        latest = [encoding.compact(shapes.story(story)) for story in plan.stories[:_NEWEST]]
        yield Sheet(_v2_shape.LATEST, _v2_shape.listing({}, "stories", latest))
        yield Sheet(_v2_shape.STORIES, _v2_shape.document(_index(plan)))
        yield from _groups(shapes)


def page(number: int, shapes: Shapes) -> Iterator[Sheet]:
    """Yield the second API's files for an archive page: the page, its stories, the groups that they
    lead.
    """
    plan = shapes.plan
    is_page = plan.wanted(ARCHIVE.name, str(number))
    made: list[bytes] = []
    for entry in reversed(list(plan.archive(number).entries)):
        is_told = is_page or plan.wanted(page_entries.STORY.name, entry.name)
        is_group = plan.wanted(page_entries.GROUP.name, entry.group) and shapes.leads(entry)
        story = plan.read(entry.path) if is_told or is_group else None
        if story is None:
            continue
        whole = shapes.story(story)
        if is_told:
            made.append(encoding.compact(whole))
            yield Sheet(_v2_shape.story_place(story), made[-1] + b"\n")
        if plan.wanted(page_entries.STORY.name, entry.name):
            ninjs = _v2_shape.make_ninjs(story, shapes)
            yield Sheet(addresses.ninjs_file(story.path), _v2_shape.document(ninjs))
        if is_group:
            yield from _group_files(story, whole, shapes)
    if is_page:
        yield Sheet(_v2_shape.page_place(number), _page(number, made, plan))


def _page(number: int, stories: list[bytes], plan: SitePlan) -> bytes:
    """Return the API's file of an archive page, oldest story first, so that it grows at its end."""

    def link(other: int) -> str | None:
        is_there = 0 < other <= plan.archive_pages
        return plan.links.api_address(_v2_shape.page_place(other)) if is_there else None

    head = {"page": number, "older_url": link(number - 1), "newer_url": link(number + 1)}
    return _v2_shape.listing(head, "stories", stories)


def _index(plan: SitePlan) -> dict[str, object]:
    last = plan.archive_pages
    return {
        "count": len(plan.stories),
        "pages": last,
        "latest_url": plan.links.api_address(_v2_shape.LATEST),
        "oldest_page_url": plan.links.api_address(_v2_shape.page_place(1)) if last else None,
        "newest_page_url": plan.links.api_address(_v2_shape.page_place(last)) if last else None,
    }


def _groups(shapes: Shapes) -> Iterator[Sheet]:
    """Yield the list of the groups with the newest stories."""
    plan = shapes.plan
    if not plan.wanted.of_key(page_entries.GROUP.name):
        return
    newest = ((name, _leader(name, plan)) for name in islice(plan.index.groups(), _NEWEST))
    listed = [_group_in_list(name, leader, shapes) for name, leader in newest if leader is not None]
    yield Sheet(_v2_shape.index_place("groups"), _v2_shape.document({"groups": listed}))


def _leader(group: str, plan: SitePlan) -> Story | None:
    entry = plan.groups.leader(group)
    return None if entry is None else plan.read(entry.path)


def _group_in_list(group: str, leader: Story, shapes: Shapes) -> dict[str, object]:
    id_ = addresses.api_group(group)
    return {
        "id": id_,
        "api_url": shapes.plan.links.api_address(addresses.api_file("groups", id_)),
        "leader": shapes.reference(leader),
        "newsrooms": shapes.plan.coverages.of(leader).newsrooms,
    }


def _group_files(leader: Story, whole: Mapping[str, object], shapes: Shapes) -> Iterator[Sheet]:
    """Yield the files of a group of stories about one event, by the form of its main story."""
    id_ = addresses.api_group(leader.group)
    ninjs = addresses.api_file("ninjs/groups", id_)
    uri = shapes.plan.links.api_address(ninjs)
    group = {
        "id": id_,
        "leader": shapes.reference(leader),
        "members": shapes.references(shapes.plan.groups.members(leader.group)),
        "newsrooms": whole["newsrooms"],
        "coverage": whole["coverage"],
        "copies": whole["copies"],
        "ninjs_url": uri,
    }
    yield Sheet(addresses.api_file("groups", id_), _v2_shape.document(group))
    yield Sheet(ninjs, _v2_shape.document(_v2_shape.make_group_ninjs(leader, uri, shapes)))


def _list_sheets(shapes: Shapes) -> Iterator[Sheet]:
    """Yield the files of topics, sources and reading lists, lists of each, and the API's index."""
    plan = shapes.plan
    for output in _LIST_OUTPUTS:
        yield from make(output, shapes, plan)
    topics = [_topic(topic, plan) for topic in plan.topics]
    yield Sheet(_v2_shape.index_place("topics"), _v2_shape.document({"topics": topics}))
    sources = [
        _publisher(domain, stories, plan) for domain, stories in sorted(plan.by_publisher.items())
    ]
    yield Sheet(_v2_shape.index_place("sources"), _v2_shape.document({"sources": sources}))
    yield from _matter_list(shapes)
    yield from _change_list(shapes)
    if plan.lists:
        made = [_reading_list(listed, plan) for listed in plan.lists.values()]
        yield Sheet(_v2_shape.index_place("lists"), _v2_shape.document({"lists": made}))
    yield Sheet(_v2_shape.INDEX, _v2_shape.document(_entrance(plan)))


def _topic_file(id_: str, shapes: Shapes) -> Iterator[Sheet]:
    plan = shapes.plan
    topic = next(topic for topic in plan.topics if topic.id == id_)
    newest = _newest(plan.by_topic.get(id_, ()), shapes)
    yield Sheet(addresses.api_file("topics", id_), _v2_shape.document(_topic(topic, plan) | newest))


def _source_file(domain: str, shapes: Shapes) -> Iterator[Sheet]:
    stories = shapes.plan.by_publisher[domain]
    whole = _publisher(domain, stories, shapes.plan) | _newest(stories, shapes)
    yield Sheet(addresses.api_file("sources", domain), _v2_shape.document(whole))


def _list_file(list_id: str, shapes: Shapes) -> Iterator[Sheet]:
    listed = shapes.plan.lists[list_id]
    stories = [
        {**shapes.reference(story), "words": text.fold(words) or None}
        for story, words in shapes.plan.read_list(listed)
    ]
    whole = {**_reading_list(listed, shapes.plan), "stories": stories}
    yield Sheet(addresses.api_file("lists", list_id), _v2_shape.document(whole))


def _matter_list(shapes: Shapes) -> Iterator[Sheet]:
    """Yield the list of the newest matters, where there are any."""
    plan = shapes.plan
    if plan.matters.counts and plan.wanted.of_key(page_entries.MATTER.name):
        matters = [_matter(name, plan) for name in plan.matters.list_newest()]
        yield Sheet(_v2_shape.index_place("matters"), _v2_shape.document({"matters": matters}))


def _change_list(shapes: Shapes) -> Iterator[Sheet]:
    """Yield the list of the newest changes, each with its story in short."""
    if shapes.plan.wanted.of_key(CHANGED.name):
        changes = [
            {**_v2_shape.describe_change(change), "story": shapes.reference(story)}
            for change, story in list_changes(
                shapes.plan.listed[CHANGED.name], shapes.plan.concealed
            )
        ]
        yield Sheet(_v2_shape.index_place("changes"), _v2_shape.document({"changes": changes}))


def _matter_file(name: str, shapes: Shapes) -> Iterator[Sheet]:
    """Yield the file of a matter: its newest events, each by its main story, oldest first."""
    entries = shapes.plan.events_of(name)
    whole = {**_matter(name, shapes.plan), "events": shapes.references(reversed(entries))}
    place = addresses.api_file("matters", addresses.matter_id(name))
    yield Sheet(place, _v2_shape.document(whole))


def _matter(name: str, plan: SitePlan) -> dict[str, object]:
    folder, id_ = addresses.matter_folder(name), addresses.matter_id(name)
    return {
        "id": id_,
        "title": plan.matters.title(name) or None,
        "url": plan.links.page(folder),
        "api_url": plan.links.api_address(addresses.api_file("matters", id_)),
        "feed_url": plan.links.page(f"{folder}feed.json"),
        "count": plan.matters.counts[name],
    }


def _newest(stories: Sequence[Story], shapes: Shapes) -> dict[str, object]:
    return {"stories": [shapes.reference(story) for story in stories[:_NEWEST]]}


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
        "api_url": plan.links.api_address(addresses.api_file("topics", topic.id)),
        "feed_url": plan.links.page(f"{folder}feed.json"),
        "count": len(plan.by_topic.get(topic.id, ())),
    }


def _publisher(domain: str, stories: ListedStories, plan: SitePlan) -> dict[str, object]:
    """Return a publisher as the API shows it, with the name that its newest story gives it."""
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
        "api_url": plan.links.api_address(addresses.api_file("sources", domain)),
        "feed_url": plan.links.page(f"{folder}feed.json"),
        "count": len(stories),
    }


def _reading_list(listed: ReadingList, plan: SitePlan) -> dict[str, object]:
    """Return an editors' reading list as the API shows it, without the name of the editor."""
    folder = addresses.list_folder(listed.id)
    return {
        "id": listed.id,
        "title": text.fold(listed.title),
        "description": listed.description or None,
        "updated_at": _v2_shape.moment(listed.updated_at),
        "url": plan.links.page(folder),
        "api_url": plan.links.api_address(addresses.api_file("lists", listed.id)),
        "feed_url": plan.links.page(f"{folder}feed.json"),
        "count": sum(1 for _ in plan.read_list(listed)),
    }


def _entrance(plan: SitePlan) -> dict[str, object]:
    lists = ["stories", "topics", "sources", "groups", "changes"]
    lists += ["matters"] if plan.matters.counts else []
    lists += ["lists"] if plan.lists else []
    lists += ["letters"] if plan.letters.issues else []
    return {
        "title": text.fold(plan.beat.title),
        "url": plan.links.page(""),
        "language": plan.beat.locale,
        "timezone": plan.beat.timezone,
        "latest_url": plan.links.api_address(_v2_shape.LATEST),
        **{f"{kind}_url": plan.links.api_address(_v2_shape.index_place(kind)) for kind in lists},
        "openapi_url": plan.links.api_address(f"{addresses.API}openapi.json"),
    }


def _letter_sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the files of newsletters, if there are issues and one of them changed."""
    shelf = plan.letters
    if not shelf.issues or not plan.wanted.of_key(page_entries.LETTER.name):
        return
    letters = [_letter(letter, plan) for letter in shelf.titles]
    yield Sheet(_v2_shape.index_place("letters"), _v2_shape.document({"letters": letters}))
    for letter in letters:
        id_ = str(letter["id"])
        issues = [_reference(issue, plan) for issue in shelf.of_letter(id_)[:_NEWEST]]
        whole = {**letter, "issues": issues}
        yield Sheet(addresses.api_file("letters", id_), _v2_shape.document(whole))
    for issue in shelf.issues:
        if plan.wanted(page_entries.LETTER.name, issue.record.path):
            yield Sheet(_place(issue), _v2_shape.document(_issue(issue, plan)))


def _letter(letter: str, plan: SitePlan) -> dict[str, object]:
    is_listed = letter in plan.letters.listed_titles
    folder = addresses.letter_folder(letter) if is_listed else "newsletters/"
    return {
        "id": letter,
        "title": plan.letters.titles[letter],
        "url": plan.links.page(folder),
        "api_url": plan.links.api_address(addresses.api_file("letters", letter)),
        "feed_url": plan.links.page(f"{folder}feed.json"),
        "count": len(plan.letters.of_letter(letter)),
    }


def _reference(issue: ShelvedIssue, plan: SitePlan) -> dict[str, object]:
    record, at = issue.record, issue.record.fields.get("publishedDateTime")
    return {
        "id": addresses.record_name(record.path),
        "title": _story_reader.first_text(record, "title") or None,
        "subject": issue.subject or None,
        "excerpt": _story_reader.first_text(record, "excerpt") or None,
        "published_at": _v2_shape.moment(at if isinstance(at, datetime) else None),
        "url": plan.links.page(_story_reader.page_folder(record)),
        "api_url": plan.links.api_address(_place(issue)),
    }


def _issue(issue: ShelvedIssue, plan: SitePlan) -> dict[str, object]:
    day = plan.letters.digest_of(issue)
    sections = read_sections(issue.record.body)
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
    return addresses.api_file("issues", addresses.record_name(issue.record.path))


Schema: TypeAlias = dict[str, object]

_PARAMETERS = {
    "number": ("The page's number; 1 is the oldest.", {"type": "integer", "minimum": 1}),
    "id": ("The object's id, as lists give it. `api_url` is the whole URL.", {"type": "string"}),
    "domain": ("The publisher's registrable domain.", {"type": "string"}),
}
_OF_LETTERS = frozenset({"letters", "letter", "issue"})
_LIST, _MOST = "list of ", 100
_TIMES = ", RFC 3339 in UTC."
_PLAIN = tables.read_rows(__package__, "v2_types.toml", dict[str, object])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """An object of the API: what it is, and the type and the description of each of its keys.

    `extends` names an object whose keys come first; keys of `optional` may be absent.
    """

    about: str
    keys: Mapping[str, tuple[str, ...]]
    extends: str = ""
    optional: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_PARTS = tables.read_rows(__package__, "v2_parts.toml", _Shape)
_FILES = tables.read_rows(__package__, "v2_files.toml", _Shape)


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the files that describe the second API: `openapi.json` and `schema/*.json`."""
    for name, schema in _list_kinds(plan).items():
        place = f"{addresses.API}schema/{name}.json"
        head = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": plan.links.api_address(place),
        }
        yield Sheet(place, _document({**head, **schema}))
    yield Sheet(f"{addresses.API}openapi.json", _document(_openapi(plan)))


def _document(value: object) -> bytes:
    """Encode a JSON document indented, so that people can read it, too."""
    return encoding.pretty(value) + b"\n"


def _openapi(plan: SitePlan) -> dict[str, object]:
    title = text.fold(plan.beat.title)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": title,
            "version": "2.0.0",
            "summary": f"The stories of {title}, with the reasons for their scores.",
            "description": (
                "Static files, without API key or rate limit. Every object has every key of its "
                "schema; null means that a value is not known. Later versions may add keys."
            ),
        },
        "servers": [{"url": plan.links.api_address(addresses.API).rstrip("/")}],
        "paths": {
            f"/{path}": _path(path, kind, says) for path, (kind, says) in _list_paths(plan).items()
        },
    }


def _path(path: str, kind: str, says: str) -> dict[str, object]:
    found = {"description": says, "content": {"application/json": {"schema": _refer_to(kind)}}}
    responses: dict[str, object] = {"200": found}
    parameters = [
        {"name": name, "in": "path", "required": True, "description": about, "schema": schema}
        for name, (about, schema) in _PARAMETERS.items()
        if f"{{{name}}}" in path
    ]
    if parameters:
        responses["404"] = {"description": "No object has this id."}
    get = {"operationId": kind, "summary": says, "responses": responses}
    return {"get": {**get, "parameters": parameters} if parameters else get}


def _refer_to(kind: str) -> Mapping[str, str]:
    return {"$ref": f"schema/{kind}.json"}


def _list_kinds(plan: SitePlan) -> dict[str, Schema]:
    """Return the schema of each kind of file that the site's API has."""
    paths = _list_paths(plan)
    return {kind: _describe_file(kind) for kind, _ in paths.values()}


def _list_paths(plan: SitePlan) -> Mapping[str, tuple[str, str]]:
    """Return the kind and the description of each path, without newsletters if there are none."""
    paths = tables.read_rows(__package__, "v2_paths.toml", tuple[str, str])
    if plan.letters.issues:
        return paths
    return {path: row for path, row in paths.items() if row[0] not in _OF_LETTERS}


def _describe_file(kind: str) -> Schema:
    if kind != "story":
        return _describe_object(_FILES[kind], "story.json#/$defs/")
    parts = {name: _describe_object(part, "#/$defs/") for name, part in _PARTS.items()}
    return {**_describe_object(_FILES[kind], "#/$defs/"), "$defs": parts}


def _describe_object(shape: _Shape, parts: str) -> Schema:
    """Return the schema of an object with its keys; later versions may add keys.

    `parts` is the address of the objects of "v2_parts.toml", as seen from the schema's file.
    """
    base = (_PARTS.get(shape.extends) or _FILES[shape.extends]).keys if shape.extends else {}
    keys = {**base, **shape.keys}
    return {
        "description": shape.about,
        "type": "object",
        "required": list(keys),
        "properties": {
            name: _describe(parts, *key) for name, key in {**keys, **shape.optional}.items()
        },
    }


def _describe(parts: str, spelled: str, about: str = "") -> Schema:
    """Return the schema of a value from its type, as the tables spell it, and its description."""
    kind = spelled.removesuffix("?")
    if kind.startswith(_LIST):
        items = _describe(parts, kind.removeprefix(_LIST))
        limit = {"maxItems": _MOST} if kind == f"{_LIST}story" else {}
        return {"description": about, "type": "array", "items": items, **limit}
    if kind in _PLAIN:
        plain = _PLAIN[kind]
        says = {"description": about + _TIMES if kind == "time" else about} if about else {}
        return {
            **says,
            **plain,
            "type": plain["type"] if kind == spelled else [plain["type"], "null"],
        }
    found: Schema = {"$ref": "story.json"}
    if kind in _PARTS:
        found = {"$ref": parts + kind}
    elif kind != "story":
        found = _describe_object(_FILES[kind], parts)
    return found if kind == spelled else {"oneOf": [found, {"type": "null"}]}
