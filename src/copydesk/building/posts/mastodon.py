"""Send, edit, find and delete posts on a Mastodon server (docs.joinmastodon.org/methods).

`make_status` returns the bytes that are stored before they are sent. The server stores an
Idempotency-Key after the post is made, and for an hour: the same key within that time returns the
same post, but a second request while the first is at work makes another one.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import msgspec

from copydesk.building.posts.accounts import (
    Account,
    PostAnswer,
    PostDelayed,
    PostDraft,
    PostFailure,
    PostPicture,
    PostRefused,
    PostSent,
    PostShape,
    PostUncertain,
    read_answer,
    read_post,
)
from copydesk.building.posts.composing import make_mastodon
from copydesk.channels import PostChannel, PostVisibility
from copydesk.fetch.web import Web
from copydesk.kit import text
from copydesk.news import Page, Refused, Request

_JSON = "application/json"
_LATEST = 40  # statuses: the most that the server lists at once
_MEDIA_TRIES = 15
_MEDIA_SECONDS = 2.0  # between two questions whether a picture is ready
_HREF = re.compile(r'href="([^"]*)"')


class _StatusLimits(msgspec.Struct):
    max_characters: int = 500
    characters_reserved_per_url: int = 23


class _MediaLimits(msgspec.Struct):
    description_limit: int = 1_500
    image_size_limit: int = 16 * 1024 * 1024


class _Configuration(msgspec.Struct):
    statuses: _StatusLimits = msgspec.field(default_factory=_StatusLimits)
    media_attachments: _MediaLimits = msgspec.field(default_factory=_MediaLimits)


class MastodonInstance(msgspec.Struct):
    """A server's limits, as `/api/v2/instance` says: of posts, pictures and their alt texts."""

    version: str = ""
    configuration: _Configuration = msgspec.field(default_factory=_Configuration)


class MastodonAccount(msgspec.Struct):
    """The account of a token; `bot` is the mark that posts are made by a program."""

    id: str
    acct: str = ""
    bot: bool = False


class _Status(PostShape):
    id: str
    content: str = ""
    url: str | None = None

    @property
    def answer(self) -> PostSent:
        """The post that the server has."""
        return PostSent(id=self.id, words=text.plain(self.content), url=self.url or "")


class _Media(PostShape):
    id: str

    @property
    def answer(self) -> PostSent:
        """The uploaded picture."""
        return PostSent(id=self.id)


def make_status(
    words: str,
    *,
    visibility: PostVisibility = "public",
    language: str = "",
    media_ids: Sequence[str] = (),
) -> bytes:
    """Return the request that makes a post. Its language is an ISO 639-1 code, "" for unknown."""
    fields: dict[str, object] = {"status": words, "visibility": visibility}
    fields |= {"language": language} if language else {}
    return msgspec.json.encode(fields | ({"media_ids": list(media_ids)} if media_ids else {}))


