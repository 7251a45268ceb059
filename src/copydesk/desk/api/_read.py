"""Answer what programs read: queue, stories, dropped leads, sources, numbers and recall."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from copydesk.building import channels
from copydesk.desk import _query
from copydesk.desk._desk import Desk
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk.api._endpoint import Call, Cursor, Nothing, PageRows, convert
from copydesk.desk.api._stories import (
    QueueRows,
    StoryAnswer,
    TrailAnswer,
    make_row,
    make_story_answer,
    make_trail,
)
from copydesk.editing import queue, trail
from copydesk.errors import UsageError
from copydesk.news import DropReason, ReasonKind, RecallKind, Standing
from copydesk.rounds import recall
from copydesk.rounds.sources import check_sources

Struct = TypeVar("Struct", bound=msgspec.Struct)
Words = Annotated[str, Meta(max_length=500)]


class QueueQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stories are wanted, and where the page before ended."""

    view: queue.QueueView = "waiting"
    standing: Standing | None = None
    topic: Words = ""
    source: Words = ""
    language: Words = ""
    reason: ReasonKind | None = None
    days: Annotated[int, Meta(ge=0, le=9_999)] = 0
    q: Words = ""
    order: queue.QueueOrder = "front"
    limit: PageRows = 30
    after: Cursor = ""


class DropQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which dropped leads are wanted."""

    reason: DropReason | None = None
    days: Annotated[int, Meta(ge=1, le=30)] = queue.DROP_DAYS
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 50


class ApiDrop(msgspec.Struct, frozen=True, kw_only=True):
    """A lead that a round dropped; `waits` says that the next one files it all the same."""

    url: str
    reason: str
    detail: str
    at: datetime
    source: str
    waits: bool


class DropsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Dropped leads, the latest first, and how many there are for each reason."""

    drops: list[ApiDrop]
    counts: dict[str, int]


class OwnView(msgspec.Struct, frozen=True, kw_only=True):
    """A question that one's account keeps under a name; `count` is null where it is not known."""

    name: str
    query: str
    count: int | None = None


class ViewsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How many stories stand in each view, and the account's own views."""

    counts: dict[str, int]
    dropped: int
    own: list[OwnView]


class ChoicesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which view the choices are wanted."""

    view: queue.QueueView = "waiting"
    standing: Standing | None = None


class ChoicesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters of a queue may be set to, the most frequent first."""

    topics: list[str]
    sources: list[str]
    languages: list[str]
    reasons: list[str]


class ApiSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source and how it stands; times are RFC 3339 or "", `interval` is in seconds."""

    url: str
    name: str
    state: str
    needs_person: bool
    last_ok: str
    last_new: str
    next: str
    interval: int
    failures: int
    error: str
    items_a_week: float | None = None


class SourcesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The beat's sources, those that need a person first; `owed` says what webhooks are owed."""

    sources: list[ApiSource]
    owed: list[str]


async def read_queue(desk: Desk, call: Call[QueueQuery, Nothing]) -> QueueRows:
    """Return a page of the queue."""
    question = make_question(call.query)

    def answer(opened: OpenNewsroom) -> tuple[QueueRows, bool]:
        page = opened.queue.page(opened.newsroom, question)
        rows = QueueRows(
            rows=[make_row(row) for row in page.rows],
            total=page.total,
            after=seal_cursor(page.after),
        )
        return rows, page.is_by_former_rules

    rows, is_by_former_rules = await desk.thread.ask(answer)
    if is_by_former_rules:
        desk.refresher.ask()
    return rows


async def read_choices(desk: Desk, call: Call[ChoicesQuery, Nothing]) -> ChoicesAnswer:
    """Return what filters may be set to."""
    question = queue.QueueQuestion(view=call.query.view, standing=call.query.standing)

    def answer(opened: OpenNewsroom) -> ChoicesAnswer:
        found = opened.queue.list_choices(opened.newsroom, question)
        return ChoicesAnswer(
            topics=[topic.name for topic in opened.newsroom.beat.topics],
            sources=list(found.sources),
            languages=list(found.languages),
            reasons=[str(reason) for reason in found.reasons],
        )

    return await desk.thread.ask(answer)


