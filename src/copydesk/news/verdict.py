"""An editor's word: a verdict on a story, and any action of the desk before it is filed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

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
