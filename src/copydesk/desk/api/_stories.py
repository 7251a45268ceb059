"""Stories as JSON has them: what the queue, a story's own page and its past say."""

from __future__ import annotations

from datetime import datetime

import msgspec

from copydesk import editing
from copydesk.desk.api._endpoint import make_answer
from copydesk.editing import queue
from copydesk.kit import text
from copydesk.news import Verdict


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
    """Return a row of the queue for JSON."""
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
        seen=editing.field_digests(story, seen.verdict),
        kept_in_front=seen.pin is not None,
        pinned_until=seen.pin.until if seen.pin else None,
    )


def make_story_answer(found: queue.StoryPage) -> StoryAnswer:
    """Return everything about a story for JSON."""
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
