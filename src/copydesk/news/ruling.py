"""Ruling: an editor's lasting rule on stories, binding for every later round.

A new kind is a word of `RulingKind`, a row of `RULING_KINDS`, and what it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

RulingKind = Literal["split", "merge", "pin", "block", "retopic", "rename", "lead", "set"]
SetField = Literal["excerpt", "picture", "url", "note"]
NO_PICTURE = "none"  # what `set … picture` says for a story that is to have none

_FIELDS: tuple[SetField, ...] = get_args(SetField)

# What a rule applies to: the record that it names, at once; groups and the front page, from the
# next round; leads that are still to come.
AppliesTo = Literal["record", "groups", "leads"]
# What a rule is about, of which the later of two rules takes the place of the earlier.
Matter = Literal["story", "story beside others", "stories", "field of story", "values"]
_MANY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingForm:
    """What a rule of one kind is made of: so many `stories` and `values`, at least and at most."""

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
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Who ruled what on which stories, when and why.

    `stories` are names of records (file name without `.md`): the one that is meant comes first.
    `split`: the first is never in one group with the others, with anybody where it stands alone.
    `merge`: all of them are one group. `pin`: it leads its group and the front page, up to `until`
    (None: until it is undone). `block`: no story, but `values`: domains, or words that a title must
    not have. `retopic`: `values` are its topics. `rename`: `values` is its one headline.
    `lead`: it leads its group, as the newest of those there, unless a pin stands before it.
    `set`: `values` are a field, what it is to be, and the addresses that a `url` took the place of.
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
        """Return the field that a `set` sets, None for another rule or a field that is none."""
        said = self.values[0] if self.said == "set" and self.values else ""
        return next((field for field in _FIELDS if field == said), None)


Said = Literal["publish", "hold", "reject", "remove"]
# What a word says of a story's worth: a removal says that it must not stand, not that it is bad.
IS_WANTED: Mapping[Said, bool] = {"publish": True, "hold": False, "reject": False}
# A verdict's words are those of `Said`, and `clear`; a rule's those of `RulingKind`. `file` takes
# in a page by its address, `write` files a story of one's own, `correct` changes a published one
# with a note that readers see, `undo` takes back what another action did, `list` sets or ends a
# reading list.
ActionKind = Literal["verdict", "rule", "file", "write", "correct", "undo", "list"]
# What became of an action: its result is filed (or stood there already), it cannot be, or somebody
# has changed the same since its editor saw it.
ActionState = Literal["done", "refused", "conflict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who said what, when and why; it binds later rounds."""

    by: str
    at: datetime
    said: Said
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorAction:
    """What one editor did to some stories at one moment.

    `id` is the browser's own (a UUID): filed twice it counts once. `said` is the word of a verdict
    or of a rule, "" for other kinds. `stories` are names of records (file name without `.md`).
    `values` are a rule's, the address of a `file`, the id of the action that an `undo` takes back,
    of a list its id, title, description and the words on each story.
    `seen` has a digest of each field as its editor saw it, by the story's name and the field's
    ("2026-01-02-a title"); a field that somebody changed since is not overwritten. What it does not
    name is changed whatever stands there. `base` is the same of a form that was open for a while:
    what its own editor changed since, in another tab, is not overwritten either, and a removal is
    told whatever field is set.
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
        """Return whether it says what its editor saw."""
        return bool(self.seen or self.base)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditConflict:
    """Where something has changed since an action: the file, the field, what each says."""

    path: str
    field: str
    left: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOutcome:
    """What became of the action with this `id`: the files that it changed, in which commit.

    `what` says in words what was done or why not, `hint` what an editor can do about it.
    `conflicts` are the fields that somebody changed since; with any of them nothing was changed.
    """

    id: str
    state: ActionState
    commit: str | None = None
    paths: tuple[str, ...] = ()
    what: str = ""
    hint: str = ""
    conflicts: tuple[EditConflict, ...] = ()
