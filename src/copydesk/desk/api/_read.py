"""API endpoints that read: queue, stories, dropped links, sources, statistics and recall."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from copydesk.building import channels
from copydesk.desk import _query
from copydesk.desk._desk import Desk
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk.api._endpoint import Call, Cursor, Nothing, PageRows, make_answer
from copydesk.editing import applying, queue, trail
from copydesk.editing.queue import numbers, story_page
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import ReasonKind, Standing, Verdict
from copydesk.news.lead import DropReason
from copydesk.news.story import RecallKind
from copydesk.rounds import recall
from copydesk.rounds.sources import check_sources


class ApiReason(msgspec.Struct, frozen=True, kw_only=True):
    """A reason of the judge's: how many points, what about, in words."""

    kind: str
    why: str
    about: str = ""
    points: int | None = None


class ApiStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story: what its publisher says, where it stands, and why.

    `name` is its record's. `seen` has a digest of each field, for an action that must not
    overwrite what somebody changed meanwhile; `refuses` are the uses that its publisher forbids.
    `kept_in_front` says that an editor pinned it, `pinned_until` for how long.
    """

    name: str
    title: str
    url: str
    source: str
    domain: str
    language: str
    published_at: datetime | None
    standing: str
    excerpt: str
    note: str
    topics: list[str]
    reasons: list[ApiReason]
    refuses: list[str]
    seen: dict[str, str]
    quality: int | None = None
    heat: int | None = None
    trust: int | None = None
    verdict: Verdict | None = None
    copy_of: str = ""
    group: str = ""
    has_page: bool = False
    kept_in_front: bool = False
    pinned_until: datetime | None = None


class ApiRow(msgspec.Struct, frozen=True, kw_only=True):
    """A happening: the story that stands for it, copies of any, other coverage.

    `version` changes when anything of it does; `unread` counts stories that are not listed.
    """

    happening: str
    version: str
    leader: ApiStory
    copies: list[ApiStory]
    coverage: list[ApiStory]
    unread: int = 0


class QueueRows(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the queue, of `total` stories; `after` asks for the next one, "" is the last."""

    rows: list[ApiRow]
    total: int
    after: str = ""


class ApiPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a quality, with its points and what they come from."""

    part: str
    points: int
    evidence: list[ApiReason]


class StoryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A story with why it stands where it does, and what was read of its page.

    `otherwise` says what would have changed where it stands, `text` is Markdown, "" where none is
    kept.
    """

    story: ApiStory
    row: ApiRow
    state: str
    parts: list[ApiPart]
    explained: list[str]
    otherwise: list[str]
    history: list[str]
    text: str = ""
    pictures: list[str] = []


class TrailRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that befell a story."""

    at: str
    kind: str
    what: str
    by: str = ""
    why: str = ""
    fields: list[str] = []
    commit: str = ""


class TrailAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What befell a story, and how many more entries there are."""

    entries: list[TrailRow]
    rest: int = 0
    notes: list[str] = []


def make_row(row: queue.QueueRow) -> ApiRow:
    """Return a queue row (a group of stories) for JSON."""
    return make_answer(
        ApiRow,
        row,
        leader=make_story(row.leader),
        copies=[make_story(seen) for seen in row.copies],
        coverage=[make_story(seen) for seen in row.coverage],
    )


def make_story(seen: queue.QueueStory) -> ApiStory:
    """Return a story for JSON."""
    story, provider = seen.story, seen.story.provider
    return make_answer(
        ApiStory,
        seen,
        story,
        title=text.fold(story.title),
        url=story.web_url or story.original_url,
        source=text.fold(provider.name or provider.domain) if provider else "",
        domain=text.fold(provider.domain) if provider else "",
        excerpt=text.fold(story.excerpt),
        seen=applying.field_digests(story, seen.verdict),
        kept_in_front=seen.pin is not None,
        pinned_until=seen.pin.until if seen.pin else None,
    )


def make_story_answer(found: story_page.StoryPage) -> StoryAnswer:
    """Return a story with its text and the explanation of its status for JSON."""
    told = found.explanation
    return make_answer(
        StoryAnswer,
        told,
        story=make_story(found.seen),
        row=make_row(found.row),
        parts=[
            make_answer(
                ApiPart,
                row,
                evidence=[make_answer(ApiReason, one, kind="") for one in row.evidence],
            )
            for row in told.parts
        ],
        explained=told.reasons,
        text=found.text,
        pictures=[figure.url for figure in found.figures],
    )


# The endpoints.

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
        after = seal_cursor(page.after)
        rows = [make_row(row) for row in page.rows]
        return QueueRows(rows=rows, total=page.total, after=after), page.is_by_former_rules

    rows, is_by_former_rules = await desk.thread.ask(answer)
    if is_by_former_rules:
        desk.refresher.ask()
    return rows


