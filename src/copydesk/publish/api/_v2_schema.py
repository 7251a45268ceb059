"""Describe the second API: JSON Schema (2020-12) of each kind of file, and OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from copydesk.kit import text
from copydesk.publish._plan import SitePlan
from copydesk.publish.api import _v2_shape, encoding
from copydesk.publish.writing import Sheet

_PARAMETERS = {
    "number": (
        "The page's number; 1 is the oldest.",
        {"type": "integer", "minimum": 1},
    ),
    "id": ("The object's id, as lists give it. `api_url` is the whole URL.", {"type": "string"}),
    "domain": ("The publisher's registrable domain.", {"type": "string"}),
}
_PATHS = (
    ("index.json", "index", "The start page of the API: the URLs of all lists"),
    ("stories/index.json", "stories", "The numbers of stories and pages"),
    ("stories/latest.json", "latest", "The newest 100 stories, newest first"),
    ("stories/pages/{number}.json", "page", "A page of 100 stories, oldest first"),
    ("stories/{id}.json", "story", "One story"),
    ("topics/index.json", "topics", "All topics"),
    ("topics/{id}.json", "topic", "A topic and its newest 100 stories"),
    ("sources/index.json", "sources", "All publishers of stories"),
    ("sources/{domain}.json", "source", "A publisher and its newest 100 stories"),
    ("lists/index.json", "lists", "All reading lists by editors"),
    ("lists/{id}.json", "list", "A reading list by an editor, and its stories in order"),
    ("groups/index.json", "groups", "The 100 groups with the newest stories"),
    ("groups/{id}.json", "group", "All stories on one event"),
)
_LETTERS = (  # only on a site with newsletters
    ("letters/index.json", "letters", "All newsletters"),
    ("letters/{id}.json", "letter", "A newsletter and its newest 100 issues"),
    ("issues/{id}.json", "issue", "An issue of a newsletter, and its content"),
)
Schema: TypeAlias = dict[str, object]


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the files that describe the second API: `openapi.json` and `schema/*.json`."""
    letters = LETTERS if plan.letters.issues else {}
    for name, schema in (KINDS | letters).items():
        place = f"{_v2_shape.ROOT}schema/{name}.json"
        head = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": _v2_shape.address(place, plan),
        }
        yield Sheet(place, _document({**head, **schema}))
    yield Sheet(f"{_v2_shape.ROOT}openapi.json", _document(_openapi(plan)))


def _document(value: object) -> bytes:
    """Encode a JSON document indented, so that people can read it, too."""
    return encoding.pretty(value) + b"\n"


def _openapi(plan: SitePlan) -> dict[str, object]:
    title = text.fold(plan.beat.title)
    paths = (*_PATHS, *(_LETTERS if plan.letters.issues else ()))
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
        "servers": [{"url": _v2_shape.address(_v2_shape.ROOT, plan).rstrip("/")}],
        "paths": {f"/{path}": _path(path, kind, says) for path, kind, says in paths},
    }


def _path(path: str, kind: str, says: str) -> dict[str, object]:
    found = {"description": says, "content": {"application/json": {"schema": _reference(kind)}}}
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


def _reference(kind: str) -> Mapping[str, str]:
    return {"$ref": f"schema/{kind}.json"}


def _says(about: str, **schema: object) -> Schema:
    return {"description": about, **schema}


def _or_null(about: str, **schema: object) -> Schema:
    """Return a schema that allows a plain type or null."""
    return _says(about, **{**schema, "type": [schema["type"], "null"]})


def _text(about: str) -> Schema:
    return _says(about, type="string")


def _maybe(about: str) -> Schema:
    return _or_null(about, type="string")


def _url(about: str) -> Schema:
    return _says(about, type="string", format="uri")


def _maybe_url(about: str) -> Schema:
    return _or_null(about, type="string", format="uri")


def _time(about: str) -> Schema:
    return _or_null(f"{about}, RFC 3339 in UTC.", type="string", format="date-time")


