"""Run git in the newsroom's work tree: find it, read file states, lock and replace the index file.

A commit of ours must not touch what the user has staged, so `UserIndex` prepares the next index
beside the user's:

    copydesk-lock    names the commit in the making; hard-linked as index.lock while it is made
    copydesk-index   the next index, complete before the branch moves
    copydesk-shared  names the shared part of a large index, and the commit that it is equal to

A killed process leaves both files and an index.lock that is the same file as copydesk-lock. The
next commit checks whether the branch had moved, then finishes or forgets the old one. On a file
system without hard links, index.lock is a file of its own that contains `_MARK`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import stat
import struct
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from copydesk.errors import GitError
from copydesk.kit import git
from copydesk.kit.git import PLAIN, ask, tell

FEW = 200  # up to so many paths git is asked for by name, otherwise for all

_LOOSE = 256
# Of a long history, 2,000 commits a round.
_NOTE_PATHS = (
    *("commit-graph", "write", "--reachable", "--split"),
    *("--changed-paths", "--max-new-filters=2000"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTree:
    """Where a newsroom folder is in a git work tree, and where the repository has its data.

    `prefix` is the newsroom below the top level ("" or "sites/ai/"), `folder` the repository's own
    data, `index` the index file.
    """

    top: Path
    prefix: str
    folder: Path
    index: Path


def tidy(where: Path) -> None:
    """Pack git's loose objects in the background if there are many.

    Each of our commits writes a whole tree of records, so 256 objects may take 40 MB: that is the
    limit, unless the user has set gc.auto. Nothing is done if maintenance.auto is false.
    """
    answer = ask(where, "config", "--get-regexp", r"^(maintenance|gc)\.auto$", settings=())
    known = dict(line.partition(" ")[::2] for line in answer.out.decode().splitlines())
    if known.get("maintenance.auto", "").lower() in {"false", "no", "off", "0"}:
        return
    limit = () if "gc.auto" in known else ("-c", f"gc.auto={_LOOSE}")
    ask(where, *limit, "gc", "--auto", "--quiet", settings=PLAIN)
    # Write which paths each commit changed, so that the log of one record is fast.
    ask(where, *_NOTE_PATHS)


def locate(root: Path) -> WorkTree | str:
    """Find the newsroom in its git work tree. Return "" for a plain folder, or else git's error
    message.
    """
    answer = ask(
        root,
        "rev-parse",
        "--is-inside-work-tree",
        "--show-toplevel",
        "--show-prefix",
        "--absolute-git-dir",
        "--git-path",
        "index",
    )
    lines = os.fsdecode(answer.out).split("\n")
    if answer.code or lines[0] != "true":
        plain = "not a git repository" in answer.complaint or not answer.complaint
        return "" if plain or "must be run in a work tree" in answer.complaint else answer.complaint
    _, top, prefix, folder, index = lines[:5]
    return WorkTree(top=Path(top), prefix=prefix, folder=Path(folder), index=root / index)


def head(place: WorkTree) -> str:
    """Return the id of the commit at HEAD, "" on a branch without one.

    git is asked only if the branch has no file of its own, such as after it was packed.
    """
    with contextlib.suppress(OSError):
        commit = (place.folder / read_head_ref(place)).read_bytes().strip()
        if _COMMIT.fullmatch(commit):
            return commit.decode("ascii")
    answer = ask(place.top, "rev-parse", "-q", "--verify", "HEAD^{commit}")
    return "" if answer.code else answer.out.decode().strip()


def read_head_ref(place: WorkTree) -> str:
    """Return the full name of the checked-out branch, "" for a detached HEAD.

    Its file is read (gitrepository-layout(5)). git is asked only for what is no branch there, such
    as where references are stored as reftables.
    """
    with contextlib.suppress(OSError):
        text = (place.folder / "HEAD").read_bytes()
        if text.startswith(_ON_A_BRANCH) and not text.startswith(_IN_REFTABLES):
            return text.removeprefix(b"ref: ").decode("utf-8", "replace").strip()
    answer = ask(place.top, "symbolic-ref", "-q", "HEAD")
    return answer.out.decode("utf-8", "replace").strip()


def is_ignored(place: WorkTree) -> bool:
    """Return whether the newsroom is in a folder that an enclosing git repository ignores."""
    if not place.prefix:
        return False
    # This command knows no literal paths, and "./" keeps a name from being read as a pattern.
    environment = {"GIT_LITERAL_PATHSPECS": "0"}
    folder = f"./{place.prefix}"
    answer = ask(place.top, "check-ignore", "-q", "--", folder, environment=environment)
    return answer.code == 0


_ON_A_BRANCH = b"ref: refs/heads/"
_IN_REFTABLES = b"ref: refs/heads/.invalid"
_COMMIT = re.compile(b"[0-9a-f]{40}|[0-9a-f]{64}")
# (mode, blob id) as git writes them.
State = tuple[str, str]
FOLDER = "40000"  # the mode of a tree
_NOTHING: State = ("", "")
_SHA256_DIGITS = 64
# An entry of a tree: mode, name, and the id in binary.
_ENTRY, _ENTRY_SHA256 = (
    re.compile(rb"([0-7]+) ([^\0]+)\0(.{%d})" % size, re.DOTALL) for size in (20, 32)
)


class States:
    """Reads which mode and blob id files have in git commits and in the index.

    Commits are read by one `git cat-file`, which stays open until `close`. The index is read again
    only after its file has changed.
    """

    def __init__(self, place: WorkTree) -> None:
        self.place = place
        self._objects: git.Dialogue | None = None
        self._trees: dict[str, dict[str, State]] = {}
        self._staged: tuple[object, Mapping[str, State]] = ((), {})

    def close(self) -> None:
        """End the git process, and clear the cached trees."""
        if self._objects is not None:
            self._objects.close()
        self._objects = None
        self._trees.clear()

    def has_commit(self, name: str) -> bool:
        """Return whether a git reference or id names an existing commit."""
        return self._read(f"{name}^{{commit}}") is not None

    def read_commit(self, commit: str, paths: Iterable[str]) -> dict[str, State]:
        """Return mode and blob id of files in a commit, by path relative to the repository's
        root.
        """
        states: dict[str, State] = {}
        root = self.read_tree(f"{commit}^{{tree}}") if commit else {}
        for path in paths:
            *folders, name = path.split("/")
            tree = root
            for folder in folders:
                mode, blob = tree.get(folder, _NOTHING)
                tree = self.read_tree(blob) if mode == FOLDER else {}
            if tree.get(name, _NOTHING)[0] not in ("", FOLDER):
                states[path] = tree[name]
        return states

    def read_tree(self, name: str) -> dict[str, State]:
        """Return the entries of a git tree by name; raise GitError if the repository lacks it.

        Taking it for an empty folder would delete all files below it with the next commit.
        """
        if name not in self._trees:
            found = self._read(name)
            if found is None:
                raise GitError(
                    "the git repository lacks a folder (tree object) of a commit",
                    subject=name,
                    hint="run `git fsck`, then fetch what is missing, or restore a backup",
                )
            tree, data = found
            form = _ENTRY_SHA256 if len(tree) == _SHA256_DIGITS else _ENTRY
            self._trees[name] = {
                os.fsdecode(path): (mode.decode("ascii"), blob.hex())
                for mode, path, blob in form.findall(data)
            }
        return self._trees[name]

    def read_index(self, paths: Sequence[str]) -> Mapping[str, State]:
        """Return mode and blob id of each path in the index, as the function `read_index` does."""
        try:
            now = self.place.index.stat()
        except OSError:
            return read_index(self.place, paths)
        asked = (now.st_mtime_ns, now.st_ctime_ns, now.st_size, now.st_ino, tuple(paths))
        if self._staged[0] != asked:
            split = SplitIndex.read(self.place) if now.st_size < _SMALL else None
            if split is None or not self.has_commit(split.commit):
                self._staged = (asked, read_index(self.place, paths))
            else:
                self._staged = (asked, {**self.read_commit(split.commit, paths), **split.states()})
        return self._staged[1]

    def _read(self, name: str) -> tuple[str, bytes] | None:
        """Return a git object's id and bytes, None if there is no such object."""
        if self._objects is None:
            self._objects = git.Dialogue(self.place.top, "cat-file", "--batch")
        answer = self._objects.ask(f"{name}\n".encode()).decode("utf-8", "replace")
        header = answer.split(" ")
        if answer.endswith(" missing") or len(header) != 3:
            return None
        data = self._objects.read(int(header[2]) + 1)
        return header[0], data[:-1]


