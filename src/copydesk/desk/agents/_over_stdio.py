"""MCP over standard input and output, for an agent on the newsroom's own machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from copydesk import engine
from copydesk.desk._desk import open_newsroom_desk
from copydesk.desk.sign_in import read_clocks
from copydesk.desk_store import ApiToken
from copydesk.errors import UsageError

_ROOT = "/desk/"
_FINISH_SECONDS = 30.0  # for what an agent decided just before it hung up
INSTALL = 'install the extra copydesk[mcp], from your clone: uv tool install ".[mcp]"'
TOKEN_VARIABLE = "COPYDESK_DESK_TOKEN"  # noqa: S105 # the variable's name


def serve_stdio(
    newsroom: engine.Newsroom, environ: Mapping[str, str], say: Callable[[str], None]
) -> None:
    """Serve an agent until it hangs up; with a token in the environment it may do more than read.

    Raises UsageError for a token that is no good or where the extra is missing, DeskStoreError.
    """
    try:
        import mcp  # noqa: F401 - asked before anything is opened
    except ImportError as error:
        raise UsageError("what speaks with agents is not installed", hint=INSTALL) from error
    asyncio.run(_serve(newsroom, environ.get(TOKEN_VARIABLE, "").strip(), say))


async def _serve(newsroom: engine.Newsroom, secret: str, say: Callable[[str], None]) -> None:
    from mcp.server.stdio import stdio_server

    from copydesk.desk.agents._server import make_server

    async with open_newsroom_desk(newsroom, _ROOT, say) as desk:

        async def token_of(_context: Any) -> ApiToken | None:
            if not secret:
                return None
            token = await asyncio.to_thread(desk.store.tokens.find, secret, read_clocks().now)
            if token is None:
                hint = "copydesk desk user token NAME makes another"
                raise UsageError("the token is unknown, has expired, or was ended", hint=hint)
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
