"""Amend: the rulings and some records changed together, in one commit, by a person's word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from copydesk import archive
from copydesk.archive import Rulings, WriteLock
from copydesk.engine.filing import (
    RULINGS_PATH,
    FilingOrder,
    begin_change,
    filing_result,
    keep_digests,
    notes_on,
    prepare_records,
    stories_to_write,
)
from copydesk.engine.newsroom import Newsroom
from copydesk.news import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """The files that changed, the commit, what was in the way."""

    changed: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()


def amend(
    newsroom: Newsroom,
    lock: WriteLock,
    rulings: Rulings,
    pairs: Sequence[tuple[Story, Story]],
    message: str,
) -> Amended:
    """Commit the rulings and records, (as read, as they will be), as one.

    The first record and the rulings must be free of edits that are not committed, else
    RecordError; another one that a person edits is left to the next round.
    """
    stories = [after for before, after in pairs if before != after]
    kept = archive.rulings_change(newsroom.root, rulings)
    order = FilingOrder(
        before={before.path: before for before, _ in pairs},
        message=message,
        along=(kept,) if kept.is_new_bytes else (),
    )
    prepared = prepare_records(newsroom, stories, order)
    change = prepared.change
    if (first := pairs[0][0].path) not in change.paths:
        change = replace(change, files=(newsroom.archive.no_change(first), *change.files))

    def remember(skipped: Sequence[str]) -> None:
        keep_digests(newsroom.beat, newsroom.memory, stories_to_write(prepared, skipped))

    done = begin_change(newsroom.memory, lock, change, remember, (RULINGS_PATH, first)).finish()
    filed = filing_result(prepared, done)
    skipped = (f"left to the next round, it is being edited: {path}" for path in filed.skipped)
    return Amended(
        changed=tuple(sorted(filed.written)),
        commit=filed.commit,
        notes=(*notes_on(done, "the verdict is"), *skipped),
    )