async def read_choices(desk: Desk, call: Call[ChoicesQuery, Nothing]) -> ChoicesAnswer:
    """Return what filters may be set to."""
    question = queue.QueueQuestion(view=call.query.view, standing=call.query.standing)

    def answer(opened: OpenNewsroom) -> ChoicesAnswer:
        found = opened.queue.list_choices(opened.newsroom, question)
        topics = [topic.name for topic in opened.newsroom.beat.topics]
        return make_answer(ChoicesAnswer, found, topics=topics)

    return await desk.thread.ask(answer)


async def read_story(desk: Desk, call: Call[Nothing, Nothing]) -> StoryAnswer:
    """Return a story with all that is known of it."""
    name = call.path["name"]
    return await desk.thread.ask(
        lambda opened: make_story_answer(
            story_page.read_story_page(opened.newsroom, opened.queue, name)
        )
    )


async def read_trail(desk: Desk, call: Call[Nothing, Nothing]) -> TrailAnswer:
    """Return what befell a story."""

    def answer(opened: OpenNewsroom) -> TrailAnswer:
        seen = story_page.read_queue_story(opened.newsroom, opened.queue, call.path["name"])
        return make_answer(TrailAnswer, trail.trace_story(opened.newsroom, seen.story.path))

    return await desk.thread.ask(answer)


async def read_drops(desk: Desk, call: Call[DropQuery, Nothing]) -> queue.DropPage:
    """Return what rounds dropped."""
    question = queue.DropQuestion(**msgspec.structs.asdict(call.query))
    return await desk.thread.ask(lambda opened: queue.list_drops(opened.newsroom, question))


async def read_views(desk: Desk, call: Call[Nothing, Nothing]) -> ViewsAnswer:
    """Return how many stories stand in each view and in the account's own."""

    def answer(opened: OpenNewsroom) -> ViewsAnswer:
        counts = Counts(opened, desk.store, _query.read_question)
        return ViewsAnswer(
            counts={str(view): count for view, count in counts.count_views().items()},
            dropped=counts.count_drops(),
            own=[
                make_answer(OwnView, view, count=count)
                for view, count in counts.count_own(call.visitor.name)
            ],
        )

    return await desk.thread.ask(answer)


async def read_sources(desk: Desk, _call: Call[Nothing, Nothing]) -> SourcesAnswer:
    """Return how the beat's sources stand."""
    return await desk.thread.ask(
        lambda opened: SourcesAnswer(
            sources=[make_answer(ApiSource, row) for row in check_sources(opened.newsroom)],
            owed=list(channels.describe_owed_calls(opened.newsroom)),
        )
    )


def make_question(asked: QueueQuery) -> queue.QueueQuestion:
    """Return the queue question of a URL query; raises UsageError for an invalid cursor."""
    fields = msgspec.structs.asdict(asked)
    words, after = fields.pop("q"), fields.pop("after")
    return queue.QueueQuestion(**fields, search=words, after=open_cursor(after))


def seal_cursor(cursor: queue.QueueCursor | None) -> str:
    """Return a position in the queue as an opaque cursor, "" for none."""
    if cursor is None:
        return ""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def open_cursor(sealed: str) -> queue.QueueCursor | None:
    """Return the queue position in a cursor, None for ""; UsageError for an invalid cursor."""
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


class ApiDelay(msgspec.Struct, frozen=True, kw_only=True):
    """How long something took for so many stories; `of` is a day, a source or a week."""

    of: str
    stories: int
    median_seconds: float
    p90_seconds: float


class NumbersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the last days brought; drops and delays are counted since `counted_since`."""

    days: Sequence[numbers.StoryDay]
    drops: Sequence[numbers.DropCount]
    filing: list[ApiDelay]
    sources: list[ApiDelay]
    reviews: list[ApiDelay]
    owners: Sequence[numbers.OwnerCount]
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
        found = numbers.read_numbers(opened.newsroom, opened.queue.catalogue, call.query.days)
        return make_answer(NumbersAnswer, found, decisions=len(found.decisions))

    return await desk.thread.ask(answer)


async def read_recall(desk: Desk, _call: Call[Nothing, Nothing]) -> RecallAnswer:
    """Return which stories of others' lists we have, and which we missed."""

    def answer(opened: OpenNewsroom) -> RecallAnswer:
        kept = recall.read_kept_recall(opened.newsroom)
        return RecallAnswer(lists=[make_answer(ApiRecall, one, address=one.list) for one in kept])

    return await desk.thread.ask(answer)
