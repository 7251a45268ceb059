"""Draft fields: what a form's script sends to be kept, and what is put into the form again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from copydesk.desk_store import Draft
from copydesk.errors import UsageError

FIELDS = frozenset(
    {"title", "excerpt", "text", "note", "why", "url", "other_picture", "alt", "credit"}
)
_NAME_CHARACTERS = 300


class SentDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of a form that were typed into, as JSON has them; `story` is "" for a new one."""

    story: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDraft:
    """What an editor typed and did not save, by field; `at` is the last moment, None for none."""

    at: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


def read_drafts(body: bytes, at: datetime) -> list[Draft]:
    """Return the drafts of a request; raises UsageError for what is none."""
    try:
        sent = msgspec.json.decode(body, type=SentDraft)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"this is no draft ({error})") from error
    return make_drafts(sent, at)


def make_drafts(sent: SentDraft, at: datetime) -> list[Draft]:
    """Return what somebody sent as drafts of theirs; raises UsageError for what is none."""
    if len(sent.story) > _NAME_CHARACTERS or not sent.fields.keys() <= FIELDS:
        raise UsageError("no form of the desk has this", subject=sent.story[:80])
    return [
        Draft(story=sent.story, field=name, text=words, at=at)
        for name, words in sent.fields.items()
    ]


def find_draft(drafts: Sequence[Draft]) -> FoundDraft:
    """Return the drafts of a form as one."""
    return FoundDraft(
        at=max((draft.at for draft in drafts), default=None),
        fields={draft.field: draft.text for draft in drafts if draft.field in FIELDS},
    )
