"""Send, edit and delete messages in chats: Discord, Slack, Telegram and Matrix.

Each chat is one class, an `Account`. None of their messages notifies anybody.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from copydesk.building.posts import composing
from copydesk.building.posts.accounts import (
    CANNOT,
    Account,
    PostAnswer,
    PostDelayed,
    PostDraft,
    PostRefused,
    PostSent,
    PostShape,
    PostUncertain,
    Response,
    find_failure,
    read_answer,
    read_post,
)
from copydesk.building.posts.composing import ComposedPost
from copydesk.channels import PostChannel
from copydesk.fetch.web import Web
from copydesk.news import Page, Request

_JSON = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
_SLACK_SECONDS = 60.0


class Chat(Account):
    """A channel, chat or room, by the settings of a channel that is posted to.

    Only a chat that `repeats` knows a message by the key that came with it; an uncertain message to
    another chat must not be sent again.
    """

    def __init__(self, web: Web, channel: PostChannel, _private: Path) -> None:
        self._web = web
        self._channel = channel

    @abstractmethod
    def _write(self, post: ComposedPost, edits: str = "") -> bytes:
        """Return the request for a message; `edits` is the ID of the message that it replaces."""

    async def make(self, draft: PostDraft) -> bytes:
        return self._write(draft.composed)

    async def delete(self, post: PostSent, key: str) -> PostAnswer:
        return CANNOT

    async def _send(self, method: str, url: str, body: bytes = b"", token: str = "") -> Response:
        own = {"Authorization": f"Bearer {token}"} if token else {}
        return await self._web.send(method, Request(url=url, headers=_JSON | own), body)


# Discord: docs.discord.com/developers/resources/webhook.

_UNKNOWN_MESSAGE = "10008"


class _DiscordMessage(PostShape):
    id: str
    content: str = ""

    @property
    def answer(self) -> PostSent:
        """The message that Discord has."""
        return PostSent(id=self.id, words=self.content)


class DiscordWebhook(Chat):
    """A webhook of a channel, by its URL, which is a secret."""

    network = composing.DISCORD

    def _write(self, post: ComposedPost, edits: str = "") -> bytes:
        """Return the request for a message in which no mention notifies anybody."""
        return msgspec.json.encode({"content": post.text, "allowed_mentions": {"parse": []}})

    async def send(self, request: bytes, key: str) -> PostAnswer:
        """Send a message, and wait until it is stored."""
        answer = await self._send("POST", self._address("", "wait=true"), request)
        return read_post(answer, _DiscordMessage)

    async def edit(self, post: PostSent, draft: PostDraft, request: bytes) -> PostAnswer:
        message = self._write(draft.composed)
        answer = await self._send("PATCH", self._address(post.id), message)
        return read_post(answer, _DiscordMessage)

    async def delete(self, post: PostSent, key: str) -> PostAnswer:
        answer = await self._send("DELETE", self._address(post.id))
        failure = find_failure(answer)
        is_gone = isinstance(failure, PostRefused) and failure.code == _UNKNOWN_MESSAGE
        if is_gone or (isinstance(answer, Page) and answer.status == 204):
            return PostSent(id=post.id)
        return failure or PostUncertain(why="Discord did not answer 204")

    def _address(self, message_id: str, query: str = "") -> str:
        """Return the URL of the webhook or a message; the webhook's may name a thread."""
        parts = urlsplit(self._channel.secret)
        path = parts.path + (f"/messages/{quote(message_id, safe='')}" if message_id else "")
        query = "&".join(filter(None, (parts.query, query)))
        return urlunsplit(parts._replace(path=path, query=query))


# Slack: docs.slack.dev/reference/methods.

# Of the first two, Slack says that some aspect of the operation may have succeeded.
_SLACK_UNCERTAIN = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_SLACK_DELAYED = {"ratelimited", "rate_limited", "team_added_to_org"}


class _SlackMessage(msgspec.Struct):
    text: str = ""


class _SlackAnswer(msgspec.Struct):
    ok: bool
    error: str = ""
    ts: str = ""
    message: _SlackMessage = msgspec.field(default_factory=_SlackMessage)


