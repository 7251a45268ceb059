"""Commit the newsroom's files with git's plumbing commands, without touching what the user has
staged.

blobs  >  tree  >  commit object  >  branch moved  >  index replaced
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.archive import _files
from copydesk.archive.git import _checkout, _git
from copydesk.archive.git._git import UserIndex
from copydesk.errors import GitError
from copydesk.kit import dates, git, locks

if TYPE_CHECKING:
    from copydesk.archive.git._push import Alone, Pushed

AUTHOR = "copydesk <copydesk@localhost>"
# Locked while a commit is made: temporary files that are found without this lock are leftovers.
_BUSY = "copydesk-busy"
_BUSY_SECONDS = 10.0  # other newsrooms may be in the same repository
_OBSTACLES = (
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("BISECT_LOG", "bisect"),
)


class Repository:
    """The git repository around a newsroom folder, if there is one."""

    def __init__(self, root: Path, *, lock_wait_seconds: float = 2.0) -> None:
        self._root = root.absolute()
        self._lock_wait_seconds = lock_wait_seconds
        self._complaint = ""

    @cached_property
    def _place(self) -> _git.WorkTree | None:
        return self._locate()

    @cached_property
    def _states(self) -> _git.States | None:
        return None if self._place is None else _git.States(self._place)

    def close(self) -> None:
        """End the git process that reads objects. The next request starts another."""
        states = vars(self).get("_states")
        if states is not None:
            states.close()

    def _locate(self) -> _git.WorkTree | None:
        if not self._root.is_dir():
            return None
        if shutil.which("git") is None:
            if any((folder / ".git").exists() for folder in (self._root, *self._root.parents)):
                self._complaint = "git is not installed"
            return None
        place = _git.locate(self._root)
        if isinstance(place, str):
            self._complaint = place
            return None
        return None if _git.is_ignored(place) else place

    @property
    def usable(self) -> bool:
        """Whether there is a git repository; False for a plain folder or if git is not installed.

        A folder that the repository around it ignores counts as a plain folder, too.
        """
        return self._place is not None or bool(self._complaint)

    def obstacle(self) -> str:
        """Return why no commit is possible now (such as "detached HEAD"), "" if it is possible."""
        if self._place is None:
            return (
                f"git reports an error: {self._complaint}"
                if self._complaint
                else "not a git repository"
            )
        if command := self.command_in_progress():
            return f"{command} in progress"
        return "" if _git.read_head_ref(self._place) else "detached HEAD"

    def command_in_progress(self) -> str:
        """Return the git command that is in progress, such as "rebase", "" for none."""
        folder = None if self._place is None else self._place.folder
        return next((name for file, name in _OBSTACLES if folder and (folder / file).exists()), "")

    def branch(self) -> str:
        """Return the name of the checked-out git branch, "" for none."""
        if self._place is None:
            return ""
        return _git.read_head_ref(self._place).removeprefix("refs/heads/")

    def head(self) -> str:
        """Return the id of the commit at HEAD, "" for none."""
        return "" if self._place is None else _git.head(self._place)

    def find_changes_between(self, old: str, new: str) -> set[str] | None:
        """Return the paths of the newsroom's files that differ between two commits.

        None if git cannot compare them, such as after history was rewritten.
        """
        place = self._place
        return None if place is None else _git.compare_commits(place, old, new)

    def find_messages(self, words: Sequence[str], since: datetime | None = None) -> dict[str, str]:
        """Return the commit messages on this git branch that contain any of these words, by commit
        id.

        With `since`, only the commits from that time on.
        """
        from copydesk.archive.git import _log

        place = self._place
        return {} if place is None else _log.find_messages(place, words, since)

    def has_branch(self, name: str) -> bool:
        """Return whether a git branch of this name exists, or is checked out without a commit
        yet.
        """
        if self._states is None:
            return False
        return name == self.branch() or self._states.has_commit(f"refs/heads/{name}")

    def user(self) -> str:
        """Return git's user as `name <email>`, or the one of the two that is set."""
        where = self._root if self._root.is_dir() else Path.cwd()
        found: dict[str, str] = {}
        with contextlib.suppress(GitError):
            command = ("config", "-z", "--get-regexp", r"^user\.(name|email)$")
            out = git.ask(where, *command).out.decode("utf-8", "replace")
            found = dict(line.split("\n", 1) for line in out.split("\0") if "\n" in line)
        name, email = (found.get(f"user.{key}", "").strip() for key in ("name", "email"))
        return f"{name} <{email}>".strip() if email else name

    def find_user_changes(self, paths: Iterable[str]) -> set[str]:
        """Return those of the paths that have uncommitted changes, on disk or in git's index.

        These are edited, staged, deleted, in conflict or untracked; a path that exists nowhere is
        left out. Files are compared byte for byte, without git's filters.
        """
        place, states = self._place, self._states
        if place is None or states is None:
            return set()
        head = self._recover(states)
        by_name = {place.prefix + path: path for path in paths}
        names = sorted(by_name)
        if not names:
            return set()
        committed = states.read_commit(head, names)
        staged = states.read_index(names)
        changed = set()
        for name, path in by_name.items():
            _, last = committed.get(name, ("", None))
            _, next_one = staged.get(name, ("", None))
            present = _git.on_disk(self._root / path, len(last or ""))
            if not last == next_one == present:
                changed.add(path)
        return changed

    def commit(
        self, paths: Iterable[str], message: str, *, when: datetime, author: str = AUTHOR
    ) -> str | None:
        """Commit these files as they are on disk (missing ones as deleted); return the commit id.

        Returns None if nothing changed. A path that the user staged differently is left out. Author
        and committer are the same, at `when`, so that equal rounds make equal commits. Raises
        GitError if git refuses or is busy, or if the branch moves twice meanwhile.
        """
        obstacle = self.obstacle()
        place, states = self._place, self._states
        if obstacle or place is None or states is None:
            raise GitError(
                "could not commit", subject=obstacle, hint="commit later; the files are on the disk"
            )
        names = sorted({place.prefix + self._check_path(path) for path in paths})
        message, author = message.replace("\0", ""), author.replace("\0", "")
        words = CommitWords(message=message, author=author, when=when)
        with self._alone(place):
            head = self._settle(states)
            return make(states, head, names, words, self._lock_wait_seconds)

    def push(self, remote: str, alone: Alone = contextlib.nullcontext) -> Pushed:
        """Push the git branch; if the remote has more commits, rebase local ones on them first.

        `alone` holds the write lock while files are moved, but not while git talks to the remote.
        Raises GitError, and leaves everything as it was, if the remote is unknown, unreachable or
        refuses, at a conflict, and if the user has edited tracked files.
        """
        from copydesk.archive.git import _push

        obstacle = self.obstacle()
        place, states = self._place, self._states
        if obstacle or place is None or states is None:
            hint = "" if self.branch() else "check out a branch: git switch NAME"
            raise GitError(
                "could not push", subject=obstacle, hint=hint or "push later; no commit is lost"
            )

        @contextlib.contextmanager
        def settle_first() -> Iterator[None]:
            with alone(), self._alone(place):
                self._settle(states)
                if in_the_way := self.obstacle():
                    raise GitError(
                        "could not push", subject=in_the_way, hint="push later; no commit is lost"
                    )
                yield

        with self._pushing(place):
            with settle_first():
                branch = self.branch()
            return _push.push(place, branch, remote, settle_first)

    def tidy(self) -> None:
        """Pack git's loose objects if there are many, unless the user has disabled that.

        git does this itself after `git commit`, but not after plumbing commands.
        """
        if self._place is not None:
            _git.tidy(self._place.top)

    @contextlib.contextmanager
    def _pushing(self, place: _git.WorkTree) -> Iterator[None]:
        with locks.hold(place.folder / f"{_BUSY}-push") as is_alone:
            if not is_alone:
                raise GitError("another copydesk process is pushing", subject=str(self._root))
            yield

    @contextlib.contextmanager
    def _alone(self, place: _git.WorkTree) -> Iterator[None]:
        try:
            with locks.hold(place.folder / _BUSY, _BUSY_SECONDS) as is_alone:
                if not is_alone:
                    raise GitError(
                        "another copydesk process is committing", subject=str(self._root)
                    )
                yield
        except OSError as error:
            raise GitError("could not write to the git repository", subject=str(error)) from error

    def _recover(self, states: _git.States) -> str:
        """Finish or discard a commit or push whose process was killed, unless git is still running.

        Returns the id of HEAD's commit, "" for none.
        """
        if UserIndex(states.place).is_left_over() or states.has_commit(_checkout.MOVING):
            with locks.hold(states.place.folder / _BUSY) as is_alone:
                if is_alone:
                    return self._settle(states)
        return _git.head(states.place)

    def _settle(self, states: _git.States) -> str:
        UserIndex(states.place).recover()
        if states.has_commit(_checkout.MOVING) and not self.obstacle():
            _checkout.finish(states.place, self._lock_wait_seconds)
        return _git.head(states.place)

    def _check_path(self, path: str) -> str:
        _files.inside(self._root, path)
        if "\n" in path:
            raise GitError("the path contains a line break", subject=repr(path))
        return path


