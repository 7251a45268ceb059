"""Groups: which stories tell one event, who leads it, and where its pages have gone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, Protocol, TypeVar

from copydesk.news import Story
from copydesk.placement import addresses

BACKGROUND_STORIES = 8


class FiledStory(Protocol):
    """What placing must know of a filed story; `folder` is that of its page."""

    @property
    def path(self) -> str: ...
    @property
    def folder(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def copy_of(self) -> str: ...
    @property
    def heat(self) -> int: ...
    @property
    def is_public(self) -> bool: ...
    @property
    def is_removed(self) -> bool: ...


_Filed = TypeVar("_Filed", bound=FiledStory)


class GroupIndex(Protocol[_Filed]):
    """Who knows the filed stories by their names and groups."""

    def by_name(self, name: str) -> _Filed | None:
        """Return the story of a name, whether published or not, None where there is none."""
        ...

    def members(self, group: str) -> list[_Filed]:
        """Return the published stories of a group, the newest first."""
        ...

    def former_leaders(self, groups: Collection[str] | None = None) -> list[_Filed]:
        """Return the stories without a page that led their group once, of all groups or these."""
        ...


class Groups(Generic[_Filed]):
    """The groups of the stories in an index."""

    def __init__(self, index: GroupIndex[_Filed]) -> None:
        self._index = index
        self._members: dict[str, list[_Filed]] = {}

    def find(self, name: str) -> _Filed | None:
        """Return the story of a name, None where there is none or an editor removed it."""
        story = self._index.by_name(name)
        return None if story is None or story.is_removed else story

    def public(self, name: str) -> _Filed | None:
        """Return the published story of a name, None where there is none."""
        story = self._index.by_name(name)
        return story if story is not None and story.is_public else None

    def members(self, group: str) -> list[_Filed]:
        """Return the published stories of a group, the newest first."""
        if group not in self._members:
            self._members[group] = self._index.members(group) if group else []
        return self._members[group]

    def leader(self, group: str) -> _Filed | None:
        """Return who leads a group: the hottest that is published, the first by path of two."""
        return min(self.members(group), key=lambda story: (-story.heat, story.path), default=None)

    def event(self, story: Story | FiledStory) -> str:
        """Return the name of what a story tells: its group's, its original's, or its own.

        Copies that name each other in a circle tell one event.
        """
        chain = [addresses.record_name(story.path)]
        while story.copy_of and story.copy_of not in chain:
            chain.append(story.copy_of)
            original = self.find(story.copy_of)
            if original is None:
                return story.copy_of
            story = original
        return story.group or (min(chain) if story.copy_of else chain[-1])

    def redirects(self, groups: Collection[str] | None = None) -> dict[str, _Filed]:
        """Return the leader of today by the folder of the page of one that led before.

        Readers know that page. A member that never led had none, and is not sent on from.
        With `groups` only of stories of these.
        """
        former = self._index.former_leaders(groups)
        leaders = ((story.folder, self._leader_of(story)) for story in former)
        return {folder: leader for folder, leader in leaders if leader is not None}

    def background(self, story: Story) -> tuple[_Filed, ...]:
        """Return at most eight stories on the same matter that have a page, in the record's order.

        A member of a group is told by its leader, and nothing by the story itself.
        """
        if not story.background:
            return ()
        own = self.event(story)
        by_event: dict[str, _Filed] = {}
        for name in story.background:
            filed = self.find(name)
            shown = filed if filed is None or filed.is_public else self._leader_of(filed)
            if shown is not None and self.event(shown) != own:
                by_event.setdefault(self.event(shown), shown)
        return tuple(by_event.values())[:BACKGROUND_STORIES]

    def _leader_of(self, story: _Filed) -> _Filed | None:
        return self.leader(story.group) or self.public(story.group)
