"""A Mastodon server on loopback, as its documentation and its published source say.

An Idempotency-Key is stored after the post is made (PostStatusService) and for an hour, so that
two requests at the same time make two posts, and a failure between both loses the key.
"""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from world import counting
from world.networks import FakeNetwork, RefusedError, bearer

SCOPES = frozenset({"read:accounts", "read:statuses", "write:statuses", "write:media"})
ACCOUNT = "7001"
_URL = re.compile(r"https?://\S+")
_KEY_LIVES = timedelta(hours=1)


@dataclass
class FakeStatus:
    """A post as the server has it, and how often it was edited."""

    id: str
    text: str
    visibility: str
    language: str
    media: list[str]
    made: datetime
    edits: int = 0


@dataclass
class FakeMedia:
    """An uploaded picture; its alt text; whether it has been processed."""

    id: str
    kind: str
    size: int
    alt: str
    is_ready: bool = True


class FakeMastodon(FakeNetwork):
    """The server: one account, whose tokens have scopes."""

    def __init__(self, most: int = 500) -> None:
        super().__init__()
        self.most = most
        self.tokens = {"token": SCOPES}
        self.statuses: dict[str, FakeStatus] = {}
        self.media: dict[str, FakeMedia] = {}
        self.keys: dict[str, tuple[str, datetime]] = {}
        self.is_bot = True
        self.processes_at_once = True
        self.pause_seconds = 0.0  # between a post and its key
        self.fails_before_key = False
        self._made = 0

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/api/v2/instance", self._instance)
        router.add_get("/api/v1/accounts/verify_credentials", self._account)
        router.add_get("/api/v1/accounts/{id}/statuses", self._list)
        router.add_post("/api/v1/statuses", self._post)
        router.add_put("/api/v1/statuses/{id}", self._edit)
        router.add_delete("/api/v1/statuses/{id}", self._delete)
        router.add_post("/api/v2/media", self._upload)
        router.add_get("/api/v1/media/{id}", self._show_media)

    def refuse_for_now(self) -> web.Response:
        at = self.shown_time + timedelta(seconds=self.wait_seconds)
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"}
        return web.json_response({"error": "Too many requests"}, status=429, headers=headers)

    async def _instance(self, _: web.Request) -> web.Response:
        statuses = {"max_characters": self.most, "characters_reserved_per_url": 23}
        media = {"description_limit": 1500, "image_size_limit": 16777216}
        configuration = {"statuses": statuses, "media_attachments": media}
        return web.json_response({"version": "4.5.0", "configuration": configuration})

    async def _account(self, request: web.Request) -> web.Response:
        self._demand(request, "read:accounts")
        return web.json_response({"id": ACCOUNT, "acct": "desk", "bot": self.is_bot})

    async def _list(self, request: web.Request) -> web.Response:
        self._demand(request, "read:statuses")
        assert request.match_info["id"] == ACCOUNT
        most = min(int(request.query.get("limit", "20")), 40)
        latest = sorted(self.statuses.values(), key=lambda status: -int(status.id))[:most]
        return web.json_response([_show(status) for status in latest])

    async def _post(self, request: web.Request) -> web.Response:
        self._demand(request, "write:statuses")
        key = request.headers.get("Idempotency-Key", "")
        known, until = self.keys.get(key, ("", self.now))
        if known and self.now < until:
            return web.json_response(_show(self.statuses[known]))
        fields = await request.json()
        media = list(fields.get("media_ids", []))
        self._check(fields["status"], media)
        self._made += 1
        status = FakeStatus(
            id=str(116_000_000_000_000_000 + self._made),
            text=fields["status"],
            visibility=fields.get("visibility", "public"),
            language=fields.get("language", ""),
            media=media,
            made=self.now,
        )
        self.statuses[status.id] = status
        await asyncio.sleep(self.pause_seconds)
        if self.fails_before_key:
            return web.json_response({"error": "We're sorry, but something went wrong"}, status=500)
        if key:
            self.keys[key] = status.id, self.now + _KEY_LIVES
        return web.json_response(_show(status))

    async def _edit(self, request: web.Request) -> web.Response:
        self._demand(request, "write:statuses")
        status, fields = self._find(request), await request.json()
        media = list(fields.get("media_ids", []))  # those that are not named are removed
        self._check(fields["status"], media)
        if (status.text, status.media) != (fields["status"], media):
            status.edits += 1
        status.text, status.media = fields["status"], media
        status.language = fields.get("language", status.language)
        return web.json_response(_show(status))

    async def _delete(self, request: web.Request) -> web.Response:
        self._demand(request, "write:statuses")
        status = self._find(request)
        del self.statuses[status.id]
        return web.json_response({**_show(status), "text": status.text})

    async def _upload(self, request: web.Request) -> web.Response:
        self._demand(request, "write:media")
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        if not file.content_type.startswith("image/"):
            raise RefusedError(422, {"error": "Validation failed: File content type is invalid"})
        media = FakeMedia(
            id=str(900 + len(self.media)),
            kind=file.content_type,
            size=len(file.file.read()),
            alt=str(form.get("description", "")),
            is_ready=self.processes_at_once,
        )
        self.media[media.id] = media
        return web.json_response({"id": media.id}, status=200 if media.is_ready else 202)

    async def _show_media(self, request: web.Request) -> web.Response:
        self._demand(request, "write:media")
        media = self.media.get(request.match_info["id"])
        if media is None:
            raise RefusedError(404, {"error": "Record not found"})
        return web.json_response({"id": media.id}, status=200 if media.is_ready else 206)

    def _demand(self, request: web.Request, scope: str) -> None:
        scopes = self.tokens.get(bearer(request))
        if scopes is None:
            raise RefusedError(401, {"error": "The access token is invalid"})
        if scope not in scopes:
            raise RefusedError(403, {"error": "This action is outside the authorized scopes"})

    def _find(self, request: web.Request) -> FakeStatus:
        if (status := self.statuses.get(request.match_info["id"])) is None:
            raise RefusedError(404, {"error": "Record not found"})
        return status

    def _check(self, text: str, media: list[str]) -> None:
        wrong = ""
        if not text and not media:
            wrong = "Text can't be blank"
        elif counting.of_mastodon(text) > self.most:
            wrong = f"Text character limit of {self.most} exceeded"
        elif any(not self.media[media_id].is_ready for media_id in media):
            wrong = "Cannot attach files that have not finished processing"
        if wrong:
            raise RefusedError(422, {"error": f"Validation failed: {wrong}"})


def _show(status: FakeStatus) -> dict[str, Any]:
    def link(match: re.Match[str]) -> str:
        return f'<a href="{match[0]}" rel="nofollow noopener"><span>{match[0]}</span></a>'

    content = _URL.sub(link, html.escape(status.text)).replace("\n\n", "</p><p>")
    return {
        "id": status.id,
        "content": f"<p>{content.replace(chr(10), '<br />')}</p>",
        "url": f"https://mastodon.example/@desk/{status.id}",
        "visibility": status.visibility,
        "language": status.language or None,
        "media_attachments": [{"id": media_id} for media_id in status.media],
    }
