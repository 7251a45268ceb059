"""Readers' pages: mounted where letters have readers, and this server can be reached by them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope

from copydesk import engine, subscriptions
from copydesk.kit import urls
from copydesk.serve._readers import client_of, is_of_our_network, trust

Say = Callable[[str], None]

_MAIL = "/mail"


def needs_reader_pages(newsroom: engine.Newsroom) -> bool:
    """Decide whether letters have readers, or may have, who can reach this server."""
    has_letters = bool(newsroom.settings.letters) or engine.has_mail(newsroom.private)
    return bool(newsroom.settings.serve.public_url) and has_letters


def find_reader_pages(public_url: str) -> str:
    """Return the address below which readers' pages lie, "" where nobody can reach them."""
    return f"{public_url.rstrip('/')}{_MAIL}/" if public_url else ""


@contextlib.asynccontextmanager
async def mount_reader_pages(
    newsroom: engine.Newsroom, service: engine.NewsroomService, say: Say
) -> AsyncIterator[Mapping[str, ASGIApp]]:
    """Prepare readers' pages for the block, by the paths below which they lie; none without need.

    They lie below the path of `serve.public_url`, too, as a web server in front may pass it on.
    Where there are readers they stay, whatever the settings: the way out of a letter never ends.
    """
    settings = newsroom.settings
    if not needs_reader_pages(newsroom):
        yield {}
        return

    def read_newsroom() -> engine.Newsroom:
        return replace(newsroom, settings=service.folder.settings(), now=datetime.now(UTC))

    networks = settings.serve.trusted_proxies
    is_proxy = trust(networks) if networks else is_of_our_network

    def find_client(scope: Scope) -> str:
        peer = scope["client"][0] if scope.get("client") else ""
        return client_of(peer, Headers(scope=scope).getlist("X-Forwarded-For"), is_proxy)

    async with subscriptions.serve_subscriptions(read_newsroom, say, find_client) as app:
        yield {below + _MAIL: app for below in {"", urls.path(settings.serve.public_url)}}
