"""Push the git branch to its remote; if the remote has more commits, rebase local ones on top of
them.

    push  >  rejected, the remote has more  >  fetch  >  rebase in a work tree of its own
          >  move branch and files at once  >  push

With nothing to push, only the remote's tip is asked for, and new commits are taken in.

The rebase happens in a work tree without files, below git's own folder. So a conflict leaves
nothing to clean up: the newsroom's branch, index and files were never touched.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from copydesk.archive.git import _checkout, _git
from copydesk.archive.git._checkout import STAYS
from copydesk.errors import GitError
from copydesk.kit import git

_TRIES = 3  # a remote should not move faster than we push
_THEIRS = "refs/copydesk/theirs"
_DESK = "copydesk-rebase"  # the work tree without files, below git's folder
_IDENTITY = {"GIT_COMMITTER_NAME": "copydesk", "GIT_COMMITTER_EMAIL": "copydesk@localhost"}
_REJECTED = re.compile(r"^!\t\S+\t\[([a-z ]+)\] \(?(.*?)\)?$", re.MULTILINE)
# git's words if somebody else pushed first; the last three if both pushed at the same time.
_MORE = (
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """The result of a git push: how many commits were sent, and how many came from the remote."""

    sent: int = 0
    taken: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _RemoteBranch:
    """A local git branch, and the remote's branch that it is pushed to."""

    remote: str
    branch: str
    target: str
    is_followed: bool

    @property
    def refspec(self) -> str:
        return f"refs/heads/{self.branch}:{self.target}"


Alone = Callable[[], AbstractContextManager[None]]


def push(place: _git.WorkTree, branch: str, remote: str, alone: Alone) -> Pushed:
    """Push all commits of the git branch, after a rebase on commits that only the remote has.

    `alone` keeps others from writing while branch and files are moved, but not while git talks to
    the remote. After a GitError, branch, index and files are as they were.
    """
    line = _line(place, branch, remote)
    head, taken = _git.head(place), 0
    if not head:
        return Pushed()
    if head == _remote_commit(place, line):
        tip = _tip(place, line)
        if tip in ("", head):
            return Pushed()
        taken = _take_in(place, line, alone)
        if _git.head(place) == tip:
            return Pushed(taken=taken)
    for _ in range(_TRIES):
        sent = _waiting(place, line)
        reason = _push_once(place, line)
        if not reason:
            return Pushed(sent=sent, taken=taken)
        taken += _take_in(place, line, alone)
    raise GitError(
        "others push to the remote at the same time", subject=f"{remote}: {reason}", hint=STAYS
    )


def _line(place: _git.WorkTree, branch: str, remote: str) -> _RemoteBranch:
    """Return the remote branch to push to: the upstream if it is on this remote, else the same
    name.
    """
    if not _config(place, f"remote.{remote}.url") and not _config(
        place, f"remote.{remote}.pushurl"
    ):
        hint = f"run `git remote add {remote} ADDRESS`, or correct records.remote in beat.toml"
        raise GitError("git has no remote with this name", subject=remote, hint=hint)
    follows = _config(place, f"branch.{branch}.remote")
    target = _config(place, f"branch.{branch}.merge") if follows == remote else ""
    target = target or f"refs/heads/{branch}"
    return _RemoteBranch(remote=remote, branch=branch, target=target, is_followed=bool(follows))


def _config(place: _git.WorkTree, key: str) -> str:
    answer = git.ask(place.top, "config", "--get", key)
    return answer.out.decode("utf-8", "replace").strip() if answer.code == 0 else ""


def _remote_commit(place: _git.WorkTree, line: _RemoteBranch) -> str:
    """Return the id of the remote branch's commit as last seen, "" if unknown."""
    return _commit(place, f"refs/remotes/{line.remote}/{line.target.removeprefix('refs/heads/')}")


def _tip(place: _git.WorkTree, line: _RemoteBranch) -> str:
    """Ask the remote for its branch's commit id, "" if there is none or it cannot be read."""
    if not _config(place, f"remote.{line.remote}.url"):
        return ""
    answer = git.ask_remote(place.top, "ls-remote", "--quiet", "--", line.remote, line.target)
    if answer.code:
        raise git.trouble(answer.complaint, line.remote, "ls-remote", STAYS)
    named = (text.split("\t") for text in answer.out.decode("utf-8", "replace").splitlines())
    return next((pair[0] for pair in named if pair[-1] == line.target), "")


def _commit(place: _git.WorkTree, name: str) -> str:
    answer = git.ask(place.top, "rev-parse", "-q", "--verify", f"{name}^{{commit}}")
    return answer.out.decode().strip()


def _waiting(place: _git.WorkTree, line: _RemoteBranch) -> int:
    """Count the local commits that the remote does not have, as far as known."""
    known = _remote_commit(place, line)
    return _count(place, f"{known}..HEAD" if known else "HEAD")


def _count(place: _git.WorkTree, *commits: str) -> int:
    return int(git.tell(place.top, "rev-list", "--count", *commits).decode())


def _push_once(place: _git.WorkTree, line: _RemoteBranch) -> str:
    """Push once. Return "", or the reason if the remote has more commits, or raise GitError."""
    follow = () if line.is_followed else ("--set-upstream",)
    answer = git.ask_remote(
        place.top,
        *("push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", *follow),
        *("--", line.remote, line.refspec),
    )
    if answer.code == 0:
        return ""
    rejected = _REJECTED.search(answer.out.decode("utf-8", "replace"))
    if rejected is None:
        raise git.trouble(answer.complaint, line.remote, "push", STAYS)
    reason = rejected[2]
    if any(words in reason for words in _MORE):
        return reason
    lines = [text.strip() for text in answer.complaint.splitlines() if text.startswith("remote:")]
    said = " ".join(text.removeprefix("remote:").strip() for text in lines)[:300].strip()
    raise GitError(
        "the git remote refuses the push",
        subject=git.plain(f"{line.remote}: {reason}{f': {said}' if said else ''}"),
        hint=f"check the remote's rules for {line.target}: protection, hooks, quota; {STAYS}",
    )


