"""The making of one commit: blobs, tree, commit object, then the branch moved and the index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from copydesk.archive.git import _git, _states
from copydesk.archive.git._index import UserIndex
from copydesk.errors import GitError
from copydesk.kit import dates

_TRIES = 2
_PLAIN_FILE = "100644"
_DELETED = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitWords:
    """What a commit says: message, `name <email>`, moment."""

    message: str
    author: str
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _StagedChange:
    """One path's next entry; mode 0 deletes it."""

    name: str
    mode: str
    blob: str

    @property
    def is_there(self) -> bool:
        return self.mode != _DELETED


def make(
    place: _git.WorkTree, names: Sequence[str], words: CommitWords, wait_seconds: float
) -> str | None:
    """Commit the files of these names, as they are on disk, on top of HEAD; None for no change."""
    index = UserIndex(place)
    index.recover()
    blobs = _store_blobs(place, names)
    if not _changes(place, _git.head(place), blobs):
        return None
    with index.hold(wait_seconds):
        for _ in range(_TRIES):
            head = _git.head(place)
            changes = _changes(place, head, blobs)
            if not changes:
                return None
            commit = _write_commit(place, head, changes, words)
            files = [change.name for change in changes if change.is_there]
            index.prepare(_index_lines(changes), files)
            index.announce(commit)
            if _move_branch(place, head, commit, words):
                index.bring_along()
                return commit
    raise GitError("the branch moved while committing", hint="the next round commits again")


def _store_blobs(place: _git.WorkTree, names: Sequence[str]) -> Mapping[str, str]:
    """Store each name's raw bytes on disk and return the blobs' ids, "" for a missing file."""
    present = [name for name in names if (place.top / name).is_file()]
    asked = "".join(f"./{name}\n" for name in present).encode("utf-8", "surrogateescape")
    out = _git.tell(place.top, "hash-object", "-w", "--no-filters", "--stdin-paths", given=asked)
    stored = dict(zip(present, out.decode().split(), strict=True))
    return {name: stored.get(name, "") for name in names}


def _changes(place: _git.WorkTree, head: str, blobs: Mapping[str, str]) -> list[_StagedChange]:
    """Return what differs from the last commit and is not staged in a third form by somebody."""
    names = list(blobs)
    committed = _states.read_commit(place, head, names)
    staged = _states.read_index(place, names)
    changes = []
    for name, blob in blobs.items():
        mode, last = committed.get(name, (_PLAIN_FILE, ""))
        _, next_one = staged.get(name, ("", ""))
        if blob == last or next_one not in {last, blob}:
            continue
        deleted = _StagedChange(name=name, mode=_DELETED, blob="0" * len(last))
        changes.append(_StagedChange(name=name, mode=mode, blob=blob) if blob else deleted)
    return changes


def _index_lines(changes: Iterable[_StagedChange]) -> bytes:
    """Return the changes as `update-index --index-info` reads them."""
    lines = (f"{change.mode} {change.blob}\t{change.name}\0" for change in changes)
    return "".join(lines).encode("utf-8", "surrogateescape")


def _write_commit(
    place: _git.WorkTree, head: str, changes: Sequence[_StagedChange], words: CommitWords
) -> str:
    scratch = place.folder / "copydesk-tree"
    scratch.unlink(missing_ok=True)
    environment = {"GIT_INDEX_FILE": str(scratch)}
    try:
        if head:
            _git.tell(place.top, "read-tree", head, environment=environment)
        lines = _index_lines(changes)
        _git.tell(
            place.top, "update-index", "-z", "--index-info", given=lines, environment=environment
        )
        out = _git.tell(place.top, "write-tree", "--missing-ok", environment=environment)
    finally:
        scratch.unlink(missing_ok=True)
    parents = ["-p", head] if head else []
    made = _git.tell(
        place.top,
        *("commit-tree", out.decode().strip(), *parents, "-F", "-"),
        given=words.message.encode("utf-8", "replace"),
        environment=_identity(words),
    )
    return made.decode().strip()


def _identity(words: CommitWords) -> dict[str, str]:
    match = re.fullmatch(r"\s*(.*?)\s*<(.*)>\s*", words.author)
    name, email = match.groups() if match else (words.author, "")
    moment = f"@{int(dates.utc(words.when).timestamp())} +0000"
    values = {"NAME": name or "copydesk", "EMAIL": email or "copydesk@localhost", "DATE": moment}
    return {f"GIT_{who}_{what}": v for who in ("AUTHOR", "COMMITTER") for what, v in values.items()}


def _move_branch(place: _git.WorkTree, head: str, commit: str, words: CommitWords) -> bool:
    """Set the branch from `head` to `commit`; False when it stood elsewhere."""
    reason = "copydesk: " + words.message.strip().split("\n", 1)[0]
    answer = _git.ask(place.top, "update-ref", "-m", reason, "HEAD", commit, head)
    if answer.code == 0:
        return True
    if _git.head(place) == head:
        raise GitError("git update-ref failed", subject=answer.complaint[:500])
    return False
