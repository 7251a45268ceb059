"""Undo settings: an editor's commits of settings, and each taken back as a commit of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from copydesk import archive
from copydesk.archive import FileChange, git
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.settings._commit_settings import (
    SettingsEdit,
    SettingsReport,
    commit_settings,
    is_of_settings,
)
from copydesk.errors import GitError, UsageError

_PATHS = ("beat.toml", "_data/topics", "_data/organizations", "assets/images/organizations")
_UNDO = re.compile(r"\w+: undo ([0-9a-f]{12})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsCommit:
    """A change of settings that somebody made: what its commit's first line and its others say."""

    id: str
    at: datetime
    subject: str
    lines: tuple[str, ...]
    is_undone: bool


def list_settings_commits(newsroom: Newsroom, by: str, since: datetime) -> list[SettingsCommit]:
    """Return what settings somebody changed since a time, the newest first; none without git."""
    try:
        commits = git.list_commits(newsroom.root, _PATHS, since)
    except GitError:
        return []
    undone = {match[1] for commit in commits if (match := _UNDO.match(commit.message))}
    return [
        SettingsCommit(
            id=commit.id,
            at=commit.at,
            subject=commit.message.partition("\n")[0],
            lines=tuple(filter(None, commit.message.strip().splitlines()[1:-1])),
            is_undone=commit.id[:12] in undone,
        )
        for commit in commits
        if is_of_settings(commit.message) and commit.message.rstrip().endswith(f"\n\nby {by}")
    ]


def undo_settings(newsroom: Newsroom, commit: str, by: str) -> SettingsReport:
    """Take a commit of settings back: its files as they were before it.

    Raises UsageError for another kind of commit, one that is not there, and where one of its files
    has changed since; else as `commit_settings` does.
    """
    try:
        done = git.read_commit(newsroom.root, commit)
    except GitError as error:
        raise UsageError(error.what, subject=error.subject, hint=error.hint) from error
    if not is_of_settings(done.message):
        raise UsageError("this commit changed no settings at the desk", subject=done.id)
    about = done.message.partition(":")[0]

    def make() -> SettingsEdit:
        files = tuple(_take_back(newsroom, path, *was) for path, was in done.files.items())
        subject = f"{about}: undo {done.id[:12]}"
        return SettingsEdit(files=files, subject=subject, lines=(done.message.splitlines()[0],))

    return commit_settings(newsroom, make, by)


def _take_back(
    newsroom: Newsroom, path: str, before: bytes | None, after: bytes | None
) -> FileChange:
    digest = archive.digest(after)
    if archive.digest_of(newsroom.root, path) != digest:
        hint = "change it back by hand, or here"
        raise UsageError("the file has changed since", subject=path, hint=hint)
    return FileChange(path=path, after=before, before=digest)