def _make_slack_message(post: ComposedPost, **more: object) -> bytes:
    """Return a message in which Slack searches neither for names and channels nor for marks."""
    return msgspec.json.encode({"text": post.text, "mrkdwn": False, "parse": "none", **more})


class SlackWebhook(Chat):
    """An incoming webhook, by its URL, which is a secret. Its messages have no ID, so they stay."""

    network = composing.SLACK

    def _write(self, post: ComposedPost, edits: str = "") -> bytes:
        return _make_slack_message(post)

    async def send(self, request: bytes, key: str) -> PostAnswer:
        """Send a message; the answer has no ID."""
        answer = await self._send("POST", self._channel.secret, request)
        if failure := find_failure(answer):
            return failure
        if isinstance(answer, Page) and answer.body.strip() == b"ok":
            return PostSent(id="")
        return PostUncertain(why="Slack did not answer ok")


class SlackChannel(Chat):
    """A channel, by a bot's token with the scope chat:write; `id` of an answer is a timestamp."""

    network = composing.SLACK

    def _write(self, post: ComposedPost, edits: str = "") -> bytes:
        more = {"channel": self._channel.account, "link_names": False}
        return _make_slack_message(post, **more, **({"ts": edits} if edits else {}))

    async def send(self, request: bytes, key: str) -> PostAnswer:
        return await self._ask("chat.postMessage", request)

    async def edit(self, post: PostSent, draft: PostDraft, request: bytes) -> PostAnswer:
        return await self._ask("chat.update", self._write(draft.composed, post.id))

    async def delete(self, post: PostSent, key: str) -> PostAnswer:
        fields = {"channel": self._channel.account, "ts": post.id}
        answer = await self._ask("chat.delete", msgspec.json.encode(fields))
        is_gone = isinstance(answer, PostRefused) and answer.code == "message_not_found"
        return PostSent(id=post.id) if is_gone else answer

    async def _ask(self, method: str, body: bytes) -> PostAnswer:
        url = f"{self._channel.server or 'https://slack.com'}/api/{method}"
        answer = await self._send("POST", url, body, self._channel.secret)
        read = read_answer(answer, _SlackAnswer)
        if not isinstance(read, _SlackAnswer):
            return read
        if read.ok:
            return PostSent(id=read.ts, words=read.message.text)
        if read.error in _SLACK_UNCERTAIN:
            return PostUncertain(why=read.error)
        if read.error in _SLACK_DELAYED:
            return PostDelayed(why=read.error, seconds=_SLACK_SECONDS)
        return PostRefused(why=read.error, code=read.error, is_lasting=True)


def open_slack(web: Web, channel: PostChannel, private: Path) -> Account:
    """Return a channel at Slack: by a bot's token if the settings name the channel."""
    chat = SlackChannel if channel.account else SlackWebhook
    return chat(web, channel, private)


# Telegram: core.telegram.org/bots/api.

# The API names errors only by sentences; these two mean that nothing is left to do.
_TELEGRAM_SAME = "message is not modified"
_TELEGRAM_GONE = "message to delete not found"


class _TelegramMessage(msgspec.Struct):
    message_id: int
    text: str = ""


class _TelegramAnswer(msgspec.Struct):
    ok: bool
    result: _TelegramMessage | bool = False
    description: str = ""


class TelegramChat(Chat):
    """A chat or channel (`@name` or a number), by a bot's token."""

    network = composing.TELEGRAM

    def _write(self, post: ComposedPost, edits: str = "") -> bytes:
        """Return the request for a message without a parse mode, whose text is no markup."""
        more = {"message_id": int(edits)} if edits else {}
        return msgspec.json.encode({"chat_id": self._channel.account, "text": post.text, **more})

    async def send(self, request: bytes, key: str) -> PostAnswer:
        return await self._ask("sendMessage", request)

    async def edit(self, post: PostSent, draft: PostDraft, request: bytes) -> PostAnswer:
        """Replace a message; if it has these words already, that is a success."""
        message = self._write(draft.composed, post.id)
        return await self._ask("editMessageText", message, post.id, _TELEGRAM_SAME)

    async def delete(self, post: PostSent, key: str) -> PostAnswer:
        fields = {"chat_id": self._channel.account, "message_id": int(post.id)}
        body = msgspec.json.encode(fields)
        return await self._ask("deleteMessage", body, post.id, _TELEGRAM_GONE)

    async def _ask(
        self, method: str, body: bytes, message_id: str = "", done: str = ""
    ) -> PostAnswer:
        server = self._channel.server or "https://api.telegram.org"
        response = await self._send("POST", f"{server}/bot{self._channel.secret}/{method}", body)
        if isinstance(response, Page) and response.status == 400 and done:
            error = read_answer(replace(response, status=200), _TelegramAnswer)
            if isinstance(error, _TelegramAnswer) and done in error.description:
                return PostSent(id=message_id)
        answer = read_answer(response, _TelegramAnswer)
        if not isinstance(answer, _TelegramAnswer):
            return answer
        if isinstance(answer.result, bool):
            return PostSent(id=message_id) if answer.ok else PostUncertain(why=answer.description)
        return PostSent(id=str(answer.result.message_id), words=answer.result.text)


