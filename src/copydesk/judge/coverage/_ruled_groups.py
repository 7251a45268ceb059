"""Apply editors' split and merge rules to groups of stories; list stories to keep apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from copydesk.news import Beat, Reason, ReasonKind, Ruling, Story
from copydesk.news.story import time_and_path

_ROUNDS = 3  # a merge may bring along a story that an earlier split removes again


class RuledGroups:
    """The groups of stories after all split and merge rules of editors were applied.

    Rules apply in their order: a merge after a split brings stories together again. `apart` has for
    a story's name the names of stories that are never in its group. `whole` has the names of
    stories that a rule brought together. `moved` has the reason for each story that a rule takes
    out of its filed group.
    """

    def __init__(self, beat: Beat, stories: Sequence[Story], fresh: frozenset[str]) -> None:
        ordered = sorted(stories, key=time_and_path)
        filed = [story for story in ordered if story.path not in fresh]
        self._all = [name_of(story) for story in ordered]
        self._filed = _rename_by_own({name_of(story): _group_name(story) for story in filed})
        self._groups = dict(self._filed)
        self.moved: dict[str, Reason] = {}
        for _ in range(_ROUNDS):
            before = dict(self._groups)
            self._settle(beat.rulings)
            if self._groups == before:  # the next run will find the same
                break
        self._keep_names()

    def group_of(self, story: Story) -> str:
        """Return the name of a story's group, "" for a new story that no rule names."""
        return self._groups.get(name_of(story), "")

    def _settle(self, rulings: Sequence[Ruling]) -> None:
        """Apply rules to groups; of a merge only the part that later rules do not take away."""
        groups, moved = dict(self._groups), dict(self.moved)
        self._apply_until_stable(rulings)
        lasting = [self._lasting_part(rule) for rule in rulings]
        if lasting != list(rulings):
            self._groups, self.moved = groups, moved
            self._apply_until_stable(lasting)

    def _apply_until_stable(self, rulings: Sequence[Ruling]) -> None:
        """Apply rules until no story moves."""
        self.apart: dict[str, frozenset[str]] = {}
        self.whole: set[str] = set()
        for _ in range(_ROUNDS):
            before = dict(self._groups)
            self._apply(rulings)
            if self._groups == before:
                break

    def _keep_names(self) -> None:
        """Restore the filed name of each group that has the same stories in the end."""
        for name in list(self.moved):
            members = _members_with(name, self._groups)
            if members == _members_with(name, self._filed):
                del self.moved[name]
                if self._filed[name] in members:  # else another group may have this name by now
                    self._groups.update(dict.fromkeys(members, self._filed[name]))

    def _lasting_part(self, rule: Ruling) -> Ruling:
        """Return a merge rule with only the stories that it brings together in the end.

        A story that another rule takes away again would leave behind the rest of its group.
        """
        if rule.said != "merge":
            return rule
        ends = [self._groups.get(name, name) for name in rule.stories]
        most = max(ends, key=ends.count, default="")
        lasting = (name for name, end in zip(rule.stories, ends, strict=True) if end == most)
        return replace(rule, stories=tuple(lasting))

    def _apply(self, rulings: Sequence[Ruling]) -> None:
        for at, rule in enumerate(rulings, 1):
            if rule.said == "split" and rule.stories:
                self._split(rule)
            elif rule.said == "merge":
                self._merge(rule, _still_together(rule.stories, rulings[at:]))

    def _split(self, rule: Ruling) -> None:
        name, *others = rule.stories
        self.whole -= {name, *others}
        self.apart[name] = self.apart.get(name, frozenset()).union(others or self._all) - {name}
        group = self._groups.get(name)
        beside = [
            other for other in self._all if self._groups.get(other) == group and other != name
        ]
        if group is None or self.apart[name].isdisjoint(beside):
            return
        self._groups[name] = name
        self.moved[name] = Reason.of_rule(ReasonKind.SPLIT_OFF, rule)
        if group == name:  # the others cannot keep the name of a story in another group
            self._groups.update(dict.fromkeys(beside, beside[0]))

    def _merge(self, rule: Ruling, names: Sequence[str]) -> None:
        known = [name for name in names if name in self._all]
        if len(known) < 2:
            return
        target = self._groups.get(known[0], known[0])
        for name in self._all_beside(known):
            if self._groups.get(name) != target:
                self._groups[name] = target
                self.moved[name] = Reason.of_rule(ReasonKind.MERGED, rule)
        self.whole.update(known)
        for name in self.apart.keys() & known:
            self.apart[name] -= frozenset(known)

    def _all_beside(self, names: Sequence[str]) -> set[str]:
        """Return the given stories and all others of their groups."""
        groups = {self._groups.get(name, name) for name in names}
        return {name for name, group in self._groups.items() if group in groups}.union(names)


