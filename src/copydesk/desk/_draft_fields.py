"""Draft fields: what a form's script sends to be kept, and what is put into the form again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from copydesk.desk_store import DeskStore, Draft
from copydesk.errors import UsageError

FIELDS = frozenset(
    {"title", "excerpt", "text", "note", "why", "url", "other_picture", "alt", "credit"}
)
# What the form of a filed story showed in a field when it was typed into: its draft's version.
_WAS = "was_"
_BASES = frozenset({f"{_WAS}{name}" for name in ("title", "excerpt", "note", "url")})
_NAME_CHARACTERS = 300


class SentDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of a form that were typed into, as JSON has them; `story` is "" for a new one."""

    story: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDraft:
    """What an editor typed and did not save, by field; `at` is the last moment, None for none.

    `was` is what the form showed in a field then.
    """

    at: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)


def read_drafts(body: bytes, at: datetime) -> list[Draft]:
    """Return the drafts of a request; raises UsageError for what is none."""
    try:
        sent = msgspec.json.decode(body, type=SentDraft)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"this is no draft ({error})") from error
    return make_drafts(sent, at)


def make_drafts(sent: SentDraft, at: datetime) -> list[Draft]:
    """Return what somebody sent as drafts of theirs; raises UsageError for what is none."""
    if len(sent.story) > _NAME_CHARACTERS or not sent.fields.keys() <= FIELDS | _BASES:
        raise UsageError("no form of the desk has this", subject=sent.story[:80])
    return [
        Draft(story=sent.story, field=name, text=words, at=at)
        for name, words in sent.fields.items()
    ]


def find_draft(drafts: Sequence[Draft], shown: Mapping[str, str] | None = None) -> FoundDraft:
    """Return the drafts of a form as one, but for those that are as the form is `shown`."""
    known = shown or {}
    typed = [
        draft
        for draft in drafts
        if draft.field in FIELDS and draft.text.strip() != known.get(draft.field)
    ]
    return FoundDraft(
        at=max((draft.at for draft in typed), default=None),
        fields={draft.field: draft.text for draft in typed},
        was={
            draft.field.removeprefix(_WAS): draft.text for draft in drafts if draft.field in _BASES
        },
    )


def draft_form(
    name: str, form: Mapping[str, str], was: Mapping[str, str], at: datetime
) -> list[Draft]:
    """Return a draft for each field that the editor changed in a story's form."""
    changed = {
        field: value.replace("\r\n", "\n")
        for field, value in form.items()
        if field in FIELDS and value.strip() and value.strip() != was.get(field, "").strip()
    }
    bases = {f"{_WAS}{field}": was[field] for field in changed if field in was}
    return make_drafts(SentDraft(name, {**changed, **bases}), at)


async def keep_drafts(store: DeskStore, editor: str, drafts: Sequence[Draft]) -> None:
    """Keep what an editor typed into a form."""

    def keep() -> None:
        for draft in drafts:
            store.drafts.keep(editor, draft)

    await asyncio.to_thread(keep)


async def drop_filed_drafts(
    store: DeskStore, editor: str, story: str, filed: Mapping[str, str]
) -> None:
    """Forget what an editor typed into the form of a story, where that is filed now as it was.

    Other words in the same field may have been typed in another tab, and stay.
    """

    def drop() -> None:
        for draft in store.drafts.of_story(editor, story):
            if draft.field in FIELDS and draft.text.split() == filed.get(draft.field, "").split():
                for name in (draft.field, f"{_WAS}{draft.field}"):
                    store.drafts.drop(editor, story, name)

    await asyncio.to_thread(drop)
