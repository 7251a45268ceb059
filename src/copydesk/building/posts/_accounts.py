"""The interface of accounts that posts go to, the same for all networks, and what a post shows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from copydesk.building.posts._answers import (
    PostAnswer,
    PostFailure,
    PostRefused,
    PostSent,
    PostUncertain,
)
from copydesk.building.posts._composing import ComposedPost, Network

CANNOT = PostRefused(why="the network cannot do that", code="cannot", is_lasting=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPicture:
    """The picture of a page that is shared: its bytes, media type and alternative text."""

    data: bytes = field(repr=False)
    media_type: str
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDraft:
    """A composed post with what a network may show beside its text.

    `key` names the post for the network, `created` is its time. `reply_to` is the post that it
    answers, None for none.
    """

    composed: ComposedPost
    link: str
    headline: str
    line: str
    language: str
    key: str
    created: datetime
    picture: PostPicture | None = None
    reply_to: PostSent | None = None


class Account(ABC):
    """An account or chat. A request that is not answered may be sent again, unchanged, for the time
    in `repeats`; if that is zero, never. Where posts cannot be edited, `edits` is false. If it
    `finds_surely`, a post that is not found was not made. `remark` is advice for the owner.
    """

    network: Network
    repeats = timedelta(0)
    edits: ClassVar[bool] = True
    finds_surely: ClassVar[bool] = False
    remark = ""

    async def open(self) -> PostFailure | None:
        """Ask the network for what composing needs, such as its limits; return why that failed."""
        return None

    @abstractmethod
    async def make(self, draft: PostDraft) -> bytes | PostFailure:
        """Return the request that makes a post; its pictures are uploaded."""

    @abstractmethod
    async def send(self, request: bytes, key: str) -> PostAnswer:
        """Send the request of `make`."""

    async def find(self, request: bytes, link: str) -> PostSent | PostFailure | None:
        """Return the post that a request has made, None if none was found."""
        return PostUncertain(why="the network cannot be asked whether the post was made")

    @abstractmethod
    async def edit(self, post: PostSent, draft: PostDraft, request: bytes) -> PostAnswer:
        """Replace the text of a post, which `request` has made."""

    @abstractmethod
    async def delete(self, post: PostSent, key: str) -> PostAnswer:
        """Delete a post; one that is already gone counts as deleted."""
