"""API endpoints that read stories, dropped links, sources, statistics, missed stories, faults."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from copydesk import background
from copydesk.building import channels
from copydesk.desk import _query
from copydesk.desk._desk import Desk
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk.api._endpoint import Call, Cursor, Nothing, PageRows, make_answer
from copydesk.editing import applying, queue, trail
from copydesk.editing.queue import numbers, story_page
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import ReasonKind, Standing, Story, Verdict
from copydesk.news.source import DropReason
from copydesk.news.story import RecallKind
from copydesk.newsroom.checks import Finding
from copydesk.rounds import recall
from copydesk.rounds.sources import check_sources


class ApiReason(msgspec.Struct, frozen=True, kw_only=True):
    """A reason for a story's quality or status: its points, its subject, and a sentence."""

    kind: str
    why: str
    about: str = ""
    points: int | None = None


class ApiStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story: what its publisher says, its status on the site, and the reasons for that.

    `name` is the name of its file. `seen` has a digest of each field, for an action that must not
    overwrite somebody else's change; `refuses` are the uses that its publisher forbids.
    `kept_in_front` says that an editor pinned it, `pinned_until` for how long; `snoozed_until` when
    it waits again.
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
    snoozed_until: datetime | None = None


class ApiRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the story queue: the main story of an event, copies of its text, other coverage.

    `version` changes with any of its stories; `unread` counts stories that are not listed.
    """

    happening: str
    version: str
    leader: ApiStory
    copies: list[ApiStory]
    coverage: list[ApiStory]
    unread: int = 0


class QueueRows(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the story queue; `total` counts all stories. `after` requests the next page.

    It is "" on the last page.
    """

    rows: list[ApiRow]
    total: int
    after: str = ""


class ApiPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a story's quality score, with its points and the evidence for them."""

    part: str
    points: int
    evidence: list[ApiReason]


class ApiSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The summary of a story's event in its record: `author` is `model` or `person`.

    `reviewed` says that an editor reviewed it, `stale` that newer reports are missing in it.
    """

    text: str
    author: str
    reviewed: bool
    stale: bool


class StoryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A story with the reasons for its status, its history and its article text.

    `otherwise` says what would have changed its status; `text` is Markdown, "" if none is stored.
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
    summary: ApiSummary | None = None


class TrailRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event in the history of a story."""

    at: str
    kind: str
    what: str
    by: str = ""
    why: str = ""
    fields: list[str] = []
    commit: str = ""


class TrailAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The history of a story, and the number of older entries that are left out."""

    entries: list[TrailRow]
    rest: int = 0
    notes: list[str] = []


def make_row(row: queue.QueueRow) -> ApiRow:
    """Return a queue row (stories about the same event), as a struct for JSON."""
    return make_answer(
        ApiRow,
        row,
        leader=make_story(row.leader),
        copies=[make_story(seen) for seen in row.copies],
        coverage=[make_story(seen) for seen in row.coverage],
    )


def make_story(seen: queue.QueueStory) -> ApiStory:
    """Return a story of the queue, as a struct for JSON."""
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
        snoozed_until=seen.snooze.until if seen.snooze else None,
    )


def make_summary(story: Story) -> ApiSummary | None:
    """Return the summary in a story's record, as a struct for JSON, None if it has none."""
    if story.summary is None:
        return None
    return ApiSummary(
        text=text.fold(story.summary.text),
        author=story.summary.author,
        reviewed=story.summary.review is not None,
        stale=bool(story.summary.stale),
    )


def make_story_answer(found: story_page.StoryPage) -> StoryAnswer:
    """Return a story with its text and the explanation of its status, as a struct for JSON."""
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
        summary=make_summary(found.seen.story),
    )


# The endpoints.

Words = Annotated[str, Meta(max_length=500)]


class QueueQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Filters of the story queue, and where the last page ended."""

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
    """Filters of the links that were found in sources and not stored as stories."""

    reason: DropReason | None = None
    days: Annotated[int, Meta(ge=1, le=30)] = queue.DROP_DAYS
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 50


class OwnView(msgspec.Struct, frozen=True, kw_only=True):
    """A saved view of the story queue. `count` is null until its stories are counted."""

    name: str
    query: str
    count: int | None = None


class ViewsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The number of stories in each view of the queue, and the account's saved views."""

    counts: dict[str, int]
    dropped: int
    own: list[OwnView]


class ChoicesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The view of the story queue whose filter values are requested."""

    view: queue.QueueView = "waiting"
    standing: Standing | None = None


class ChoicesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The values that each filter of the story queue may have, the most frequent first."""

    topics: list[str]
    sources: list[str]
    languages: list[str]
    reasons: list[str]


class ApiSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source with its state. Times are RFC 3339 or "", `interval` is in seconds."""

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
    """The site's sources, those that need attention first; `owed` lists pending webhook calls."""

    sources: list[ApiSource]
    owed: list[str]


async def read_queue(desk: Desk, call: Call[QueueQuery, Nothing]) -> QueueRows:
    """Return a page of the story queue."""
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
    """Return the values that each filter of the story queue may have."""
    question = queue.QueueQuestion(view=call.query.view, standing=call.query.standing)

    def answer(opened: OpenNewsroom) -> ChoicesAnswer:
        found = opened.queue.list_choices(opened.newsroom, question)
        topics = [topic.name for topic in opened.newsroom.beat.topics]
        return make_answer(ChoicesAnswer, found, topics=topics)

    return await desk.thread.ask(answer)


