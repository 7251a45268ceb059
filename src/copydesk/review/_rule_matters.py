"""What rules are about: two on one matter cannot both hold, and some contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from copydesk.news import Ruling


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
    if rule.said == "split":
        group = _group(rule.stories[0], merges)
        joins = (ruling for ruling in merges if rule.stories[0] in ruling.stories)
        return next(joins, None) if _parts(rule, group) else None
    group = _group(rule.stories[0], [*merges, rule])
    splits = (ruling for ruling in rulings if ruling.said == "split" and _parts(ruling, group))
    return next(splits, None)


def _parts(split: Ruling, group: set[str]) -> bool:
    """Decide whether a split takes its first story from a group: from all of it or from some."""
    story, *others = split.stories
    is_beside_others = story in group and len(group) > 1
    return is_beside_others and (not others or not group.isdisjoint(others))


def _group(name: str, merges: Iterable[Ruling]) -> set[str]:
    """Return all that rules put beside a story, again and again."""
    group, left = {name}, list(merges)
    while touching := [merge for merge in left if group & {*merge.stories}]:
        group.update(story for merge in touching for story in merge.stories)
        left = [merge for merge in left if merge not in touching]
    return group


def _matter(rule: Ruling) -> tuple[object, ...]:
    """Return what a rule is about: two on one matter cannot both hold."""
    if rule.said == "block":
        return (rule.said, frozenset(map(str.casefold, rule.values)))
    if rule.said == "merge":
        return (rule.said, frozenset(rule.stories))
    if rule.said == "split":
        return (rule.said, rule.stories[0], frozenset(rule.stories[1:]))
    if rule.said == "set":
        return (rule.said, rule.stories[0], rule.values[0])
    return (rule.said, rule.stories[0])