def _count(about: str) -> Schema:
    return _says(about, type="integer", minimum=0)


def _list(about: str, items: Schema) -> Schema:
    return _says(about, type="array", items=items)


def _object(about: str, keys: Mapping[str, Schema]) -> Schema:
    """Return the schema of an object with all these keys; later versions may add keys."""
    return _says(about, type="object", required=list(keys), properties=dict(keys))


def _or_none(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def _refer_to(name: str) -> Schema:
    return {"$ref": f"story.json#/$defs/{name}"}


_REFERENCE = {
    "id": _text("The story's id, which never changes: the name of its file in the newsroom."),
    "url": _url("The story's page on this site, which never changes."),
    "api_url": _url("The story's file in this API."),
    "title": _maybe("The story's headline."),
    "published_at": _time("Time when the publisher published the story"),
    "heat": _or_null(
        "The story's heat (how current and widely covered it is), -1 for a story that is not the "
        "main story of its group.",
        type="integer",
    ),
}
_SOURCE = {
    "name": _maybe("The publisher's name."),
    "domain": _maybe("The publisher's registrable domain."),
    "api_url": _maybe_url("The publisher's file in this API, null without published stories."),
}
_TOPIC = {
    "id": _maybe("The topic's id, null if the site no longer has the topic."),
    "name": _text("The topic's name."),
    "api_url": _maybe_url("The topic's file in this API."),
}
_RELATED = {
    "title": _maybe("The headline at the other publisher."),
    "url": _maybe_url("The URL of the other article."),
    "published_at": _time("Time when the other article was published"),
    "source": _or_none({"$ref": "#/$defs/source"}),
}
_COPY = {
    "name": _text("The publisher of the copy."),
    "url": _maybe_url("The URL of the copy."),
}
_GROUP = {
    "id": _text("The group's id, which never changes."),
    "api_url": _url("The group's file in this API."),
    "is_leader": _says("Whether this story is the main story of its group.", type="boolean"),
    "members": _list("The ids of the group's published stories, newest first.", {"type": "string"}),
}
_PICTURE = {
    "url": _url("The URL of the picture."),
    "width": _or_null("The picture's width in pixels.", type="integer", minimum=1),
    "height": _or_null("The picture's height in pixels.", type="integer", minimum=1),
    "type": _maybe("The picture's MIME type."),
    "alt": _maybe("A description of the picture."),
    "credit": _maybe("The picture's credit."),
}
_REASON = {
    "about": _maybe("The subject: quality, heat, published, copy, title, or `topic NAME`."),
    "points": _or_null("The points of the reason, null if it has none.", type="integer"),
    "why": _text("The reason in words."),
}
_DEFS = {
    "reference": _object("A story in short.", _REFERENCE),
    "source": _object("A publisher in short.", _SOURCE),
    "topic": _object("A topic in short.", _TOPIC),
    "related": _object("Another publisher's article on the same event.", _RELATED),
    "copy": _object("A copy of the story's text at another publisher.", _COPY),
    "group": _object("The story's group (stories on the same event).", _GROUP),
    "picture": _object("A picture.", _PICTURE),
    "reason": _object("A reason for a number or a label.", _REASON),
}


def _own(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


_STORY = {
    **_REFERENCE,
    "excerpt": _maybe("The story's excerpt."),
    "type": _text("The kind of the story: article, video or audio."),
    "language": _maybe("The story's language (BCP 47)."),
    "original_url": _maybe_url("The URL of the publisher's article."),
    "updated_at": _time("Time when the publisher changed the story"),
    "source": _or_none(_own("source")),
    "credit": _maybe("The news agency that wrote the text."),
    "access": _maybe("Access: free, metered, registration, teaser, paywalled or gone."),
    "trust": _or_null("Trust in the source, 0 to 100.", type="integer", minimum=0, maximum=100),
    "duration_seconds": _or_null("Duration of the video or audio.", type="integer", minimum=1),
    "topics": _list("The story's topics, in the order of its file.", _own("topic")),
    "quality": _or_null("The story's quality in points, from 0 to about 190.", type="integer"),
    "picture": _or_none(_own("picture")),
    "group": _or_none(_own("group")),
    "newsrooms": _list(
        "Independent publishers with stories on the event, one for each owner.", {"type": "string"}
    ),
    "coverage": _list("Articles of other publishers on the same event.", _own("related")),
    "copies": _list("Copies of the story's text at other publishers.", _own("copy")),
    "copy_of": _or_none(_own("reference")),
    "background": _list("Stories of this site on related events.", _own("reference")),
    "reasons": _list("The reasons for the story's status and numbers.", _own("reason")),
}
_SHORT_TOPIC = {
    "id": _text("The topic's id."),
    "name": _text("The topic's name."),
    "description": _maybe("The topic's description."),
    "parent": _maybe("The id of the topic above this topic."),
    "url": _url("The topic's page."),
    "api_url": _url("The topic's file in this API."),
    "feed_url": _url("The topic's JSON Feed."),
    "count": _count("The number of stories on the topic and on topics below it."),
}
_SHORT_SOURCE = {
    "domain": _text("The publisher's registrable domain."),
    "name": _text("The publisher's name."),
    "owner": _maybe("The publisher's owner."),
    "is_official": _says("Whether it is an official source of the site's subject.", type="boolean"),
    "is_known": _says("Whether the site has a file on this publisher.", type="boolean"),
    "trust": _or_null("Trust in the publisher, 0 to 100.", type="integer", minimum=0, maximum=100),
    "url": _url("The publisher's page."),
    "api_url": _url("The publisher's file in this API."),
    "feed_url": _url("The publisher's JSON Feed."),
    "count": _count("The number of the publisher's stories."),
}
_SHORT_LIST = {
    "id": _text("The list's id."),
    "title": _text("The list's title."),
    "description": _maybe("The list's description in Markdown."),
    "updated_at": _time("Time when an editor last changed the list"),
    "url": _url("The list's page."),
    "api_url": _url("The list's file in this API."),
    "feed_url": _url("The list's JSON Feed."),
    "count": _count("The number of the list's published stories."),
}
_CHOSEN = {**_REFERENCE, "words": _maybe("The editor's comment on the story.")}
_LISTED_GROUP = {
    "id": _text("The group's id, which never changes."),
    "api_url": _url("The group's file in this API."),
    "leader": _refer_to("reference"),
    "newsrooms": _count("The number of other independent publishers with stories on the event."),
}
_NEWEST = _list("The newest 100 stories, newest first.", _refer_to("reference"))
_STORIES = _says("Stories.", type="array", items={"$ref": "story.json"}, maxItems=100)

KINDS: dict[str, Schema] = {
    "index": _object(
        "The start page of the API.",
        {
            "title": _text("The site's title."),
            "url": _url("The site's URL."),
            "language": _text("The site's language (BCP 47)."),
            "timezone": _text("The site's time zone (IANA name)."),
            "latest_url": _url("The URL of the newest stories."),
            "stories_url": _url("The URL of the list of all story pages."),
            "topics_url": _url("The URL of the list of topics."),
            "sources_url": _url("The URL of the list of publishers."),
            "groups_url": _url("The URL of the list of groups."),
            "openapi_url": _url("The URL of this API's OpenAPI description."),
        },
    ),
    "story": {
        **_object("A story.", _STORY),
        "properties": {**_STORY, "note": _text("The editor's note, if the story has one.")},
        "$defs": _DEFS,
    },
    "stories": _object(
        "The list of all story pages.",
        {
            "count": _count("The number of stories."),
            "pages": _count("The number of pages."),
            "latest_url": _url("The URL of the newest stories."),
            "oldest_page_url": _maybe_url("The URL of page 1."),
            "newest_page_url": _maybe_url("The URL of the last page."),
        },
    ),
    "latest": _object("The newest stories, newest first.", {"stories": _STORIES}),
    "page": _object(
        "A page of stories, oldest first.",
        {
            "page": _says("The page's number; page 1 is the oldest.", type="integer", minimum=1),
            "older_url": _maybe_url("The URL of the next older page."),
            "newer_url": _maybe_url("The URL of the next newer page."),
            "stories": _STORIES,
        },
    ),
    "topics": _object(
        "All topics.", {"topics": _list("Topics.", _object("A topic.", _SHORT_TOPIC))}
    ),
    "topic": _object("A topic.", {**_SHORT_TOPIC, "stories": _NEWEST}),
    "sources": _object(
        "All publishers.", {"sources": _list("Sources.", _object("A publisher.", _SHORT_SOURCE))}
    ),
    "source": _object("A publisher.", {**_SHORT_SOURCE, "stories": _NEWEST}),
    "lists": _object(
        "All reading lists.", {"lists": _list("Lists.", _object("A reading list.", _SHORT_LIST))}
    ),
    "list": _object(
        "A reading list by an editor.",
        {
            **_SHORT_LIST,
            "stories": _list("The list's stories in order.", _object("A story in short.", _CHOSEN)),
        },
    ),
    "groups": _object(
        "The groups with the newest stories.",
        {"groups": _list("Groups.", _object("A group in short.", _LISTED_GROUP))},
    ),
    "group": _object(
        "All stories on one event.",
        {
            "id": _text("The group's id, which never changes."),
            "leader": _refer_to("reference"),
            "members": _list("The published stories, newest first.", _refer_to("reference")),
            "newsrooms": _list("The independent publishers of the stories.", {"type": "string"}),
            "coverage": _list("Articles of other publishers.", _refer_to("related")),
            "copies": _list("Copies of the text at other publishers.", _refer_to("copy")),
        },
    ),
}

_SHORT_LETTER = {
    "id": _text("The newsletter's id."),
    "title": _text("The newsletter's title."),
    "url": _url("The newsletter's page with its issues."),
    "api_url": _url("The newsletter's file in this API."),
    "feed_url": _url("The newsletter's JSON Feed."),
    "count": _count("The number of issues."),
}
_SHORT_ISSUE = {
    "id": _text("The issue's id, which never changes: the name of its file in the newsroom."),
    "title": _maybe("The issue's title."),
    "subject": _maybe("The subject of the issue's mail, null if it is the same as the title."),
    "excerpt": _maybe("The preview text that mail programs show next to the subject."),
    "published_at": _time("Time when the issue was sent or saved"),
    "url": _url("The issue's page."),
    "api_url": _url("The issue's file in this API."),
}
_TOLD = {
    "story": _maybe("The story's id, null if the issue does not contain it."),
    "title": _maybe("The headline in the issue."),
    "excerpt": _maybe("The excerpt in the issue."),
    "url": _maybe_url("The URL that the issue links to."),
    "source": _maybe("The publisher's name."),
}
_SECTION = {
    "title": _maybe("The section's title."),
    "items": _list("The section's stories in order.", _object("A story in the issue.", _TOLD)),
}
LETTERS: dict[str, Schema] = {  # only on a site with newsletters
    "letters": _object(
        "All newsletters that have issues.",
        {"letters": _list("Letters.", _object("A newsletter.", _SHORT_LETTER))},
    ),
    "letter": _object(
        "A newsletter.",
        {
            **_SHORT_LETTER,
            "issues": _list(
                "The newsletter's newest 100 issues, newest first.",
                _object("An issue in short.", _SHORT_ISSUE),
            ),
        },
    ),
    "issue": _object(
        "An issue of a newsletter.",
        {
            **_SHORT_ISSUE,
            "letter": _maybe("The id of the newsletter."),
            "digest_url": _maybe_url("The URL of the day's digest, if it is made from this issue."),
            "sections": _list("The issue's sections.", _object("A section.", _SECTION)),
        },
    ),
}
