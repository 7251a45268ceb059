"""A personal data server (PDS) of the AT Protocol on loopback, as lexicons and source say.

The same bytes under the same key are no change; other bytes are an update. Access tokens end when
a test says so, and a refresh token works once.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

from aiohttp import web

from world import counting
from world.networks import FakeNetwork, RefusedError, bearer

DID = "did:plc:deskdeskdeskdeskdeskdesk"
HANDLE = "desk.example"
PASSWORD = "aaaa-bbbb-cccc-dddd"
_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_MOST_BLOB = 1_000_000
_LOGINS = 30  # in five minutes


class FakePds(FakeNetwork):
    """The server: one account and its records of posts, by key."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, dict[str, Any]] = {}
        self.blobs: set[str] = set()
        self.commits: list[str] = []
        self.logins = 0
        self.access: set[str] = set()
        self.refresh: set[str] = set()
        self._count = 0

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/xrpc/com.atproto.server.createSession", self._create_session)
        router.add_post("/xrpc/com.atproto.server.refreshSession", self._refresh_session)
        router.add_post("/xrpc/com.atproto.repo.putRecord", self._put)
        router.add_get("/xrpc/com.atproto.repo.getRecord", self._get)
        router.add_post("/xrpc/com.atproto.repo.deleteRecord", self._delete)
        router.add_post("/xrpc/com.atproto.repo.uploadBlob", self._upload)

    def refuse_for_now(self) -> web.Response:
        at = self.shown_time + timedelta(seconds=self.wait_seconds)
        headers = {"RateLimit-Remaining": "0", "RateLimit-Reset": str(int(at.timestamp()))}
        said = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
        return web.json_response(said, status=429, headers=headers)

    def end_sessions(self, *, refresh: bool = False) -> None:
        """Let access tokens expire, and refresh tokens too."""
        self.access.clear()
        if refresh:
            self.refresh.clear()

    async def _create_session(self, request: web.Request) -> web.Response:
        fields = await request.json()
        self.logins += 1
        if self.logins > _LOGINS:
            return self.refuse_for_now()
        if (fields["identifier"], fields["password"]) != (HANDLE, PASSWORD):
            raise _refusal(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session()

    async def _refresh_session(self, request: web.Request) -> web.Response:
        token = bearer(request)
        if token not in self.refresh:
            raise _refusal(400, "ExpiredToken", "Token has been revoked")
        self.refresh.remove(token)
        return self._session()

    def _session(self) -> web.Response:
        self._count += 1
        access, refresh = f"access-{self._count}", f"refresh-{self._count}"
        self.access.add(access)
        self.refresh.add(refresh)
        said = {"did": DID, "handle": HANDLE, "accessJwt": access, "refreshJwt": refresh}
        return web.json_response({**said, "active": True})

    def _demand(self, request: web.Request) -> None:
        token = bearer(request)
        if not token:
            raise _refusal(401, "AuthMissing", "Authentication Required")
        if token not in self.access:
            raise _refusal(400, "ExpiredToken", "Token has expired")

    async def _put(self, request: web.Request) -> web.Response:
        self._demand(request)
        fields = await request.json()
        key, record = fields["rkey"], fields["record"]
        if fields["repo"] != DID or fields["collection"] != "app.bsky.feed.post":
            raise _refusal(400, "InvalidRequest", "no such repo or collection")
        if not _TID.fullmatch(key):
            raise _refusal(400, "InvalidRequest", "Invalid record key")
        if why := find_fault(record):
            raise _refusal(400, "InvalidRequest", f"Invalid app.bsky.feed.post record: {why}")
        for cid in _find_blobs(record):
            if cid not in self.blobs:
                raise _refusal(400, "BlobNotFound", f"Could not find blob: {cid}")
        said: dict[str, Any] = {"uri": _uri(key), "cid": _cid(record)}
        if self.records.get(key) != record:
            self.records[key] = record
            self.commits.append(key)
            said["commit"] = {"cid": f"commit{len(self.commits)}", "rev": key}
        return web.json_response(said)

    async def _get(self, request: web.Request) -> web.Response:
        record = self.records.get(request.query["rkey"])
        if record is None:
            raise _refusal(400, "RecordNotFound", "Could not locate record")
        uri = _uri(request.query["rkey"])
        return web.json_response({"uri": uri, "cid": _cid(record), "value": record})

    async def _delete(self, request: web.Request) -> web.Response:
        self._demand(request)
        fields = await request.json()
        if fields["repo"] != DID:
            raise _refusal(401, "AuthenticationRequired", "Authentication Required")
        self.records.pop(fields["rkey"], None)
        return web.json_response({})

    async def _upload(self, request: web.Request) -> web.Response:
        self._demand(request)
        picture = await request.read()
        if len(picture) > _MOST_BLOB:
            raise _refusal(413, "PayloadTooLarge", "request entity too large")
        cid = f"bafkrei{hashlib.sha256(picture).hexdigest()}"
        self.blobs.add(cid)
        blob = {"$type": "blob", "ref": {"$link": cid}, "mimeType": request.content_type}
        return web.json_response({"blob": {**blob, "size": len(picture)}})


def find_fault(record: dict[str, Any]) -> str:
    """Return how a record breaks the lexicon app.bsky.feed.post, "" if it does not."""
    text = record["text"]
    raw = text.encode()
    if record["$type"] != "app.bsky.feed.post" or not record["createdAt"].endswith("Z"):
        return "no type or date"
    if len(counting.graphemes(text)) > 300 or len(raw) > 3_000:
        return "text is too long"
    last = 0
    for facet in record.get("facets", []):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        (feature,) = facet["features"]
        words = raw[start:end].decode()  # fails inside a character
        is_tag = feature["$type"] == "app.bsky.richtext.facet#tag"
        if start < last or words != (f"#{feature['tag']}" if is_tag else feature["uri"]):
            return f"a facet is not at its words: {words}"
        last = end
    return ""


def _find_blobs(value: Any) -> list[str]:
    if isinstance(value, dict):
        if value.get("$type") == "blob":
            return [value["ref"]["$link"]]
        return [cid for inner in value.values() for cid in _find_blobs(inner)]
    return [cid for inner in value for cid in _find_blobs(inner)] if isinstance(value, list) else []


def _uri(key: str) -> str:
    return f"at://{DID}/app.bsky.feed.post/{key}"


def _cid(record: dict[str, Any]) -> str:
    return "bafyrei" + hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _refusal(status: int, error: str, message: str) -> RefusedError:
    return RefusedError(status, {"error": error, "message": message})
