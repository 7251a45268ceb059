"""Rows: the stories of one happening as an editor sees them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.engine.queue._question import QueueCursor
from copydesk.news import PictureFile, Ruling, Standing, Story, Verdict
from copydesk.placement.addresses import record_name


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStory:
    """A filed story as its record is now, where it stands, and the word on it.

    `is_wanted` says that the question asked for it; others stand beside it. `picture` is its copy
    in the album that is made for lists, None where there is none, and `unmade` the original of one
    that is to be made. `has_page` says that it has one
    on the site that was built last; `pin` is the rule in force that keeps it in front.
    """

    story: Story
    standing: Standing
    verdict: Verdict | None
    is_wanted: bool
    picture: PictureFile | None = None
    unmade: PictureFile | None = None
    has_page: bool = False
    pin: Ruling | None = None

    @property
    def name(self) -> str:
        """Return its record's name: the file's, without `.md`."""
        return record_name(self.story.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A happening: the story that stands for it, then copies of any, then other coverage.

    `happening` is its name. `version` changes when anything that the row shows does. `unread`
    counts stories of it that are not listed.
    """

    happening: str
    version: str
    leader: QueueStory
    copies: tuple[QueueStory, ...] = ()
    coverage: tuple[QueueStory, ...] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """Rows of a question, of `total` stories that it wants; `after` asks for the next ones.

    `is_by_former_rules`: rules have changed, and where stories stand is still to be looked at.
    """

    rows: tuple[QueueRow, ...]
    total: int
    is_by_former_rules: bool = False
    after: QueueCursor | None = None


def make_row(happening: str, version: str, stories: Sequence[QueueStory], unread: int) -> QueueRow:
    """Return the row of a happening's stories.

    A published one that is wanted stands for it, else the wanted one that is worth most, the newest
    of equals: copies only where nothing else is there.
    """
    leader = max(stories, key=_merit)
    others = [story for story in stories if story is not leader]
    return QueueRow(
        happening=happening,
        version=version,
        leader=leader,
        copies=tuple(story for story in others if story.story.copy_of),
        coverage=tuple(story for story in others if not story.story.copy_of),
        unread=unread,
    )


def _merit(seen: QueueStory) -> tuple[bool, bool, bool, int, int, float]:
    story = seen.story
    when = story.published_at.timestamp() if story.published_at else 0.0
    is_published = seen.standing is Standing.PUBLISHED
    heat, quality = story.heat or 0, story.quality or 0
    return seen.is_wanted, is_published, not story.copy_of, heat, quality, when
