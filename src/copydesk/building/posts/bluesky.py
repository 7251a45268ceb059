"""Send, find and delete posts of Bluesky, by the PDS of an account (atproto.com/specs/xrpc).

    make_record ── make_put, with a key of our own ──> bytes to store ── put ──> the post

A PDS that has a record takes the same bytes under the same key as no change, so that they may be
sent again at any time; other bytes replace the record.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from copydesk.building.posts.accounts import (
    Account,
    PostAnswer,
    PostDelayed,
    PostDraft,
    PostFailure,
    PostRefused,
    PostSent,
    PostShape,
    PostUncertain,
    Response,
    find_failure,
    read_answer,
    read_post,
)
from copydesk.building.posts.composing import BLUESKY, ComposedPost, Piece
from copydesk.channels import PostChannel
from copydesk.fetch.web import Web
from copydesk.kit import dates, files
from copydesk.news import Page, Refused, Request

COLLECTION = "app.bsky.feed.post"
_JSON = "application/json"
_TID_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_THUMB_BYTES = 1_000_000  # app.bsky.embed.external: maxSize of `thumb`
_SESSION_BYTES = 20_000
_TOO_LARGE = {"413", "BlobTooLarge", "PayloadTooLarge"}
_MINUTE = 60_000_000  # microseconds
_SIGN_IN_SECONDS = 60.0
_ENDED = {"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"}


class BlueskySession(msgspec.Struct, frozen=True):
    """The session of an account; both tokens are secrets. Its caller stores it."""

    did: str
    handle: str
    access_token: str = msgspec.field(name="accessJwt")
    refresh_token: str = msgspec.field(name="refreshJwt")

    def __repr__(self) -> str:
        return f"BlueskySession(did={self.did!r})"


class BlueskyBlob(msgspec.Struct):
    """An uploaded picture: what a record says of it."""

    blob: dict[str, object]


class BlueskyReference(msgspec.Struct, frozen=True):
    """A record in exactly one version: its URI and its CID."""

    uri: str
    cid: str


def make_tid(moment: datetime, story: str) -> str:
    """Return the record key (a TID) of a story's post in the minute before a moment.

    It is the same for the same minute and story. Microseconds and clock ID are from a hash of the
    story's name. Layout: 53 bits of microseconds since 1970, 10 bits of clock ID
    (atproto.com/specs/tid).
    """
    digest = int.from_bytes(blake2b(story.encode(), digest_size=8).digest())
    minute = int((moment - timedelta(minutes=1)).timestamp()) // 60 * _MINUTE
    number = (minute + (digest >> 10) % _MINUTE) << 10 | digest & 1023
    return "".join(_TID_LETTERS[number >> shift & 31] for shift in range(60, -1, -5))


def make_record(
    post: ComposedPost,
    *,
    created: datetime,
    language: str = "",
    embed: Mapping[str, object] | None = None,
    reply_to: BlueskyReference | None = None,
) -> dict[str, object]:
    """Return the record of a post; a reply's thread begins with the post that it answers."""
    made = dates.rfc3339(created)
    record: dict[str, object] = {"$type": COLLECTION, "text": post.text, "createdAt": made}
    if facets := _make_facets(post.pieces):
        record["facets"] = facets
    if language:
        record["langs"] = [language]
    if embed:
        record["embed"] = dict(embed)
    if reply_to:
        target = msgspec.to_builtins(reply_to)
        record["reply"] = {"root": target, "parent": target}
    return record


def _make_facets(pieces: Sequence[Piece]) -> list[dict[str, object]]:
    """Return the links and tags of a text, by positions in bytes of its UTF-8."""
    facets: list[dict[str, object]] = []
    start = 0
    for piece in pieces:
        end = start + len(piece.words.encode())
        if piece.kind != "words":
            key = "uri" if piece.kind == "link" else "tag"
            feature = {"$type": f"app.bsky.richtext.facet#{piece.kind}", key: piece.target}
            index = {"byteStart": start, "byteEnd": end}
            facets.append({"index": index, "features": [feature]})
        start = end
    return facets


