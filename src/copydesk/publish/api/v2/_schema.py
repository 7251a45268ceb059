"""What describes the API: a JSON Schema (2020-12) of each kind of file, OpenAPI 3.1 over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from copydesk.kit import text
from copydesk.publish._plan import SitePlan
from copydesk.publish.api import encoding
from copydesk.publish.api.v2 import _kinds, _places
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
_LETTERS = (  # where there are any
    ("letters/index.json", "letters", "All letters"),
    ("letters/{id}.json", "letter", "A letter and its newest hundred issues"),
    ("issues/{id}.json", "issue", "An issue of a letter, and what it told"),
)


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield `openapi.json` and `schema/*.json`."""
    letters = _kinds.LETTERS if plan.letters.issues else {}
    for name, schema in (_kinds.KINDS | letters).items():
        place = f"{_places.ROOT}schema/{name}.json"
        head = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": _places.address(place, plan),
        }
        yield Sheet(place, _document({**head, **schema}))
    yield Sheet(f"{_places.ROOT}openapi.json", _document(_openapi(plan)))


def _document(value: object) -> bytes:
    """Return a document that people read, too."""
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
        "servers": [{"url": _places.address(_places.ROOT, plan).rstrip("/")}],
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