def compare_commits(place: WorkTree, old: str, new: str) -> set[str] | None:
    """Return the newsroom's paths that differ between two commits, None if git cannot compare."""
    if old == new:
        return set()
    below = ("--", place.prefix) if place.prefix else ()
    answer = ask(
        place.top, "diff-tree", "-r", "-z", "--no-renames", "--name-only", old, new, *below
    )
    if answer.code:
        return None
    names = filter(None, os.fsdecode(answer.out).split("\0"))
    return {name.removeprefix(place.prefix) for name in names}


def read_index(place: WorkTree, paths: Sequence[str]) -> Mapping[str, State]:
    """Return mode and blob id of each path in the user's index; conflicts have their own id."""
    asked = _what_to_ask(place, paths)
    out = tell(place.top, "ls-files", "-z", "--stage", "--full-name", "--", *asked)
    return {
        path: (mode, blob if stage == "0" else f"conflict {stage}")
        for (mode, blob, stage), path in _entries(out)
    }


def _what_to_ask(place: WorkTree, paths: Sequence[str]) -> Sequence[str]:
    """Return the paths to pass to git: each by name if few, else the whole newsroom.

    git compares each entry with each name: 20,000 names of 20,000 took 4 s, all at once 0.1 s.
    """
    if len(paths) <= FEW:
        return paths
    return [place.prefix] if place.prefix else []


