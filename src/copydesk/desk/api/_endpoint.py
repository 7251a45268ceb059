"""Endpoint: one thing that a program may ask, as the table of routes declares it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from copydesk.desk._desk import Desk
from copydesk.desk.sign_in import Visitor
from copydesk.desk_store import ApiToken, TokenScope

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Q = TypeVar("Q", bound=msgspec.Struct)
B = TypeVar("B")


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters, no body, or nothing to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Q, B]):
    """A request that was let in and read: who sends it, what its address and its body say.

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
    """A method and a path below `/desk/api/`, the scope that it wants, and who answers.

    What goes in and comes out is what the types of `answer` say: a Call of its query and its body
    (`bytes` where that is not JSON), and a struct. The first line of its docstring is told to
    readers of OpenAPI.
    """

    method: Method
    path: str
    scope: TokenScope
    answer: Callable[[Desk, Call[Any, Any]], Awaitable[object]]
    status: int = 200
    body_bytes: int = 2_000_000

    @property
    def name(self) -> str:
        """Return what OpenAPI calls the operation."""
        return self.answer.__name__

    @property
    def about(self) -> str:
        """Return what it does, in a line."""
        return (inspect.getdoc(self.answer) or "").partition("\n")[0]

    @cached_property
    def query(self) -> type[msgspec.Struct]:
        """Return the struct of the parameters in its address, Nothing for none."""
        query: type[msgspec.Struct] = self._asks[0]
        return query

    @cached_property
    def body(self) -> Any:
        """Return the type of its body: `bytes` where that is not JSON, Nothing for none."""
        return self._asks[1]

    @cached_property
    def gives(self) -> Any:
        """Return the struct of its answer, Nothing for none."""
        return self._types["return"]

    @cached_property
    def _types(self) -> Mapping[str, Any]:
        return get_type_hints(self.answer, include_extras=True)

    @cached_property
    def _asks(self) -> tuple[Any, ...]:
        calls = (get_args(kind) for kind in self._types.values() if get_origin(kind) is Call)
        return next(calls)
