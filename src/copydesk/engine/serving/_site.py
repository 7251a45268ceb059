"""Site: the files of the published site, as answers over HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from copydesk.engine.serving._audience import AudienceCounts
from copydesk.engine.serving._packed import pack, varies
from copydesk.kit import media_types

if TYPE_CHECKING:
    from aiohttp import web

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_STORY = re.compile(r"/*news/([^/]+)/(?:index\.html)?")
_UNCHANGING = "pictures"  # named by a hash of what is in them
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"  # whoever has a page asks whether it is new, and mostly gets a 304


def nothing_is_gone(_: str) -> bool:
    """Call no path gone."""
    return False


class Site:
    """Answer requests from the files below a web root, and from nowhere else.

    The pages link to each other below the site's own path (`prefix`), which is no folder of the
    web root: it is taken off an address that has it. Where no file lies, `is_gone` says of the
    path ("news/2026/wall", no slash at either end) whether one lay there and was taken away for
    good: then the answer is 410. It is called in a thread. `readers` counts who reads stories,
    None: nobody counts.
    """

    def __init__(
        self,
        root: Path,
        prefix: str,
        is_gone: Callable[[str], bool] = nothing_is_gone,
        readers: AudienceCounts | None = None,
    ) -> None:
        self._root = root
        self._prefix = prefix.strip("/")
        self._is_gone = is_gone
        self.readers = readers

    @property
    def path(self) -> str:
        """Return the site's own path without a final slash: "/coast", or ""."""
        return f"/{self._prefix}" if self._prefix else ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Return the file, the folder's index page, or the site's own 404 page."""
        from aiohttp import web

        asked = self._bare(request.match_info["path"])
        path = await asyncio.to_thread(self._file, asked)
        if path is None:
            return await self._missing(asked.strip("/"))
        if path.name == "index.html" and not request.path.endswith(("/", "/index.html")):
            raise web.HTTPMovedPermanently(location=self._address(path.parent))
        response = await pack(request, path) or web.FileResponse(path)
        response.headers.update(self._headers(path))
        return response

    def _headers(self, path: Path) -> dict[str, str]:
        """Return what is said of a file, whether it is packed or not."""
        is_unchanging = path.is_relative_to(self._root.resolve() / _UNCHANGING)
        return {
            **SECURITY,
            "Cache-Control": _FOR_EVER if is_unchanging else _ASK_AGAIN,
            "Content-Type": media_types.media_type(path.name),
            **({"Vary": "Accept-Encoding"} if varies(path) else {}),
        }

    async def count_view(self, request: web.Request, response: web.StreamResponse) -> None:
        """Let a story's page be counted when it is about to be sent, whole and not from a cache."""
        if self.readers is None or response.status != 200 or "path" not in request.match_info:
            return
        story = _STORY.fullmatch(self._bare(request.match_info["path"]))
        if story is not None:
            self.readers.note(request, story[1])

    def _address(self, folder: Path) -> str:
        """Return a folder's address, made from where it lies and not from what was asked."""
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
                return next((index for index in indexes if index.is_file()), None)
            return path if path.is_file() else None
        except (OSError, ValueError):  # a name too long, a NUL byte
            return None

    async def _missing(self, asked: str) -> web.Response:
        from aiohttp import web

        is_gone = await asyncio.to_thread(self._is_gone, asked)
        page = await asyncio.to_thread(self._file, "404.html")
        words = "gone\n" if is_gone else "not found\n"
        text = words if page is None else await asyncio.to_thread(page.read_text, "utf-8")
        kind = "text/plain" if page is None else "text/html"
        status = 410 if is_gone else 404
        return web.Response(status=status, text=text, content_type=kind, headers=SECURITY)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
