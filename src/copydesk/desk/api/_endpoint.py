"""Declare endpoints of the JSON API, shared types and errors, and describe them as OpenAPI 3.1."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from copydesk.desk._http import NEVER_KEPT, status_of
from copydesk.desk.sign_in import Visitor, visitor_of
from copydesk.desk_store.sessions import ApiToken, TokenScope
from copydesk.errors import CopydeskError

Cursor = Annotated[str, Meta(max_length=1_000, description="The value `after` of the last page.")]
PageRows = Annotated[int, Meta(ge=1, le=100, description="The maximum number of entries per page.")]
MailAddress = Annotated[str, Meta(min_length=3, max_length=400)]
_Answer = TypeVar("_Answer", bound=msgspec.Struct)
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Q = TypeVar("Q", bound=msgspec.Struct)
B = TypeVar("B")
_TITLES = {
    400: "invalid request",
    401: "missing or invalid API token",
    403: "not allowed",
    404: "not found",
    405: "method not allowed",
    409: "conflict with an earlier request or change",
    413: "request body too large",
    429: "too many requests",
    503: "temporarily unavailable",
}
_REFERENCE = "#/components/schemas/{name}"
_ABOUT = (
    "The actions of editors in the desk (web editor), for programs. Send an API token with each "
    "request (`Authorization: Bearer TOKEN`). `copydesk desk user token NAME` creates a token."
)
_PROBLEM = {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(name="Problem")}}}
_PLAIN = {"text/plain": {"schema": {"type": "string"}}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "An id of the request. A repeated request with the same id acts only once.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,90}$"},
}
_SCOPED = "Requires an API token with the scope `{scope}`."
_PARAMETER = re.compile(r"\{(\w+)\}")


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty query, request body or answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Q, B]):
    """A request to an API endpoint that passed the token check: sender, query, body and path.

    `key` is its Idempotency-Key, "" for none.
    """

    visitor: Visitor
    token: ApiToken
    query: Q
    body: B
    path: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True)
class Endpoint:
    """An API endpoint: method, path below `/desk/api/`, the token scope it needs, its function.

    `answer` takes the open Desk and a Call. Its types declare what comes in and goes out: the
    Call's query and body (`bytes` for a body that is not JSON), and a value that msgspec encodes.
    The first line of its docstring is its summary in OpenAPI.
    """

    method: Method
    path: str
    scope: TokenScope
    answer: Callable[[Any, Call[Any, Any]], Awaitable[object]]
    status: int = 200
    body_bytes: int = 2_000_000

    @property
    def name(self) -> str:
        """Return the endpoint's operationId in OpenAPI."""
        return self.answer.__name__

    @property
    def about(self) -> str:
        """Return the endpoint's summary in OpenAPI."""
        return (inspect.getdoc(self.answer) or "").partition("\n")[0]

    @cached_property
    def query(self) -> type[msgspec.Struct]:
        """Return the struct of the endpoint's URL query. `Nothing` stands for no query."""
        query: type[msgspec.Struct] = self._asks[0]
        return query

    @cached_property
    def body(self) -> Any:
        """Return the type of the request body: `bytes` if not JSON, `Nothing` if there is none."""
        return self._asks[1]

    @cached_property
    def gives(self) -> Any:
        """Return the struct of the endpoint's answer. `Nothing` stands for an empty answer."""
        return self._types["return"]

    @cached_property
    def _types(self) -> Mapping[str, Any]:
        return get_type_hints(self.answer, include_extras=True)

    @cached_property
    def _asks(self) -> tuple[Any, ...]:
        calls = (get_args(kind) for kind in self._types.values() if get_origin(kind) is Call)
        return next(calls)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An error answer of the API: what is wrong, and what to do about it (RFC 9457).

    The `title` is the same for each status.
    """

    title: str
    status: int
    detail: str = ""
    hint: str = ""
    type: str = "about:blank"


class ApiProblem(Exception):  # noqa: N818 - an answer
    """Raised to answer an API request with a problem (RFC 9457)."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        hint: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.hint = hint
        self.headers = headers or {}


