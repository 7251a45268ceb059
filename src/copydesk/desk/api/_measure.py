"""What programs read of how well a newsroom does: numbers of days, and what others had."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from copydesk import engine
from copydesk.desk._desk import Desk
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk.api._endpoint import Call, Nothing
from copydesk.desk.api._read import convert
from copydesk.news import RecallKind


class NumbersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of how many days, today among them."""

    days: Annotated[int, Meta(ge=1, le=90)] = 30


class ApiDay(msgspec.Struct, frozen=True, kw_only=True):
    """How many stories of a day were filed; of these on the site, and waiting."""

    day: date
    filed: int
    published: int
    waiting: int


class ApiDropCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many pages were dropped for a reason, in all and by day."""

    reason: str
    pages: int
    days: dict[date, int]


class ApiDelay(msgspec.Struct, frozen=True, kw_only=True):
    """How long something took for so many stories; `of` is a day, a source or a week."""

    of: str
    stories: int
    median_seconds: float
    p90_seconds: float


class ApiOwner(msgspec.Struct, frozen=True, kw_only=True):
    """How many stories of a house's publishers are on the site, and how many are filed."""

    owner: str
    published: int
    filed: int
    domains: list[str]


class NumbersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the last days brought; drops and delays are counted since `counted_since`."""

    days: list[ApiDay]
    drops: list[ApiDropCount]
    filing: list[ApiDelay]
    sources: list[ApiDelay]
    reviews: list[ApiDelay]
    owners: list[ApiOwner]
    decisions: int
    counted_since: date | None


class ApiMissed(msgspec.Struct, frozen=True, kw_only=True):
    """A story of somebody's list, and where it stands with us."""

    url: str
    title: str
    published_at: str
    kind: RecallKind
    path: str
    reason: str
    detail: str
    source: str


class ApiRecall(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a list when it was last asked; `failed` says why it gave nothing."""

    address: str
    asked_at: datetime
    failed: str
    kinds: dict[str, int]
    missed: list[ApiMissed]


class RecallAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The lists that the newsroom is held against."""

    lists: list[ApiRecall]


async def read_numbers(desk: Desk, call: Call[NumbersQuery, Nothing]) -> NumbersAnswer:
    """Return what the last days brought, in numbers."""

    def answer(opened: OpenNewsroom) -> NumbersAnswer:
        numbers = engine.read_numbers(opened.newsroom, opened.queue.catalogue, call.query.days)
        return NumbersAnswer(
            days=[convert(day, ApiDay) for day in numbers.days],
            drops=[convert(drop, ApiDropCount) for drop in numbers.drops],
            filing=[convert(delay, ApiDelay) for delay in numbers.filing],
            sources=[convert(delay, ApiDelay) for delay in numbers.sources],
            reviews=[convert(delay, ApiDelay) for delay in numbers.reviews],
            owners=[convert(owner, ApiOwner) for owner in numbers.owners],
            decisions=len(numbers.decisions),
            counted_since=numbers.counted_since,
        )

    return await desk.thread.ask(answer)


async def read_recall(desk: Desk, _call: Call[Nothing, Nothing]) -> RecallAnswer:
    """Return which stories of others' lists we have, and which we missed."""

    def answer(opened: OpenNewsroom) -> RecallAnswer:
        return RecallAnswer(
            lists=[
                ApiRecall(
                    address=kept.list,
                    asked_at=kept.asked_at,
                    failed=kept.failed,
                    kinds={str(kind): count for kind, count in kept.kinds.items()},
                    missed=[convert(trace, ApiMissed) for trace in kept.missed],
                )
                for kept in engine.read_kept_recall(opened.newsroom)
            ]
        )

    return await desk.thread.ask(answer)
