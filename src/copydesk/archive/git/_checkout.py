"""Switch branch, index and files to another git commit without losing edits, even if killed
halfway.

    refuse what would be lost  >  MOVING = old commit  >  branch  >  files  >  index
                               >  MOVING deleted

git's own `read-tree -u` overwrites files that an ignore rule names, even the key or the memory. So
the incoming files are compared with the disk first. The index is locked as for a commit
(`UserIndex`).
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from copydesk.archive.git import _git
from copydesk.archive.git._git import State, UserIndex
from copydesk.errors import GitError
from copydesk.kit import git

STAYS = "the commits stay on this machine; the next run tries again"
MOVING = "refs/worktree/copydesk/moving"  # of this work tree alone
_PRIVATE = ".copydesk"
_WAIT_SECONDS = 2.0
_NOTHING = "0" * 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _PathChange:
    """A path whose file differs between two git commits; None if a commit has no such file."""

    name: str
    old: State | None
    new: State | None


def move(place: _git.WorkTree, branch: str, remote: str, old: str, new: str) -> None:
    """Switch branch, index and files from one git commit to another; raise GitError if edits would
    be lost.

    After a GitError nothing has moved. The files must be those of `old`. Refused are paths in
    copydesk's own folder, and files that would overwrite one that git does not track, ignored or
    not.
    """
    changes = _changes(place, old, new)
    _refuse_private(changes, remote)
    _refuse_losses(place, changes, remote)
    index = UserIndex(place)
    with index.hold(_WAIT_SECONDS):
        index.prepare(b"")
        trees = ("read-tree", "-m", "-u", old, new)
        rehearsed = git.ask(
            place.top, *trees[:2], "--dry-run", *trees[2:], environment=index.environment
        )
        if rehearsed.code:
            raise _in_the_way(rehearsed.complaint[:500], remote)
        _move_branch(place, branch, old, new, f"copydesk: on top of {remote}")
        moved = git.ask(place.top, *trees, environment=index.environment)
        if moved.code:
            _move_branch(place, branch, new, old, "copydesk: undone")
            _complete(place, index, new, old)
        else:
            index.bring_along()
        _forget(place)
    if moved.code:
        raise _in_the_way(moved.complaint[:500], remote)


def finish(place: _git.WorkTree, wait_seconds: float) -> None:
    """Finish a switch to another git commit whose process was killed; uncommitted edits stay."""
    old = _find_move(place)
    if not old:
        return
    new = _git.head(place)
    if new not in ("", old):
        index = UserIndex(place)
        with index.hold(wait_seconds):
            _complete(place, index, old, new)
    _forget(place)


def _find_move(place: _git.WorkTree) -> str:
    answer = git.ask(place.top, "rev-parse", "-q", "--verify", f"{MOVING}^{{commit}}")
    return answer.out.decode().strip()


def _move_branch(place: _git.WorkTree, branch: str, old: str, new: str, reason: str) -> None:
    git.tell(place.top, "update-ref", MOVING, old)
    try:
        git.tell(place.top, "update-ref", "-m", reason, f"refs/heads/{branch}", new, old)
    except GitError:
        _forget(place)
        raise


def _forget(place: _git.WorkTree) -> None:
    git.tell(place.top, "update-ref", "-d", MOVING)


def _changes(place: _git.WorkTree, old: str, new: str) -> Sequence[_PathChange]:
    """Return the files that differ between two git commits, deleted ones first."""
    out = git.tell(
        place.top,
        *("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames"),
        *("--ignore-submodules=none", old, new),
    )
    words = iter(os.fsdecode(out).split("\0"))
    changes = [_change(info, name) for info, name in zip(words, words, strict=False)]
    return sorted(changes, key=lambda change: (change.new is not None, change.name))


def _change(info: str, name: str) -> _PathChange:
    old_mode, mode, old_blob, blob, _ = info.removeprefix(":").split()
    return _PathChange(
        name=name,
        old=None if old_mode == _NOTHING else (old_mode, old_blob),
        new=None if mode == _NOTHING else (mode, blob),
    )


def _refuse_private(changes: Sequence[_PathChange], remote: str) -> None:
    names = [change.name for change in changes if _PRIVATE in change.name.casefold().split("/")]
    if names:
        raise GitError(
            f"commits of others on {remote} change files in the folder .copydesk",
            subject=_few(names),
            hint=f"remove the folder from git there: git rm -r --cached {_PRIVATE}; {STAYS}",
        )


def _refuse_losses(place: _git.WorkTree, changes: Sequence[_PathChange], remote: str) -> None:
    gone = {change.name for change in changes if change.new is None}
    added = (change.name for change in changes if change.old is None)
    losses = {there for name in added if (there := _unknown(place.top, name, gone))}
    if losses:
        raise _in_the_way(f"files that are not in git: {_few(sorted(losses))}", remote)


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _in_the_way(what: str, remote: str) -> GitError:
    return GitError(
        f"could not check out the commits of others on {remote}",
        subject=what,
        hint=f"move the files that are in the way; {STAYS}",
    )


def _unknown(top: Path, name: str, gone: set[str]) -> str:
    """Return the path of an untracked file where a new one must be written, "" if there is none.

    It may be the file itself, a file or link in place of a parent folder, or a file below a folder
    of that name.
    """
    step = ""
    for part in name.split("/"):
        step = f"{step}/{part}" if step else part
        try:
            mode = (top / step).lstat().st_mode
        except FileNotFoundError:
            return ""
        except OSError:
            return step
        if not stat.S_ISDIR(mode):
            return "" if step in gone else step
    return next((below for below in _files_below(top, name) if below not in gone), "")


def _files_below(top: Path, name: str) -> Iterator[str]:
    for where, folders, names in os.walk(top / name):
        below = os.path.relpath(where, top)
        links = (link for link in folders if os.path.islink(os.path.join(where, link)))  # noqa: PTH114, PTH118
        yield from (f"{below}/{entry}" for entry in (*names, *links))


def _complete(place: _git.WorkTree, index: UserIndex, old: str, new: str) -> None:
    """Update files and index entries to the new git commit, except those edited since the old
    one.
    """
    changes = _changes(place, old, new)
    _lay_out(place, changes, old, new)
    staged = _git.read_index(place, ()) if changes else {}  # all paths
    lines = [
        _line(change, change.new) for change in changes if staged.get(change.name) == change.old
    ]
    index.prepare("".join(lines).encode("utf-8", "surrogateescape"))
    index.bring_along()


def _line(change: _PathChange, state: State | None) -> str:
    """Return a path's next index entry in the format of `update-index --index-info`."""
    if state is None:
        digits = len((change.old or change.new or ("", ""))[1])
        return f"0 {'0' * digits}\t{change.name}\0"
    return f"{state[0]} {state[1]}\t{change.name}\0"


