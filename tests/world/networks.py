"""What the networks of posts have in common on loopback: an address, a clock, a plan of faults.

async with FakeMastodon() as mastodon:
    mastodon.plan = ["", "500", "done:500"]  # for the first, second and third request
    ... mastodon.url ... mastodon.asked ...

A fault that begins with `done:` comes after the request was obeyed.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from aiohttp import web

from copydesk.kit import dates

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)
_PRIVATE = "http://10.0.0.1/inside"
_DRIP_SECONDS = 0.05


class RefusedError(Exception):
    """A network says no: the status, and the JSON of its answer."""

    def __init__(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(str(said))
        self.answer = web.json_response(said, status=status, headers=headers)


class FakeNetwork(ABC):
    """A server of one or more networks; its clock is set by the tests, and may be wrong."""

    wait_seconds = 90
    port = 0  # any that is free

    def __init__(self) -> None:
        self.plan: list[str] = []
        self.asked: list[str] = []
        self.complaints: list[str] = []  # requests that the documentation does not allow
        self.now = NOON
        self.clock_is_wrong_by = timedelta(0)
        self.url = ""

    @abstractmethod
    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add what the network answers."""

    @abstractmethod
    def refuse_for_now(self) -> web.Response:
        """Answer 429, in the network's own way."""

    @property
    def shown_time(self) -> datetime:
        """The time by the network's own clock."""
        return self.now + self.clock_is_wrong_by

    async def __aenter__(self) -> Self:
        self._ended = asyncio.Event()

        @web.middleware
        async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._answer(request, handler)

        app = web.Application(middlewares=[answer], client_max_size=10**8)
        self.add_routes(app.router)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ended.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        fault = self.plan.pop(0) if self.plan else ""
        answer: web.StreamResponse | None = None
        if not fault or fault.startswith("done:"):
            try:
                answer = await handler(request)
            except RefusedError as error:
                answer = error.answer
        fault = fault.removeprefix("done:")
        if fault:
            answer = await self._misbehave(request, fault, answer)
        assert answer is not None
        answer.headers["Date"] = dates.rfc5322(self.shown_time)
        return answer

    async def _misbehave(
        self, request: web.Request, fault: str, answer: web.StreamResponse | None
    ) -> web.StreamResponse:
        assert request.transport is not None
        match fault:
            case "closes":
                request.transport.abort()
            case "late":
                await self._ended.wait()
            case "html":
                return web.Response(text="<html>It works!</html>", content_type="text/html")
            case "deep":
                return web.Response(text='{"x": ' + "[" * 99_999, content_type="application/json")
            case "redirect":
                return web.Response(status=307, headers={"Location": _PRIVATE})
            case "429":
                return self.refuse_for_now()
            case "drip":
                return await self._drip(request)
            case "twice":
                assert isinstance(answer, web.Response)
                return await self._answer_twice(request, answer)
            case _:
                return web.Response(status=int(fault), text="<html>nginx</html>")
        return web.Response()

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        """Answer so slowly that it never ends, but never silent for long."""
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        while not self._ended.is_set():
            await answer.write(b" ")
            await asyncio.sleep(_DRIP_SECONDS)
        return answer

    async def _answer_twice(self, request: web.Request, answer: web.Response) -> web.Response:
        """Send another answer behind the right one, for nobody's request."""
        transport = request.transport
        body = b'{"id": "not yours", "uri": "at://not-yours", "cid": "no", "ok": true}'
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        await answer.prepare(request)
        await answer.write_eof()
        if transport is not None:
            transport.write(f"{head}\r\n\r\n".encode() + body)
        return answer


def bearer(request: web.Request) -> str:
    """Return the token of a request."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ")