def start_repository(root: Path) -> Repository:
    """Create a git repository in `root` on a branch `main`, and return it.

    If git is missing, the folder stays plain and the repository is not `usable`.
    """
    try:
        git.tell(root, "init", "--quiet", "--initial-branch=main")
    except GitError:
        return Repository(root)
    return Repository(root)


_TRIES = 3  # the first one with a HEAD that was read before the index was locked
_PLAIN_FILE = "100644"
_DELETED = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitWords:
    """The message, the author (`name <email>`) and the time of a commit."""

    message: str
    author: str
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _StagedChange:
    """The new git index entry of a path; mode 0 deletes it."""

    name: str
    mode: str
    blob: str

    @property
    def state(self) -> _git.State | None:
        return None if self.mode == _DELETED else (self.mode, self.blob)


def make(
    states: _git.States, head: str, names: Sequence[str], words: CommitWords, wait_seconds: float
) -> str | None:
    """Commit these files, as they are on disk, on top of HEAD; return the id, None if nothing
    changed.

    `head` is HEAD's commit as it was read last.
    """
    place = states.place
    index = UserIndex(place)
    index.recover()
    blobs = _store_blobs(place, names)
    if not _changes(states, head, blobs):
        return None
    with index.hold(wait_seconds):
        for _ in range(_TRIES):
            changes = _changes(states, head, blobs)
            if not changes:
                return None
            commit = _write_commit(states, head, changes, words)
            files = [change.name for change in changes if change.state]
            next_states = {change.name: change.state for change in changes}
            if not index.prepare_small(next_states):
                index.prepare(_index_lines(changes), files)
                index.split(commit, next_states)
            index.announce(commit)
            if _move_branch(place, head, commit, words):
                index.bring_along()
                return commit
            head = _git.head(place)
    raise GitError(
        "others committed to the branch at the same time",
        hint="wait for the next run, which tries again",
    )