async def read_story(desk: Desk, call: Call[Nothing, Nothing]) -> StoryAnswer:
    """Return a story with its text, the reasons for its status, and its history."""
    name = call.path["name"]
    return await desk.thread.ask(
        lambda opened: make_story_answer(
            story_page.read_story_page(opened.newsroom, opened.queue, name)
        )
    )


async def read_trail(desk: Desk, call: Call[Nothing, Nothing]) -> TrailAnswer:
    """Return the history of a story."""

    def answer(opened: OpenNewsroom) -> TrailAnswer:
        seen = story_page.read_queue_story(opened.newsroom, opened.queue, call.path["name"])
        return make_answer(TrailAnswer, trail.trace_story(opened.newsroom, seen.story.path))

    return await desk.thread.ask(answer)


async def read_drops(desk: Desk, call: Call[DropQuery, Nothing]) -> queue.DropPage:
    """Return the links that were found in sources and not stored as stories."""
    question = queue.DropQuestion(**msgspec.structs.asdict(call.query))
    return await desk.thread.ask(lambda opened: queue.list_drops(opened.newsroom, question))


async def read_views(desk: Desk, call: Call[Nothing, Nothing]) -> ViewsAnswer:
    """Return the number of stories in each view of the queue and each saved view."""

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
    """Return the state of each source of the site."""
    return await desk.thread.ask(
        lambda opened: SourcesAnswer(
            sources=[make_answer(ApiSource, row) for row in check_sources(opened.newsroom)],
            owed=list(channels.describe_owed_calls(opened.newsroom)),
        )
    )


def make_question(asked: QueueQuery) -> queue.QueueQuestion:
    """Return queue filters (`QueueQuestion`) from a URL query.

    Raises UsageError for an invalid cursor.
    """
    fields = msgspec.structs.asdict(asked)
    words, after = fields.pop("q"), fields.pop("after")
    return queue.QueueQuestion(**fields, search=words, after=open_cursor(after))


def seal_cursor(cursor: queue.QueueCursor | None) -> str:
    """Return a position in the story queue as an opaque page cursor, "" for none."""
    if cursor is None:
        return ""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def open_cursor(sealed: str) -> queue.QueueCursor | None:
    """Return the queue position in a page cursor, None for "".

    Raises UsageError for an invalid cursor.
    """
    if not sealed:
        return None
    try:
        body = base64.b64decode(sealed + "=" * (-len(sealed) % 4), b"-_", validate=True)
        return msgspec.json.decode(body, type=tuple[float, str])
    except (binascii.Error, ValueError) as error:
        hint = "send `after` from the last answer"
        raise UsageError("invalid cursor", subject=sealed[:80], hint=hint) from error


class NumbersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days the statistics cover, today included."""

    days: Annotated[int, Meta(ge=1, le=90)] = 30


class ApiDelay(msgspec.Struct, frozen=True, kw_only=True):
    """The median and 90th percentile of a delay. `of` is a day, a source or a week."""

    of: str
    stories: int
    median_seconds: float
    p90_seconds: float


class NumbersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Statistics of the last days. Dropped links and delays count from `counted_since`."""

    days: Sequence[numbers.StoryDay]
    drops: Sequence[numbers.DropCount]
    filing: list[ApiDelay]
    sources: list[ApiDelay]
    reviews: list[ApiDelay]
    owners: Sequence[numbers.OwnerCount]
    decisions: int
    counted_since: date | None


class ApiMissed(msgspec.Struct, frozen=True, kw_only=True):
    """A story in another site's list that this site missed, and the reason."""

    url: str
    title: str
    published_at: str
    kind: RecallKind
    path: str
    reason: str
    detail: str
    source: str


class ApiRecall(msgspec.Struct, frozen=True, kw_only=True):
    """The last comparison with another site's list of stories. `failed` says why it failed."""

    address: str
    asked_at: datetime
    failed: str
    kinds: dict[str, int]
    missed: list[ApiMissed]


class RecallAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All comparisons of this site with other sites' lists of stories."""

    lists: list[ApiRecall]


async def read_numbers(desk: Desk, call: Call[NumbersQuery, Nothing]) -> NumbersAnswer:
    """Return statistics of the last days: stories, dropped links, delays, decisions."""

    def answer(opened: OpenNewsroom) -> NumbersAnswer:
        found = numbers.read_numbers(opened.newsroom, opened.queue.catalogue, call.query.days)
        return make_answer(NumbersAnswer, found, decisions=len(found.decisions))

    return await desk.thread.ask(answer)


async def read_recall(desk: Desk, _call: Call[Nothing, Nothing]) -> RecallAnswer:
    """Return which stories of other sites' lists this site has, and which it missed."""

    def answer(opened: OpenNewsroom) -> RecallAnswer:
        kept = recall.read_kept_recall(opened.newsroom)
        return RecallAnswer(lists=[make_answer(ApiRecall, one, address=one.list) for one in kept])

    return await desk.thread.ask(answer)


class DoctorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the newsroom: each finding with the line that mends it."""

    findings: list[Finding]


async def read_doctor(desk: Desk, _call: Call[Nothing, Nothing]) -> DoctorAnswer:
    """Return the problems of the newsroom. The database files themselves are not checked."""
    return DoctorAnswer(findings=await desk.thread.change(background.examine))
