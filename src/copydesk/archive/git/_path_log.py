"""The log of some paths: which commits changed them, the oldest first, each with what it changed.

each path ── rev-list ───────────────────────────┐
a text in a file ── rev-list, patches that have it ──┴──> commits in their order ── blobs ──> values

Git compares the trees of every commit with its parent's for that, a second for 2,000 commits of
20,000 records; where `tidy` has written which paths a commit changed (the commit-graph's Bloom
filters), some hundredths of it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from copydesk.archive.git import _git
from copydesk.archive.git._log import Bytes, LoggedCommit
from copydesk.errors import GitError

_LOT = 50  # commits whose files are in memory at once
_FORMAT = "--format=%H%x00%at%x00%an <%ae>%x00%B"
_NEAR = 12  # lines: those of a rule, or of a few of them
_PATCH = "%x00%H"
_RAW = re.compile(r"\n?:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLog:
    """The commits that changed some paths, the oldest first; how many more there are after them."""

    commits: Iterator[LoggedCommit]
    rest: int = 0


def read_path_log(
    root: Path, paths: Sequence[str], mentioned_in: str, words: str, at_most: int
) -> PathLog | None:
    """Return the commits of this branch that changed some paths, the first `at_most` of them.

    With them those that changed the file `mentioned_in` near some `words`, since the first of the
    others. A commit that merges others is passed over. None where there is no repository;
    raises GitError where git cannot say.
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
    """Return the ids of HEAD's commits that changed a path, the oldest first.

    Of two paths at once git asks no filter.
    """
    command = ("rev-list", "--reverse", "--no-merges", "HEAD", *filter(None, [without]), "--", path)
    return _git.tell(place.top, *command).decode("ascii").split()


def _join(place: _git.WorkTree, lists: Iterable[Sequence[str]]) -> Sequence[str]:
    """Return the commits of some lists, each in its order, as one list in their order."""
    found = list(filter(None, lists))
    every = {commit for commits in found for commit in commits}
    return found[0] if len(found) == 1 else _sort_commits(place, every)


def _sort_commits(place: _git.WorkTree, commits: Collection[str]) -> list[str]:
    """Return commits in the order in which they came; clocks may have been set back meanwhile."""
    if not commits:
        return []
    out = _git.tell(place.top, "rev-list", "--reverse", "--topo-order", "HEAD").decode("ascii")
    return [commit for commit in out.split() if commit in commits]


def _find_mentions(
    place: _git.WorkTree, commits: Sequence[str], path: str, words: str
) -> frozenset[str]:
    """Return those commits that changed a file near some words: a person may edit one line of many.

    More than those that are about the words may be among them.
    """
    if not commits:
        return frozenset()
    given = _write_lines(commits)
    look = ("--root", "-r", "-p", f"-U{_NEAR}", "--no-renames", "--no-ext-diff", "--no-textconv")
    command = ("diff-tree", "--stdin", *look, f"--format={_PATCH}", "--", path)
    patches = _git.tell(place.top, *command, given=given).split(b"\0")
    wanted = words.encode("utf-8", "surrogateescape")
    ids = (patch.partition(b"\n")[0] for patch in patches if wanted in patch)
    return frozenset(commit.decode("ascii") for commit in ids)


def _read_commits(
    place: _git.WorkTree, commits: Sequence[str], paths: Sequence[str]
) -> Iterator[LoggedCommit]:
    """Walk commits with what each made of some paths, reading some of them at once."""
    left = iter(commits)
    while lot := list(islice(left, _LOT)):
        yield from _read_lot(place, lot, paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """A commit without its files' bytes: by path the ids of the blobs before and after it."""

    id: str
    at: datetime
    author: str
    message: str
    blobs: Mapping[str, tuple[str, str]]


def _read_lot(
    place: _git.WorkTree, commits: Sequence[str], paths: Sequence[str]
) -> Iterator[LoggedCommit]:
    given = _write_lines(commits)
    look = ("--root", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--always")
    out = _git.tell(place.top, "diff-tree", "--stdin", *look, _FORMAT, "--", *paths, given=given)
    headers = list(_read_headers(out))
    ids = {blob for header in headers for pair in header.blobs.values() for blob in pair}
    blobs = _read_blobs(place, sorted(blob for blob in ids if blob.strip("0")))
    for header in headers:
        yield LoggedCommit(
            id=header.id,
            at=header.at,
            author=header.author,
            message=header.message,
            files={
                path.removeprefix(place.prefix): (blobs.get(before), blobs.get(after))
                for path, (before, after) in header.blobs.items()
            },
        )


def _read_headers(out: bytes) -> Iterator[_Header]:
    """Walk what `diff-tree -z` says: four fields of a commit, then for each path ids and name."""
    fields = os.fsdecode(out).split("\0")
    at = 0
    while at + 4 < len(fields):
        commit, seconds, author, message = fields[at : at + 4]
        at += 4
        blobs = {}
        while at + 1 < len(fields) and (found := _RAW.fullmatch(fields[at])):
            blobs[fields[at + 1]] = (found[1], found[2])
            at += 2
        yield _Header(
            id=commit.strip(),
            at=datetime.fromtimestamp(int(seconds), UTC),
            author=author,
            message=message,
            blobs=blobs,
        )


def _read_blobs(place: _git.WorkTree, ids: Sequence[str]) -> dict[str, Bytes]:
    """Return blobs by their ids; one that is not there (a partial clone) is None."""
    if not ids:
        return {}
    out = _git.tell(place.top, "cat-file", "--batch", given=_write_lines(ids))
    blobs: dict[str, Bytes] = {}
    at = 0
    for blob in ids:
        end = out.find(b"\n", at)
        if end < 0:
            raise GitError("git cat-file ended too early", subject=blob)
        said = out[at:end].split(b" ")
        at = end + 1
        if len(said) != 3:  # "… missing"
            blobs[blob] = None
            continue
        size = int(said[2])
        blobs[blob] = out[at : at + size]
        at += size + 1
    return blobs


def _write_lines(ids: Sequence[str]) -> bytes:
    """Return ids as git reads them: it passes over a line without its end."""
    return "".join(f"{name}\n" for name in ids).encode("ascii")