def make_card(
    link: str, title: str, line: str, picture: BlueskyBlob | None = None
) -> dict[str, object]:
    """Return the embed that shows a page as a card."""
    card: dict[str, object] = {"uri": link, "title": title, "description": line}
    if picture:
        card["thumb"] = picture.blob
    return {"$type": "app.bsky.embed.external", "external": card}


def make_picture(picture: BlueskyBlob, alt: str) -> dict[str, object]:
    """Return the embed that shows a picture with its alternative text."""
    return {"$type": "app.bsky.embed.images", "images": [{"alt": alt, "image": picture.blob}]}


def make_put(did: str, key: str, record: Mapping[str, object]) -> bytes:
    """Return the request that makes a post with this record key."""
    return msgspec.json.encode(
        {"repo": did, "collection": COLLECTION, "rkey": key, "record": record}
    )


class _Found(PostShape):
    uri: str
    cid: str
    value: dict[str, object] = msgspec.field(default_factory=dict)

    @property
    def answer(self) -> PostSent:
        """The post that the PDS has."""
        did, _, key = self.uri.removeprefix("at://").partition(f"/{COLLECTION}/")
        words, url = str(self.value.get("text", "")), f"https://bsky.app/profile/{did}/post/{key}"
        return PostSent(id=self.uri, words=words, url=url, version=self.cid)


@dataclass(slots=True, kw_only=True)
class Bluesky:
    """An account at its PDS. `keep` stores each new session, since a refresh token works once.

    Without a session, or if it cannot be refreshed, the client signs in with the app password: a
    PDS allows 30 sign-ins in five minutes and 300 a day. One process at a time may use a session.
    """

    web: Web
    server: str
    handle: str
    password: str = field(repr=False)
    session: BlueskySession | None
    keep: Callable[[BlueskySession], None]

    async def open(self) -> BlueskySession | PostFailure:
        """Return the session, signing in if there is none yet."""
        return self.session or await self._sign_in()

    async def put(self, put: bytes) -> PostAnswer:
        """Make a post by the request of `make_put`, whose bytes may be sent again."""
        return read_post(await self._post("com.atproto.repo.putRecord", put), _Found)

    async def upload(self, picture: bytes, media_type: str) -> BlueskyBlob | PostFailure:
        """Upload a picture; it is deleted by the PDS if no record names it within some hours."""
        answer = await self._post("com.atproto.repo.uploadBlob", picture, media_type)
        return read_answer(answer, BlueskyBlob)

    async def delete(self, uri: str) -> PostAnswer:
        """Delete a post by its URI; one that is already gone counts as deleted.

        The server refuses the URI of another account.
        """
        did, collection, key = uri.removeprefix("at://").split("/")
        fields = {"repo": did, "collection": collection, "rkey": key}
        response = await self._post("com.atproto.repo.deleteRecord", msgspec.json.encode(fields))
        answer = read_answer(response, dict[str, object])
        return PostSent(id=uri) if isinstance(answer, dict) else answer

    async def find(self, key: str) -> PostSent | PostFailure | None:
        """Return our own post with this record key, None if there is none."""
        session = await self.open()
        if not isinstance(session, BlueskySession):
            return session
        query = urlencode({"repo": session.did, "collection": COLLECTION, "rkey": key})
        method = f"com.atproto.repo.getRecord?{query}"
        found = read_post(await self._ask(lambda token: self._send("GET", method, token)), _Found)
        is_absent = isinstance(found, PostRefused) and found.code == "RecordNotFound"
        return None if is_absent else found

    async def _post(self, method: str, body: bytes, media_type: str = _JSON) -> Response:
        return await self._ask(lambda token: self._send("POST", method, token, body, media_type))

    async def _ask(self, send: Callable[[str], Awaitable[Page | Refused]]) -> Response:
        """Send a request; if the session has ended, renew it and send the request once more."""
        session = await self.open()
        if not isinstance(session, BlueskySession):
            return session
        answer = await send(session.access_token)
        if not _has_ended(answer):
            return answer
        renewed = await self._renew(session)
        return await send(renewed.access_token) if isinstance(renewed, BlueskySession) else renewed

    async def _renew(self, session: BlueskySession) -> BlueskySession | PostFailure:
        token = session.refresh_token
        answer = await self._send("POST", "com.atproto.server.refreshSession", token)
        return await self._sign_in() if _has_ended(answer) else self._keep(answer)

    async def _sign_in(self) -> BlueskySession | PostFailure:
        body = msgspec.json.encode({"identifier": self.handle, "password": self.password})
        return self._keep(await self._send("POST", "com.atproto.server.createSession", "", body))

    def _keep(self, answer: Page | Refused) -> BlueskySession | PostFailure:
        """Store the session of a response. Without one, what was to be done is not done."""
        session = read_answer(answer, BlueskySession)
        if isinstance(session, PostUncertain):
            return PostDelayed(why=f"could not sign in: {session.why}", seconds=_SIGN_IN_SECONDS)
        if isinstance(session, BlueskySession):
            self.session = session
            self.keep(session)
        return session

    async def _send(
        self, http_method: str, method: str, token: str, body: bytes = b"", media_type: str = _JSON
    ) -> Page | Refused:
        headers = {"Accept": _JSON} | ({"Authorization": f"Bearer {token}"} if token else {})
        if body:
            headers["Content-Type"] = media_type
        request = Request(url=f"{self.server}/xrpc/{method}", headers=headers)
        return await self.web.send(http_method, request, body)