def _store_blobs(place: _git.WorkTree, names: Sequence[str]) -> Mapping[str, str]:
    """Store each file's raw bytes as a git blob; return the ids by path, "" for a missing file."""
    present = [name for name in names if (place.top / name).is_file()]
    asked = "".join(f"./{name}\n" for name in present).encode("utf-8", "surrogateescape")
    out = git.tell(place.top, "hash-object", "-w", "--no-filters", "--stdin-paths", given=asked)
    stored = dict(zip(present, out.decode().split(), strict=True))
    return {name: stored.get(name, "") for name in names}


def _changes(states: _git.States, head: str, blobs: Mapping[str, str]) -> list[_StagedChange]:
    """Return the files that differ from the last commit, without those that the user has staged."""
    names = list(blobs)
    committed = states.read_commit(head, names)
    staged = states.read_index(names)
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
    """Return index changes in the format of `update-index --index-info`."""
    lines = (f"{change.mode} {change.blob}\t{change.name}\0" for change in changes)
    return "".join(lines).encode("utf-8", "surrogateescape")


def _write_commit(
    states: _git.States, head: str, changes: Sequence[_StagedChange], words: CommitWords
) -> str:
    parents = ["-p", head] if head else []
    tree = _write_tree(states, f"{head}^{{tree}}" if head else "", changes)
    made = git.tell(
        states.place.top,
        *("commit-tree", tree, *parents, "-F", "-"),
        given=words.message.encode("utf-8", "replace"),
        environment=_identity(words),
    )
    return made.decode().strip()