# Matrix: spec.matrix.org, client-server API.

_MATRIX_FORMAT = "org.matrix.custom.html"


class _MatrixEvent(PostShape):
    event_id: str

    @property
    def answer(self) -> PostSent:
        """The event that the homeserver has."""
        return PostSent(id=self.event_id)


class MatrixRoom(Chat):
    """A room of a homeserver. With the same token, the same key (transaction ID) is one event."""

    network = composing.MATRIX
    repeats = timedelta(minutes=30)

    def _write(self, post: ComposedPost, edits: str = "") -> bytes:
        """Return the event of a message, as text and HTML.

        It is a notice, as those of programs are, and says that it mentions nobody (`m.mentions`).
        """
        content: dict[str, object] = {
            "msgtype": "m.notice",
            "body": post.text,
            "format": _MATRIX_FORMAT,
            "formatted_body": post.markup,
            "m.mentions": {},
        }
        if edits:
            relation = {"rel_type": "m.replace", "event_id": edits}
            content = {**content, "m.new_content": content, "m.relates_to": relation}
        return msgspec.json.encode(content)

    async def send(self, request: bytes, key: str) -> PostAnswer:
        return await self._put("send/m.room.message", key, request)

    async def edit(self, post: PostSent, draft: PostDraft, request: bytes) -> PostAnswer:
        """Send the event that replaces a message; the message keeps its ID."""
        answer = await self.send(self._write(draft.composed, post.id), draft.key)
        return replace(answer, id=post.id) if isinstance(answer, PostSent) else answer

    async def delete(self, post: PostSent, key: str) -> PostAnswer:
        """Redact a message: the server removes its content."""
        what = f"redact/{quote(post.id, safe='')}"
        answer = await self._put(what, key, msgspec.json.encode({"reason": "taken back"}))
        return replace(answer, id=post.id) if isinstance(answer, PostSent) else answer

    async def _put(self, what: str, key: str, body: bytes) -> PostAnswer:
        room = quote(self._channel.account, safe="")
        url = f"{self._channel.server}/_matrix/client/v3/rooms/{room}/{what}/{quote(key, safe='')}"
        return read_post(await self._send("PUT", url, body, self._channel.secret), _MatrixEvent)


# Apprise, for others: github.com/caronc/apprise. It tells only whether all went well.


class AppriseNotice(Chat):
    """A service that the library apprise knows, by its URL there, which is a secret.

    It follows redirects to private addresses, and any failure of it is uncertain.
    """

    network = composing.APPRISE

    def _write(self, post: ComposedPost, edits: str = "") -> bytes:
        return post.text.encode()

    async def send(self, request: bytes, key: str) -> PostAnswer:
        """Send a message, in a thread."""
        try:
            import apprise
        except ImportError:
            hint = 'install copydesk with the extra "apprise"'
            return PostRefused(why=hint, code="404", is_lasting=True)
        service = apprise.Apprise()
        if not service.add(self._channel.secret):
            return PostRefused(why="apprise does not know this URL", code="404", is_lasting=True)
        notify = partial(service.notify, body=request.decode(), body_format="text")
        is_sent = await asyncio.to_thread(notify)
        return PostSent(id="") if is_sent else PostUncertain(why="apprise told no more")
