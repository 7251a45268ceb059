"""Readers' pages as a server has them: an app to mount, for as long as it serves."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.types import ASGIApp

from copydesk.subscriptions._app import ClientOf, make_app
from copydesk.subscriptions._reader_service import ReaderService, ReadNewsroom, Say


@contextlib.asynccontextmanager
async def serve_subscriptions(
    read_newsroom: ReadNewsroom, say: Say, client_of: ClientOf
) -> AsyncIterator[ASGIApp]:
    """Prepare the pages of a newsroom's readers for the block; `say` tells the operator.

    `read_newsroom` returns the newsroom as of now (it is called in threads), `client_of` the
    network of who sends a request. Where what is kept of readers cannot be opened, the pages say
    so (503), and the site is served all the same.
    """
    service = ReaderService(read_newsroom, say)
    await service.open()
    try:
        yield make_app(service, client_of)
    finally:
        await service.close()