def _write_tree(states: _git.States, tree: str, changes: Sequence[_StagedChange]) -> str:
    """Write a git tree with these changes, and the trees below it; return its id."""
    maker = git.Dialogue(states.place.top, "mktree", "-z", "--batch", "--missing")

    def write(tree: str, changes: Mapping[str, _git.State | None]) -> str:
        entries = dict(states.read_tree(tree)) if tree else {}
        below: defaultdict[str, dict[str, _git.State | None]] = defaultdict(dict)
        for path, state in changes.items():
            name, _, rest = path.partition("/")
            if rest:
                below[name][rest] = state
            elif state is None:
                entries.pop(name, None)
            else:
                entries[name] = state
        for name, inside in below.items():
            mode, folder = entries.get(name, (_git.FOLDER, ""))
            made = write(folder if mode == _git.FOLDER else "", inside)
            if made:
                entries[name] = (_git.FOLDER, made)
            elif mode == _git.FOLDER:
                entries.pop(name, None)
        return maker.ask(_tree_lines(entries)).decode("ascii") if entries else ""

    with contextlib.closing(maker):
        states_of = {change.name: change.state for change in changes}
        return write(tree, states_of) or maker.ask(b"\0").decode("ascii")


def _tree_lines(entries: Mapping[str, _git.State]) -> bytes:
    """Return the entries of a git tree in the format of `mktree -z --batch`."""
    kinds = {_git.FOLDER: "tree", "160000": "commit"}  # another repository's commit
    lines = (
        f"{mode} {kinds.get(mode, 'blob')} {blob}\t{name}\0"
        for name, (mode, blob) in entries.items()
    )
    return f"{''.join(lines)}\0".encode("utf-8", "surrogateescape")


def _identity(words: CommitWords) -> dict[str, str]:
    match = re.fullmatch(r"\s*(.*?)\s*<(.*)>\s*", words.author)
    name, email = match.groups() if match else (words.author, "")
    moment = f"@{int(dates.utc(words.when).timestamp())} +0000"
    values = {"NAME": name or "copydesk", "EMAIL": email or "copydesk@localhost", "DATE": moment}
    return {f"GIT_{who}_{what}": v for who in ("AUTHOR", "COMMITTER") for what, v in values.items()}


def _move_branch(place: _git.WorkTree, head: str, commit: str, words: CommitWords) -> bool:
    """Move the git branch from commit `head` to `commit`; return False if it was not at `head`."""
    reason = "copydesk: " + words.message.strip().split("\n", 1)[0]
    answer = git.ask(place.top, "update-ref", "-m", reason, "HEAD", commit, head)
    if answer.code == 0:
        return True
    if _git.head(place) == head:
        raise GitError("git update-ref failed", subject=answer.complaint[:500])
    return False
