"""OpenAPI 3.1: what a program may ask, written from the table of routes that answers it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from copydesk.desk.api._endpoint import Endpoint, Nothing
from copydesk.desk.api._problems import Problem

_REFERENCE = "#/components/schemas/{name}"
_ABOUT = (
    "What editors do at their desk, for programs. Each request brings a token "
    "(`Authorization: Bearer TOKEN`), made by `copydesk desk user token NAME`."
)
_PROBLEM = {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(name="Problem")}}}
_PLAIN = {"text/plain": {"schema": {"type": "string"}}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The id of what is asked: sent again, it is done once and answered the same.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,90}$"},
}
_SCOPED = "Its scope: `{scope}`."
_PARAMETER = re.compile(r"\{(\w+)\}")


def describe_api(endpoints: Sequence[Endpoint]) -> Mapping[str, Any]:
    """Return the OpenAPI description of endpoints."""
    kinds = [kind for endpoint in endpoints for kind in (endpoint.body, endpoint.gives)]
    kinds = [kind for kind in kinds if kind not in (Nothing, bytes)]
    queries = [endpoint.query for endpoint in endpoints if endpoint.query is not Nothing]
    schemas, components = msgspec.json.schema_components(
        [*kinds, *queries, Problem], ref_template=_REFERENCE
    )
    by_kind = dict(zip(map(str, kinds), schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operation = _describe(endpoint, by_kind, components)
        paths.setdefault(f"/{endpoint.path}", {})[endpoint.method.lower()] = operation
    for query in queries:
        components.pop(query.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The desk of copydesk", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/desk/api"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": components,
        },
    }


def _describe(
    endpoint: Endpoint,
    schemas: Mapping[str, Any],
    components: Mapping[str, Any],
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "description": _SCOPED.format(scope=endpoint.scope),
        "parameters": list(_describe_parameters(endpoint, components)),
        "responses": {
            str(endpoint.status): _describe_answer(endpoint, schemas),
            "4XX": {"description": "It cannot be done.", "content": _PROBLEM},
            "431": {"description": "Its address or its headers are too long.", "content": _PLAIN},
            "503": {"description": "It cannot be done now.", "content": _PROBLEM},
        },
    }
    if endpoint.body is bytes:
        content: Mapping[str, Any] = {"application/octet-stream": {"schema": {"type": "string"}}}
        told["requestBody"] = {"required": True, "content": content}
    elif endpoint.body is not Nothing:
        content = {"application/json": {"schema": schemas[str(endpoint.body)]}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _describe_answer(endpoint: Endpoint, schemas: Mapping[str, Any]) -> dict[str, Any]:
    if endpoint.gives is Nothing:
        return {"description": "Done."}
    content = {"application/json": {"schema": schemas[str(endpoint.gives)]}}
    return {"description": "What was asked for.", "content": content}


def _describe_parameters(
    endpoint: Endpoint, components: Mapping[str, Any]
) -> Iterable[Mapping[str, Any]]:
    """Walk what stands in the path, in the query and, where something is made, in the headers."""
    for name in _PARAMETER.findall(endpoint.path):
        schema = {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    if endpoint.query is not Nothing:
        queried = components[endpoint.query.__name__]
        for name, schema in queried["properties"].items():
            required = name in queried.get("required", ())
            yield {"name": name, "in": "query", "required": required, "schema": schema}
    if endpoint.method == "POST":
        yield _KEY
