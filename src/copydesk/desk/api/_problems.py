"""Problems: what went wrong with a request, as programs read it (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from copydesk.desk._answers import NEVER_KEPT, status_of
from copydesk.errors import CopydeskError

_TITLES = {
    400: "the request cannot be meant",
    401: "no token that is good",
    403: "not allowed",
    404: "nothing is here",
    405: "not done here",
    409: "something else is known by that name",
    413: "too much at once",
    429: "too many requests",
    503: "it cannot be answered now",
}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, and what to do about it; `title` is the same for each status."""

    title: str
    status: int
    detail: str = ""
    hint: str = ""
    type: str = "about:blank"


class ApiProblem(Exception):  # noqa: N818 - an answer
    """Stop, and answer with a problem."""

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
    """Return the answer for a problem."""
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
    """Return an error of ours as a problem; where files lie is told to nobody."""
    status = status_of(error)
    return ApiProblem(status, str(error) if status < 500 else error.what, error.hint)
