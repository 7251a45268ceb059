"""Webhooks: HTTP calls about stories, signed by the rules of Standard Webhooks."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal, get_args

from copydesk.kit import kinds, text
from copydesk.kit.options import Unfit, ValueKind, from_variable, option, required

SiteEventKind = Literal["published", "corrected", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP POST request to a channel such as a webhook: its URL, JSON body and headers."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Channel(ABC):
    """A receiver of calls about stories, such as a webhook; a subclass is a dataclass of options.

    `block` is the name of its blocks in beat.toml and in messages, `about` their description in the
    reference, `key` the option in which no two blocks may be equal, and `noun` the word for it.
    """

    __slots__ = ()
    block: ClassVar[str]
    about: ClassVar[str]
    key: ClassVar[str] = "url"
    noun: ClassVar[str] = "address"

    @property
    @abstractmethod
    def address(self) -> str:
        """The URL that identifies this receiver in the queue of pending calls and in messages."""

    @property
    @abstractmethod
    def is_ready(self) -> bool:
        """Whether everything that a call needs is configured, such as its secret."""

    @abstractmethod
    def hears(self, kind: SiteEventKind) -> bool:
        """Return whether this receiver wants calls about a kind of event."""

    @abstractmethod
    def make_request(self, call_id: str, event: bytes, now: datetime) -> Request:
        """Return the request that reports an event; `call_id` is the same at each try.

        `event` is JSON: `type` ("story.published"), `timestamp`, and `data` with the story's `name`
        and, unless it was removed, `title`, `url`, `page`, `source`, `published_at`, `topics`.
        """


_EVENTS: tuple[SiteEventKind, ...] = get_args(SiteEventKind)
_PREFIX = "whsec_"


def _read_events(value: object) -> tuple[str, ...]:
    names = kinds.WORDS.read(value)
    for name in names:
        if name not in _EVENTS:
            near = text.find_nearest(name, _EVENTS)
            hint = f'did you mean "{near}"?' if near else f"the events are: {', '.join(_EVENTS)}"
            raise Unfit(hint=hint, what=f"unknown event: {name[:80]}")
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Channel):
    """A URL that is called when a story is published, corrected or removed.

    `secret` is the value of the variable `secret_env`, "" if it is not set: then there is no call.
    """

    block: ClassVar[str] = "webhook"
    about: ClassVar[str] = (
        "A URL that is called when stories are published, corrected or removed. Write one "
        "`[[webhook]]` block for each URL. The guide on webhooks explains how to check the "
        "signature of a call."
    )
    url: str = field(
        metadata=required("URL that is called. Redirects are not followed.", kinds.ADDRESS)
    )
    secret_env: str = field(
        metadata=required(
            "Environment variable that holds the secret for signing calls (Standard Webhooks): "
            "`whsec_` and base64, or any text. If the variable is not set, the webhook is not "
            "called.",
            kinds.VARIABLE,
        )
    )
    events: tuple[str, ...] = option(
        _EVENTS,
        "Events for which the webhook is called: `published`, `corrected`, `removed`. By default "
        "all three.",
        ValueKind(name=kinds.WORDS.name, read=_read_events),
    )
    secret: str = from_variable("secret_env", "the webhook is not called")

    @property
    def address(self) -> str:
        """The URL that is called."""
        return self.url

    @property
    def is_ready(self) -> bool:
        """Whether the environment variable with the secret is set."""
        return bool(self.secret)

    def hears(self, kind: SiteEventKind) -> bool:
        """Return whether the settings want calls about this kind of event."""
        return kind in self.events

    def make_request(self, call_id: str, event: bytes, now: datetime) -> Request:
        """Return the request of a call, signed in its headers (Standard Webhooks 1.0, symmetric).

        The signature covers ID, time and body, so none of them can be exchanged.
        """
        moment = str(int(now.timestamp()))
        content = b".".join((call_id.encode(), moment.encode(), event))
        signature = hmac.new(_read_secret(self.secret), content, hashlib.sha256).digest()
        headers = {
            "webhook-id": call_id,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
        }
        return Request(url=self.url, body=event, headers=headers)


def _read_secret(secret: str) -> bytes:
    """Return the bytes of a webhook's secret: base64 after `whsec_`, any other text as it is."""
    if secret.startswith(_PREFIX):
        with contextlib.suppress(binascii.Error, ValueError):
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    return secret.encode()
