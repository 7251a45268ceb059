"""The desk as a server has it: an app to mount, and what goes on behind it meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from copydesk import engine
from copydesk.desk._app import make_app
from copydesk.desk._desk import open_newsroom_desk
from copydesk.desk._pages import Editor
from copydesk.desk.agents import open_mcp
from copydesk.desk.api import make_api
from copydesk.desk.sign_in import Door, sign_in_app, visitor_of
from copydesk.errors import DeskStoreError

Say = Callable[[str], None]

_OPEN_TO_PROGRAMS = (
    "whatever program of this machine sends [desk] user_header is at the desk as whom it names;"
    " a secret in common with your web server, in COPYDESK_PROXY_SECRET, ends that"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedDesk:
    """A desk that is served: its app, and what files and tells until it is cancelled."""

    app: ASGIApp
    go_on: Callable[[], Coroutine[object, object, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDemand:
    """What runs in a newsroom when its owners ask for it: rounds, and judging again.

    `rounds` are None where none may run; with `is_recorded` that is because the web is a recording.
    """

    rounds: engine.CommandOnDemand | None
    rejudging: engine.CommandOnDemand
    is_recorded: bool = False


@contextlib.asynccontextmanager
async def serve_desk(
    newsroom: engine.Newsroom,
    door: Door,
    say: Say,
    on_demand: OnDemand,
) -> AsyncIterator[ServedDesk]:
    """Prepare a newsroom's desk for the block; `say` tells the operator.

    `on_demand` runs what its owners ask for.

    Where its file cannot be used (locked, damaged, of a newer version) the desk answers with what
    is wrong, and the site is served all the same.
    """
    if door.is_open_to_programs:
        say(_OPEN_TO_PROGRAMS)
    async with contextlib.AsyncExitStack() as stack:
        try:
            opened = await stack.enter_async_context(open_newsroom_desk(newsroom, door.root, say))
        except DeskStoreError as error:
            say(f"no desk: {error}; {error.hint}")
            answer = PlainTextResponse(f"{error.what}\n{error.hint}\n", 503)
            yield ServedDesk(app=answer, go_on=_wait)
            return
        opened.on_demand, opened.rejudging = on_demand.rounds, on_demand.rejudging
        opened.is_recorded = on_demand.is_recorded
        agents = await stack.enter_async_context(open_mcp(opened))
        pages = make_app(opened, _name_editors(door.host))
        api = make_api(opened, door, agents)
        app = sign_in_app(pages, opened.store, newsroom.beat, door, api)
        yield ServedDesk(app=app, go_on=opened.go_on)


def _name_editors(host: str) -> Callable[[Request], Editor]:
    """Return who says which editor sends a request; `host` is the desk's own, "" for none."""

    def name_editor(request: Request) -> Editor:
        visitor = visitor_of(request)
        return Editor(
            name=visitor.name,
            may_edit=visitor.may("editor"),
            is_beside_site=not host or request.url.hostname != host,
            is_owner=visitor.may("owner"),
        )

    return name_editor


async def _wait() -> None:
    await asyncio.Event().wait()
