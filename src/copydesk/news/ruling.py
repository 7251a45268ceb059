"""Ruling: an editor's lasting rule on stories, binding for every later round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RulingKind = Literal["split", "merge", "pin", "block", "retopic", "rename"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Who ruled what on which stories, when and why.

    `stories` are names of records (file name without `.md`): the one that is meant comes first.
    `split`: the first is never in one group with the others, with anybody where it stands alone.
    `merge`: all of them are one group. `pin`: it leads its group and the front page, up to `until`
    (None: until it is undone). `block`: no story, but `values`: domains, or words that a title must
    not have. `retopic`: `values` are its topics. `rename`: `values` is its one headline.
    """

    said: RulingKind
    by: str
    at: datetime
    why: str
    stories: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    until: datetime | None = None
