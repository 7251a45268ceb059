"""Groups: which stories tell one happening, who leads it, and where its pages have gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from copydesk.news import Story
from copydesk.publish import _links
from copydesk.publish._entries import Entry
from copydesk.publish.catalogue import Catalogue

BACKGROUND = 8


@dataclass(slots=True)
class Groups:
    """The groups of a catalogue's stories."""

    catalogue: Catalogue
    _members: dict[str, list[Entry]] = field(default_factory=dict)

    def filed(self, name: str) -> Entry | None:
        """Give the story of a name, None where there is none or an editor removed it."""
        found = self.catalogue.named(name)
        return None if found is None or found.is_removed else found

    def public(self, name: str) -> Entry | None:
        """Give the published story of a name, None where there is none."""
        found = self.catalogue.named(name)
        return found if found is not None and found.is_public else None

    def members(self, group: str) -> list[Entry]:
        """Give the published stories of a group, the newest first."""
        if group not in self._members:
            self._members[group] = self.catalogue.telling(group) if group else []
        return self._members[group]

    def leading(self, group: str) -> Entry | None:
        """Give who leads a group: the hottest that is published, the first by path of two."""
        return min(self.members(group), key=lambda one: (-one.heat, one.path), default=None)

    def happening(self, story: Story | Entry) -> str:
        """Give the name of what a story tells: its group's, its original's, or its own.

        Copies that name each other in a circle are one happening.
        """
        chain = [_links.stem(story.path)]
        while story.copy_of and story.copy_of not in chain:
            chain.append(story.copy_of)
            original = self.filed(story.copy_of)
            if original is None:
                return story.copy_of
            story = original
        return story.group or (min(chain) if story.copy_of else chain[-1])

    def moved(self, groups: Collection[str] | None = None) -> dict[str, Entry]:
        """Give the leader of today by the folder of the page of one that led before.

        Readers know that page. A member that never led had none, and is not sent on from.
        With `groups` only of stories of these.
        """
        found = ((one.folder, self._leader(one)) for one in self.catalogue.led(groups))
        return {folder: leader for folder, leader in found if leader is not None}

    def background(self, story: Story) -> tuple[Entry, ...]:
        """Give at most eight stories on the same matter that have a page, in the record's order.

        A member of a group is told by its leader, and nothing by the story itself.
        """
        if not story.background:
            return ()
        own = self.happening(story)
        found: dict[str, Entry] = {}
        for name in story.background:
            filed = self.filed(name)
            told = filed if filed is None or filed.is_public else self._leader(filed)
            if told is not None and self.happening(told) != own:
                found.setdefault(self.happening(told), told)
        return tuple(found.values())[:BACKGROUND]

    def _leader(self, story: Entry) -> Entry | None:
        return self.leading(story.group) or self.public(story.group)
