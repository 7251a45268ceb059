"""One commit a round, by git's plumbing: only our paths, nobody else's work touched."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from copydesk.archive import _paths
from copydesk.archive.git import _checkout, _commit, _git, _log, _push, _states
from copydesk.archive.git._index import UserIndex
from copydesk.archive.git._push import Pushed
from copydesk.errors import GitError
from copydesk.kit import locks

AUTHOR = "copydesk <copydesk@localhost>"
# Locked while a commit is made, so that what is found without its lock is a leftover.
_BUSY = "copydesk-busy"
_BUSY_SECONDS = 10.0  # other newsrooms may lie in the same repository
_OBSTACLES = (
    ("rebase-merge", "rebase in progress"),
    ("rebase-apply", "rebase in progress"),
    ("MERGE_HEAD", "merge in progress"),
    ("CHERRY_PICK_HEAD", "cherry-pick in progress"),
    ("REVERT_HEAD", "revert in progress"),
    ("BISECT_LOG", "bisect in progress"),
)


class Repository:
    """The git repository that a newsroom folder lies in, or the lack of one."""

    def __init__(self, root: Path, *, lock_wait_seconds: float = 2.0) -> None:
        self._root = root.absolute()
        self._lock_wait_seconds = lock_wait_seconds
        self._complaint = ""
        self._place = self._locate()

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
        """Decide whether there is a repository; not where git is missing, or for a plain folder.

        A folder that a repository around it ignores is a plain folder, too.
        """
        return self._place is not None or bool(self._complaint)

    def obstacle(self) -> str:
        """Return why git takes no commit now (such as "detached HEAD"), "" where it does."""
        if self._place is None:
            return f"git refuses: {self._complaint}" if self._complaint else "not a git repository"
        for name, what in _OBSTACLES:
            if (self._place.folder / name).exists():
                return what
        answer = _git.ask(self._place.top, "symbolic-ref", "-q", "HEAD")
        return "detached HEAD" if answer.code else ""

    def branch(self) -> str:
        """Return the branch that HEAD is on, "" where there is none."""
        if self._place is None:
            return ""
        answer = _git.ask(self._place.top, "symbolic-ref", "-q", "--short", "HEAD")
        return answer.out.decode("utf-8", "replace").strip()

    def head(self) -> str:
        """Return the id of the commit that HEAD stands on, "" where there is none."""
        return "" if self._place is None else _git.head(self._place)

    def find_changes_between(self, old: str, new: str) -> set[str] | None:
        """Return the newsroom's paths that differ between two commits, None where git cannot say.

        So it is of a commit that is gone after history was rewritten.
        """
        place = self._place
        return None if place is None else _states.compare_commits(place, old, new)

    def find_messages(self, words: Sequence[str], since: datetime | None = None) -> dict[str, str]:
        """Return the messages of this branch's commits that have any of some words, by id.

        With `since` those from that time on alone.
        """
        place = self._place
        return {} if place is None else _log.find_messages(place, words, since)

    def has_branch(self, name: str) -> bool:
        """Return whether there is a branch of this name, or HEAD is on it and it has no commit."""
        if self._place is None:
            return False
        if name == self.branch():
            return True
        ref = f"refs/heads/{name}"
        return _git.ask(self._place.top, "show-ref", "--verify", "--quiet", ref).code == 0

    def read_commit_bytes(self, path: str) -> bytes | None:
        """Return a file as the last commit has it, None where it has none."""
        place = self._place
        head = "" if place is None else _git.head(place)
        if place is None or not head:
            return None
        name = place.prefix + self._check_path(path)
        answer = _git.ask(place.top, "cat-file", "blob", f"{head}:{name}")
        return answer.out if answer.code == 0 else None

    def unknown(self, paths: Iterable[str]) -> set[str]:
        """Return those paths that are in neither the last commit nor the index."""
        place = self._place
        if place is None:
            return set()
        by_name = {place.prefix + path: path for path in paths}
        names = sorted(by_name)
        if not names:
            return set()
        known = {
            *_states.read_commit(place, _git.head(place), names),
            *_states.read_index(place, names),
        }
        return {path for name, path in by_name.items() if name not in known}

    def user(self) -> str:
        """Return git's user as `name <email>`, or what is set of the two."""
        where = self._root if self._root.is_dir() else Path.cwd()
        found: dict[str, str] = {}
        with contextlib.suppress(GitError):
            command = ("config", "-z", "--get-regexp", r"^user\.(name|email)$")
            out = _git.ask(where, *command).out.decode("utf-8", "replace")
            found = dict(line.split("\n", 1) for line in out.split("\0") if "\n" in line)
        name, email = (found.get(f"user.{key}", "").strip() for key in ("name", "email"))
        return f"{name} <{email}>".strip() if email else name

    def find_user_changes(self, paths: Iterable[str]) -> set[str]:
        """Return those paths whose file, index entry and last commit are not one and the same.

        That is what is edited, staged, deleted, in conflict or untracked; a path that is nowhere
        is nobody's. Files are compared byte for byte, whatever filters git is told to use.
        """
        place = self._place
        if place is None:
            return set()
        self._recover(place)
        by_name = {place.prefix + path: path for path in paths}
        names = sorted(by_name)
        if not names:
            return set()
        committed = _states.read_commit(place, _git.head(place), names)
        staged = _states.read_index(place, names)
        changed = set()
        for name, path in by_name.items():
            _, last = committed.get(name, ("", None))
            _, next_one = staged.get(name, ("", None))
            present = _states.on_disk(self._root / path, len(last or ""))
            if not last == next_one == present:
                changed.add(path)
        return changed

    def commit(
        self, paths: Iterable[str], message: str, *, when: datetime, author: str = AUTHOR
    ) -> str | None:
        """Commit these paths as they lie on disk, missing ones as deleted; give the commit's id.

        None when nothing changes. A path that somebody staged otherwise is left to them. Author
        and committer are the same, at `when`, so that equal rounds make equal commits. Raises
        GitError when git refuses, is busy, or the branch moves under our hands twice.
        """
        obstacle = self.obstacle()
        place = self._place
        if obstacle or place is None:
            raise GitError("cannot commit", subject=obstacle, hint="the files are on disk")
        names = sorted({place.prefix + self._check_path(path) for path in paths})
        message, author = message.replace("\0", ""), author.replace("\0", "")
        words = _commit.CommitWords(message=message, author=author, when=when)
        with self._alone(place):
            self._settle(place)
            return _commit.make(place, names, words, self._lock_wait_seconds)

    def push(self, remote: str, alone: _push.Alone = contextlib.nullcontext) -> Pushed:
        """Push the branch to a remote; what it has more comes in first, below our commits.

        What came in is in the files then; `alone` holds the write lock while they are moved, and
        not while the remote is spoken with. Raises GitError, and all is as it was, where the remote
        is unknown, cannot be reached or refuses, at a conflict, and where files have edits that a
        rebase would touch.
        """
        obstacle = self.obstacle()
        place = self._place
        if obstacle or place is None:
            hint = "" if self.branch() else "check a branch out: git switch NAME"
            raise GitError("cannot push", subject=obstacle, hint=hint or "the commits stay here")

        @contextlib.contextmanager
        def settle_first() -> Iterator[None]:
            with alone(), self._alone(place):
                self._settle(place)
                if in_the_way := self.obstacle():
                    raise GitError("cannot push", subject=in_the_way, hint="the commits stay here")
                yield

        with self._pushing(place):
            with settle_first():
                branch = self.branch()
            return _push.push(place, branch, remote, settle_first)

    def tidy(self) -> None:
        """Let git pack what the rounds' commits have piled up, unless its user keeps it from that.

        Git does it after its own `git commit`; commits by plumbing have to ask for it.
        """
        if self._place is not None:
            _git.tidy(self._place.top)

    @contextlib.contextmanager
    def _pushing(self, place: _git.WorkTree) -> Iterator[None]:
        with locks.hold(place.folder / f"{_BUSY}-push") as is_alone:
            if not is_alone:
                raise GitError("another copydesk is pushing", subject=str(self._root))
            yield

    @contextlib.contextmanager
    def _alone(self, place: _git.WorkTree) -> Iterator[None]:
        try:
            with locks.hold(place.folder / _BUSY, _BUSY_SECONDS) as is_alone:
                if not is_alone:
                    raise GitError("another copydesk is committing", subject=str(self._root))
                yield
        except OSError as error:
            raise GitError("cannot write to the repository", subject=str(error)) from error

    def _recover(self, place: _git.WorkTree) -> None:
        """Finish or forget what a killed commit or push left, unless it is still being made."""
        if UserIndex(place).is_left_over() or _checkout.is_begun(place):
            with locks.hold(place.folder / _BUSY) as is_alone:
                if is_alone:
                    self._settle(place)

    def _settle(self, place: _git.WorkTree) -> None:
        UserIndex(place).recover()
        if not self.obstacle():
            _checkout.finish(place, self._lock_wait_seconds)

    def _check_path(self, path: str) -> str:
        _paths.inside(self._root, path)
        if "\n" in path:
            raise GitError("a line end in a path", subject=repr(path))
        return path
