"""What the desk's routes share: bodies that are read to a measure, errors that are answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from copydesk.desk._pages import Editor
from copydesk.errors import CopydeskError, PictureError, RecordError, UsageError

Handler = Callable[[Request], Awaitable[Response]]

_COMMIT = re.compile(r"[0-9a-f]{4,64}")
NEVER_KEPT = {"Cache-Control": "no-store"}
_MOST_BYTES = 2_000_000  # of a request's body: 200 notes


def must_edit(editor: Editor) -> Editor:
    """Return an editor who may decide; raises UsageError for one who may only look."""
    if not editor.may_edit:
        raise UsageError("your account may look, not decide", subject=editor.name)
    return editor


def page_answer(body: bytes) -> Response:
    """Return a page as an answer."""
    return Response(body, media_type="text/html", headers=NEVER_KEPT)


def with_errors(handler: Handler) -> Handler:
    """Let errors of ours be answers that say what is wrong and how to mend it.

    A browser that asked for a page gets one: the app makes it (`render_problem`).
    """

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except CopydeskError as error:
            if "text/html" in request.headers.get("Accept", ""):
                raise
            return problem_answer(error)

    return answer


def problem_answer(error: CopydeskError) -> Response:
    """Return an error as an answer for a program (RFC 9457)."""
    told = {"title": str(error), "detail": error.hint, "status": status_of(error)}
    body = msgspec.json.encode(told)
    media_type = "application/problem+json"
    return Response(body, status_of(error), NEVER_KEPT, media_type=media_type)


def read_commit(form: Mapping[str, str]) -> str:
    """Return the commit that a form names; raises UsageError where that is no id of one."""
    commit = form.get("commit", "")
    if not _COMMIT.fullmatch(commit):
        raise UsageError("no id of a commit", subject=commit[:80])
    return commit


def status_of(error: CopydeskError) -> int:
    """Return the status with which an error is answered."""
    return {UsageError: 400, PictureError: 400, RecordError: 404}.get(type(error), 503)


async def read_body(request: Request, most: int = _MOST_BYTES) -> bytes:
    """Return the body of a request; raises UsageError for more than so many bytes."""
    body = bytearray()
    async for some in request.stream():
        body += some
        if len(body) > most:
            raise UsageError("too much at once", subject=f"{most:,} bytes at most")
    return bytes(body)


async def read_form(request: Request) -> list[tuple[str, str]]:
    """Return the fields of a form, empty ones too; raises UsageError as `read_body` does."""
    return parse_qsl((await read_body(request)).decode("utf-8", "replace"), True)