def _has_ended(answer: Page | Refused) -> bool:
    """Return whether a session is refused because it has ended."""
    failure = find_failure(answer)
    return isinstance(failure, PostRefused) and failure.code in _ENDED


# The account of a channel.


class BlueskyPosts(Account):
    """An account of Bluesky, whose session is kept in a private file."""

    network = BLUESKY
    repeats = timedelta(days=1)  # the same record under the same key
    edits = False
    finds_surely = True

    def __init__(self, web: Web, channel: PostChannel, private: Path) -> None:
        file = private / "sessions" / f"{channel.id}.json"

        def keep(session: BlueskySession) -> None:
            file.parent.mkdir(mode=0o700, exist_ok=True)
            files.write_atomic(file, msgspec.json.encode(session), mode=0o600)

        self._picture = channel.picture
        self._pds = Bluesky(
            web=web,
            server=channel.server or "https://bsky.social",
            handle=channel.account,
            password=channel.secret,
            session=files.read_json(file, BlueskySession, _SESSION_BYTES),
            keep=keep,
        )

    async def make(self, draft: PostDraft) -> bytes | PostFailure:
        session = await self._pds.open()
        if not isinstance(session, BlueskySession):
            return session
        embed = await self._embed(draft)
        if isinstance(embed, PostFailure):
            return embed
        reply = draft.reply_to
        record = make_record(
            draft.composed,
            created=draft.created,
            language=draft.language,
            embed=embed,
            reply_to=BlueskyReference(uri=reply.id, cid=reply.version) if reply else None,
        )
        return make_put(session.did, make_tid(draft.created, draft.key), record)

    async def _embed(self, draft: PostDraft) -> Mapping[str, object] | PostFailure | None:
        blob: BlueskyBlob | None = None
        picture = draft.picture
        if picture is not None and len(picture.data) <= _THUMB_BYTES:
            uploaded = await self._pds.upload(picture.data, picture.media_type)
            if isinstance(uploaded, BlueskyBlob):
                blob = uploaded
            elif not (isinstance(uploaded, PostRefused) and uploaded.code in _TOO_LARGE):
                return uploaded  # else the post goes without it
        if self._picture == "none":
            return None
        if self._picture == "picture" and blob and picture:
            return make_picture(blob, picture.alt)
        return make_card(draft.link, draft.headline, draft.line, blob)

    async def send(self, request: bytes, key: str) -> PostAnswer:
        return await self._pds.put(request)

    async def find(self, request: bytes, link: str) -> PostSent | PostFailure | None:
        put = msgspec.json.decode(request)
        return await self._pds.find(put["rkey"])

    async def delete(self, post: PostSent, key: str) -> PostAnswer:
        return await self._pds.delete(post.id)
