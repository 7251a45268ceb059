"""An editor's lasting rule on stories (Ruling), which is applied whenever the site is updated.

A new kind needs a word in `RulingKind`, a row in `RULING_KINDS`, and the code that applies it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Literal, get_args

RulingKind = Literal["split", "merge", "pin", "block", "retopic", "rename", "lead", "set", "matter"]
SetField = Literal[
    "excerpt", "picture", "url", "note", "changes", "additions", "summary", "translation"
]
NO_PICTURE = "none"  # the value of `set … picture` that removes a story's picture
NO_CHANGES = "none"  # the value of `set … changes`: the site does not show what changed in a story
NO_ADDITIONS = "none"  # the only value of `set … additions`
NO_TEXT = "none"  # the value of `set … summary` or `translation`: the story has no such text

_FIELDS: tuple[SetField, ...] = get_args(SetField)

# What a rule applies to: the record that it names, immediately; groups and the front page, from the
# next run on; leads (links to articles) found later.
AppliesTo = Literal["record", "groups", "leads"]
# The subject of a rule: of two rules on the same subject the later one replaces the earlier.
Matter = Literal[
    "story", "story beside others", "stories", "field of story", "values", "act on stories"
]
_MANY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingForm:
    """The form of a kind of editors' rules: least and most numbers of `stories` and `values`."""

    stories: tuple[int, int]
    values: tuple[int, int]
    applies_to: AppliesTo
    matter: Matter = "story"
    may_end: bool = False


