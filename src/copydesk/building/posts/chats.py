"""Send, edit and delete messages in chats: Discord, Slack, Telegram and Matrix.

Each chat is one class with the same methods (`Chat`). None of their messages notifies anybody.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from copydesk.building.posts import composing
from copydesk.building.posts.accounts import (
    CANNOT,
    Account,
    PostAnswer,
    PostDelayed,
    PostDraft,
    PostFailure,
    PostRefused,
    PostSent,
    PostShape,
    PostUncertain,
    find_failure,
    read_answer,
    read_post,
)
from copydesk.building.posts.composing import ComposedPost, Network
from copydesk.channels import PostChannel
from copydesk.fetch.web import Web
from copydesk.news import Page, Refused, Request

_JSON = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
_SLACK_SECONDS = 60.0


class Chat(ABC):
    """A channel, chat or room; `network` is how its posts are written.

    `make` returns the bytes of a message, which are stored before they are sent. `key` is the
    caller's own for one sending, edit or deletion. Only if `is_repeatable` does the chat know it
    again; an uncertain message to another chat must not be sent again.
    """

    __slots__ = ()
    network: ClassVar[Network]
    is_repeatable: ClassVar[bool] = False

    @abstractmethod
    def make(self, post: ComposedPost, edits: str = "") -> bytes:
        """Return the request for a message; `edits` is the ID of the message that it replaces."""

    @abstractmethod
    async def send(self, message: bytes, key: str) -> PostAnswer:
        """Send a message."""

    async def edit(self, message_id: str, message: bytes, key: str) -> PostAnswer:
        """Replace a message by one that was made for it; refuse, unless the chat can edit."""
        return CANNOT

    async def delete(self, message_id: str, key: str) -> PostAnswer:
        """Delete a message; one that is already gone counts as deleted."""
        return CANNOT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Webhook(Chat):
    """A chat by a URL, which is a secret."""

    web: Web
    url: str = field(repr=False)


async def _send(
    web: Web, method: str, url: str, body: bytes = b"", token: str = ""
) -> Page | Refused:
    own = {"Authorization": f"Bearer {token}"} if token else {}
    return await web.send(method, Request(url=url, headers=_JSON | own), body)


# Discord: docs.discord.com/developers/resources/webhook.

_UNKNOWN_MESSAGE = "10008"


class _DiscordMessage(PostShape):
    id: str
    content: str = ""

    @property
    def answer(self) -> PostSent:
        """The message that Discord has."""
        return PostSent(id=self.id, words=self.content)


class DiscordWebhook(_Webhook):
    """A webhook of a channel."""

    __slots__ = ()
    network: ClassVar[Network] = composing.DISCORD

    def make(self, post: ComposedPost, edits: str = "") -> bytes:
        """Return the request for a message in which no mention notifies anybody."""
        return msgspec.json.encode({"content": post.text, "allowed_mentions": {"parse": []}})

    async def send(self, message: bytes, key: str) -> PostAnswer:
        """Send a message, and wait until it is stored."""
        answer = await _send(self.web, "POST", self._address("", "wait=true"), message)
        return read_post(answer, _DiscordMessage)

    async def edit(self, message_id: str, message: bytes, key: str) -> PostAnswer:
        """Replace a message."""
        answer = await _send(self.web, "PATCH", self._address(message_id), message)
        return read_post(answer, _DiscordMessage)

    async def delete(self, message_id: str, key: str) -> PostAnswer:
        """Delete a message; one that is already gone counts as deleted."""
        answer = await _send(self.web, "DELETE", self._address(message_id))
        failure = find_failure(answer)
        is_gone = isinstance(failure, PostRefused) and failure.code == _UNKNOWN_MESSAGE
        if is_gone or (isinstance(answer, Page) and answer.status == 204):
            return PostSent(id=message_id)
        return failure or PostUncertain(why="Discord did not answer 204")

    def _address(self, message_id: str, query: str = "") -> str:
        """Return the URL of the webhook or a message; the webhook's may name a thread."""
        parts = urlsplit(self.url)
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