def _lay_out(place: _git.WorkTree, changes: Sequence[_PathChange], old: str, new: str) -> None:
    """Let git write the new commit's version of files that are still as in the old one.

    In an index of our own, files with other contents count as moved already, so git leaves them;
    missing files and files cut off while being written count as absent, so git writes them.
    """
    scratch = place.folder / "copydesk-files"
    environment = {"GIT_INDEX_FILE": str(scratch)}
    _drop(scratch)
    try:
        if place.index.exists():
            shutil.copy2(place.index, scratch)  # with sizes and times: no file is read again
        git.tell(place.top, "read-tree", "--reset", old, environment=environment)
        lines = "".join(_otherwise(place, changes, environment))
        given = lines.encode("utf-8", "surrogateescape")
        command = ("update-index", "-z", "--index-info")
        git.tell(place.top, *command, given=given, environment=environment)
        tree = git.tell(place.top, "write-tree", "--missing-ok", environment=environment)
        trees = (tree.decode().strip(), new)
        git.tell(place.top, "read-tree", "-m", "-u", *trees, environment=environment)
    finally:
        _drop(scratch)


def _drop(scratch: Path) -> None:
    for file in (scratch, scratch.with_name(scratch.name + ".lock")):
        file.unlink(missing_ok=True)


def _otherwise(
    place: _git.WorkTree, changes: Sequence[_PathChange], environment: Mapping[str, str]
) -> Iterator[str]:
    """Yield git index lines for the paths whose files differ from the old commit."""
    git.ask(place.top, "update-index", "-q", "--refresh", environment=environment)
    command = ("diff-files", "--name-only", "-z", "--ignore-submodules")
    out = git.tell(place.top, *command, environment=environment)
    touched = set(os.fsdecode(out).split("\0"))
    going = {change.name for change in changes if change.new is None and change.name not in touched}
    for change in changes:
        if change.old is not None and change.name not in touched:
            continue
        if _is_cut_off(place, change):
            (place.top / change.name).unlink()
        is_there = _unknown(place.top, change.name, going) != ""
        yield _line(change, change.new if is_there else None)


def _is_cut_off(place: _git.WorkTree, change: _PathChange) -> bool:
    """Return whether a file is the incomplete output of a git process that was killed."""
    file = place.top / change.name
    states = [state for state in (change.old, change.new) if state is not None]
    if _git.on_disk(file, len(states[0][1])) in (None, *(blob for _, blob in states)):
        return False
    try:
        if file.is_symlink():
            return False
        data = file.read_bytes()
    except OSError:  # a folder, or no permission
        return False
    command = ("cat-file", "--filters", f"--path={change.name}")
    wholes = (git.ask(place.top, *command, blob).out for _, blob in states)
    return any(len(data) < len(whole) and whole.startswith(data) for whole in wholes)
