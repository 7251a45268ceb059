"""Inverse: a record and the rulings with one action taken out, field by field. Pure.

before, after the action, as it stands now ──> as it would stand without it | differences
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from copydesk.archive import Rulings
from copydesk.news import EditConflict, Ruling, Story
from copydesk.review.rules import with_rule

_T = TypeVar("_T", bound=Hashable)

_LISTS = frozenset({"reasons", "history", "extra"})
# Whether it is published and how warm it is were decided together, and are undone together.
_TOGETHER = ("published", "heat")
_SHOWN = 300


def story_without(
    before: Story, after: Story, now: Story
) -> tuple[Story, tuple[EditConflict, ...]]:
    """Return a record without what an action changed in it, and where that cannot be.

    Fields that the action left alone stay as they are now; in lists (reasons, history) what it
    put in goes and what it took out comes back.
    """
    changed = _diff_fields(before, after)
    values: dict[str, Any] = {}
    differences = []
    for name in changed:
        was, left, is_now = (getattr(story, name) for story in (before, after, now))
        if name == "machine":
            values[name] = tuple(_merge_digests(dict(was), dict(left), dict(is_now)).items())
        elif name in _LISTS:
            values[name] = revert_list(was, left, is_now)
        elif is_now == left:
            values[name] = was
        elif is_now != was:
            differences.append(_difference(now.path, name, left, is_now))
    return replace(now, **values), tuple(differences)


def _diff_fields(before: Story, after: Story) -> list[str]:
    names = [one.name for one in fields(Story) if one.name != "path"]
    changed = {name for name in names if getattr(before, name) != getattr(after, name)}
    if not changed.isdisjoint(_TOGETHER):
        changed.update(_TOGETHER)
    return [name for name in names if name in changed]


def _merge_digests(
    was: Mapping[str, str], left: Mapping[str, str], now: Mapping[str, str]
) -> dict[str, str]:
    """Return digests with those put back that an action changed and nobody since."""
    found = dict(now)
    for key in {**was, **left}:
        if was.get(key) == left.get(key) or now.get(key) != left.get(key):
            continue
        if key in was:
            found[key] = was[key]
        else:
            del found[key]
    return found


def revert_list(was: tuple[_T, ...], left: tuple[_T, ...], now: tuple[_T, ...]) -> tuple[_T, ...]:
    """Return a list without what an action put in, with what it took out at its old place."""
    if now == left:
        return was
    found = [item for item in now if item in was or item not in left]
    for at, item in enumerate(was):
        if item not in left and item not in found:
            found.insert(min(at, len(found)), item)
    return tuple(found)


def rulings_without(
    before: Rulings, after: Rulings, now: Rulings, path: str
) -> tuple[Rulings, tuple[EditConflict, ...]]:
    """Return the rulings without the one verdict or rule of an action; `path` is the file's."""
    verdicts, differences = dict(now.verdicts), []
    for at in {**before.verdicts, **after.verdicts}:
        was, left, is_now = (rulings.verdicts.get(at) for rulings in (before, after, now))
        if was in {left, is_now}:  # it changed nothing, or is undone already
            continue
        if is_now != left:
            differences.append(_difference(path, f"verdict on {at}", left, is_now))
        elif was is None:
            del verdicts[at]
        else:
            verdicts[at] = was
    rules, others = _rules_without(before.rules, after.rules, now.rules)
    differences += [
        _difference(path, f"rule {said}", left, is_now) for said, left, is_now in others
    ]
    removed = revert_list(before.removed, after.removed, now.removed)
    return Rulings(verdicts=verdicts, removed=removed, rules=rules), tuple(differences)


def _rules_without(
    was: tuple[Ruling, ...], left: tuple[Ruling, ...], now: tuple[Ruling, ...]
) -> tuple[tuple[Ruling, ...], list[tuple[str, Ruling | None, Ruling | None]]]:
    """Return the rules without an action's, and what is in the way: kind, as left, as it is now."""
    put_in, taken_out = _less(left, was), _less(was, left)
    others = _less(now, [*put_in, *taken_out])
    lost = [(rule.said, rule, rival) for rule, rival in _find_rivals(_less(put_in, now), now)]
    taken = [(rule.said, None, rival) for rule, rival in _find_rivals(taken_out, others)]
    return revert_list(was, left, now), [*lost, *taken]


def _less(rules: Iterable[Ruling], others: Collection[Ruling]) -> list[Ruling]:
    return [rule for rule in rules if rule not in others]


def _find_rivals(
    rules: Iterable[Ruling], standing: Collection[Ruling]
) -> Iterator[tuple[Ruling, Ruling]]:
    """Yield each rule in whose place another one stands, with that one."""
    for rule in rules:
        rival = _on_the_same(standing, rule)
        if rival is not None:
            yield rule, rival


def _on_the_same(rules: Iterable[Ruling], rule: Ruling) -> Ruling | None:
    """Return the rule that another one on its matter would take the place of, None for none."""
    standing = tuple(rules)
    left = with_rule(standing, rule)
    return next(iter(_less(standing, left)), None)


def _difference(path: str, field: str, left: object, now: object) -> EditConflict:
    return EditConflict(path=path, field=field, left=_format_value(left), now=_format_value(now))


def _format_value(value: object) -> str:
    """Return a value as a person may read it."""
    if isinstance(value, tuple):
        return ", ".join(map(_format_value, value))[:_SHOWN]
    if value is None:
        return "nothing"
    return ": ".join(filter(None, _words(value)))[:_SHOWN]


def _words(value: object) -> Iterator[str]:
    """Walk the words of a verdict or a rule, or of any other value."""
    said = getattr(value, "said", None)
    if said is None:
        yield str(value)
        return
    yield f"{said} by {getattr(value, 'by', '')}"
    yield ", ".join((*getattr(value, "stories", ()), *getattr(value, "values", ())))
    yield getattr(value, "why", "")