_ONE, _NONE = (1, 1), (0, 0)
RULING_KINDS: Mapping[RulingKind, RulingForm] = {
    "split": RulingForm(
        stories=(1, _MANY), values=_NONE, applies_to="groups", matter="story beside others"
    ),
    "merge": RulingForm(stories=(2, _MANY), values=_NONE, applies_to="groups", matter="stories"),
    "pin": RulingForm(stories=_ONE, values=_NONE, applies_to="groups", may_end=True),
    "block": RulingForm(stories=_NONE, values=(1, _MANY), applies_to="leads", matter="values"),
    "retopic": RulingForm(stories=_ONE, values=(1, _MANY), applies_to="record"),
    "rename": RulingForm(stories=_ONE, values=_ONE, applies_to="record"),
    "lead": RulingForm(stories=_ONE, values=_NONE, applies_to="groups"),
    "set": RulingForm(
        stories=_ONE, values=(2, _MANY), applies_to="record", matter="field of story"
    ),
    "matter": RulingForm(
        stories=(1, _MANY), values=(1, _MANY), applies_to="groups", matter="act on stories"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """An editor's lasting rule on stories: its author, kind, stories, time and explanation.

    `stories` are names of records (file name without `.md`): the story that the rule
    is about comes first. By kind:
    `split`: the first is never in one group with the others; if it is the only one, in no group.
    `merge`: all of them are one group. `pin`: it leads its group and the front page, up to `until`
    (None: until the rule is undone). `block`: no stories; `values` are domains, or words that a
    title must not have. `retopic`: `values` are its topics. `rename`: `values` is its one headline.
    `lead`: it leads its group, unless a story there is pinned; the newest such rule wins.
    `set`: `values` are a field, its new value, and the addresses that a new `url` replaced, or the
    names of the stories whose articles an editor opened to review a text.
    `matter`: `values` are `split` and the event that leaves its matter, `merge` and the matters
    that are all the first one, or `rename`, a matter and its title.
    """

    said: RulingKind
    by: str
    at: datetime
    why: str
    stories: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    until: datetime | None = None

    @property
    def field(self) -> SetField | None:
        """Return the field of a story that a `set` rule sets, None for any other rule."""
        said = self.values[0] if self.said == "set" and self.values else ""
        return next((field for field in _FIELDS if field == said), None)


def find_matter(event: str, matter: str, rulings: Iterable[Ruling]) -> str:
    """Return the matter of an event under the editors' rules, "" for none.

    `event` is the name of a group, or of a story without one; `matter` is what the records say. The
    records keep that, so that an undone rule leaves nothing behind.
    """
    for act, *names in list_matter_acts(rulings):
        if act == "split" and event in names:
            matter = event
        elif act == "merge" and not {event, matter}.isdisjoint(names):
            matter = names[0]
    return matter


def find_matter_title(matter: str, rulings: Iterable[Ruling]) -> str:
    """Return the title that an editor gave a matter, "" for none."""
    acts = [act for act in list_matter_acts(rulings) if act[:2] == ("rename", matter)]
    return "".join(acts[-1][2:3]) if acts else ""


def list_matter_acts(rulings: Iterable[Ruling]) -> list[tuple[str, ...]]:
    """Return the values of the editors' rules on matters, in order."""
    return [rule.values for rule in rulings if rule.said == "matter" and len(rule.values) > 1]


def find_ruled_matters(
    before: Sequence[tuple[str, ...]], now: Sequence[tuple[str, ...]]
) -> frozenset[str]:
    """Return the names of matters and events that other rules name now than before.

    A rule may apply to what an earlier one made, so all rules that share a name count.
    """
    pairs = enumerate(zip_longest(before, now))
    start = next((at for at, (old, new) in pairs if old != new), len(now))
    names = {name for act in (*before[start:], *now[start:]) for name in _list_names(act)}
    every = [{*_list_names(act)} for act in (*before, *now)]
    while joining := [some for some in every if names & some and not some <= names]:
        names.update(*joining)
    return frozenset(names)


def _list_names(act: tuple[str, ...]) -> tuple[str, ...]:
    return act[1:2] if act[0] == "rename" else act[1:]


def allows_additions(name: str, rulings: Iterable[Ruling]) -> bool:
    """Return whether no editors' rule forbids to quote others below a story, and it below others.

    `name` is that of the story's record.
    """
    return find_field_rule(name, "additions", rulings) is None


def find_field_rule(name: str, field: SetField, rulings: Iterable[Ruling]) -> Ruling | None:
    """Return the latest rule that sets a field of the story whose record has a name, or None."""
    found = [rule for rule in rulings if name in rule.stories[:1] and rule.field == field]
    return found[-1] if found else None


Said = Literal["publish", "hold", "reject", "remove"]
# Verdicts on the worth of a story; a removal says that it must not be shown, not that it is bad.
IS_WANTED: Mapping[Said, bool] = {"publish": True, "hold": False, "reject": False}
# A verdict says one of `Said` or `clear`, a rule one of `RulingKind`. `file` files a page by its
# address, `write` files a story of the newsroom's own, `correct` changes a published story with a
# note for readers, `undo` reverts another action, `list` saves or deletes a reading list. `snooze`
# hides stories from those that wait, `until` a time, or ends that without one. It changes no file.
ActionKind = Literal["verdict", "rule", "file", "write", "correct", "undo", "list", "snooze"]
# The outcome of an action: its result is filed (or was there already), it was refused, or somebody
# else has changed the same fields since the editor saw them.
ActionState = Literal["done", "refused", "conflict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An editor's decision on a story (publish, hold, reject, remove); it overrides the score."""

    by: str
    at: datetime
    said: Said
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorAction:
    """One action of an editor on some stories, such as a decision, a rule or an undo.

    `id` is a UUID made by the browser: an action that is sent twice counts once. `said` is the word
    of a verdict or of a rule, "" for other kinds. `stories` are names of records (file name without
    `.md`). `values` are those of a rule, the address of a `file`, the id of the action to `undo`,
    or a list's id, title, description and notes on each story. `seen` has a digest of each field as
    the editor saw it, by the names of story and field ("2026-01-02-a title"): a field that somebody
    changed since is not overwritten; fields that are not in `seen` are always overwritten. `base`
    has the digests from when a form was opened: it also protects the same editor's changes from
    another tab, and reports that the story was removed.
    """

    id: str
    kind: ActionKind
    by: str
    at: datetime
    said: str = ""
    stories: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    why: str = ""
    until: datetime | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    base: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_versions(self) -> bool:
        """Return whether the action says which version of a field its editor saw."""
        return bool(self.seen or self.base)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditConflict:
    """A field of a story that somebody else changed since the editor saw it: file, both values."""

    path: str
    field: str
    left: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOutcome:
    """The outcome of an editor's action (by its `id`): changed files and git commit, or why not.

    `what` describes in words what was done or why not, `hint` what the editor can do about it.
    `conflicts` are fields that somebody else changed meanwhile; if there are any, nothing was
    saved.
    """

    id: str
    state: ActionState
    commit: str | None = None
    paths: tuple[str, ...] = ()
    what: str = ""
    hint: str = ""
    conflicts: tuple[EditConflict, ...] = ()
