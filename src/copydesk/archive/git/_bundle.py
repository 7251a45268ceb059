"""Write a git repository into one file (a git bundle), and restore a repository from it.

    snapshot_refs(root) -> RefsSnapshot ── write_bundle ──> FILE ── restore_bundle ──> a new folder

A bundle contains objects and references. It contains no hooks and no settings, which git would run
or obey.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from copydesk.archive.git import _git
from copydesk.errors import GitError
from copydesk.kit import git

ObjectFormat = Literal["sha1", "sha256"]
_FORMATS: dict[str, ObjectFormat] = {"sha1": "sha1", "sha256": "sha256"}
_LINKED = b"160000 "  # the mode of another repository's commit (gitlink)
# Switches off all attributes of the work tree, so that records are checked out with the bytes that
# git has. git reads this file before all others (gitattributes(5)).
_NO_ATTRIBUTES = b"* -text -eol -ident -filter -working-tree-encoding\n"
_SECONDS = 6 * 3600.0  # a reference site has 11 GB of objects
# Neither the user's settings nor templates may change the bytes of a file.
_NO_SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    # Refuse names that Windows or macOS read as ".git", since the folder may be copied there.
    "GIT_CONFIG_PARAMETERS": "'core.protectNTFS=true' 'core.protectHFS=true'",
}
# A split index would leave a file in git's folder.
_NO_SPLIT_INDEX = {"GIT_CONFIG_PARAMETERS": "'core.splitIndex=false'"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefsSnapshot:
    """The branches and tags of a git repository at one time, and the newsroom's path in it.

    `head` is the commit that is checked out and `tree` its tree, "" on a branch without a commit;
    `branch` is "" on a detached HEAD; `prefix` is the newsroom below the top ("" or "sites/ai/").
    """

    refs: Mapping[str, str]
    head: str
    tree: str
    branch: str
    prefix: str
    object_format: ObjectFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncommitted:
    """The newsroom's files that differ from the last git commit, and those that were deleted.

    `changed` are edited or untracked files. A path that ends with a slash is a repository.
    """

    changed: tuple[str, ...]
    removed: tuple[str, ...]


def snapshot_refs(root: Path) -> RefsSnapshot | None:
    """Return the branches and tags of the git repository around a newsroom, None if there is none.

    Raises GitError if git refuses, and for a shallow clone, whose history is not complete.
    """
    place = _locate(root)
    if place is None:
        return None
    if git.tell(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
        raise GitError(
            "the git repository is a shallow clone",
            subject=str(place.top),
            hint="fetch the whole history: git fetch --unshallow",
        )
    head = _git.head(place)
    tree = git.tell(place.top, "rev-parse", f"{head}^{{tree}}").decode().strip() if head else ""
    branch = git.ask(place.top, "symbolic-ref", "-q", "HEAD").out.decode("utf-8", "replace")
    return RefsSnapshot(
        refs=list_refs(root),
        head=head,
        tree=tree,
        branch=branch.strip().removeprefix("refs/heads/"),
        prefix=place.prefix,
        object_format=_object_format(place.top),
    )


def list_refs(root: Path) -> dict[str, str]:
    """Return the object id of each git reference, by the reference's full name."""
    lines = git.tell(root, "for-each-ref", "--format=%(objectname) %(refname)").decode(
        "utf-8", "surrogateescape"
    )
    pairs = (line.partition(" ") for line in lines.splitlines())
    return {name: oid for oid, _, name in pairs}


def list_user_changes(
    root: Path, *, index: Path | None = None, within: Sequence[str] = (".",)
) -> Uncommitted:
    """Return the newsroom's uncommitted changes, without files that git ignores.

    With `within`, only those of some files and folders.
    With `index`, a file that is created, each file is read and compared byte for byte; for a
    repository that `restore_bundle` made. Raises GitError.
    """
    place = _locate(root)
    if place is None:
        return Uncommitted(changed=(), removed=())
    if index is None and tuple(within) == (".",):
        return _read_status(root, place, {}, within)
    if index is None:
        return _list_changes_of_few(root, place, within)
    environment = {"GIT_INDEX_FILE": str(index.absolute()), **_NO_SETTINGS}
    git.tell(place.top, "read-tree", "HEAD", environment=environment)
    with _without_attributes(place.top):
        return _read_status(root, place, environment, within)


