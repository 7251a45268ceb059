"""Describe the second API: JSON Schema (2020-12) of each kind of file, and OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from copydesk.kit import tables, text
from copydesk.placement import addresses
from copydesk.publish._plan import SitePlan
from copydesk.publish.api import encoding
from copydesk.publish.writing import Sheet

Schema: TypeAlias = dict[str, object]

_PARAMETERS = {
    "number": (
        "The page's number; 1 is the oldest.",
        {"type": "integer", "minimum": 1},
    ),
    "id": ("The object's id, as lists give it. `api_url` is the whole URL.", {"type": "string"}),
    "domain": ("The publisher's registrable domain.", {"type": "string"}),
}
_OF_LETTERS = frozenset({"letters", "letter", "issue"})
_LIST, _MOST = "list of ", 100
_TIMES = ", RFC 3339 in UTC."
_PLAIN: dict[str, Schema] = {
    "text": {"type": "string"},
    "url": {"type": "string", "format": "uri"},
    "time": {"type": "string", "format": "date-time"},
    "count": {"type": "integer", "minimum": 0},
    "integer": {"type": "integer"},
    "positive": {"type": "integer", "minimum": 1},
    "percent": {"type": "integer", "minimum": 0, "maximum": 100},
    "flag": {"type": "boolean"},
}


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
