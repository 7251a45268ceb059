"""Ruling: an editor's lasting rule on stories, binding for every later round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

RulingKind = Literal["split", "merge", "pin", "block", "retopic", "rename", "lead", "set"]
SetField = Literal["excerpt", "picture", "url", "note"]
NO_PICTURE = "none"  # what `set … picture` says for a story that is to have none

_FIELDS: tuple[SetField, ...] = get_args(SetField)


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
