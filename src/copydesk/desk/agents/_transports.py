"""Serve MCP to agents over HTTP (streamable, without sessions) and over stdin and stdout."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.desk._desk import Desk, open_newsroom_desk
from copydesk.desk.api import ApiProblem, answer_with_problem, require_scope
from copydesk.desk.sign_in import read_clocks, visitor_of
from copydesk.desk_store.sessions import ApiToken
from copydesk.errors import UsageError
from copydesk.newsroom import Newsroom

_BODY_BYTES = 2_000_000


@contextlib.asynccontextmanager
async def open_mcp(desk: Desk) -> AsyncIterator[ASGIApp]:
    """Open the MCP endpoint for the block; without the MCP library it answers with a hint."""
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
        except Exception as error:  # a task group would wrap the server's own error
            failure = error
    if failure is not None:
        raise failure


def _require_token(app: ASGIApp) -> ASGIApp:
    """Refuse requests without an API token; each tool checks its own scope."""

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
    problem = ApiProblem(404, "this server has no MCP endpoint for agents", INSTALL)
    await answer_with_problem(problem)(scope, receive, send)


_ROOT = "/desk/"
_FINISH_SECONDS = 30.0  # for decisions made just before the agent disconnected
INSTALL = 'install the extra copydesk[mcp], from your clone: `uv tool install ".[mcp]"`'


def serve_stdio(newsroom: Newsroom, say: Callable[[str], None]) -> None:
    """Serve MCP to one agent over stdin and stdout until it disconnects. A token lets it do more.

    Raises UsageError for an invalid token or where the extra is missing, DeskStoreError.
    """
    try:
        import mcp  # noqa: F401 - asked before anything is opened
    except ImportError as error:
        raise UsageError("the MCP library for agents is not installed", hint=INSTALL) from error
    asyncio.run(_serve(newsroom, newsroom.settings.desk_token, say))


async def _serve(newsroom: Newsroom, secret: str, say: Callable[[str], None]) -> None:
    from mcp.server.stdio import stdio_server

    from copydesk.desk.agents._server import make_server

    async with open_newsroom_desk(newsroom, _ROOT, say) as desk:

        async def token_of(_context: Any) -> ApiToken | None:
            if not secret:
                return None
            token = await asyncio.to_thread(desk.store.tokens.find, secret, read_clocks().now)
            if token is None:
                hint = "run `copydesk desk user token NAME` to create a token"
                raise UsageError("the API token is unknown, expired or revoked", hint=hint)
            return token

        await token_of(None)
        server = make_server(desk, token_of)
        work = asyncio.create_task(desk.go_on())
        try:
            async with stdio_server() as (reads, writes):
                await server.run(reads, writes, server.create_initialization_options())
            await desk.filer.finish(_FINISH_SECONDS)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
