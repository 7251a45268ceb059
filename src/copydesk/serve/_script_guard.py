"""Script guard: where the desk lies beside the site, pages of the site run copydesk's scripts only.

A theme comes by `git pull`, and a script of its own would be one of the desk's origin: it could act
as the editor who looks at the site.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk.kit import urls

_SCRIPTS = (".js", ".mjs")


class ScriptGuard:
    """Pass requests on to `site`, and hold what it answers to this machine to a policy.

    `find_own` returns the paths below `prefix` at which scripts of our own lie now; it asks the
    disk. A policy of headers counts beside that of the page, and no page can take it back. Scripts
    are told by their whole address, and what lies there by its hash. Forms may be sent below
    `forms_to` alone, the address of readers' pages; "" for none.
    """

    def __init__(
        self,
        site: ASGIApp,
        prefix: str,
        find_own: Callable[[], Collection[str]],
        is_from_here: Callable[[Scope], bool],
        forms_to: str = "",
    ) -> None:
        self._site = site
        self._prefix = f"/{prefix}/" if prefix else "/"
        self._find_own = find_own
        self._is_from_here = is_from_here
        below = quote(urls.path(forms_to), safe="/%")  # no mark of a policy stays in it
        self._forms = f"{urls.origin(forms_to)}{below}" if forms_to else "'none'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not self._is_from_here(scope):
            await self._site(scope, receive, send)
            return
        own = await asyncio.to_thread(self._find_own)
        if scope["path"].endswith(_SCRIPTS) and not self._is_own(scope["path"], own):
            words = "a theme's own script is not run beside the desk\n"
            await PlainTextResponse(words, 403)(scope, receive, send)
            return
        policy = self._make_policy(Headers(scope=scope).get("Host", ""), own)

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("Content-Security-Policy", policy)
            await send(message)

        await self._site(scope, receive, send_on)

    def _is_own(self, path: str, own: Collection[str]) -> bool:
        return path.startswith(self._prefix) and path.removeprefix(self._prefix) in own

    def _make_policy(self, host: str, own: Collection[str]) -> str:
        """Return the policy for a page at a host, which was found to be this machine's own name."""
        addresses = [f"http://{host}{self._prefix}{path}" for path in sorted(own)]
        scripts = " ".join(addresses) or "'none'"
        forms = f"form-action {self._forms}"
        return f"script-src {scripts}; object-src 'none'; base-uri 'none'; {forms}"
