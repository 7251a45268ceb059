"""Commit settings: files that an editor changed, under the write lock, as one commit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from copydesk import archive
from copydesk.archive import FileChange
from copydesk.archive.change import Change
from copydesk.engine.filing import begin_change, hold_write_lock, notes_on
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import RecordError, UsageError
from copydesk.kit import text, within

_BEAT_FILE = "beat.toml"
_MOST_BYTES = 2_000_000
_MOST_LINES = 200  # of a message
_CHARACTERS = 200  # of a line of it
_COMMITTED = re.compile(r"(sources|topics|organizations|rules): ")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsEdit:
    """What files become, and how the commit tells it: what it is on, then a line for each thing.

    `subject` begins with what it is about: "sources", "topics", "organizations" or "rules".
    """

    files: tuple[FileChange, ...]
    subject: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsReport:
    """Which files were changed, in which commit."""

    changed: tuple[str, ...]
    commit: str | None
    notes: tuple[str, ...] = ()


def commit_settings(
    newsroom: Newsroom, make: Callable[[], SettingsEdit], by: str, why: str = ""
) -> SettingsReport:
    """Commit what `make` makes of the files as they stand, under an editor's name.

    It is called under the write lock. Raises what it raises, UsageError where nothing would change,
    RecordError where a file has edits that are not committed, BusyError where another process
    writes.
    """
    with hold_write_lock(newsroom) as lock:
        edit = make()
        files = tuple(file for file in edit.files if file.is_new_bytes or file.moved_from)
        if not files:
            raise UsageError("nothing would change", subject=_shorten(edit.subject))
        assert _COMMITTED.match(edit.subject), "who takes it back would not know it"
        change = Change(files=files, message=_write_message(edit, by, why), when=newsroom.now)
        done = begin_change(
            newsroom.memory, lock, change, lambda _skipped: None, needed=change.paths
        ).finish()
    return SettingsReport(changed=done.written, commit=done.commit, notes=notes_on(done, "it is"))


def is_of_settings(message: str) -> bool:
    """Decide whether a commit's message is one that `commit_settings` writes."""
    return _COMMITTED.match(message) is not None


def _write_message(edit: SettingsEdit, by: str, why: str) -> str:
    lines = [_shorten(line) for line in edit.lines[:_MOST_LINES]]
    if len(edit.lines) > _MOST_LINES:
        lines.append(f"and {len(edit.lines) - _MOST_LINES} more")
    parts = (_shorten(edit.subject), "\n".join(lines), _shorten(why), f"by {_shorten(by)}")
    return "\n\n".join(filter(None, parts))


def _shorten(line: str) -> str:
    return text.fold(line)[:_CHARACTERS]


def refuse_others(newsroom: Newsroom, path: str, seen: str) -> None:
    """Raise UsageError where a file is another one than what an editor saw, by its digest."""
    if archive.digest_of(newsroom.root, path) != seen:
        raise UsageError(
            "somebody has changed the file meanwhile",
            subject=path,
            hint="look at it as it stands now, and save yours again",
        )


def read_beat_file(newsroom: Newsroom) -> bytes:
    """Return the bytes of beat.toml, to be changed; raises RecordError for a link to elsewhere."""
    if (newsroom.root / _BEAT_FILE).is_symlink():
        hint = "change that file by hand"
        raise RecordError("a link to a file elsewhere", subject=_BEAT_FILE, hint=hint)
    try:
        return within.read_user_file(newsroom.root / _BEAT_FILE, _MOST_BYTES)
    except OSError as error:
        raise RecordError(f"cannot read ({error.strerror})", subject=_BEAT_FILE) from error