def on_disk(file: Path, digits: int) -> str | None:
    """Return the git blob id of a file's raw bytes, without git's filters and line-end conversion.

    Returns None if there is nothing; anything but a plain file gets an id that equals no other.
    """
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return "not a regular file"
        return _blob_id(file.read_bytes(), digits)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return f"could not be read ({error.strerror})"


def _blob_id(data: bytes, digits: int) -> str:
    name = "sha256" if digits == _SHA256_DIGITS else "sha1"
    digest = hashlib.new(name, b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def _entries(out: bytes) -> Iterator[tuple[list[str], str]]:
    for entry in os.fsdecode(out).split("\0"):
        info, tab, path = entry.partition("\t")
        if tab:
            yield info.split(), path


# A large index: git splits it into a shared file with all entries, and a small one with those that
# were added since. To read and write a million entries would take git a second and 300 MB for each
# commit, so we add entries to the small file ourselves (gitformat-index(5)). It must have nothing
# else in it: else git does the work, and splits the index anew.

_LARGE, _SMALL = 6_000_000, 1_000_000  # bytes of an index: some 40,000 records, 6,000 records
_HEADER, _FIELDS = struct.Struct(">4sII"), struct.Struct(">10I20sH")
_NO_BITS = bytes((*[0] * 7, 1, *[0] * 12))  # an EWAH bitmap: no entry is deleted, or replaced
_FLAGS, _NAME_BITS = 0x7000, 0xFFF  # of an entry: it is no plain one; the length of its name


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitIndex:
    """The small file of a split index: its entries by name, the link to the shared file, and the
    commit that the shared file is equal to.
    """

    entries: dict[bytes, bytes]
    link: bytes
    shared: Path
    commit: str

    @classmethod
    def read(cls, place: WorkTree) -> SplitIndex | None:
        """Return the small file if it has only added entries, and its shared file is known."""
        try:
            shared, commit = (place.folder / _SHARED).read_text("ascii").split()[:2]
            entries, link = _parse(place.index.read_bytes())
        except (OSError, ValueError, struct.error):
            return None
        file = place.folder / f"sharedindex.{shared}"
        if link[:20].hex() != shared or any(link[20:24]) or not file.exists():
            return None
        return cls(entries=entries, link=link, shared=file, commit=commit)

    def states(self) -> dict[str, State]:
        """Return the mode and blob id of each added entry, by path."""
        fields = ((name, _FIELDS.unpack_from(data)) for name, data in self.entries.items())
        return {os.fsdecode(name): (f"{parts[6]:o}", parts[10].hex()) for name, parts in fields}

    def write(self, file: Path, place: WorkTree, states: Mapping[str, State]) -> None:
        """Write the small file with some entries set, in the order and form that git expects.

        As git does, look again at files that changed in the second of the last write, or later.
        """
        since = int(place.index.stat().st_mtime)
        late = (
            name for name, data in self.entries.items() if _FIELDS.unpack_from(data)[2] >= since
        )
        known = self.states()
        states = {**{name: known[name] for name in map(os.fsdecode, late)}, **states}
        entries = dict(self.entries)
        for name, (mode, blob) in states.items():
            entries[os.fsencode(name)] = _entry(place.top, name, mode, blob)
        extension = b"link" + len(self.link).to_bytes(4, "big") + self.link
        head = _HEADER.pack(b"DIRC", 2, len(entries))
        data = head + b"".join(entries[name] for name in sorted(entries)) + extension
        file.write_bytes(data + hashlib.sha1(data, usedforsecurity=False).digest())
        os.utime(self.shared)  # so that git does not take it for a leftover


def _parse(data: bytes) -> tuple[dict[bytes, bytes], bytes]:
    """Return the entries of an index by name, and its link; ValueError if it is no plain one."""
    magic, version, count = _HEADER.unpack_from(data)
    at, entries, extensions = _HEADER.size, {}, {}
    for _ in range(count if (magic, version) == (b"DIRC", 2) else 0):
        end = data.index(b"\0", at + _FIELDS.size)
        name, after = data[at + _FIELDS.size : end], at + (end - at + 8) // 8 * 8
        if not name or _FIELDS.unpack_from(data, at)[11] & _FLAGS:
            raise ValueError("no plain entry")
        entries[name] = data[at:after]
        at = after
    while at < len(data) - 20:
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        extensions[data[at : at + 4]] = data[at + 8 : at + 8 + size]
        at += 8 + size
    if any(name[:1].islower() for name in extensions.keys() - {b"link"}):
        raise ValueError("an extension that git must know")
    return entries, extensions.get(b"link", b"")


def _entry(top: Path, name: str, mode: str, blob: str) -> bytes:
    """Return an index entry; with the file's stat, so that git sees it as clean, if it is so."""
    path = os.fsencode(name)
    now = (top / name).lstat() if (top / name).is_file() else None
    stat_values = [0] * 6
    if now and on_disk(top / name, len(blob)) == blob:
        times = (part for ns in (now.st_ctime_ns, now.st_mtime_ns) for part in divmod(ns, 10**9))
        stat_values = [*times, now.st_dev, now.st_ino]
    owner = (now.st_uid, now.st_gid, now.st_size) if now and any(stat_values) else (0, 0, 0)
    numbers = (*stat_values, int(mode, 8), *owner)
    flags = min(len(path), _NAME_BITS)
    data = _FIELDS.pack(*(number & 0xFFFFFFFF for number in numbers), bytes.fromhex(blob), flags)
    return data + path + b"\0" * (8 - (len(data) + len(path)) % 8)


_LOOKS_A_SECOND = 20
# The errors of link(2) on file systems without hard links: FAT, many FUSEs, some network shares.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_SHARED, _SPLITS = "copydesk-shared", ("config", "--get", "core.splitIndex")
_AGAIN_SECONDS = 3600
_MARK = b"a commit of copydesk"  # an index of git's begins with DIRC


class UserIndex:
    """The index file of a git work tree, and the new index that copydesk prepares for a commit."""

    def __init__(self, place: WorkTree) -> None:
        self._place = place
        self._lock = place.index.with_name("index.lock")
        self._pending = place.folder / "copydesk-lock"
        self._next = place.folder / "copydesk-index"

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables with which git uses the new index instead of the user's."""
        return {"GIT_INDEX_FILE": str(self._next)}

    @contextlib.contextmanager
    def hold(self, wait_seconds: float) -> Iterator[None]:
        """Hold git's index.lock for the `with` block; GitError if another git does not
        release it.
        """
        self._pending.write_bytes(b"")
        for look in range(int(wait_seconds * _LOOKS_A_SECOND) + 1):
            if look:
                time.sleep(1 / _LOOKS_A_SECOND)
            with contextlib.suppress(FileExistsError):
                self._take()
                break
        else:
            self._pending.unlink()
            raise GitError(
                "another git process has locked the index",
                subject=str(self._lock),
                hint="remove the lock file if no git process is running",
            )
        try:
            yield
        finally:
            self._lock.unlink(missing_ok=True)
            self._forget()

    def _take(self) -> None:
        """Create index.lock, marked as copydesk's; raise FileExistsError if another git has it."""
        try:
            self._lock.hardlink_to(self._pending)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            handle = os.open(self._lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            os.write(handle, _MARK)
            os.close(handle)

    def _is_ours(self) -> bool:
        """Return whether index.lock was left by a killed process of copydesk."""
        if not self._lock.exists():
            return False
        return self._lock.samefile(self._pending) or self._lock.read_bytes() == _MARK

    def prepare(self, changes: bytes, touched: Sequence[str] = ()) -> None:
        """Write the new index file: the present index, changed by these `--index-info` lines.

        If a few `touched` files are named, only those are refreshed: all 20,000 take git 50 ms.
        """
        self._next.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(self._place.index, self._next)
        tell(
            self._place.top,
            *("update-index", "-z", "--index-info"),
            given=changes,
            environment=self.environment,
        )
        # Fill in sizes and times, so that `git diff-files` sees clean files. The exit code only
        # says whether some file of the user's has edits.
        refresh = ("add", "--refresh", "--", *touched)
        if not 0 < len(touched) <= FEW:
            refresh = ("update-index", "-q", "--refresh")
        ask(self._place.top, *refresh, environment=self.environment)

    def prepare_small(self, states: Mapping[str, State | None]) -> bool:
        """Write the new index file for entries that are set; False if git must do it."""
        added = {name: state for name, state in states.items() if state is not None}
        split = SplitIndex.read(self._place) if len(added) == len(states) else None
        if split is not None:
            split.write(self._next, self._place, added)
        return split is not None

    def split(self, commit: str, states: Mapping[str, State | None]) -> None:
        """Split the new index if it is large; note the commit that its shared part is equal to.

        It stays whole if the user has staged something, or set core.splitIndex to false. As a split
        takes a second and writes a large file, an hour passes until the next one.
        """
        place, noted = self._place, self._place.folder / _SHARED
        if not self._may_split(noted, commit):
            return
        tell(place.top, "update-index", "--no-split-index", environment=self.environment)
        link = self._next.read_bytes()[-20:]
        if not any(link):  # index.skipHash: a shared part is named by its hash
            return
        former = noted.read_text("ascii").split() if noted.exists() else []
        shared = self._next.replace(place.folder / f"sharedindex.{link.hex()}")
        empty = SplitIndex(entries={}, link=link + 2 * _NO_BITS, shared=shared, commit=commit)
        empty.write(self._next, place, {name: state for name, state in states.items() if state})
        noted.write_text(" ".join((link.hex(), commit, *former[:1])), "ascii")
        for name in former[2:]:  # no index refers to it since the last split
            (place.folder / f"sharedindex.{name}").unlink(missing_ok=True)

    def _may_split(self, noted: Path, commit: str) -> bool:
        is_new = noted.exists() and time.time() - noted.stat().st_mtime < _AGAIN_SECONDS
        is_large = noted.exists() or self._next.stat().st_size > _LARGE
        top, same = self._place.top, ("diff-index", "--cached", "--quiet", commit)
        if is_new or not is_large or ask(top, *_SPLITS).out.strip() == b"false":
            return False
        return not ask(top, *same, environment=self.environment).code

    def announce(self, commit: str) -> None:
        """Note to which commit the prepared index belongs, before the branch is moved to it."""
        self._pending.write_text(commit, encoding="ascii")

    def bring_along(self) -> None:
        """Replace the user's index file by the prepared one."""
        self._next.replace(self._place.index)

    def is_left_over(self) -> bool:
        """Return whether a commit is being made or was interrupted."""
        return self._pending.exists()

    def recover(self) -> None:
        """Finish an interrupted commit if the branch was moved to it already, else discard it."""
        if not self.is_left_over():
            return
        if self._is_ours():
            announced = self._pending.read_text(encoding="ascii", errors="replace")
            if announced and announced == head(self._place) and self._next.exists():
                self.bring_along()
            self._lock.unlink()
        self._forget()

    def _forget(self) -> None:
        for name in (self._pending, self._next):
            name.unlink(missing_ok=True)
            name.with_name(name.name + ".lock").unlink(missing_ok=True)
