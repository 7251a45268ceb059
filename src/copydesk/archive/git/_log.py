"""Read git's history: one commit, the commits that changed some paths, files changed since a
commit.

`read_path_log` runs `rev-list` once for each path and reads the patches of one more file, since
git uses its filters of changed paths (commit-graph, written by `tidy`) for single paths only: some
hundredths of a second for 2,000 commits of 20,000 records; without the filters, one second.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from copydesk.archive.git import _git
from copydesk.errors import GitError
from copydesk.kit import git

_ID = re.compile(r"[0-9a-f]{4,64}")
_MOST = 500  # commits that are listed

Bytes = bytes | None  # None for no file


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCommit:
    """A git commit, with the bytes (before, after) of each file that it changed, by path.

    Paths are seen from the newsroom; one outside of it begins with "../". `author` is `name
    <email>`.
    """

    id: str
    message: str
    files: Mapping[str, tuple[Bytes, Bytes]]
    at: datetime
    author: str


def read_commit(root: Path, name: str) -> LoggedCommit:
    """Return a git commit, given its id or the beginning of its id.

    Raises GitError if this branch has no such commit, or if it is a merge.
    """
    place = _find_repository(root)
    commit = _id(place, name)
    parents = git.tell(place.top, "rev-list", "--parents", "-n", "1", commit).decode().split()[1:]
    if len(parents) > 1:
        raise GitError("the commit is a merge", subject=commit)
    return next(_read_lot(place, [commit], ()))


def _find_repository(root: Path) -> _git.WorkTree:
    place = _git.locate(root)
    if isinstance(place, str):
        raise GitError("the newsroom folder is not in a git repository", subject=place or str(root))
    return place


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitMessage:
    """The id, time and message of a git commit."""

    id: str
    at: datetime
    message: str


def list_commits(root: Path, paths: Sequence[str], since: datetime) -> list[CommitMessage]:
    """Return the git commits since a time that changed any of these paths, newest first.

    At most 500, without merges. Raises GitError without a repository.
    """
    place = _find_repository(root)
    out = git.tell(
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
    """Return the git commit messages that contain any of these words, by commit id, newest first.

    {} if HEAD has no commit.
    """
    moment = () if since is None else (f"--since=@{int(since.timestamp())}",)
    answer = git.ask(
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
    """Return the full id of a commit in the branch's history, given the beginning of the id."""
    if _ID.fullmatch(name):
        answer = git.ask(place.top, "rev-parse", "-q", "--verify", f"{name}^{{commit}}")
        commit = answer.out.decode().strip()
        is_ours = (
            not answer.code
            and not git.ask(place.top, "merge-base", "--is-ancestor", commit, "HEAD").code
        )
        if is_ours:
            return commit
    raise GitError(
        "no such commit in this branch", subject=name[:100], hint="run `git log` to see the ids"
    )


def _inside(place: _git.WorkTree, path: str) -> str:
    return path.removeprefix(place.prefix) if path.startswith(place.prefix) else f"../{path}"


