"""What programs read: the queue, a story, what was dropped, views, sources, topics."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from copydesk import engine
from copydesk.desk import _query
from copydesk.desk._counts import Counts
from copydesk.desk._desk import Desk
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk.api._endpoint import Call, Nothing
from copydesk.desk.api._stories import (
    QueueRows,
    StoryAnswer,
    TrailAnswer,
    make_row,
    make_story_answer,
    make_trail,
)
from copydesk.errors import UsageError
from copydesk.news import DropReason, ReasonKind, Standing

Struct = TypeVar("Struct", bound=msgspec.Struct)
Words = Annotated[str, Meta(max_length=500)]
Cursor = Annotated[str, Meta(max_length=1_000, description="Where the page before ended.")]
PageRows = Annotated[int, Meta(ge=1, le=100, description="How many there are in a page.")]


class QueueQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stories are wanted, and where the page before ended."""

    view: engine.QueueView = "waiting"
    standing: Standing | None = None
    topic: Words = ""
    source: Words = ""
    language: Words = ""
    reason: ReasonKind | None = None
    days: Annotated[int, Meta(ge=0, le=9_999)] = 0
    q: Words = ""
    order: engine.QueueOrder = "front"
    limit: PageRows = 30
    after: Cursor = ""


class DropQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which dropped leads are wanted."""

    reason: DropReason | None = None
    days: Annotated[int, Meta(ge=1, le=30)] = engine.DROP_DAYS
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

    view: engine.QueueView = "waiting"
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


class ApiTopic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic of the beat."""

    id: str
    name: str
    parent: str
    description: str
    keywords: list[str]
    aliases: list[str]
    required: list[str]
    excluded: list[str]


class TopicsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The beat's topics, in their order."""

    topics: list[ApiTopic]


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
    question = engine.QueueQuestion(view=call.query.view, standing=call.query.standing)

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
        lambda opened: make_story_answer(
            engine.read_story_page(opened.newsroom, opened.queue, name)
        )
    )


async def read_trail(desk: Desk, call: Call[Nothing, Nothing]) -> TrailAnswer:
    """Return what befell a story."""

    def answer(opened: OpenNewsroom) -> TrailAnswer:
        seen = engine.read_queue_story(opened.newsroom, opened.queue, call.path["name"])
        return make_trail(engine.trace_story(opened.newsroom, seen.story.path))

    return await desk.thread.ask(answer)


async def read_drops(desk: Desk, call: Call[DropQuery, Nothing]) -> DropsAnswer:
    """Return what rounds dropped."""
    asked = call.query
    question = engine.DropQuestion(reason=asked.reason, days=asked.days, limit=asked.limit)

    def answer(opened: OpenNewsroom) -> DropsAnswer:
        found = engine.list_drops(opened.newsroom, question)
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
            sources=[convert(row, ApiSource) for row in engine.check_sources(opened.newsroom)],
            owed=list(engine.describe_owed_calls(opened.newsroom.memory, opened.newsroom.now)),
        )
    )


async def read_topics(desk: Desk, _call: Call[Nothing, Nothing]) -> TopicsAnswer:
    """Return the beat's topics."""
    return await desk.thread.ask(
        lambda opened: TopicsAnswer(
            topics=[convert(topic, ApiTopic) for topic in opened.newsroom.beat.topics]
        )
    )


def make_question(asked: QueueQuery) -> engine.QueueQuestion:
    """Return the question of a query; raises UsageError for a cursor that none of ours is."""
    return engine.QueueQuestion(
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


def seal_cursor(cursor: engine.QueueCursor | None) -> str:
    """Return a place in the queue as a word that nobody takes apart, "" for none."""
    if cursor is None:
        return ""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def open_cursor(sealed: str) -> engine.QueueCursor | None:
    """Return the place of a cursor, None for ""; raises UsageError for what is none."""
    if not sealed:
        return None
    try:
        body = base64.b64decode(sealed + "=" * (-len(sealed) % 4), b"-_", validate=True)
        return msgspec.json.decode(body, type=tuple[float, str])
    except (binascii.Error, ValueError) as error:
        hint = "take the one of the page before as it is"
        raise UsageError("no cursor of ours", subject=sealed[:80], hint=hint) from error


def convert(value: object, kind: type[Struct]) -> Struct:
    """Return the fields that a struct has of a value of ours."""
    return msgspec.convert(value, kind, from_attributes=True)