def answer_with_problem(problem: ApiProblem) -> Response:
    """Return the HTTP response for an API problem."""
    told = Problem(
        title=_TITLES[problem.status],
        status=problem.status,
        detail=problem.detail.encode("utf-8", "replace").decode(),
        hint=problem.hint,
    )
    return Response(
        msgspec.json.encode(told),
        problem.status,
        {**NEVER_KEPT, **problem.headers},
        media_type="application/problem+json",
    )


def make_problem(error: CopydeskError) -> ApiProblem:
    """Return an error as an API problem, without file paths of the server."""
    status = status_of(error)
    return ApiProblem(status, str(error) if status < 500 else error.what, error.hint)


def require_scope(request: Request, scope: TokenScope) -> ApiToken:
    """Return the API token of a request if it allows a scope; raises ApiProblem."""
    token = visitor_of(request).token
    if token is None:
        raise refuse_token("the request has no API token")
    if not token.may(scope):
        hint = f"create a token with `copydesk desk user token NAME --scope {scope}`"
        raise ApiProblem(403, f"the API token lacks the scope: {scope}", hint)
    return token


def refuse_token(why: str) -> ApiProblem:
    """Return the API problem (401) for a request without a valid token."""
    hint = "run `copydesk desk user token NAME`, and send `Authorization: Bearer TOKEN`"
    return ApiProblem(401, why, hint, {"WWW-Authenticate": "Bearer"})


class SettingsChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The settings files that were changed, and the git commit that can be undone, or null."""

    changed: list[str]
    commit: str | None = None


class SentAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mail address of a subscriber."""

    address: MailAddress


def make_answer(kind: type[_Answer], /, *values: object, **fields: object) -> _Answer:
    """Return an API answer of the struct type `kind`, filled from values.

    A field comes from `fields`, else from the first value that has an attribute of its name.
    """
    for name in kind.__struct_fields__:
        for value in () if name in fields else values:
            if hasattr(value, name):
                fields[name] = getattr(value, name)
                break
    return msgspec.convert(fields, kind, from_attributes=True)


def _unindent_descriptions(components: Mapping[str, Any]) -> None:
    """Remove the indentation of docstrings, which Python does itself from 3.13 on."""
    for component in components.values():
        if "description" in component:
            component["description"] = inspect.cleandoc(component["description"])


def describe_api(endpoints: Sequence[Endpoint]) -> Mapping[str, Any]:
    """Return the OpenAPI description of API endpoints."""
    kinds = [kind for endpoint in endpoints for kind in (endpoint.body, endpoint.gives)]
    kinds = [kind for kind in kinds if kind not in (Nothing, bytes)]
    queries = [endpoint.query for endpoint in endpoints if endpoint.query is not Nothing]
    schemas, components = msgspec.json.schema_components(
        [*kinds, *queries, Problem], ref_template=_REFERENCE
    )
    _unindent_descriptions(components)
    by_kind = dict(zip(map(str, kinds), schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operation = _describe(endpoint, by_kind, components)
        paths.setdefault(f"/{endpoint.path}", {})[endpoint.method.lower()] = operation
    for query in queries:
        components.pop(query.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The API of copydesk", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/desk/api"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": components,
        },
    }


def _describe(
    endpoint: Endpoint, schemas: Mapping[str, Any], components: Mapping[str, Any]
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "description": _SCOPED.format(scope=endpoint.scope),
        "parameters": list(_describe_parameters(endpoint, components)),
        "responses": {
            str(endpoint.status): _describe_answer(endpoint, schemas),
            "4XX": {"description": "The request failed.", "content": _PROBLEM},
            "431": {"description": "The URL or the headers are too long.", "content": _PLAIN},
            "503": {"description": "Temporarily unavailable.", "content": _PROBLEM},
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
        return {"description": "The request succeeded."}
    content = {"application/json": {"schema": schemas[str(endpoint.gives)]}}
    return {"description": "The request succeeded.", "content": content}


def _describe_parameters(
    endpoint: Endpoint, components: Mapping[str, Any]
) -> Iterable[Mapping[str, Any]]:
    """Yield an endpoint's parameters in the path, in the query and, for POST, in headers."""
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