_LOT = 50  # commits whose files are in memory at once
_FORMAT = "--format=%H%x00%at%x00%an <%ae>%x00%B"
_NEAR = 12  # lines, about as many as a rule or two
_PATCH = "%x00%H"
_RAW = re.compile(r"\n?:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLog:
    """The git commits that changed some paths, oldest first, and how many more exist."""

    commits: Iterator[LoggedCommit]
    rest: int = 0


def read_path_log(
    root: Path, paths: Sequence[str], mentioned_in: str, words: str, at_most: int
) -> PathLog | None:
    """Return the first `at_most` git commits that changed these paths, oldest first.

    Included are commits, later than the first of these, that changed the file `mentioned_in` near
    some `words`. Merges are left out. None without a repository; raises GitError if git fails.
    """
    place = _git.locate(root)
    if isinstance(place, str):
        return None
    if not _git.head(place):
        return PathLog(commits=iter(()))
    names = [place.prefix + path for path in paths]
    beside = place.prefix + mentioned_in
    in_order = _join(place, [_list_commits(place, name) for name in names])
    wanted = frozenset(in_order)
    since = f"^{in_order[0]}" if in_order else ""
    others = [name for name in _list_commits(place, beside, since) if name not in wanted]
    mentions = _find_mentions(place, others, beside, words)
    if mentions:
        in_order = _sort_commits(place, wanted | mentions)
    commits = _read_commits(place, in_order[:at_most], [*names, beside])
    return PathLog(commits=commits, rest=max(0, len(in_order) - at_most))


def _list_commits(place: _git.WorkTree, path: str, without: str = "") -> list[str]:
    """Return the ids of the branch's commits that changed a path, oldest first.

    One path at a time, since for two git does not use its filters.
    """
    command = ("rev-list", "--reverse", "--no-merges", "HEAD", *filter(None, [without]), "--", path)
    return git.tell(place.top, *command).decode("ascii").split()


def _join(place: _git.WorkTree, lists: Iterable[Sequence[str]]) -> Sequence[str]:
    """Merge lists of git commit ids into one list in the order of the history."""
    found = list(filter(None, lists))
    every = {commit for commits in found for commit in commits}
    return found[0] if len(found) == 1 else _sort_commits(place, every)


def _sort_commits(place: _git.WorkTree, commits: Collection[str]) -> list[str]:
    """Sort commit ids by history, not by date, since clocks may have been set back."""
    if not commits:
        return []
    out = git.tell(place.top, "rev-list", "--reverse", "--topo-order", "HEAD").decode("ascii")
    return [commit for commit in out.split() if commit in commits]


def _find_mentions(
    place: _git.WorkTree, commits: Sequence[str], path: str, words: str
) -> frozenset[str]:
    """Return those commits that changed a file in lines near some words.

    Near is enough, since an editor may change one line of many; so there may be too many commits.
    """
    if not commits:
        return frozenset()
    given = _write_lines(commits)
    look = ("--root", "-r", "-p", f"-U{_NEAR}", "--no-renames", "--no-ext-diff", "--no-textconv")
    command = ("diff-tree", "--stdin", *look, f"--format={_PATCH}", "--", path)
    patches = git.tell(place.top, *command, given=given).split(b"\0")
    wanted = words.encode("utf-8", "surrogateescape")
    ids = (patch.partition(b"\n")[0] for patch in patches if wanted in patch)
    return frozenset(commit.decode("ascii") for commit in ids)


def _read_commits(
    place: _git.WorkTree, commits: Sequence[str], paths: Sequence[str]
) -> Iterator[LoggedCommit]:
    """Yield commits with the bytes of some paths before and after, reading several at once."""
    left = iter(commits)
    while lot := list(islice(left, _LOT)):
        yield from _read_lot(place, lot, paths)


def _read_lot(
    place: _git.WorkTree, commits: Sequence[str], paths: Sequence[str]
) -> Iterator[LoggedCommit]:
    given = _write_lines(commits)
    look = ("--root", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--always")
    out = git.tell(place.top, "diff-tree", "--stdin", *look, _FORMAT, "--", *paths, given=given)
    headers = list(_read_headers(out))
    ids = {blob for _, blob_ids in headers for pair in blob_ids.values() for blob in pair}
    blobs = git.read_blobs(place.top, sorted(blob for blob in ids if blob.strip("0")))
    for commit, blob_ids in headers:
        files = {
            _inside(place, path): (blobs.get(before), blobs.get(after))
            for path, (before, after) in blob_ids.items()
        }
        yield replace(commit, files=files)


def _read_headers(out: bytes) -> Iterator[tuple[LoggedCommit, Mapping[str, tuple[str, str]]]]:
    """Parse `diff-tree -z`: yield each commit without files, and the blob ids of each path."""
    fields = os.fsdecode(out).split("\0")
    at = 0
    while at + 4 < len(fields):
        commit, seconds, author, message = fields[at : at + 4]
        at += 4
        blobs = {}
        while at + 1 < len(fields) and (found := _RAW.fullmatch(fields[at])):
            blobs[fields[at + 1]] = (found[1], found[2])
            at += 2
        at_time = datetime.fromtimestamp(int(seconds), UTC)
        yield (
            LoggedCommit(id=commit.strip(), message=message, files={}, at=at_time, author=author),
            blobs,
        )


def _write_lines(ids: Sequence[str]) -> bytes:
    """Return ids as lines for git's stdin; git ignores a last line without its line feed."""
    return "".join(f"{name}\n" for name in ids).encode("ascii")


def list_changes_since(root: Path, path: str, folder: str) -> Mapping[str, bool] | None:
    """Return the files below a folder that changed after the commit that added the file at `path`.

    By path, with True for a new file; deleted and uncommitted files are left out. None if there is
    no repository, or no commit has that file.
    """
    place = _git.locate(root)
    if isinstance(place, str) or not _git.head(place):
        return None
    named = ("--", f"{place.prefix}{path}")
    log = ("log", "-1", "--no-renames", "--diff-filter=A", "--format=%H", "HEAD", *named)
    filed = git.ask(place.top, *log).out.decode("ascii", "replace").strip()
    if not filed:
        return None
    look = ("diff", "--name-status", "--no-renames", "--diff-filter=AM", "-z", filed, "HEAD")
    answer = git.ask(place.top, *look, "--", f"{place.prefix}{folder}")
    if answer.code:
        return None
    said = os.fsdecode(answer.out).split("\0")
    return {
        changed.removeprefix(place.prefix): status == "A"
        for status, changed in zip(said[::2], said[1::2], strict=False)
    }
