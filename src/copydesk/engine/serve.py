"""Serve: the published site over HTTP, and rounds on schedule, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from copydesk.engine.newsroom import Newsroom
from copydesk.errors import UsageError
from copydesk.kit import urls

if TYPE_CHECKING:
    from aiohttp import web

Say = Callable[[str], None]

_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_TYPES = {".xml": "application/xml", ".json": "application/json", ".webp": "image/webp"}
_FEEDS = {"feed.xml": "application/atom+xml", "rss.xml": "application/rss+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to listen; port 0 takes a free one. `prefix` is the site's own path ("/coast")."""

    host: str = "127.0.0.1"
    port: int = 8000
    prefix: str = ""


def serve_site(site: Path, address: Address, say: Say) -> None:
    """Serve a web root until SIGTERM or Ctrl-C; raises UsageError where the port is taken."""
    asyncio.run(_serve(site, address, say, None))


def serve(newsroom: Newsroom, address: Address, say: Say) -> None:
    """Serve the newsroom's site and run a round now and every `serve.every_minutes`.

    Each round is a process of its own: it can be ended at any instant, and the next one goes on.
    """
    rounds: _Rounds | None = None
    if newsroom.settings.fetch.contact:
        rounds = _Rounds(newsroom.root, newsroom.settings.serve.every_minutes * 60.0, say)
    else:
        say("no rounds: [fetch] contact is not set in beat.toml; serving what is published")
    parsed = urls.parse(newsroom.beat.url)
    prefix = "" if parsed is None else str(parsed.pathname).rstrip("/")
    asyncio.run(_serve(newsroom.site, replace(address, prefix=prefix), say, rounds))


async def _serve(site: Path, address: Address, say: Say, rounds: _Rounds | None) -> None:
    from aiohttp import web

    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # strangers' nonsense
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app = web.Application()
    app.router.add_get("/{path:.*}", _Site(site, address.prefix).answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
    await runner.setup()
    try:
        port = await _listen(runner, address)
        say(f"the site is at http://{address.host}:{port}{address.prefix}/ (Ctrl-C ends)")
        await _until(stop, rounds)
    finally:
        await runner.cleanup()
        say("stopped")


async def _listen(runner: web.AppRunner, address: Address) -> int:
    from aiohttp import web

    place = web.TCPSite(runner, address.host, address.port)
    try:
        await place.start()
    except OSError as error:
        raise UsageError(
            f"cannot listen ({error.strerror})",
            subject=f"{address.host}:{address.port}",
            hint="choose another with --port",
        ) from error
    port: int = runner.addresses[0][1]
    return port


async def _until(stop: asyncio.Event, rounds: _Rounds | None) -> None:
    if rounds is None:
        await stop.wait()
        return
    at_work = asyncio.create_task(rounds.go_on())
    await stop.wait()
    at_work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await at_work


class _Rounds:
    """Run a round, wait, run the next."""

    def __init__(self, root: Path, every_seconds: float, say: Say) -> None:
        self._root = root
        self._every_seconds = every_seconds
        self._say = say

    async def go_on(self) -> None:
        """Go on until cancelled; a round under way is then ended and waited for."""
        while True:
            code = await self._one()
            if code:
                self._say(f"the round ended with exit code {code}; the next one goes on")
            await asyncio.sleep(self._every_seconds)

    async def _one(self) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "copydesk", "-C", str(self._root), "run", stdout=sys.stderr
        )
        try:
            return await process.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise


class _Site:
    """Answer requests from the files below a web root, and from nowhere else.

    The pages link to each other below the site's own path (`prefix`), which is no folder of the
    web root: it is taken off an address that has it.
    """

    def __init__(self, root: Path, prefix: str) -> None:
        self._root = root
        self._prefix = prefix.strip("/")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Give the file, the folder's index page, or the site's own 404 page."""
        from aiohttp import web

        path = await asyncio.to_thread(self._file, self._bare(request.match_info["path"]))
        if path is None:
            return await self._missing()
        if path.name == "index.html" and not request.path.endswith(("/", "/index.html")):
            raise web.HTTPMovedPermanently(location=self._address(path.parent))
        return web.FileResponse(path, headers=_headers(path))

    def _address(self, folder: Path) -> str:
        """Give a folder's address, made from where it lies and not from what was asked."""
        inside = folder.relative_to(self._root.resolve()).parts
        return "/" + "".join(f"{quote(part)}/" for part in (self._prefix, *inside) if part)

    def _bare(self, asked: str) -> str:
        if asked == self._prefix:
            return ""
        return asked.removeprefix(f"{self._prefix}/") if self._prefix else asked

    def _file(self, asked: str) -> Path | None:
        root = self._root.resolve()
        try:
            path = (root / asked.lstrip("/")).resolve()
            if not path.is_relative_to(root) or _is_hidden(path.relative_to(root)):
                return None
            if path.is_dir():
                indexes = (path / name for name in ("index.html", "index.json"))
                return next((one for one in indexes if one.is_file()), None)
            return path if path.is_file() else None
        except (OSError, ValueError):  # a name too long, a NUL byte
            return None

    async def _missing(self) -> web.Response:
        from aiohttp import web

        page = await asyncio.to_thread(self._file, "404.html")
        text = "not found\n" if page is None else await asyncio.to_thread(page.read_text, "utf-8")
        kind = "text/plain" if page is None else "text/html"
        return web.Response(status=404, text=text, content_type=kind, headers=_SECURITY)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _headers(path: Path) -> dict[str, str]:
    kind = _FEEDS.get(path.name) or _TYPES.get(path.suffix)
    if path.suffix in {".xml", ".json"} and kind:
        kind += "; charset=utf-8"
    return {**_SECURITY, "Content-Type": kind} if kind else dict(_SECURITY)
