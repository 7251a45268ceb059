"""Discord, Slack, Telegram and a Matrix homeserver on loopback, as their documentation says."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from world import counting
from world.networks import FakeNetwork, RefusedError, bearer

WEBHOOK = "/api/webhooks/11/secret"
SLACK_HOOK = "/services/T0/B0/secret"
TOKEN = "12:secret"
ROOM = "!room:matrix.example"
CHANNEL = "C012AB3CD"
_NOBODY: dict[str, list[str]] = {"parse": []}


class FakeChats(FakeNetwork):
    """All four at one address; `messages` is what a chat shows, by the message's ID."""

    kind = "discord"

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, dict[str, Any]] = {}
        self.transactions: dict[str, str] = {}
        self.threads: list[str] = []  # of Discord, in which something was done
        self.slack_error = ""
        self._count = 0

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(WEBHOOK, self._discord_send)
        router.add_patch(WEBHOOK + "/messages/{id}", self._discord_edit)
        router.add_delete(WEBHOOK + "/messages/{id}", self._discord_delete)
        router.add_post(SLACK_HOOK, self._slack_hook)
        router.add_post("/api/chat.{method}", self._slack)
        router.add_post("/bot{token}/{method}", self._telegram)
        router.add_put("/_matrix/client/v3/rooms/{room}/send/m.room.message/{key}", self._matrix)
        router.add_put("/_matrix/client/v3/rooms/{room}/redact/{id}/{key}", self._redact)

    def refuse_for_now(self) -> web.Response:
        seconds = self.wait_seconds
        said: dict[str, Any] = {
            "discord": {"message": "You are being rate limited.", "retry_after": seconds + 0.5},
            "slack": {"ok": False, "error": "ratelimited"},
            "telegram": {"ok": False, "error_code": 429, "parameters": {"retry_after": seconds}},
            "matrix": {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": seconds * 1000},
        }[self.kind]
        headers = {"Retry-After": str(seconds)} if self.kind == "slack" else {}
        return web.json_response(said, status=429, headers=headers)

    def _add(self, message: dict[str, Any]) -> str:
        self._count += 1
        self.messages[str(self._count)] = message
        return str(self._count)

    def _find(self, message_id: str, status: int, said: dict[str, Any]) -> dict[str, Any]:
        if message_id not in self.messages:
            raise RefusedError(status, said)
        return self.messages[message_id]

    async def _discord_send(self, request: web.Request) -> web.Response:
        self.threads.append(request.query.get("thread_id", ""))
        message = await self._discord_message(request)
        if request.query.get("wait") != "true":
            return web.Response(status=204)
        message_id = self._add(message)
        return web.json_response({"id": message_id, "content": message["content"]})

    async def _discord_message(self, request: web.Request) -> dict[str, Any]:
        message: dict[str, Any] = await request.json()
        if len(message["content"]) > 2_000:
            raise RefusedError(400, {"code": 50035, "message": "Invalid Form Body"})
        if message.get("allowed_mentions") != _NOBODY:
            self.complaints.append("mentions are parsed")
        return message

    async def _discord_edit(self, request: web.Request) -> web.Response:
        known = self._find_discord(request)
        known |= await self._discord_message(request)
        return web.json_response({"id": request.match_info["id"], "content": known["content"]})

    async def _discord_delete(self, request: web.Request) -> web.Response:
        self._find_discord(request)
        del self.messages[request.match_info["id"]]
        return web.Response(status=204)

    def _find_discord(self, request: web.Request) -> dict[str, Any]:
        self.threads.append(request.query.get("thread_id", ""))
        unknown = {"code": 10008, "message": "Unknown Message"}
        return self._find(request.match_info["id"], 404, unknown)

    async def _slack_hook(self, request: web.Request) -> web.Response:
        self._add(await request.json())
        return web.Response(text="ok")

    async def _slack(self, request: web.Request) -> web.Response:
        fields = await request.json()
        error = self.slack_error or ("" if bearer(request) == TOKEN else "invalid_auth")
        if fields.get("channel") != CHANNEL:
            error = error or "channel_not_found"
        method = request.match_info["method"]
        if method != "postMessage" and fields.get("ts") not in self.messages:
            error = error or "message_not_found"
        if error:
            return web.json_response({"ok": False, "error": error})
        if method == "delete":
            del self.messages[fields["ts"]]
            return web.json_response({"ok": True, "channel": CHANNEL, "ts": fields["ts"]})
        message_id = fields.get("ts") or self._add(fields)
        self.messages[message_id] = fields
        message = {"text": fields["text"]}
        return web.json_response({"ok": True, "ts": message_id, "message": message})

    async def _telegram(self, request: web.Request) -> web.Response:
        fields = await request.json()
        if request.match_info["token"] != TOKEN:
            raise _telegram_refusal(401, "Unauthorized")
        if "parse_mode" in fields:
            self.complaints.append("a parse mode")
        method = request.match_info["method"]
        known = self.messages.get(str(fields.get("message_id")))
        if method == "deleteMessage":
            if known is None:
                raise _telegram_refusal(400, "Bad Request: message to delete not found")
            del self.messages[str(fields["message_id"])]
            return web.json_response({"ok": True, "result": True})
        if counting.utf16_units(fields["text"]) > 4096:
            raise _telegram_refusal(400, "Bad Request: message is too long")
        if method == "sendMessage":
            message_id = self._add(fields)
        elif known is None:
            raise _telegram_refusal(400, "Bad Request: message to edit not found")
        elif known["text"] == fields["text"]:
            raise _telegram_refusal(400, "Bad Request: message is not modified: the same content")
        else:
            message_id = str(fields["message_id"])
            self.messages[message_id] = fields
        result = {"message_id": int(message_id), "text": fields["text"]}
        return web.json_response({"ok": True, "result": result})

    async def _matrix(self, request: web.Request) -> web.Response:
        self._demand_matrix(request)
        key = request.match_info["key"]
        if key not in self.transactions:
            content = await request.json()
            if content.get("m.mentions") != {}:
                self.complaints.append("mentions are not given")
            self.transactions[key] = self._add(content)
        return web.json_response({"event_id": f"${self.transactions[key]}"})

    async def _redact(self, request: web.Request) -> web.Response:
        self._demand_matrix(request)
        key, event = request.match_info["key"], request.match_info["id"].removeprefix("$")
        if key not in self.transactions:
            self.messages[event] = {}
            self.transactions[key] = f"redaction-{event}"
        return web.json_response({"event_id": f"${self.transactions[key]}"})

    def _demand_matrix(self, request: web.Request) -> None:
        if bearer(request) != TOKEN:
            raise RefusedError(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Unknown token"})
        if request.match_info["room"] != ROOM:
            raise RefusedError(403, {"errcode": "M_FORBIDDEN", "error": "not in the room"})


def _telegram_refusal(status: int, words: str) -> RefusedError:
    return RefusedError(status, {"ok": False, "error_code": status, "description": words})
