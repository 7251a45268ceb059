"""Describe the second API: JSON Schema (2020-12) of each kind of file, and OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from copydesk.kit import text
from copydesk.publish._plan import SitePlan
from copydesk.publish.api import _v2_shape, encoding
from copydesk.publish.writing import Sheet

_PARAMETERS = {
    "number": ("The page's number; 1 holds the oldest stories.", {"type": "integer", "minimum": 1}),
    "id": ("An id as a list gives it; `api_url` holds the whole address.", {"type": "string"}),
    "domain": ("The registrable domain of a publisher.", {"type": "string"}),
}
_PATHS = (
    ("index.json", "index", "The way in: the addresses of all lists"),
    ("stories/index.json", "stories", "How many stories and pages there are"),
    ("stories/latest.json", "latest", "The newest hundred stories, the newest first"),
    ("stories/pages/{number}.json", "page", "A hundred stories, the oldest first"),
    ("stories/{id}.json", "story", "One story"),
    ("topics/index.json", "topics", "All topics"),
    ("topics/{id}.json", "topic", "A topic and its newest hundred stories"),
    ("sources/index.json", "sources", "All publishers that stories are from"),
    ("sources/{domain}.json", "source", "A publisher and its newest hundred stories"),
    ("lists/index.json", "lists", "All lists that editors made, where there are any"),
    ("lists/{id}.json", "list", "A list that an editor made, and its stories in their order"),
    ("groups/index.json", "groups", "The hundred groups with the newest stories"),
    ("groups/{id}.json", "group", "What is told of one happening"),
)
_LETTERS = (  # only on a site with newsletters
    ("letters/index.json", "letters", "All letters"),
    ("letters/{id}.json", "letter", "A letter and its newest hundred issues"),
    ("issues/{id}.json", "issue", "An issue of a letter, and what it told"),
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
            "summary": f"The stories of {title}, with the reasons for each of their numbers.",
            "description": "Plain files, no key and no limit. Every object has every key of its "
            "schema; null means that nothing is known. Later versions may add keys.",
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
        responses["404"] = {"description": "There is none of this name."}
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
    "id": _text("The name of its record; never changes."),
    "url": _url("Its page on this site; never changes."),
    "api_url": _url("Its file in this API."),
    "title": _maybe("The headline."),
    "published_at": _time("When its publisher published it"),
    "heat": _or_null("How much it is talked about; -1 for a member of a group.", type="integer"),
}
_SOURCE = {
    "name": _maybe("What it is called."),
    "domain": _maybe("Its registrable domain."),
    "api_url": _maybe_url("Its file in this API, null where no story of it is published."),
}
_TOPIC = {
    "id": _maybe("Its id, null for one that the site knows no longer."),
    "name": _text("What it is called."),
    "api_url": _maybe_url("Its file in this API."),
}
_RELATED = {
    "title": _maybe("The headline there."),
    "url": _maybe_url("The article."),
    "published_at": _time("When it was published"),
    "source": _or_none({"$ref": "#/$defs/source"}),
}
_COPY = {"name": _text("Where it runs."), "url": _maybe_url("The article there.")}
_GROUP = {
    "id": _text("The group's id; never changes."),
    "api_url": _url("Its file in this API."),
    "is_leader": _says("Whether this story stands for the group.", type="boolean"),
    "members": _list("The ids of its published stories, the newest first.", {"type": "string"}),
}
_PICTURE = {
    "url": _url("The picture."),
    "width": _or_null("In pixels.", type="integer", minimum=1),
    "height": _or_null("In pixels.", type="integer", minimum=1),
    "type": _maybe("Its MIME type."),
    "alt": _maybe("What it shows."),
    "credit": _maybe("Whose it is."),
}
_REASON = {
    "about": _maybe("What it speaks of: quality, heat, published, copy, title, or `topic NAME`."),
    "points": _or_null("What it counts for, null where nothing.", type="integer"),
    "why": _text("The reason in words."),
}
_DEFS = {
    "reference": _object("A story, in short.", _REFERENCE),
    "source": _object("A publisher, in short.", _SOURCE),
    "topic": _object("A topic, in short.", _TOPIC),
    "related": _object("Another newsroom's article on the same event.", _RELATED),
    "copy": _object("A place that runs the same text.", _COPY),
    "group": _object("The group that a story belongs to.", _GROUP),
    "picture": _object("A picture.", _PICTURE),
    "reason": _object("Why a number or a label is what it is.", _REASON),
}


def _own(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


_STORY = {
    **_REFERENCE,
    "excerpt": _maybe("A few of its words."),
    "type": _text("article, video or audio."),
    "language": _maybe("The language that it is written in, BCP 47."),
    "original_url": _maybe_url("The article at its publisher."),
    "updated_at": _time("When its publisher changed it"),
    "source": _or_none(_own("source")),
    "credit": _maybe("The agency that wrote the text."),
    "access": _maybe("free, metered, registration, teaser, paywalled or gone."),
    "trust": _or_null("How far its source is trusted.", type="integer", minimum=0, maximum=100),
    "duration_seconds": _or_null("How long a video or sound is.", type="integer", minimum=1),
    "topics": _list("What it is about, in the record's order.", _own("topic")),
    "quality": _or_null("What it is worth to this site, 0 to about 190.", type="integer"),
    "picture": _or_none(_own("picture")),
    "group": _or_none(_own("group")),
    "newsrooms": _list(
        "The independent newsrooms that have it, too; each house once.", {"type": "string"}
    ),
    "coverage": _list("Other newsrooms' articles on the same event.", _own("related")),
    "copies": _list("Where the same text runs.", _own("copy")),
    "copy_of": _or_none(_own("reference")),
    "background": _list("Stories of this site on the same matter.", _own("reference")),
    "reasons": _list("Why it is here, and why each number is what it is.", _own("reason")),
}
_SHORT_TOPIC = {
    "id": _text("Its id."),
    "name": _text("What it is called."),
    "description": _maybe("What it is about."),
    "parent": _maybe("The id of the topic above it."),
    "url": _url("Its page."),
    "api_url": _url("Its file in this API."),
    "feed_url": _url("Its JSON Feed."),
    "count": _count("How many stories it has, with those of the topics below it."),
}
_SHORT_SOURCE = {
    "domain": _text("Its registrable domain."),
    "name": _text("What it is called."),
    "owner": _maybe("The house that it belongs to."),
    "is_official": _says("Whether it is an official source of the beat.", type="boolean"),
    "is_known": _says("Whether the newsroom keeps a file on it.", type="boolean"),
    "trust": _or_null("How far it is trusted.", type="integer", minimum=0, maximum=100),
    "url": _url("Its page."),
    "api_url": _url("Its file in this API."),
    "feed_url": _url("Its JSON Feed."),
    "count": _count("How many stories are from it."),
}
_SHORT_LIST = {
    "id": _text("Its id."),
    "title": _text("What it is called."),
    "description": _maybe("What it is about, Markdown."),
    "updated_at": _time("When an editor changed it last"),
    "url": _url("Its page."),
    "api_url": _url("Its file in this API."),
    "feed_url": _url("Its JSON Feed."),
    "count": _count("How many of its stories are published."),
}
_CHOSEN = {**_REFERENCE, "words": _maybe("What the editor says of it.")}
_LISTED_GROUP = {
    "id": _text("The group's id; never changes."),
    "api_url": _url("Its file in this API."),
    "leader": _refer_to("reference"),
    "newsrooms": _count("How many independent newsrooms have it beside the leader's."),
}
_NEWEST = _list("The newest hundred, the newest first.", _refer_to("reference"))
_STORIES = _says("Stories.", type="array", items={"$ref": "story.json"}, maxItems=100)

KINDS: dict[str, Schema] = {
    "index": _object(
        "The way into the API.",
        {
            "title": _text("The site's title."),
            "url": _url("The site."),
            "language": _text("The site's own language, BCP 47."),
            "timezone": _text("The zone of the site's days, as the IANA names it."),
            "latest_url": _url("The newest stories."),
            "stories_url": _url("The list of pages of all stories."),
            "topics_url": _url("The topics."),
            "sources_url": _url("The publishers."),
            "groups_url": _url("The groups."),
            "openapi_url": _url("This API, described."),
        },
    ),
    "story": {**_object("A story.", _STORY), "$defs": _DEFS},
    "stories": _object(
        "The pages of all stories.",
        {
            "count": _count("How many stories there are."),
            "pages": _count("How many pages there are."),
            "latest_url": _url("The newest stories."),
            "oldest_page_url": _maybe_url("Page 1."),
            "newest_page_url": _maybe_url("The last page."),
        },
    ),
    "latest": _object("The newest stories, the newest first.", {"stories": _STORIES}),
    "page": _object(
        "A page of stories, the oldest first.",
        {
            "page": _says("Its number; 1 is the oldest.", type="integer", minimum=1),
            "older_url": _maybe_url("The page before it in time."),
            "newer_url": _maybe_url("The page after it in time."),
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
        "The lists that editors made; there is none where nobody made any.",
        {"lists": _list("Lists.", _object("A list.", _SHORT_LIST))},
    ),
    "list": _object(
        "A list that an editor made.",
        {
            **_SHORT_LIST,
            "stories": _list("Its stories, in its order.", _object("A story, in short.", _CHOSEN)),
        },
    ),
    "groups": _object(
        "The groups with the newest stories.",
        {"groups": _list("Groups.", _object("A group, in short.", _LISTED_GROUP))},
    ),
    "group": _object(
        "What is told of one happening.",
        {
            "id": _text("The group's id; never changes."),
            "leader": _refer_to("reference"),
            "members": _list("Its published stories, the newest first.", _refer_to("reference")),
            "newsrooms": _list("The independent newsrooms that have it.", {"type": "string"}),
            "coverage": _list("Other newsrooms' articles.", _refer_to("related")),
            "copies": _list("Where the same text runs.", _refer_to("copy")),
        },
    ),
}

_SHORT_LETTER = {
    "id": _text("Its id."),
    "title": _text("What it is called."),
    "url": _url("The list of its issues."),
    "api_url": _url("Its file in this API."),
    "feed_url": _url("Its JSON Feed."),
    "count": _count("How many issues there are."),
}
_SHORT_ISSUE = {
    "id": _text("The name of its record; never changes."),
    "title": _maybe("Its title."),
    "subject": _maybe("The subject of its mail, null where that says no more than the title."),
    "excerpt": _maybe("What stands beside its subject in a list of mails."),
    "published_at": _time("When it was sent or filed"),
    "url": _url("Its page."),
    "api_url": _url("Its file in this API."),
}
_TOLD = {
    "story": _maybe("The id of the story, null where the mail does not say it."),
    "title": _maybe("The headline there."),
    "excerpt": _maybe("A few words."),
    "url": _maybe_url("Where it led."),
    "source": _maybe("Whose it is."),
}
_SECTION = {
    "title": _maybe("What the part is called."),
    "items": _list("What it told, in its order.", _object("A thing told.", _TOLD)),
}
LETTERS: dict[str, Schema] = {  # only on a site with newsletters
    "letters": _object(
        "The letters that there are issues of.",
        {"letters": _list("Letters.", _object("A letter.", _SHORT_LETTER))},
    ),
    "letter": _object(
        "A letter.",
        {
            **_SHORT_LETTER,
            "issues": _list(
                "Its newest hundred issues, the newest first.",
                _object("An issue, in short.", _SHORT_ISSUE),
            ),
        },
    ),
    "issue": _object(
        "An issue of a letter.",
        {
            **_SHORT_ISSUE,
            "letter": _maybe("The id of its letter."),
            "digest_url": _maybe_url("The day's digest, where it is made of this issue."),
            "sections": _list("Its parts.", _object("A part.", _SECTION)),
        },
    ),
}
