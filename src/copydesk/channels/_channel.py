"""The interface of channels such as webhooks: their settings, and the HTTP requests they make."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

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