def _list_changes_of_few(root: Path, place: _git.WorkTree, within: Sequence[str]) -> Uncommitted:
    """Return the uncommitted changes of some files, by an index file of these files alone.

    git reads an index file to its end: that of a million stories takes more than a second.
    """
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        environment = {"GIT_INDEX_FILE": str(Path(folder) / "index"), **_NO_SPLIT_INDEX}
        if _git.head(place):
            listing = ("ls-tree", "-r", "-z", "--full-name", "HEAD", "--", *within)
            listed = git.tell(root, *listing)
            command = ("update-index", "-z", "--index-info")
            git.tell(root, *command, given=listed, environment=environment)
        edited = ("diff", "--name-only", "-z", "--no-relative", "--ignore-submodules=all")
        new = ("ls-files", "-z", "--full-name", "--others", "--exclude-standard", "--", *within)
        names = [git.tell(root, *command, environment=environment) for command in (edited, new)]
        return _sort_out(root, place, b"".join(names).split(b"\0"))


def _read_status(
    root: Path, place: _git.WorkTree, environment: Mapping[str, str], within: Sequence[str]
) -> Uncommitted:
    command = ("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
    out = git.tell(
        root, *command, "--ignore-submodules=all", "--", *within, environment=environment
    )
    return _sort_out(root, place, [line[3:] for line in out.split(b"\0")])


def _sort_out(root: Path, place: _git.WorkTree, names: Sequence[bytes]) -> Uncommitted:
    paths = sorted({os.fsdecode(name) for name in names if name})
    ours = [path.removeprefix(place.prefix) for path in paths]
    return Uncommitted(
        changed=tuple(path for path in ours if not _is_gone(root, path)),
        removed=tuple(path for path in ours if _is_gone(root, path)),
    )


def _is_gone(root: Path, path: str) -> bool:
    """Return whether a file was deleted, even if a folder is in its place."""
    if path.endswith("/"):
        return False
    return not os.path.lexists(root / path) or stat.S_ISDIR((root / path).lstat().st_mode)


def list_ignored_files(root: Path, places: tuple[str, ...]) -> tuple[str, ...]:
    """Return those files below the given paths of the newsroom that git ignores."""
    if not places or _locate(root) is None:
        return ()
    command = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--")
    out = git.tell(root, *command, *places)
    return tuple(sorted(os.fsdecode(line) for line in out.split(b"\0") if line))


def list_tree(root: Path) -> tuple[str, ...]:
    """Return the paths of the newsroom's files in the last git commit, () without a commit."""
    place = _locate(root)
    if place is None or not _git.head(place):
        return ()
    out = git.tell(root, "ls-tree", "-r", "-z", "HEAD")
    entries = (line.partition(b"\t") for line in out.split(b"\0") if line)
    return tuple(os.fsdecode(path) for told, _, path in entries if not told.startswith(_LINKED))


def is_visible_to_git(root: Path, file: Path) -> bool:
    """Return whether git would add a new file of this name, that is does not ignore the name."""
    place = _locate(root)
    if place is None or not file.is_relative_to(place.top.resolve()):
        return False
    name = f"./{file.relative_to(place.top.resolve()).as_posix()}"
    answer = git.ask(
        place.top, "check-ignore", "-q", "--", name, environment={"GIT_LITERAL_PATHSPECS": "0"}
    )
    return answer.code != 0


def write_bundle(root: Path, snapshot: RefsSnapshot, file: Path, scratch: Path) -> None:
    """Write the git repository, as it was at the snapshot, into a new bundle file.

    A bare repository is made at `scratch`. It borrows the objects and gets the snapshot's
    references, so that later commits do not matter and the newsroom stays untouched. Raises
    GitError.
    """
    objects = Path(os.fsdecode(git.tell(root, "rev-parse", "--git-path", "objects")).rstrip("\n"))
    _init(scratch, snapshot.object_format, "--bare")
    alternates = scratch / "objects" / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_bytes(os.fsencode((root / objects).resolve()) + b"\n")
    lines = [f"create {name}\0{oid}\0" for name, oid in snapshot.refs.items()]
    _tell(scratch, "update-ref", "-z", "--stdin", given=os.fsencode("".join(lines)))
    _point_head(scratch, snapshot)
    _tell(scratch, "bundle", "create", "--quiet", str(file.absolute()), "--all", "HEAD")


def restore_bundle(file: Path, snapshot: RefsSnapshot, top: Path) -> None:
    """Restore a git repository from a bundle in a new folder, and check out its HEAD.

    Raises GitError if the bundle is incomplete, or needs commits that it does not contain.
    """
    _init(top, snapshot.object_format)
    if snapshot.refs or snapshot.head:
        _tell(top, "bundle", "verify", "--quiet", str(file.absolute()))
        command = ("fetch", "--quiet", "--no-tags", "--update-head-ok", "--no-write-fetch-head")
        _tell(top, *command, str(file.absolute()), "+refs/*:refs/*", "HEAD")
    _point_head(top, snapshot)
    if snapshot.head:
        with _without_attributes(top):
            _tell(top, "reset", "--quiet", "--hard", "HEAD")


def tree_of(root: Path) -> str:
    """Return the id of the last git commit's tree, "" without a commit."""
    answer = git.ask(root, "rev-parse", "-q", "--verify", "HEAD^{tree}")
    return "" if answer.code else answer.out.decode().strip()


def _locate(root: Path) -> _git.WorkTree | None:
    if shutil.which("git") is None and not any(
        (folder / ".git").exists() for folder in (root.absolute(), *root.absolute().parents)
    ):
        return None
    place = _git.locate(root)
    if isinstance(place, str):
        if place:
            raise GitError("git cannot use the repository", subject=place[:500])
        if (root / ".git").exists():
            raise GitError(
                "git does not accept the folder .git as a repository",
                subject=str(root / ".git"),
                hint="run `git status` to see what is wrong",
            )
        return None
    return None if _git.is_ignored(place) else place


def _object_format(top: Path) -> ObjectFormat:
    said = git.tell(top, "rev-parse", "--show-object-format").decode().strip()
    if said not in _FORMATS:
        raise GitError("the git repository has an unknown object format", subject=said)
    return _FORMATS[said]


def _init(folder: Path, object_format: ObjectFormat, *more: str) -> None:
    command = ("init", "--quiet", "--template=", "--initial-branch=main", *more)
    _tell(folder.parent, *command, f"--object-format={object_format}", str(folder.absolute()))


@contextlib.contextmanager
def _without_attributes(top: Path) -> Iterator[None]:
    """Make git check out files without conversions (.gitattributes) during the `with` block."""
    file = top / ".git" / "info" / "attributes"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(_NO_ATTRIBUTES)
    try:
        yield
    finally:
        file.unlink()


def _point_head(folder: Path, snapshot: RefsSnapshot) -> None:
    if snapshot.branch:
        _tell(folder, "symbolic-ref", "HEAD", f"refs/heads/{snapshot.branch}")
    elif snapshot.head:
        _tell(folder, "update-ref", "--no-deref", "HEAD", snapshot.head)


def _tell(where: Path, *arguments: str, given: bytes = b"") -> None:
    answer = git.ask(where, *arguments, given=given, environment=_NO_SETTINGS, seconds=_SECONDS)
    if answer.code:
        hint = (
            "" if answer.complaint else "check whether the disk is full, or whether git was killed"
        )
        raise GitError(f"git {arguments[0]} failed", subject=answer.complaint[:500], hint=hint)