async def read_story(desk: Desk, call: Call[Nothing, Nothing]) -> StoryAnswer:
    """Return a story with all that is known of it."""
    name = call.path["name"]
    return await desk.thread.ask(
        lambda opened: make_story_answer(queue.read_story_page(opened.newsroom, opened.queue, name))
    )


async def read_trail(desk: Desk, call: Call[Nothing, Nothing]) -> TrailAnswer:
    """Return what befell a story."""

    def answer(opened: OpenNewsroom) -> TrailAnswer:
        seen = queue.read_queue_story(opened.newsroom, opened.queue, call.path["name"])
        return make_trail(trail.trace_story(opened.newsroom, seen.story.path))

    return await desk.thread.ask(answer)


async def read_drops(desk: Desk, call: Call[DropQuery, Nothing]) -> DropsAnswer:
    """Return what rounds dropped."""
    asked = call.query
    question = queue.DropQuestion(reason=asked.reason, days=asked.days, limit=asked.limit)

    def answer(opened: OpenNewsroom) -> DropsAnswer:
        found = queue.list_drops(opened.newsroom, question)
        return DropsAnswer(
            drops=[convert(drop, ApiDrop) for drop in found.drops], counts=dict(found.counts)
        )

    return await desk.thread.ask(answer)


async def read_views(desk: Desk, call: Call[Nothing, Nothing]) -> ViewsAnswer:
    """Return how many stories stand in each view and in the account's own."""

    def answer(opened: OpenNewsroom) -> ViewsAnswer:
        counts = Counts(opened, desk.store, _query.read_question)
        return ViewsAnswer(
            counts={str(view): count for view, count in counts.count_views().items()},
            dropped=counts.count_drops(),
            own=[
                OwnView(name=view.name, query=view.query, count=count)
                for view, count in counts.count_own(call.visitor.name)
            ],
        )

    return await desk.thread.ask(answer)


async def read_sources(desk: Desk, _call: Call[Nothing, Nothing]) -> SourcesAnswer:
    """Return how the beat's sources stand."""
    return await desk.thread.ask(
        lambda opened: SourcesAnswer(
            sources=[convert(row, ApiSource) for row in check_sources(opened.newsroom)],
            owed=list(channels.describe_owed_calls(opened.newsroom)),
        )
    )


def make_question(asked: QueueQuery) -> queue.QueueQuestion:
    """Return the question of a query; raises UsageError for an invalid cursor."""
    return queue.QueueQuestion(
        view=asked.view,
        standing=asked.standing,
        topic=asked.topic,
        source=asked.source,
        language=asked.language,
        reason=asked.reason,
        days=asked.days,
        search=asked.q,
        order=asked.order,
        limit=asked.limit,
        after=open_cursor(asked.after),
    )


def seal_cursor(cursor: queue.QueueCursor | None) -> str:
    """Return a place in the queue as an opaque cursor, "" for none."""
    if cursor is None:
        return ""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def open_cursor(sealed: str) -> queue.QueueCursor | None:
    """Return the place in a cursor, None for ""; raises UsageError for an invalid one."""
    if not sealed:
        return None
    try:
        body = base64.b64decode(sealed + "=" * (-len(sealed) % 4), b"-_", validate=True)
        return msgspec.json.decode(body, type=tuple[float, str])
    except (binascii.Error, ValueError) as error:
        hint = "take the one of the page before as it is"
        raise UsageError("no cursor of ours", subject=sealed[:80], hint=hint) from error


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
        numbers = queue.read_numbers(opened.newsroom, opened.queue.catalogue, call.query.days)
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
                for kept in recall.read_kept_recall(opened.newsroom)
            ]
        )

    return await desk.thread.ask(answer)
