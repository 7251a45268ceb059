"""Keep what is known of a source: an answer goes in, its next state comes out."""

from __future__ import annotations

from copydesk.watch.schedule._answers import (
    after_error,
    after_not_modified,
    after_page,
    after_refused,
    after_unchanged,
    digest,
    note_push,
    validators,
)
from copydesk.watch.schedule._health import (
    Finding,
    FindingKind,
    findings,
    health_word,
    items_a_week,
)
from copydesk.watch.schedule._moves import keep_address, revive
from copydesk.watch.schedule._state import SourceState, is_due, is_resting, may_be_asked, next_due

__all__ = [
    "Finding",
    "FindingKind",
    "SourceState",
    "after_error",
    "after_not_modified",
    "after_page",
    "after_refused",
    "after_unchanged",
    "digest",
    "findings",
    "health_word",
    "is_due",
    "is_resting",
    "items_a_week",
    "keep_address",
    "may_be_asked",
    "next_due",
    "note_push",
    "revive",
    "validators",
]
