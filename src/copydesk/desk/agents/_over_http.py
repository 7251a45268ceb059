"""MCP over HTTP (streamable, no sessions): each request brings its token to the guard."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.desk._desk import Desk
from copydesk.desk.agents._over_stdio import INSTALL
from copydesk.desk.api import ApiProblem, answer_with_problem, require_scope
from copydesk.desk.sign_in import visitor_of
from copydesk.desk_store import ApiToken

_BODY_BYTES = 2_000_000


@contextlib.asynccontextmanager
async def open_mcp(desk: Desk) -> AsyncIterator[ASGIApp]:
    """Open the MCP endpoint of a desk for the block; without the extra it says what is missing."""
    try:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from copydesk.desk.agents._server import make_server
    except ImportError:
        yield _answer_without_extra
        return

    async def token_of(context: Any) -> ApiToken | None:
        return visitor_of(context.request).token

    manager = StreamableHTTPSessionManager(
        make_server(desk, token_of),
        json_response=True,
        stateless=True,
        max_request_body_size=_BODY_BYTES,
    )
    failure: Exception | None = None
    async with manager.run():
        try:
            yield _require_token(manager.handle_request)
        except Exception as error:  # its tasks' group would wrap what befell the server
            failure = error
    if failure is not None:
        raise failure


def _require_token(app: ASGIApp) -> ASGIApp:
    """Let nobody in without a token: what it may do is asked by each tool."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.requests import Request

        try:
            token = visitor_of(Request(scope)).token
            if token is None:
                require_scope(Request(scope), "read")
        except ApiProblem as problem:
            await answer_with_problem(problem)(scope, receive, send)
            return
        await app(scope, receive, send)

    return answer


async def _answer_without_extra(scope: Scope, receive: Receive, send: Send) -> None:
    problem = ApiProblem(404, "agents are not served here", INSTALL)
    await answer_with_problem(problem)(scope, receive, send)
