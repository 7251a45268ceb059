"""Accounts that posts go to: one interface for all networks, and the answers that they give.

A response decides by its status, and by its JSON if it is a success:

    not sent at all, 429          PostDelayed     nothing was done
    3xx, 4xx, private address     PostRefused     nothing was done
    no response, 5xx, no JSON     PostUncertain   it may have been done
"""

from __future__ import annotations

import contextlib
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

import msgspec

from copydesk.building.posts.composing import ComposedPost, Network
from copydesk.kit import dates, text
from copydesk.news import Page, Refused

_Answer = TypeVar("_Answer")
_UNSENT_SECONDS = 60.0
_WAIT_SECONDS = 60.0  # after a 429 that names no time
_LONGEST_WAIT = 86_400.0
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_WHY = 300  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSent:
    """The network did what it was asked.

    `id` is the network's ID of the post or picture, `words` the text as the network has it, `url`
    its page, and `version` what a reply must name besides (the CID at Bluesky); "" if not known.
    """

    id: str
    words: str = ""
    url: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRefused:
    """The network did nothing; if `is_lasting`, the same request will be refused again.

    `code` is the network's name for the error, or the HTTP status.
    """

    why: str
    code: str = ""
    is_lasting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDelayed:
    """Nothing was done; the request may be sent again after a number of seconds."""

    why: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PostUncertain:
    """It is not known whether the network did what it was asked."""

    why: str


PostFailure = PostRefused | PostDelayed | PostUncertain
PostAnswer = PostSent | PostFailure
Response = Page | Refused | PostFailure  # a client may fail before it sends its request


class PostShape(msgspec.Struct):
    """A form of JSON by which a network describes a post."""

    @property
    @abstractmethod
    def answer(self) -> PostSent:
        """The post that the network has."""


class _Limits(msgspec.Struct):
    retry_after: float | None = None


class _Error(msgspec.Struct):
    """The fields in which networks describe an error; each uses some of them."""

    error: str = ""
    errcode: str = ""
    code: int | str = ""
    message: str = ""
    description: str = ""
    retry_after: float | None = None
    retry_after_ms: float | None = None
    parameters: _Limits = msgspec.field(default_factory=_Limits)

    @property
    def name(self) -> str:
        """The network's own name for the error."""
        return str(self.errcode or self.code or (self.error if self.error.isidentifier() else ""))

    @property
    def wait(self) -> float | None:
        """The seconds to wait, as Discord, Telegram and Matrix name them."""
        if self.retry_after_ms is not None:
            return self.retry_after_ms / 1_000
        return self.retry_after if self.retry_after is not None else self.parameters.retry_after


def read_answer(answer: Response, shape: type[_Answer]) -> _Answer | PostFailure:
    """Return the JSON of a successful response, or the reason why there is none."""
    if failure := find_failure(answer):
        return failure
    assert isinstance(answer, Page)
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return PostUncertain(why=f"the response has status {answer.status}, but not the known form")


def read_post(answer: Response, shape: type[PostShape]) -> PostAnswer:
    """Return the post that a response describes, or the reason why there is none."""
    found = read_answer(answer, shape)
    return found if isinstance(found, PostFailure) else found.answer


def find_failure(answer: Response) -> PostFailure | None:
    """Return why a request failed or may have failed, None if the response is a success."""
    if isinstance(answer, PostFailure):
        return answer
    if isinstance(answer, Refused):
        return _find_network_failure(answer)
    if 200 <= answer.status < 300:
        return None
    error = _read_error(answer)
    said = text.fold(error.message or error.description or error.error)
    why = text.shorten(f"status {answer.status}{': ' if said else ''}{said}", _WHY)
    if answer.status == 429:
        return PostDelayed(why=why, seconds=_find_wait(answer, error))
    if answer.status == 408 or answer.status >= 500:
        return PostUncertain(why=why)
    return PostRefused(why=why, code=error.name or str(answer.status), is_lasting=True)


def _find_network_failure(refused: Refused) -> PostFailure:
    why = text.shorten(refused.detail or refused.reason, _WHY)
    if refused.reason in {"address", "certificate"}:
        return PostRefused(why=why, code=refused.reason, is_lasting=refused.reason == "address")
    if refused.is_unsent:
        return PostDelayed(why=why, seconds=_UNSENT_SECONDS)
    return PostUncertain(why=why)


def _read_error(page: Page) -> _Error:
    with contextlib.suppress(ValueError, RecursionError):
        return msgspec.json.decode(page.body, type=_Error)
    return _Error()


def _find_wait(page: Page, error: _Error) -> float:
    """Return the seconds that a 429 asks to wait: between 1 second and a day.

    A time of day is compared with the server's own clock (the header Date), which may be wrong.
    """
    seconds = error.wait
    if seconds is None:
        names = ("retry-after", "ratelimit-reset", "x-ratelimit-reset")
        values = (page.headers.get(name, "") for name in names)
        now = dates.parse(page.headers.get("date", "")) or page.fetched_at
        seconds = next((_read_wait(value, now) for value in values if value), None)
    if seconds is None:
        seconds = _WAIT_SECONDS
    return min(max(seconds, 1.0), _LONGEST_WAIT)


def _read_wait(value: str, now: datetime) -> float | None:
    """Parse seconds, seconds since 1970, or a date as of HTTP or ISO 8601."""
    if not _SECONDS.fullmatch(value):
        moment = dates.parse(value)
        return (moment - now).total_seconds() if moment else None
    number = float(value)
    return number - now.timestamp() if number > _LONGEST_WAIT * 365 else number


# The interface of accounts.

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
        return None

    async def edit(self, post: PostSent, draft: PostDraft, request: bytes) -> PostAnswer:
        """Replace the text of a post, which `request` has made, where posts can be edited."""
        return CANNOT

    @abstractmethod
    async def delete(self, post: PostSent, key: str) -> PostAnswer:
        """Delete a post; one that is already gone counts as deleted."""
