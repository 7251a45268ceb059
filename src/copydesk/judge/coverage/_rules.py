"""Rules: what editors ruled of groups, as names that hold and stories that stay apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from copydesk.news import GROUP_RULED, Beat, Reason, ReasonKind, Ruling, Story

_TIMES = 3  # a merge may bring one along whom an earlier split keeps from the others: it goes again
_NO_TIME = datetime.min.replace(tzinfo=UTC)


class Rules:
    """Give the group that a story is known to belong to, after every split and merge.

    Rules hold in the order in which they were made: a merge after a split brings together again.
    `apart` has, by a story's name, the names of those that it is never grouped with; `whole` are
    the names of those that an editor brought together; `moved` says of those that a rule takes out
    of the group that they are filed in by which one.
    """

    def __init__(self, beat: Beat, stories: Sequence[Story], fresh: frozenset[str]) -> None:
        ordered = sorted(stories, key=lambda one: (one.published_at or _NO_TIME, one.path))
        self._all = [name_of(one) for one in ordered]
        self._filed = _called_by_their_own(
            {name_of(one): one.group or name_of(one) for one in ordered if one.path not in fresh}
        )
        self._groups = dict(self._filed)
        self.moved: dict[str, Reason] = {}
        for _ in range(_TIMES):
            before = dict(self._groups)
            self._settle(beat.rulings)
            if self._groups == before:  # the next round will find it so
                break
        self._keep_names()

    def group_of(self, story: Story) -> str:
        """Give the name of a story's group, "" for a new one that no rule names."""
        return self._groups.get(name_of(story), "")

    def _settle(self, rulings: Sequence[Ruling]) -> None:
        """Apply rules to the groups, without those merges that come to nothing by another rule."""
        groups, moved = dict(self._groups), dict(self.moved)
        self._apply_again(rulings)
        lasting = [self._lasting(rule) for rule in rulings]
        if lasting != list(rulings):
            self._groups, self.moved = groups, moved
            self._apply_again(lasting)

    def _apply_again(self, rulings: Sequence[Ruling]) -> None:
        """Apply rules to the groups until nothing moves."""
        self.apart: dict[str, frozenset[str]] = {}
        self.whole: set[str] = set()
        for _ in range(_TIMES):
            before = dict(self._groups)
            self._apply(rulings)
            if self._groups == before:
                break

    def _keep_names(self) -> None:
        """Call groups as they are filed that have the same stories in the end: nobody has moved."""
        for name in list(self.moved):
            beside = _beside(name, self._groups)
            if beside == _beside(name, self._filed):
                del self.moved[name]
                if self._filed[name] in beside:  # else another one may be called so by now
                    self._groups.update(dict.fromkeys(beside, self._filed[name]))

    def _lasting(self, rule: Ruling) -> Ruling:
        """Return a rule with those of its stories alone that it brings together in the end.

        Whom another rule takes away again would leave behind those that stood beside it.
        """
        if rule.said != "merge":
            return rule
        ends = [self._groups.get(name, name) for name in rule.stories]
        most = max(ends, key=ends.count, default="")
        kept = (name for name, end in zip(rule.stories, ends, strict=True) if end == most)
        return replace(rule, stories=tuple(kept))

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
        beside = [one for one in self._all if self._groups.get(one) == group and one != name]
        if group is None or not self.apart[name].intersection(beside):
            return
        self._groups[name] = name
        self.moved[name] = Reason.of_rule(ReasonKind.SPLIT_OFF, rule)
        if group == name:  # the others cannot keep the name of a story that is elsewhere
            self._groups.update(dict.fromkeys(beside, beside[0]))

    def _merge(self, rule: Ruling, names: Sequence[str]) -> None:
        known = [name for name in names if name in self._all]
        if len(known) < 2:
            return
        target = self._groups.get(known[0], known[0])
        merged = {self._groups.get(name, name) for name in known}
        joining = {one for one, of in self._groups.items() if of in merged}
        joining.update(known)
        for name in joining:
            if self._groups.get(name) != target:
                self._groups[name] = target
                self.moved[name] = Reason.of_rule(ReasonKind.MERGED, rule)
        self.whole.update(known)
        for name in known:
            if name in self.apart:
                self.apart[name] -= frozenset(known)


def _called_by_their_own(groups: Mapping[str, str]) -> dict[str, str]:
    """Call groups whose namesake is filed in another one after the first story of their own.

    Hand edits and merges of branches leave such names. What is filed under one stays together, and
    its namesake stays where it is: nothing is followed from group to group.
    """
    firsts: dict[str, str] = {}
    for name, group in groups.items():
        firsts.setdefault(group, name)
    return {
        name: group if groups.get(group, group) == group else firsts[group]
        for name, group in groups.items()
    }


def _beside(name: str, groups: Mapping[str, str]) -> frozenset[str]:
    """Give the names of those in one group with a story, its own where it is known."""
    group = groups.get(name)
    return frozenset(one for one, of in groups.items() if of == group) if group else frozenset()


def undone(stories: Sequence[Story], beat: Beat) -> frozenset[str]:
    """Give the paths of stories that stand where a rule moved them which there is no more."""
    merges = [rule for rule in beat.rulings if rule.said == "merge"]
    groups = {name_of(one): one.group for one in stories if one.group} if merges else {}
    merged = {groups.get(name, "") for rule in merges for name in rule.stories}
    split = {rule.stories[0] for rule in beat.rulings if rule.said == "split" and rule.stories}
    return frozenset(
        one.path
        for one in stories
        for reason in one.reasons
        if is_ruled(reason)
        and not is_of_the_front(reason)
        and not (one.group in merged if reason.kind is ReasonKind.MERGED else name_of(one) in split)
    )


def is_ruled(reason: Reason) -> bool:
    """Say whether a reason tells of a rule that moved a story into a group, or out of one."""
    return reason.kind in GROUP_RULED


def is_pin(reason: Reason) -> bool:
    """Say whether a reason tells of a pin by which a story leads its group."""
    return reason.kind is ReasonKind.PINNED


def is_of_the_front(reason: Reason) -> bool:
    """Decide whether a reason tells of a rule by which a story leads: it holds while it does."""
    return is_pin(reason) or is_lead(reason)


def is_lead(reason: Reason) -> bool:
    """Decide whether a reason tells of an editor who wanted a story to lead its group."""
    return reason.kind is ReasonKind.LED


def lead_in(stories: Sequence[Story], beat: Beat) -> tuple[Story, Reason] | None:
    """Return the story that the newest `lead` on some of one group names, and what that says."""
    named = {name_of(story): story for story in stories}
    for rule in reversed(beat.rulings):
        if rule.said == "lead" and rule.stories and rule.stories[0] in named:
            return named[rule.stories[0]], Reason.of_rule(ReasonKind.LED, rule)
    return None


def pin_on(story: Story, beat: Beat) -> Reason | None:
    """Give what an editor's pin says of a story, None without one; its end is not asked here."""
    name = name_of(story)
    pins = (rule for rule in beat.rulings if rule.said == "pin" and name in rule.stories[:1])
    return next((Reason.of_rule(ReasonKind.PINNED, rule) for rule in pins), None)


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
