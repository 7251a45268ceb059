"""Undo: one verdict or rule taken back as if it had not been said, whatever came after it.

a commit ── its action ──> before, after │ now ── _inverse ──> files as they would be ──> one commit
                                                           └─> differences: refused
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from copydesk import archive, review
from copydesk.archive import Archive, ArticleStore, Change, FileChange, LoggedCommit, WriteLock
from copydesk.config import Settings
from copydesk.engine.editing._action import read_action, with_action
from copydesk.engine.editing._inverse import rulings_without, story_without
from copydesk.engine.filing import (
    RULINGS_PATH,
    begin_change,
    hold_write_lock,
    notes_on,
    read_digests,
)
from copydesk.engine.newsroom import Newsroom, find_record
from copydesk.errors import GitError, UsageError
from copydesk.kit import text
from copydesk.memory import Memory
from copydesk.news import EditConflict, Story

_RECORD = re.compile(r"(?:_archive/)?_news/[^/]+\.md")
_SUBJECT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """What undoing an action changed: the files, the commit.

    `action` is what was undone. Where `differences` are told nothing was changed: something else
    has changed the same since. `is_urgent` says that a story is taken away for good by it, or back.
    """

    action: str
    undone: str
    changed: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()
    differences: tuple[EditConflict, ...] = ()
    is_urgent: bool = False


@dataclass(slots=True, kw_only=True)
class _Plan:
    """What is to be written: the files by path, None for one that goes; records before and after.

    `differences` are what is in the way. `removed` are the addresses that it takes away for good,
    `restored` those that it gives back.
    """

    files: dict[str, bytes | None] = field(default_factory=dict)
    stories: list[tuple[Story, Story]] = field(default_factory=list)
    differences: list[EditConflict] = field(default_factory=list)
    removed: frozenset[str] = frozenset()
    restored: frozenset[str] = frozenset()


def undo_action(newsroom: Newsroom, commit: str, by: str, why: str = "") -> UndoReport:
    """Commit the inverse of a verdict or rule, or of undoing one, named by its commit's id.

    What else has changed in the same files since stays; where the very field has, nothing is
    undone and the report has the differences. Raises GitError where there is no such commit or
    nothing can be committed now, UsageError where it is no person's action, RecordError where a
    file is gone or has edits that are not committed, BusyError where another process writes for
    ten seconds.
    """
    with hold_write_lock(newsroom) as lock:
        _must_be_free(lock)
        done = archive.read_commit(newsroom.root, commit)
        action = read_action(done.message)
        if not action or not all(map(_is_ours, done.files)):
            raise UsageError(
                "neither a verdict nor a rule",
                subject=done.id,
                hint="git log --grep ^Copydesk-Action lists what can be undone",
            )
        plan = _plan_undo(newsroom.root, newsroom.settings, newsroom.archive, done)
        report = UndoReport(action=action, undone=done.id, differences=tuple(plan.differences))
        if plan.differences:
            return report
        if not plan.files:
            return UndoReport(action=action, undone=done.id, notes=("it is undone already",))
        change = _inverse_change(newsroom.root, newsroom.now, plan, _message(done, by, why))
        begun = begin_change(
            newsroom.memory, lock, change, lambda _: _remember(newsroom.memory, plan), change.paths
        )
        notes = _forget_texts(newsroom.articles, plan)
        made = begun.finish()
        return UndoReport(
            action=action,
            undone=done.id,
            changed=tuple(sorted(made.written)),
            commit=made.commit,
            notes=(*notes, *notes_on(made, "it is")),
            is_urgent=bool(plan.removed or plan.restored),
        )


def _must_be_free(lock: WriteLock) -> None:
    """Raise GitError where nothing can be committed now."""
    if obstacle := lock.repository.obstacle():
        hint = "" if lock.repository.branch() else "check a branch out: git switch NAME"
        raise GitError("nothing can be undone now", subject=obstacle, hint=hint)


def _is_ours(path: str) -> bool:
    return path == RULINGS_PATH or _RECORD.fullmatch(path) is not None


def _plan_undo(root: Path, settings: Settings, records: Archive, done: LoggedCommit) -> _Plan:
    """Return what undoes a commit, each file as it lies today."""
    plan = _Plan()
    places = {path: _place(root, settings, path) for path in done.files}
    for path, (before, after) in done.files.items():
        place = places[path]
        now = _bytes(root, records, place)
        if path == RULINGS_PATH:
            was, left = (_tombstones(data) for data in (before, after))
            plan.removed, plan.restored = was - left, left - was
        if now == after:
            _put_back(plan, path, place, (before, after))
        elif place == RULINGS_PATH:
            _plan_rulings(root, plan, before, after)
        else:
            _plan_record(plan, place, (before, after, now))
    return plan


def _tombstones(data: bytes | None) -> frozenset[str]:
    return frozenset(archive.parse_rulings(data or b"").removed)


def _place(root: Path, settings: Settings, path: str) -> str:
    """Return where a file lies now; a record may have moved to the archive since."""
    return path if path == RULINGS_PATH else find_record(root, settings, path.rsplit("/", 1)[-1])


def _bytes(root: Path, records: Archive, path: str) -> bytes | None:
    is_there = path != RULINGS_PATH or (root / path).exists()
    return records.file_bytes(path) if is_there else None


def _put_back(
    plan: _Plan, path: str, place: str, was_and_left: tuple[bytes | None, bytes | None]
) -> None:
    """Plan a file as it was before an action, to the byte: nothing has changed it since."""
    was, left = was_and_left
    plan.files[place] = was
    if path != RULINGS_PATH:
        if was is None or left is None:
            raise UsageError("it made or deleted a record", subject=path)
        plan.stories.append((archive.parse_story(place, left), archive.parse_story(place, was)))


def _plan_rulings(root: Path, plan: _Plan, before: bytes | None, after: bytes | None) -> None:
    now = archive.read_rulings(root)
    was, left = (archive.parse_rulings(data or b"") for data in (before, after))
    rulings, differences = rulings_without(was, left, now, RULINGS_PATH)
    plan.differences += differences
    if rulings != now:
        plan.files[RULINGS_PATH] = archive.rulings_change(root, rulings).after or None


def _plan_record(
    plan: _Plan, place: str, states: tuple[bytes | None, bytes | None, bytes | None]
) -> None:
    if any(data is None for data in states):
        raise UsageError("it made or deleted a record", subject=place)
    was, left, now = (archive.parse_story(place, data or b"") for data in states)
    story, differences = story_without(was, left, now)
    plan.differences += differences
    if story != now:
        plan.files[place] = archive.emit_story(story)
        plan.stories.append((now, story))


def _remember(memory: Memory, plan: _Plan) -> None:
    """Let the memory follow: digests of `everyday`, no look at the page of a removed story."""
    for now, after in plan.stories:
        _answer_for(memory, now, after)
        if plan.removed:
            memory.revisits.forget(after.path)


def _forget_texts(articles: ArticleStore, plan: _Plan) -> tuple[str, ...]:
    """Keep no text of a story removed again; say where that of one given back is lost."""
    for address in plan.removed:
        articles.forget(address)
    lost = bool(plan.restored) and not any(map(articles.find, plan.restored))
    return (f"its text is no longer kept: {min(plan.restored)}",) if lost else ()


def _answer_for(memory: Memory, now: Story, after: Story) -> None:
    """Remember what was put back in fields that the line answers for, where no record says it.

    Whether it is published is not among them: that was a person's word.
    """
    known = read_digests(memory, now)
    if not known or now.machine or after.machine:
        return
    touched = review.find_hand_edits(now, known)
    ours = {name: digest for name, digest in review.digests(after) if name not in touched}
    memory.keep_digests(now.path, {**known, **ours, "published": known.get("published", "")})


def _message(done: LoggedCommit, by: str, why: str) -> str:
    subject = text.fold(done.message.split("\n", 1)[0])[:_SUBJECT]
    words = (f"undo: {subject}", why, f"by {by}")
    return with_action("\n\n".join(filter(None, words)), "undo", done.id)


def _inverse_change(root: Path, now: datetime, plan: _Plan, message: str) -> Change:
    """Return the change of files, rulings first: without its tombstone a record could come back."""
    return Change(
        files=tuple(
            FileChange(
                path=path,
                before=archive.digest_of(root, path),
                after=plan.files[path],
            )
            for path in _rulings_first(plan.files)
        ),
        message=message,
        when=now,
    )


def _rulings_first(paths: Iterable[str]) -> list[str]:
    """Sort the rulings before records: one cut off from its tombstone could come back."""
    return sorted(paths, key=lambda path: (path != RULINGS_PATH, path))
