"""A question to the queue: which stories an editor wants to see, and in what order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from copydesk.catalogue import StoryFilter
from copydesk.engine.newsroom import Newsroom
from copydesk.news import ReasonKind, Standing

QueueView = Literal["waiting", "missed", "published", "off", "rejected", "all"]
QueueOrder = Literal["front", "time"]
QueueCursor = tuple[float, str]  # a row's place in an order: its time or warmth, its name

_NEAR = 20  # points below the gate that just miss it
# The standings of each view, none for any. What members of a group and copies are told under is
# the row of their group: by themselves they are in "all" alone.
VIEWS: Mapping[QueueView, frozenset[Standing]] = {
    "waiting": frozenset({Standing.HELD}),
    "missed": frozenset({Standing.BELOW_GATE}),
    "published": frozenset({Standing.PUBLISHED}),
    "off": frozenset({Standing.BELOW_GATE, Standing.OFF_BEAT, Standing.RULED_OUT}),
    "rejected": frozenset({Standing.REJECTED}),
    "all": frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuestion:
    """Which stories are wanted; each part narrows, an empty one asks for nothing.

    `standing` takes the place of those of the view. `source` is a publisher's domain or a source's
    address, `reason` the kind of one of a story's reasons. `days` counts from publication, 0 for
    any. `order` is that of the front page or by time. `after` is the cursor of the last row of the
    page before, in the same order: what was decided meanwhile moves no other row.
    """

    view: QueueView = "waiting"
    standing: Standing | None = None
    topic: str = ""
    source: str = ""
    language: str = ""
    reason: ReasonKind | None = None
    days: float = 0
    search: str = ""
    order: QueueOrder = "front"
    limit: int = 30
    after: QueueCursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChoices:
    """What stories of a view have, the most frequent first; sources by their domains."""

    sources: Sequence[str] = ()
    languages: Sequence[str] = ()
    reasons: Sequence[ReasonKind] = ()


def make_filter(newsroom: Newsroom, question: QueueQuestion) -> StoryFilter:
    """Return the catalogue's filter of a question."""
    gate = newsroom.beat.scoring.publish_at
    is_near = question.view == "missed" and question.standing is None
    return StoryFilter(
        standings=frozenset({question.standing}) if question.standing else VIEWS[question.view],
        topics=frozenset({question.topic}) if question.topic else frozenset(),
        source=question.source,
        language=question.language,
        reason=question.reason,
        since=newsroom.now - timedelta(days=question.days) if question.days else None,
        quality=(gate - _NEAR, gate) if is_near else None,
        words=question.search,
    )
