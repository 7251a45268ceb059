"""Services on loopback that take letters as their documentation says, and nothing else.

    async with FakeServices() as services:
        ... services.url, services.letters ...

A request that is not as documented is answered with 400 and noted in `complaints`. `faults` are
what happens in the place of the next answers; an answer after `done:` is given when it was done.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OctKey
from python_multipart import parse_form
from python_multipart.multipart import Field

TOKEN = "api-user:secret-word"
GHOST_ID, GHOST_SECRET = "6748592f4b9b7700010f6564", "b1" * 32
GHOST_KEY = f"{GHOST_ID}:{GHOST_SECRET}"
POST_ID, POSTED = "5b7ada404f87d200b5b1f9c8", "2026-11-28T08:00:00.000Z"
CAMPAIGN = ("name", "subject", "type", "content_type", "body", "altbody", "messenger")
BULK = ("From", "Subject", "HtmlBody", "TextBody", "MessageStream")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class UnfitRequestError(Exception):
    """Say that a request is not as documented."""


@dataclass
class HandedMail:
    """A letter as a service got it: its fields, and how it stands there."""

    fields: dict[str, Any]
    state: str
    query: Mapping[str, str] = field(default_factory=dict)


class FakeServices:
    """All services at one address: their paths do not meet."""

    def __init__(self) -> None:
        self.letters: list[HandedMail] = []
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.faults: list[str] = []
        self.now = 0
        self._ended = asyncio.Event()
        self.url = ""
        self._answers: dict[str, Any] = {}

    async def __aenter__(self) -> FakeServices:
        self._ended = asyncio.Event()

        @web.middleware
        async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._answer(request, handler)

        app = web.Application(middlewares=[answer], client_max_size=10**8)
        app.router.add_get("/api/campaigns", self._list_campaigns)
        app.router.add_post("/api/campaigns", self._make_campaign)
        app.router.add_put("/api/campaigns/{id}/status", self._start_campaign)
        app.router.add_post("/v1/emails", self._make_email)
        app.router.add_get("/ghost/api/admin/posts/slug/{slug}/", self._find_post)
        app.router.add_post("/ghost/api/admin/posts/", self._make_post)
        app.router.add_put("/ghost/api/admin/posts/{id}/", self._send_post)
        app.router.add_post("/v3/{domain}/messages", self._send_message)
        app.router.add_post("/email/bulk", self._send_bulk)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ended.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        fault = self.faults.pop(0) if self.faults else ""
        if fault and not fault.startswith("done:"):
            return await self._misbehave(request, fault)
        try:
            answer = await handler(request)
        except UnfitRequestError as error:
            self.complaints.append(f"{request.method} {request.path}: {error}")
            return web.json_response({"message": "not as documented"}, status=400)
        return await self._misbehave(request, fault.removeprefix("done:")) if fault else answer

    async def _misbehave(self, request: web.Request, fault: str) -> web.StreamResponse:
        assert request.transport is not None
        if fault == "closes":
            request.transport.abort()
        if fault == "hangs":
            await self._ended.wait()
        if fault == "not JSON":
            return web.Response(text="<html>It works!</html>")
        if fault == "a list":
            return web.json_response([1, 2])
        if fault == "10 MB":
            return web.Response(text="[" * 10_000_000)
        if fault == "elsewhere":
            return web.Response(status=307, headers={"Location": "https://elsewhere.example/"})
        if fault.isdigit():
            words = f"no joe@inbox.example {request.headers.get('Authorization', '')[:0]}"
            return web.json_response({"message": words}, status=int(fault))
        return web.json_response({})

    # ---- listmonk ----------------------------------------------------------------------------

    async def _list_campaigns(self, request: web.Request) -> web.Response:
        _check(request.headers["Authorization"] == f"token {TOKEN}", "token")
        _check(set(request.query) <= {"tags", "page", "per_page", "no_body", "query"}, "query")
        wanted = set(request.query.getall("tags"))
        found = [
            {"id": number, "status": mail.state, "tags": mail.fields["tags"]}
            for number, mail in enumerate(self.letters, 1)
            if wanted <= set(mail.fields["tags"])
        ]
        return web.json_response({"data": {"results": found, "total": len(found), "page": 1}})

    async def _make_campaign(self, request: web.Request) -> web.Response:
        _check(request.headers["Authorization"] == f"token {TOKEN}", "token")
        fields = await _fields(
            request,
            dict.fromkeys(CAMPAIGN, str) | {"lists": list, "tags": list},
            {"from_email": str, "headers": list},
        )
        _check(all(isinstance(number, int) for number in fields["lists"]), "lists")
        _check(fields["type"] == "regular" and fields["content_type"] == "html", "type")
        _check(all(isinstance(header, dict) for header in fields.get("headers", [])), "headers")
        self.letters.append(HandedMail(fields, "draft"))
        made = {"id": len(self.letters), "status": "draft", "tags": fields["tags"]}
        return web.json_response({"data": made})

    async def _start_campaign(self, request: web.Request) -> web.Response:
        fields = await _fields(request, {"status": str})
        mail = self.letters[int(request.match_info["id"]) - 1]
        _check(fields["status"] == "running" and mail.state in {"draft", "paused"}, "status")
        mail.state = "running"
        return web.json_response({"data": {"id": 1, "status": "running"}})

    # ---- Buttondown --------------------------------------------------------------------------

    async def _make_email(self, request: web.Request) -> web.Response:
        _check(request.headers["Authorization"] == f"Token {TOKEN}", "token")
        _check(request.headers["X-API-Version"] == "2026-04-01", "version")
        key = request.headers["X-Idempotency-Key"]
        _check(0 < len(key) <= 200, "key")
        if key in self._answers:
            return web.json_response(self._answers[key], status=201)
        fields = await _fields(
            request,
            {"subject": str, "body": str, "status": str, "slug": str},
            {"canonical_url": str, "filters": dict},
        )
        _check(fields["status"] in {"draft", "about_to_send"}, "status")
        if "filters" in fields:
            _check(set(fields["filters"]) == {"filters", "groups", "predicate"}, "filters")
        if fields["status"] == "about_to_send":
            _check(request.headers.get("X-Buttondown-Live-Dangerously") == "true", "confirmation")
        self.letters.append(HandedMail(fields, fields["status"]))
        self._answers[key] = {"id": f"em_{len(self.letters)}", "status": fields["status"]}
        return web.json_response(self._answers[key], status=201)

    # ---- Ghost -------------------------------------------------------------------------------

    def _check_ghost(self, request: web.Request) -> None:
        kind, _, token = request.headers["Authorization"].partition(" ")
        _check(kind == "Ghost" and request.headers["Accept-Version"] == "v5.0", "headers")
        signed = jwt.decode(token, OctKey.import_key(bytes.fromhex(GHOST_SECRET)), ["HS256"])
        claims = signed.claims
        _check(signed.header == {"alg": "HS256", "typ": "JWT", "kid": GHOST_ID}, "token's header")
        _check(claims["aud"] == "/admin/" and claims["exp"] - claims["iat"] <= 300, "claims")
        _check(claims["iat"] <= self.now < claims["exp"], "token's time")

    async def _find_post(self, request: web.Request) -> web.Response:
        self._check_ghost(request)
        for mail in self.letters:
            if mail.fields["slug"] == request.match_info["slug"]:
                post = {"id": POST_ID, "status": mail.state, "updated_at": POSTED}
                return web.json_response({"posts": [post]})
        return web.json_response({"errors": [{"message": "Resource not found"}]}, status=404)

    async def _make_post(self, request: web.Request) -> web.Response:
        self._check_ghost(request)
        _check(dict(request.query) == {"source": "html"}, "query")
        (post,) = (await _fields(request, {"posts": list}))["posts"]
        _check(set(post) <= {"title", "slug", "html", "status", "email_only", "canonical_url"}, "x")
        _check(post["status"] == "draft" and post["email_only"] is True, "status")
        self.letters.append(HandedMail(post, "draft"))
        made = {"id": POST_ID, "status": "draft", "updated_at": POSTED}
        return web.json_response({"posts": [made]}, status=201)

    async def _send_post(self, request: web.Request) -> web.Response:
        self._check_ghost(request)
        _check(set(request.query) == {"newsletter"} and request.match_info["id"] == POST_ID, "id")
        (post,) = (await _fields(request, {"posts": list}))["posts"]
        _check(post == {"updated_at": POSTED, "status": "published"}, "post")
        self.letters[0].state, self.letters[0].query = "sent", dict(request.query)
        return web.json_response({"posts": [{"id": POST_ID, "status": "sent"}]})

    # ---- Mailgun, Postmark -------------------------------------------------------------------

    async def _send_message(self, request: web.Request) -> web.Response:
        secret = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        _check(secret == f"api:{TOKEN}", "token")
        _check(request.content_type == "multipart/form-data", "form")
        fields = await _form(request)
        _check({"from", "to", "subject", "html", "text"} <= set(fields), "fields")
        known = {"from", "to", "subject", "html", "text", "o:tag", "o:tracking", "h:Reply-To"}
        _check(set(fields) <= known and request.match_info["domain"] in fields["to"], "more fields")
        self.letters.append(HandedMail(fields, "sent"))
        return web.json_response({"id": "<1.2@letters.example>", "message": "Queued. Thank you."})

    async def _send_bulk(self, request: web.Request) -> web.Response:
        _check(request.headers["X-Postmark-Server-Token"] == TOKEN, "token")
        _check(request.headers["Accept"] == "application/json", "accept")
        fields = await _fields(
            request,
            dict.fromkeys(BULK, str) | {"Messages": list},
            {"ReplyTo": str, "TrackOpens": bool, "TrackLinks": str},
        )
        _check(all(set(message) == {"To"} for message in fields["Messages"]), "messages")
        self.letters.append(HandedMail(fields, "sent"))
        answer = {"ID": "f24af63c", "Status": "Accepted", "SubmittedAt": "2026-11-28T08:00:00Z"}
        return web.json_response(answer)


def _check(is_so: bool, what: str) -> None:
    if not is_so:
        raise UnfitRequestError(what)


async def _form(request: web.Request) -> dict[str, str]:
    """Return the fields of a form of parts, read whole first.

    aiohttp's `request.post()` warns of itself where a body comes in short pieces.
    """
    fields: dict[str, str] = {}

    def keep(part: Field) -> None:
        assert part.field_name is not None
        fields[part.field_name.decode()] = (part.value or b"").decode()

    content_type = {"Content-Type": request.headers["Content-Type"].encode()}
    parse_form(content_type, io.BytesIO(await request.read()), keep, None)
    return fields


async def _fields(
    request: web.Request, needed: dict[str, type], others: dict[str, type] | None = None
) -> dict[str, Any]:
    """Return the fields of a JSON body that has what is needed, and nothing that is not known."""
    _check(request.content_type == "application/json", "content type")
    fields = json.loads(await request.read())
    known = {**needed, **(others or {})}
    _check(set(needed) <= set(fields) <= set(known), f"fields: {sorted(fields)}")
    for name, value in fields.items():
        _check(isinstance(value, known[name]), name)
    assert isinstance(fields, dict)
    return fields
