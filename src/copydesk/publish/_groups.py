"""Groups: which stories tell one happening, who leads it, and where its pages have gone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from copydesk.news import Story
from copydesk.publish import _links
from copydesk.publish._entries import Entry

BACKGROUND = 8


@dataclass(slots=True, kw_only=True)
class Groups:
    """The groups of an edition's stories.

    `filed` are the stories by name, but for those that an editor removed; `public` the published
    ones among them. `leading` is who leads each group: the hottest that is published, the first by
    path of two.
    """

    filed: Mapping[str, Entry]
    public: Mapping[str, Entry]
    leading: Mapping[str, Entry] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str, Entry] = {}
        grouped = (story for story in self.public.values() if story.group)
        for story in sorted(grouped, key=lambda one: (-one.heat, one.path)):
            found.setdefault(story.group, story)
        self.leading = found

    def happening(self, story: Story | Entry) -> str:
        """Give the name of what a story tells: its group's, its original's, or its own.

        Copies that name each other in a circle are one happening.
        """
        chain = [_links.stem(story.path)]
        while story.copy_of and story.copy_of not in chain:
            chain.append(story.copy_of)
            if story.copy_of not in self.filed:
                return story.copy_of
            story = self.filed[story.copy_of]
        return story.group or (min(chain) if story.copy_of else chain[-1])

    def moved(self) -> dict[str, Entry]:
        """Give the leader of today by the folder of the page of one that led before.

        Readers know that page. A member that never led had none, and is not sent on from.
        """
        hidden = (story for name, story in self.filed.items() if name not in self.public)
        found = ((one.folder, self._leader(one)) for one in hidden if one.has_led)
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
            told = self.public.get(name)
            if told is None and name in self.filed:
                told = self._leader(self.filed[name])
            if told is not None and self.happening(told) != own:
                found.setdefault(self.happening(told), told)
        return tuple(found.values())[:BACKGROUND]

    def _leader(self, story: Entry) -> Entry | None:
        return self.leading.get(story.group) or self.public.get(story.group)
