"""What rules are about: two on one matter cannot both hold, and some contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from copydesk.news import RULING_KINDS, Matter, Ruling


def with_rule(rulings: Sequence[Ruling], rule: Ruling) -> tuple[Ruling, ...]:
    """Return the rulings with one more at the end, in the place of one on the same matter.

    The same ones where it was said before: by the same, for the same reason, whenever.
    """
    if any(replace(ruling, at=rule.at) == rule for ruling in rulings):
        return tuple(rulings)
    return (*(ruling for ruling in rulings if _matter(ruling) != _matter(rule)), rule)


def find_contradiction(rulings: Sequence[Ruling], rule: Ruling) -> Ruling | None:
    """Return the rule that says the opposite of a new one on the same stories, None for none.

    What several rules merge is one group: a split parts none of it.
    """
    if rule.said not in {"split", "merge"}:
        return None
    merges = [ruling for ruling in rulings if ruling.said == "merge"]
    first = {*rule.stories[:1]}
    if rule.said == "split":
        group = _group(first, merges)
        joins = (ruling for ruling in merges if first & {*ruling.stories})
        return next(joins, None) if _parts(rule, group) else None
    group = _group(first, [*merges, rule])
    splits = (ruling for ruling in rulings if ruling.said == "split" and _parts(ruling, group))
    return next(splits, None)


def _parts(split: Ruling, group: set[str]) -> bool:
    """Decide whether a split takes its first story from a group: from all of it or from some."""
    first, others = split.stories[:1], split.stories[1:]
    is_beside_others = not group.isdisjoint(first) and len(group) > 1
    return is_beside_others and (not others or not group.isdisjoint(others))


def _group(names: AbstractSet[str], merges: Iterable[Ruling]) -> set[str]:
    """Return all that rules put beside some stories, again and again."""
    group, left = {*names}, list(merges)
    while touching := [merge for merge in left if group & {*merge.stories}]:
        group.update(story for merge in touching for story in merge.stories)
        left = [merge for merge in left if merge not in touching]
    return group


def _matter(rule: Ruling) -> tuple[object, ...]:
    """Return what a rule is about: two on one matter cannot both hold."""
    first = rule.stories[:1]
    matters: Mapping[Matter, object] = {
        "story": first,
        "story beside others": (first, frozenset(rule.stories[1:])),
        "stories": frozenset(rule.stories),
        "field of story": (first, rule.values[:1]),
        "values": frozenset(map(str.casefold, rule.values)),
    }
    return (rule.said, matters[RULING_KINDS[rule.said].matter])
