"""The log: what one commit of this branch changed, each file as it was before and after it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from copydesk.archive.git import _git
from copydesk.errors import GitError

_ID = re.compile(r"[0-9a-f]{4,64}")
_MOST = 500  # commits that are listed

Bytes = bytes | None  # None where there is no such file


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCommit:
    """A commit: its whole id, its message, and by path what it changed, (before, after).

    Paths are the newsroom's; one outside of it begins with "../". `author` is `name <email>`, `at`
    the moment that it is of.
    """

    id: str
    message: str
    files: Mapping[str, tuple[Bytes, Bytes]]
    at: datetime
    author: str


def read_commit(root: Path, name: str) -> LoggedCommit:
    """Return the commit whose id, or whose beginning, is `name`.

    Raises GitError where there is none on this branch, or it merges others.
    """
    place = _git.locate(root)
    if isinstance(place, str):
        raise GitError("no git repository here", subject=place or str(root))
    commit = _id(place, name)
    parents = _git.tell(place.top, "rev-list", "--parents", "-n", "1", commit).decode().split()[1:]
    if len(parents) > 1:
        raise GitError("a commit that merges others", subject=commit)
    out = _git.tell(place.top, "show", "-s", "--format=%at%x00%an <%ae>%x00%B", commit)
    seconds, author, message = out.decode("utf-8", "replace").split("\0", 2)
    before = parents[0] if parents else ""
    return LoggedCommit(
        id=commit,
        message=message,
        at=datetime.fromtimestamp(int(seconds), UTC),
        author=author,
        files={
            _inside(place, path): (_blob(place, before, path), _blob(place, commit, path))
            for path in _list_changes(place, commit)
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitMessage:
    """What a commit says of itself, and the moment that it is of."""

    id: str
    at: datetime
    message: str


def list_commits(root: Path, paths: Sequence[str], since: datetime) -> list[CommitMessage]:
    """Return the commits since a time that changed any of some paths, the newest first.

    Those that merge others are left out, 500 are the most. Raises GitError without git.
    """
    place = _git.locate(root)
    if isinstance(place, str):
        raise GitError("no git repository here", subject=place or str(root))
    out = _git.tell(
        place.top,
        *("log", "--no-merges", f"--since=@{int(since.timestamp())}", f"-{_MOST}"),
        *("--format=%H%x00%at%x00%B%x00", "--"),
        *(f"{place.prefix}{path}" for path in paths),
    )
    fields = out.decode("utf-8", "replace").split("\0")[:-1]
    return [
        CommitMessage(
            id=commit.strip(), at=datetime.fromtimestamp(int(seconds), UTC), message=message
        )
        for commit, seconds, message in zip(*[iter(fields)] * 3, strict=True)
    ]


def find_messages(
    place: _git.WorkTree, words: Sequence[str], since: datetime | None
) -> dict[str, str]:
    """Return the messages of HEAD's commits that have any of some words, since a time.

    By the commits' ids, the newest first; {} where there is no commit.
    """
    moment = () if since is None else (f"--since=@{int(since.timestamp())}",)
    answer = _git.ask(
        place.top,
        *("log", "-F", *moment, "--format=%H%n%B%x00"),
        *(f"--grep={word}" for word in words),
    )
    if answer.code or not words:
        return {}
    entries = (entry.strip("\n") for entry in answer.out.decode("utf-8", "replace").split("\0"))
    parts = (entry.partition("\n") for entry in entries if entry)
    return {commit: message for commit, _, message in parts}


def _id(place: _git.WorkTree, name: str) -> str:
    """Return the whole id of a commit that HEAD stands on."""
    if _ID.fullmatch(name):
        answer = _git.ask(place.top, "rev-parse", "-q", "--verify", f"{name}^{{commit}}")
        commit = answer.out.decode().strip()
        is_ours = (
            not answer.code
            and not _git.ask(place.top, "merge-base", "--is-ancestor", commit, "HEAD").code
        )
        if is_ours:
            return commit
    raise GitError(
        "no commit of this branch", subject=name[:100], hint="git log shows the ids of commits"
    )


def _list_changes(place: _git.WorkTree, commit: str) -> list[str]:
    out = _git.tell(
        place.top, "diff-tree", "--root", "-r", "-z", "--no-commit-id", "--name-only", commit
    )
    return [os.fsdecode(name) for name in out.split(b"\0") if name]


def _inside(place: _git.WorkTree, path: str) -> str:
    return path.removeprefix(place.prefix) if path.startswith(place.prefix) else f"../{path}"


def _blob(place: _git.WorkTree, commit: str, path: str) -> Bytes:
    """Return a file as a commit has it, None where it has none."""
    if not commit:
        return None
    answer = _git.ask(place.top, "cat-file", "blob", f"{commit}:{path}")
    return None if answer.code else answer.out