class SlackWebhook(_Webhook):
    """An incoming webhook. Its messages have no ID, so they stay."""

    __slots__ = ()
    network: ClassVar[Network] = composing.SLACK

    def make(self, post: ComposedPost, edits: str = "") -> bytes:
        """Return the request for a message."""
        return _make_slack_message(post)

    async def send(self, message: bytes, key: str) -> PostAnswer:
        """Send a message; the answer has no ID."""
        answer = await _send(self.web, "POST", self.url, message)
        if failure := find_failure(answer):
            return failure
        if isinstance(answer, Page) and answer.body.strip() == b"ok":
            return PostSent(id="")
        return PostUncertain(why="Slack did not answer ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChannel(Chat):
    """A channel, by a bot's token with the scope chat:write; `id` of an answer is a timestamp."""

    network: ClassVar[Network] = composing.SLACK
    web: Web
    token: str = field(repr=False)
    channel: str
    server: str = "https://slack.com"

    def make(self, post: ComposedPost, edits: str = "") -> bytes:
        """Return the request for a message."""
        more = {"channel": self.channel, "link_names": False} | ({"ts": edits} if edits else {})
        return _make_slack_message(post, **more)

    async def send(self, message: bytes, key: str) -> PostAnswer:
        """Send a message by `chat.postMessage`."""
        return await self._ask("chat.postMessage", message)

    async def edit(self, message_id: str, message: bytes, key: str) -> PostAnswer:
        """Replace a message, which the request names, by `chat.update`."""
        return await self._ask("chat.update", message)

    async def delete(self, message_id: str, key: str) -> PostAnswer:
        """Delete a message by `chat.delete`; one that is already gone counts as deleted."""
        fields = {"channel": self.channel, "ts": message_id}
        answer = await self._ask("chat.delete", msgspec.json.encode(fields))
        is_gone = isinstance(answer, PostRefused) and answer.code == "message_not_found"
        return PostSent(id=message_id) if is_gone else answer

    async def _ask(self, method: str, body: bytes) -> PostAnswer:
        url = f"{self.server}/api/{method}"
        answer = read_answer(await _send(self.web, "POST", url, body, self.token), _SlackAnswer)
        if not isinstance(answer, _SlackAnswer):
            return answer
        if answer.ok:
            return PostSent(id=answer.ts, words=answer.message.text)
        if answer.error in _SLACK_UNCERTAIN:
            return PostUncertain(why=answer.error)
        if answer.error in _SLACK_DELAYED:
            return PostDelayed(why=answer.error, seconds=_SLACK_SECONDS)
        return PostRefused(why=answer.error, code=answer.error, is_lasting=True)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramChat(Chat):
    """A chat or channel (`@name` or a number), by a bot's token."""

    network: ClassVar[Network] = composing.TELEGRAM
    web: Web
    token: str = field(repr=False)
    chat: str
    server: str = "https://api.telegram.org"

    def make(self, post: ComposedPost, edits: str = "") -> bytes:
        """Return the request for a message without a parse mode, whose text is no markup."""
        more = {"message_id": int(edits)} if edits else {}
        return msgspec.json.encode({"chat_id": self.chat, "text": post.text, **more})

    async def send(self, message: bytes, key: str) -> PostAnswer:
        """Send a message."""
        return await self._ask("sendMessage", message)

    async def edit(self, message_id: str, message: bytes, key: str) -> PostAnswer:
        """Replace a message; if it has these words already, that is a success."""
        return await self._ask("editMessageText", message, message_id, _TELEGRAM_SAME)

    async def delete(self, message_id: str, key: str) -> PostAnswer:
        """Delete a message; one that is already gone counts as deleted."""
        body = msgspec.json.encode({"chat_id": self.chat, "message_id": int(message_id)})
        return await self._ask("deleteMessage", body, message_id, _TELEGRAM_GONE)

    async def _ask(
        self, method: str, body: bytes, message_id: str = "", done: str = ""
    ) -> PostAnswer:
        url = f"{self.server}/bot{self.token}/{method}"
        response = await _send(self.web, "POST", url, body)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRoom(Chat):
    """A room of a homeserver. With the same token, the same key (transaction ID) is one event."""

    network: ClassVar[Network] = composing.MATRIX
    is_repeatable: ClassVar[bool] = True
    web: Web
    server: str
    token: str = field(repr=False)
    room: str

    def make(self, post: ComposedPost, edits: str = "") -> bytes:
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

    async def send(self, message: bytes, key: str) -> PostAnswer:
        """Send a message."""
        return await self._put("send/m.room.message", key, message)

    async def edit(self, message_id: str, message: bytes, key: str) -> PostAnswer:
        """Send the event that replaces a message; the message keeps its ID."""
        answer = await self.send(message, key)
        return replace(answer, id=message_id) if isinstance(answer, PostSent) else answer

    async def delete(self, message_id: str, key: str) -> PostAnswer:
        """Redact a message: the server removes its content."""
        what = f"redact/{quote(message_id, safe='')}"
        answer = await self._put(what, key, msgspec.json.encode({"reason": "taken back"}))
        return replace(answer, id=message_id) if isinstance(answer, PostSent) else answer

    async def _put(self, what: str, key: str, body: bytes) -> PostAnswer:
        room = f"{self.server}/_matrix/client/v3/rooms/{quote(self.room, safe='')}"
        url = f"{room}/{what}/{quote(key, safe='')}"
        return read_post(await _send(self.web, "PUT", url, body, self.token), _MatrixEvent)


# Apprise, for others: github.com/caronc/apprise. It tells only whether all went well.


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseNotice(Chat):
    """A service that the library apprise knows, by its URL there, which is a secret.

    It follows redirects to private addresses, and any failure of it is uncertain.
    """

    network: ClassVar[Network] = composing.APPRISE
    url: str = field(repr=False)

    def make(self, post: ComposedPost, edits: str = "") -> bytes:
        """Return the text of a message."""
        return post.text.encode()

    async def send(self, message: bytes, key: str) -> PostAnswer:
        """Send a message, in a thread."""
        try:
            import apprise
        except ImportError:
            hint = 'install copydesk with the extra "apprise"'
            return PostRefused(why=hint, code="404", is_lasting=True)
        service = apprise.Apprise()
        if not service.add(self.url):
            return PostRefused(why="apprise does not know this URL", code="404", is_lasting=True)
        notify = partial(service.notify, body=message.decode(), body_format="text")
        is_sent = await asyncio.to_thread(notify)
        return PostSent(id="") if is_sent else PostUncertain(why="apprise told no more")


# The chat of a channel.


class ChatPosts(Account):
    """A chat, with the interface of accounts."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self.network = chat.network
        if chat.is_repeatable:
            self.repeats = timedelta(minutes=30)

    async def make(self, draft: PostDraft) -> bytes | PostFailure:
        return self._chat.make(draft.composed)

    async def send(self, request: bytes, key: str) -> PostAnswer:
        return await self._chat.send(request, key)

    async def edit(self, post: PostSent, draft: PostDraft, request: bytes) -> PostAnswer:
        message = self._chat.make(draft.composed, edits=post.id)
        return await self._chat.edit(post.id, message, draft.key)

    async def delete(self, post: PostSent, key: str) -> PostAnswer:
        return await self._chat.delete(post.id, key)


def open_discord(web: Web, channel: PostChannel, _private: Path) -> Account:
    """Return the channel of a webhook at Discord."""
    return ChatPosts(DiscordWebhook(web=web, url=channel.secret))


def open_slack(web: Web, channel: PostChannel, _private: Path) -> Account:
    """Return a channel at Slack: by a bot's token if the settings name the channel."""
    if not channel.account:
        return ChatPosts(SlackWebhook(web=web, url=channel.secret))
    own = {"server": channel.server} if channel.server else {}
    return ChatPosts(SlackChannel(web=web, token=channel.secret, channel=channel.account, **own))


def open_telegram(web: Web, channel: PostChannel, _private: Path) -> Account:
    """Return a chat at Telegram."""
    own = {"server": channel.server} if channel.server else {}
    return ChatPosts(TelegramChat(web=web, token=channel.secret, chat=channel.account, **own))


def open_matrix(web: Web, channel: PostChannel, _private: Path) -> Account:
    """Return a room of Matrix."""
    room = channel.account
    return ChatPosts(MatrixRoom(web=web, server=channel.server, token=channel.secret, room=room))


def open_apprise(_web: Web, channel: PostChannel, _private: Path) -> Account:
    """Return the account of a URL of Apprise."""
    return ChatPosts(AppriseNotice(url=channel.secret))