def _rename_by_own(groups: Mapping[str, str]) -> dict[str, str]:
    """Rename groups named after a story that is filed in another group, to their own first story.

    Hand edits and merges of branches cause such names. Stories under one name stay together, and
    the namesake stays where it is.
    """
    firsts: dict[str, str] = {}
    for name, group in groups.items():
        firsts.setdefault(group, name)
    return {
        name: group if groups.get(group, group) == group else firsts[group]
        for name, group in groups.items()
    }


def _members_with(name: str, groups: Mapping[str, str]) -> frozenset[str]:
    """Return the names of all stories in a story's group, its own included; empty if unknown."""
    group = groups.get(name)
    return frozenset(member for member, of in groups.items() if of == group and group)


def _group_name(story: Story) -> str:
    return story.group or name_of(story)


def paths_without_ruling(stories: Sequence[Story], beat: Beat) -> frozenset[str]:
    """Return the paths of stories in a group only because of an editor's rule that was undone."""
    moved = [story for story in stories if any(map(is_move, story.reasons))]
    if not moved:
        return frozenset()
    merged, split = _groups_of_merges(stories, beat.rulings), _split_names(beat.rulings)

    def holds(story: Story, reason: Reason) -> bool:
        if reason.kind is ReasonKind.MERGED:
            return story.group in merged
        return name_of(story) in split

    return frozenset(
        story.path
        for story in moved
        if not all(holds(story, reason) for reason in filter(is_move, story.reasons))
    )


def _groups_of_merges(stories: Sequence[Story], rulings: Sequence[Ruling]) -> set[str]:
    """Return the groups of the stories that merge rules name, "" for missing stories."""
    groups = {name_of(story): story.group for story in stories}
    merges = (rule for rule in rulings if rule.said == "merge")
    return {groups.get(name, "") for rule in merges for name in rule.stories}


def _split_names(rulings: Sequence[Ruling]) -> set[str]:
    return {rule.stories[0] for rule in rulings if rule.said == "split" and rule.stories}


def is_ruled(reason: Reason) -> bool:
    """Return whether a reason in a story's record is an editor's rule on a group of stories."""
    return reason.is_group_ruled


def is_move(reason: Reason) -> bool:
    """Return whether a reason in a story's record is an editor's rule that changed its group."""
    return is_ruled(reason) and not is_pin(reason) and not is_lead(reason)


def is_pin(reason: Reason) -> bool:
    """Return whether a reason in a story's record is an editor's pin, which makes it lead."""
    return is_ruled(reason) and reason.kind is ReasonKind.PINNED


def is_lead(reason: Reason) -> bool:
    """Return whether a reason in a story's record is an editor's rule that makes it lead."""
    return is_ruled(reason) and reason.kind is ReasonKind.LED


def lead_in(stories: Sequence[Story], beat: Beat) -> tuple[Story, Reason] | None:
    """Return the story that the newest `lead` rule in a group names, and the reason; or None."""
    named = {name_of(story): story for story in stories}
    for rule in reversed(beat.rulings):
        if rule.said == "lead" and rule.stories and rule.stories[0] in named:
            return named[rule.stories[0]], Reason.of_rule(ReasonKind.LED, rule)
    return None


def pin_on(story: Story, beat: Beat) -> Reason | None:
    """Return the reason that an editor pinned a story, None if it is not pinned.

    Whether the pin has ended is not checked.
    """
    name = name_of(story)
    pins = (rule for rule in beat.rulings if rule.said == "pin" and name in rule.stories[:1])
    return next((Reason.of_rule(ReasonKind.PINNED, rule) for rule in pins), None)


def _still_together(names: Sequence[str], later: Sequence[Ruling]) -> list[str]:
    """Return the stories that no later split rule takes away from the others."""
    gone = _split_names([rule for rule in later if _takes_from(rule, set(names))])
    return [name for name in names if name not in gone]


def _takes_from(split: Ruling, names: set[str]) -> bool:
    """Return whether a split takes its story away from some of these; without others, from all."""
    others = split.stories[1:]
    return not others or not names.isdisjoint(others)


def name_of(story: Story) -> str:
    """Return the name of a story's record, which is its file name without `.md`."""
    return story.path.rpartition("/")[2].removesuffix(".md")