def make_edit(words: str, *, language: str = "", media_ids: Sequence[str] = ()) -> bytes:
    """Return the request that edits a post; pictures that it does not name are removed."""
    fields: dict[str, object] = {"status": words, "media_ids": list(media_ids)}
    return msgspec.json.encode(fields | ({"language": language} if language else {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mastodon:
    """A server and an access token, with the scopes write:statuses, write:media, read:statuses
    and read:accounts (or `profile`).
    """

    web: Web
    server: str
    token: str = field(repr=False)

    async def read_instance(self) -> MastodonInstance | PostFailure:
        """Return the limits of the server."""
        return read_answer(await self._send("GET", "/api/v2/instance"), MastodonInstance)

    async def read_account(self) -> MastodonAccount | PostFailure:
        """Return the account of the token."""
        answer = await self._send("GET", "/api/v1/accounts/verify_credentials")
        return read_answer(answer, MastodonAccount)

    async def send(self, status: bytes, key: str) -> PostAnswer:
        """Make a post; the same key within an hour returns the post that was made before."""
        headers = {"Content-Type": _JSON, "Idempotency-Key": key}
        return read_post(await self._send("POST", "/api/v1/statuses", status, headers), _Status)

    async def edit(self, post_id: str, edit: bytes) -> PostAnswer:
        """Edit a post, by the request of `make_edit`. Everybody who shared it is notified."""
        path = f"/api/v1/statuses/{quote(post_id, safe='')}"
        return read_post(await self._send("PUT", path, edit, {"Content-Type": _JSON}), _Status)

    async def delete(self, post_id: str) -> PostAnswer:
        """Delete a post; one that is already gone counts as deleted."""
        answer = await self._send("DELETE", f"/api/v1/statuses/{quote(post_id, safe='')}")
        is_gone = isinstance(answer, Page) and answer.status in {404, 410}
        return PostSent(id=post_id) if is_gone else read_post(answer, _Status)

    async def upload(self, picture: bytes, media_type: str, alt: str) -> PostAnswer:
        """Upload a picture with its alternative text; `id` of the answer is its media ID."""
        boundary = hashlib.blake2b(picture, digest_size=16).hexdigest()
        body = _make_form(boundary, {"description": alt}, picture, media_type)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return read_post(await self._send("POST", "/api/v2/media", body, headers), _Media)

    async def check_media(self, media_id: str) -> PostAnswer:
        """Return whether an uploaded picture is ready to be posted, PostDelayed if it is not."""
        answer = await self._send("GET", f"/api/v1/media/{quote(media_id, safe='')}")
        if isinstance(answer, Page) and answer.status == 206:
            return PostDelayed(why="the picture is being processed", seconds=_MEDIA_SECONDS)
        return read_post(answer, _Media)

    async def find(self, account_id: str, link: str) -> PostSent | PostFailure | None:
        """Return our own post with this link among the latest 40, None if there is none."""
        query = f"limit={_LATEST}&exclude_reblogs=true"
        path = f"/api/v1/accounts/{quote(account_id, safe='')}/statuses?{query}"
        statuses = read_answer(await self._send("GET", path), list[_Status])
        if not isinstance(statuses, list):
            return statuses
        for status in statuses:
            if link in map(html.unescape, _HREF.findall(status.content)):
                return status.answer
        return None

    async def _send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Page | Refused:
        own = {"Authorization": f"Bearer {self.token}", "Accept": _JSON, **(headers or {})}
        return await self.web.send(method, Request(url=self.server + path, headers=own), body)


def _make_form(boundary: str, fields: dict[str, str], file: bytes, media_type: str) -> bytes:
    """Return a form with a file, as multipart/form-data (RFC 7578)."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    extension = media_type.rpartition("/")[2]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        f'filename="picture.{extension}"\r\nContent-Type: {media_type}\r\n\r\n'
    )
    return "".join(parts).encode() + file + f"\r\n--{boundary}--\r\n".encode()


# The account of a channel.


class MastodonPosts(Account):
    """An account of a Mastodon server."""

    repeats = timedelta(minutes=50)  # a key is known for an hour

    def __init__(self, web: Web, channel: PostChannel, _private: Path) -> None:
        self._server = Mastodon(web=web, server=channel.server, token=channel.secret)
        self._channel = channel
        self.network = make_mastodon()

    async def open(self) -> PostFailure | None:
        instance = await self._server.read_instance()
        if not isinstance(instance, MastodonInstance):
            return instance
        self._media = instance.configuration.media_attachments
        account = await self._server.read_account()
        if isinstance(account, MastodonAccount) and not account.bot:
            self.remark = f"mark the account {account.acct} as automated in its profile"
        limits = instance.configuration.statuses
        self.network = make_mastodon(limits.max_characters, limits.characters_reserved_per_url)
        return None

    async def make(self, draft: PostDraft) -> bytes | PostFailure:
        is_attached = self._channel.picture == "picture"  # the server makes a card by itself
        media = await self._upload(draft.picture if is_attached else None)
        if isinstance(media, PostFailure):
            return media
        return make_status(
            draft.composed.text,
            visibility=self._channel.visibility,
            language=draft.language,
            media_ids=media,
        )

    async def _upload(self, picture: PostPicture | None) -> tuple[str, ...] | PostFailure:
        """Upload the picture, if there is one, and wait until it is ready; return its ID."""
        if picture is None or len(picture.data) > self._media.image_size_limit:
            return ()
        alt = picture.alt[: self._media.description_limit]
        media = await self._server.upload(picture.data, picture.media_type, alt)
        if isinstance(media, PostRefused):
            return () if media.code in {"413", "422"} else media  # the post goes without it
        for _ in range(_MEDIA_TRIES):
            if not isinstance(media, PostSent):
                return media
            ready = await self._server.check_media(media.id)
            if isinstance(ready, PostSent):
                return (media.id,)
            await asyncio.sleep(_MEDIA_SECONDS)
        return PostUncertain(why="the picture is not ready")

    async def send(self, request: bytes, key: str) -> PostAnswer:
        return await self._server.send(request, key)

    async def find(self, request: bytes, link: str) -> PostSent | PostFailure | None:
        account = await self._server.read_account()
        if not isinstance(account, MastodonAccount):
            return account
        return await self._server.find(account.id, link)

    async def edit(self, post: PostSent, draft: PostDraft, request: bytes) -> PostAnswer:
        media = msgspec.json.decode(request).get("media_ids", ())
        edit = make_edit(draft.composed.text, language=draft.language, media_ids=media)
        return await self._server.edit(post.id, edit)

    async def delete(self, post: PostSent, key: str) -> PostAnswer:
        return await self._server.delete(post.id)