def _take_in(place: _git.WorkTree, line: _RemoteBranch, alone: Alone) -> int:
    """Rebase the local commits on those of the remote; return how many commits the remote had."""
    _refuse_edits(place, line)
    refspec = f"+{line.target}:{_THEIRS}"
    answer = git.ask_remote(
        place.top,
        *("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"),
        *("--", line.remote, refspec),
    )
    if answer.code:
        raise git.trouble(answer.complaint, line.remote, "fetch", STAYS)
    try:
        with alone():
            _refuse_edits(place, line)
            return _lay_on_top(place, line)
    finally:
        git.ask(place.top, "update-ref", "-d", _THEIRS)


def _lay_on_top(place: _git.WorkTree, line: _RemoteBranch) -> int:
    """Switch to the local commits rebased on the remote's; return how many the remote had."""
    theirs = _commit(place, _THEIRS)
    ours = _git.head(place)
    _refuse_tangles(place, line, ours, theirs)
    taken = _count(place, f"{ours}..{theirs}")
    is_behind = git.ask(place.top, "merge-base", "--is-ancestor", ours, theirs).code == 0
    commit = theirs if is_behind else _rebase(place, line, ours, theirs)
    _checkout.move(place, line.branch, line.remote, ours, commit)
    return taken


def _refuse_edits(place: _git.WorkTree, line: _RemoteBranch) -> None:
    """Raise GitError if the user has uncommitted edits in tracked files."""
    listed = git.tell(
        place.top,
        *("status", "--porcelain", "-z", "--no-renames"),
        *("--untracked-files=no", "--ignore-submodules"),
    )
    names = [entry[3:] for entry in listed.decode("utf-8", "replace").split("\0") if entry]
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        raise GitError(
            f"{line.remote} has commits of others, and the newsroom has uncommitted edits",
            subject=", ".join(names[:3]) + more,
            hint=f"commit or revert the edits; {STAYS}",
        )


def _refuse_tangles(place: _git.WorkTree, line: _RemoteBranch, ours: str, theirs: str) -> None:
    """Raise GitError if a rebase is impossible: unrelated history, or local merge commits."""
    if git.ask(place.top, "merge-base", ours, theirs).code:
        raise GitError(
            "the remote's branch has an unrelated history",
            subject=f"{line.remote} {line.target}",
            hint="start with an empty remote repository, or push to another branch",
        )
    if _count(place, "--merges", f"{theirs}..{ours}"):
        raise GitError(
            f"{line.remote} has commits of others, and the commits to push include a merge",
            subject=line.branch,
            hint=f"merge by hand: git pull {line.remote}; git push",
        )


def _rebase(place: _git.WorkTree, line: _RemoteBranch, ours: str, theirs: str) -> str:
    """Rebase the local commits on the remote's; return the last one, raise GitError at a
    conflict.
    """
    with _desk(place, ours) as desk:
        answer = git.ask(
            desk,
            *("-c", "rebase.autoStash=false", "-c", "rebase.updateRefs=false"),
            *("-c", "commit.gpgSign=false", "-c", "rerere.enabled=false"),
            *("-c", "core.sparseCheckout=true", "-c", "core.sparseCheckoutCone=false"),
            *("rebase", "--quiet", "--committer-date-is-author-date", theirs),
            environment=_IDENTITY,
        )
        if answer.code == 0:
            return git.tell(desk, "rev-parse", "HEAD").decode().strip()
        unmerged = git.ask(desk, "diff", "--name-only", "-z", "--diff-filter=U")
        names = [name for name in unmerged.out.decode("utf-8", "replace").split("\0") if name]
    if not names:
        raise GitError("git rebase failed", subject=git.plain(answer.complaint[:500]), hint=STAYS)
    raise GitError(
        f"commits of this newsroom and commits on {line.remote} conflict",
        subject=", ".join(names[:3]),
        hint=f"resolve the conflict by hand: git pull --rebase {line.remote} "
        f"{line.target.removeprefix('refs/heads/')}",
    )


@contextlib.contextmanager
def _desk(place: _git.WorkTree, commit: str) -> Iterator[Path]:
    """Yield a temporary work tree at a commit, without any files (sparse)."""
    desk = place.folder / _DESK
    _clear(place, desk)  # left by a round that was killed
    try:
        git.tell(place.top, "worktree", "add", "--no-checkout", "--detach", str(desk), commit)
        folder = git.tell(desk, "rev-parse", "--absolute-git-dir").decode().strip()
        patterns = Path(folder) / "info" / "sparse-checkout"
        patterns.parent.mkdir(exist_ok=True)
        patterns.write_text(f"/{_DESK}\n")
        settings = ("-c", "core.sparseCheckout=true", "-c", "core.sparseCheckoutCone=false")
        git.tell(desk, *settings, "read-tree", "-m", "-u", "HEAD")
        yield desk
    finally:
        _clear(place, desk)


def _clear(place: _git.WorkTree, desk: Path) -> None:
    shutil.rmtree(desk, ignore_errors=True)
    git.ask(place.top, "worktree", "prune")
