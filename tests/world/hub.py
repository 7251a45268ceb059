"""A WebSub hub and publisher on 127.0.0.1: notes who subscribes, verifies, and pushes.

async with Hub() as hub:
    ... hub.url ... hub.asked ...
    await hub.verify(hub.asked[0])
    await hub.push(hub.asked[0], b"<rss/>")
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

import aiohttp
from aiohttp import web

Fields = Mapping[str, str]


class Hub:
    """The hub; `status` is what it answers to a request, `location` where it sends the asker.

    `front` maps an address of the outer world to where it leads here: the TLS server in between.
    """

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.agents: list[str] = []
        self.status = 202
        self.location = ""
        self.verifies_first = False
        self.url = ""
        self.front: dict[str, str] = {}

    async def __aenter__(self) -> Hub:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._subscribe)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hub"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._runner.cleanup()

    async def _subscribe(self, request: web.Request) -> web.Response:
        fields = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(fields)
        self.agents.append(request.headers.get("User-Agent", ""))
        if self.verifies_first:
            await self.verify(fields)
        headers = {"Location": self.location} if self.location else {}
        return web.Response(status=self.status, headers=headers, text="so")

    async def verify(self, fields: Fields, **changed: str) -> tuple[int, str]:
        """Ask the callback whether this was meant; give status and body."""
        query = {
            "hub.mode": fields["hub.mode"],
            "hub.topic": fields["hub.topic"],
            "hub.challenge": "are you there?",
            "hub.lease_seconds": fields.get("hub.lease_seconds", "0"),
            **{f"hub.{name}": value for name, value in changed.items()},
        }
        return await self.get(fields["hub.callback"], query)

    async def get(self, callback: str, query: Fields) -> tuple[int, str]:
        """Ask any address."""
        async with self._session.get(self._here(callback), params=dict(query)) as answer:
            assert answer.status == 404 or answer.content_type == "text/plain"
            return answer.status, await answer.text()

    async def push(self, fields: Fields, body: bytes, **headers: str) -> int:
        """Push a body, signed unless a header says otherwise; give the status."""
        right = hmac.new(fields["hub.secret"].encode(), body, hashlib.sha256).hexdigest()
        sent = {"Content-Type": "application/rss+xml", "X-Hub-Signature": f"sha256={right}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        callback = self._here(fields["hub.callback"])
        async with self._session.post(callback, data=body, headers=sent) as answer:
            return answer.status

    def _here(self, address: str) -> str:
        for outer, inner in self.front.items():
            address = address.replace(outer, inner)
        return address
