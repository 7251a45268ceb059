"""Ruling: an editor's lasting rule on stories, binding for every later round.

A new kind is a word of `RulingKind`, a row of `RULING_KINDS`, and what it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
