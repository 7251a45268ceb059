"""Rules: what editors ruled of groups, as names that hold and stories that stay apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath

from copydesk.news import Beat, Ruling, Story

_NO_TIME = datetime.min.replace(tzinfo=UTC)


class Rules:
    """Give the group that a story is known to belong to, after every split and merge.

    Rules hold in the order in which they were made: a merge after a split brings together again.
    `apart` has, by a story's name, the names of those that it is never grouped with; `whole` are
    the names of those that an editor brought together.
    """

    def __init__(self, beat: Beat, stories: Sequence[Story], fresh: frozenset[str]) -> None:
        ordered = sorted(stories, key=lambda one: (one.published_at or _NO_TIME, one.path))
        self._all = [name_of(one) for one in ordered]
        self._groups = {
            name_of(one): one.group or name_of(one) for one in ordered if one.path not in fresh
        }
        self.apart: dict[str, frozenset[str]] = {}
        self.whole: set[str] = set()
        for at, rule in enumerate(beat.rulings, 1):
            if rule.said == "split" and rule.stories:
                self._split(rule.stories[0], rule.stories[1:])
            elif rule.said == "merge":
                self._merge(_still_together(rule.stories, beat.rulings[at:]))

    def group_of(self, story: Story) -> str:
        """Give the name of a story's group, "" for a new one that no rule names."""
        return self._groups.get(name_of(story), "")

    def _split(self, name: str, others: Sequence[str]) -> None:
        self.whole -= {name, *others}
        self.apart[name] = self.apart.get(name, frozenset()).union(others or self._all) - {name}
        group = self._groups.get(name)
        beside = [one for one, of in self._groups.items() if of == group and one != name]
        if group is None or not self.apart[name].intersection(beside):
            return
        self._groups[name] = name
        if group == name:  # the others cannot keep the name of a story that is elsewhere
            self._groups.update(dict.fromkeys(beside, beside[0]))

    def _merge(self, names: Sequence[str]) -> None:
        known = [name for name in names if name in self._all]
        if len(known) < 2:
            return
        target = self._groups.get(known[0], known[0])
        merged = {self._groups.get(name, name) for name in known}
        self._groups.update({one: target for one, of in self._groups.items() if of in merged})
        self._groups.update(dict.fromkeys(known, target))
        self.whole.update(known)
        for name in known:
            if name in self.apart:
                self.apart[name] -= frozenset(known)


def _still_together(names: Sequence[str], later: Sequence[Ruling]) -> list[str]:
    """Leave out those whom a later split took from the others again."""
    gone = {
        rule.stories[0]
        for rule in later
        if rule.said == "split"
        and rule.stories
        and (len(rule.stories) == 1 or not set(names).isdisjoint(rule.stories[1:]))
    }
    return [name for name in names if name not in gone]


def name_of(story: Story) -> str:
    """Give the name of a story's record: its file name without `.md`."""
    return PurePosixPath(story.path).stem
