"""Deliver: the site as a commit on the branch, made beside the newsroom's repository."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.deploy._deliver import Delivery
from copydesk.deploy._order import stages
from copydesk.deploy._survey import MARKER, MARKER_TEXT, BuiltSite
from copydesk.deploy.branch._branch import Branch
from copydesk.deploy.branch._store import Store
from copydesk.errors import DeployError, GitError
from copydesk.kit import git

_TRIES = 3
_BATCH = 20_000  # files that git reads in one run, which has its time limit
_TIP = "refs/copydesk/tip"  # what the remote has
_OWN = {MARKER: MARKER_TEXT, ".nojekyll": b""}
_KEPT = "CNAME"  # GitHub writes a site's own domain there, on the branch itself
_MOVED = ("stale info", "fetch first", "non-fast-forward", "cannot lock ref")
_LATER = "nothing was changed there; the next time tries again"
_IDENTITY = {
    **{f"GIT_{who}_NAME": "copydesk" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "copydesk@localhost" for who in ("AUTHOR", "COMMITTER")},
}


def deliver_branch(
    site: BuiltSite, place: Branch, *, dry_run: bool = False, anew: bool = False
) -> Delivery:
    """Bring the branch to the site; give what changed there. A dry run only says it.

    With nothing changed since the last time the remote is not even asked, unless `anew`. Raises
    DeployError and GitError; the branch is then as it was.
    """
    store = Store(place, site.folder)
    store.open()
    try:
        tree = _tree(site, store, {})
    except GitError:  # damaged, perhaps by a power cut
        store.renew()
        tree = _tree(site, store, {})
    sending = _Sending(place=place, store=store, address=place.address())
    if not anew and tree == store.name(f"{sending.sent}^{{tree}}"):
        return Delivery(unchanged=len(site.parcels))
    for _ in range(_TRIES):
        tip = sending.fetch_tip()
        tree = _keep_files(site, store, tip, tree)
        delivery = _difference(site, store, tip, tree)
        if dry_run:
            return delivery
        is_there = tree == store.name(f"{tip}^{{tree}}") if tip else False
        commit = tip if is_there else _commit(place, store, tip, tree)
        if is_there or sending.push(tip, commit):
            store.tell("update-ref", sending.sent, commit)
            store.tidy()
            return delivery
    raise DeployError("the branch moves while we send", subject=place.name, hint=_LATER)


def _tree(site: BuiltSite, store: Store, more: Mapping[str, str]) -> str:
    """Write the tree of the site with our own files and `more` (blobs by path)."""
    wanted = {os.fsencode(path) for path in site.parcels}
    known = store.tell("ls-files", "-z").split(b"\0")
    gone = [path for path in known if path and path not in wanted]
    own = _own_blobs(site, store, more)
    store.tell("update-index", "-z", "--index-info", given=b"".join(map(_removal_line, gone)))
    paths = sorted(wanted)
    for start in range(0, len(paths), _BATCH):
        given = b"".join(path + b"\0" for path in paths[start : start + _BATCH])
        store.tell("update-index", "--add", "--replace", "-z", "--stdin", given=given)
    lines = "".join(f"100644 {blob}\t{path}\0" for path, blob in own.items())
    store.tell("update-index", "-z", "--index-info", given=lines.encode())
    return store.tell("write-tree").decode().strip()


def _own_blobs(site: BuiltSite, store: Store, more: Mapping[str, str]) -> dict[str, str]:
    """Write our own files; return their blobs by path with `more`, where the site has no such."""
    blobs = {path: _blob(store, data) for path, data in _OWN.items()} | dict(more)
    return {path: blob for path, blob in blobs.items() if path not in site.parcels}


def _removal_line(path: bytes) -> bytes:
    return b"0 " + b"0" * 40 + b"\t" + path + b"\0"


def _blob(store: Store, data: bytes) -> str:
    return store.tell("hash-object", "-w", "--stdin", given=data).decode().strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sending:
    """What speaks with the remote."""

    place: Branch
    store: Store
    address: str

    @property
    def sent(self) -> str:
        """Return the ref under which we keep what we sent last to this very place."""
        place = hashlib.sha256(f"{self.address} {self.place.ref}".encode()).hexdigest()
        return f"refs/copydesk/sent/{place[:16]}"

    def fetch_tip(self) -> str:
        """Fetch the branch's commit at the remote, "" where there is no such branch."""
        ref = self.place.ref
        answer = self.store.speak("ls-remote", "--quiet", "--", self.address, ref)
        if answer.code:
            raise self._trouble(answer.complaint, "ls-remote")
        lines = answer.out.decode("utf-8", "replace").splitlines()
        if ref not in [line.partition("\t")[2] for line in lines]:
            return ""
        answer = self.store.speak(
            *("fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head"),
            *("--no-recurse-submodules", "--", self.address, f"+{ref}:{_TIP}"),
        )
        if answer.code:
            raise self._trouble(answer.complaint, "fetch")
        return self.store.name(f"{_TIP}^{{commit}}")

    def push(self, tip: str, commit: str) -> bool:
        """Push; say no where somebody else moved the branch since we looked."""
        ref = self.place.ref
        answer = self.store.speak(
            *("push", "--porcelain", "--no-follow-tags", f"--force-with-lease={ref}:{tip}"),
            *("--", self.address, f"{commit}:{ref}"),
        )
        if answer.code == 0:
            return True
        output = answer.out.decode("utf-8", "replace")
        if any(words in output for words in _MOVED):
            return False
        rejected = [line for line in output.splitlines() if line.startswith("!")]
        if rejected:
            raise DeployError(
                "the remote refuses the branch",
                subject=git.plain(f"{self.place.name}: {rejected[0].rpartition(chr(9))[2]}"),
                hint=f"look at its rules: protection, hooks, quota; {_LATER}",
            )
        raise self._trouble(answer.complaint, "push")

    def _trouble(self, complaint: str, command: str) -> GitError:
        """Describe what git complained of, under the remote's name and not its address."""
        remote = self.place.options.remote
        return git.trouble(complaint.replace(self.address, remote), remote, command, _LATER)


def _keep_files(site: BuiltSite, store: Store, tip: str, tree: str) -> str:
    """Add to the tree what stays on the branch; refuse a branch that is not ours."""
    if not tip:
        return tree
    there = store.tell("ls-tree", "-z", tip).decode("utf-8", "replace").split("\0")
    blobs = {line.partition("\t")[2]: line.split()[2] for line in there if line}
    if blobs and MARKER not in blobs:
        raise DeployError(
            "the branch holds something that copydesk did not put there",
            subject=", ".join(sorted(blobs)[:5]),
            hint=f"name another branch; or, to let it be overwritten, add a file {MARKER} to it",
        )
    if _KEPT not in blobs or _KEPT in site.parcels:
        return tree
    return _tree(site, store, {_KEPT: blobs[_KEPT]})


def _difference(site: BuiltSite, store: Store, tip: str, tree: str) -> Delivery:
    """Compare the branch and the tree file by file."""
    before = store.name(f"{tip}^{{tree}}") if tip else _empty_tree(store)
    listing = store.tell("diff-tree", "-r", "-z", "--no-renames", "--name-status", before, tree)
    words = listing.decode("utf-8", "replace").split("\0")[:-1]
    pairs = list(zip(words[1::2], words[::2], strict=True))
    changed = [path for path, status in pairs if status != "D" and path in site.parcels]
    return Delivery(
        sent=tuple(path for stage in stages(changed) for path in stage),
        deleted=tuple(path for path, status in pairs if status == "D"),
        unchanged=len(site.parcels) - len(changed),
        size=sum(site.parcels[path].size for path in changed),
        is_first=not tip,
    )


def _empty_tree(store: Store) -> str:
    """Write the tree that holds nothing."""
    return store.tell("hash-object", "-w", "-t", "tree", "--stdin").decode().strip()


def _commit(place: Branch, store: Store, tip: str, tree: str) -> str:
    parent = ("-p", tip) if tip and place.options.history else ()
    given = b"copydesk: the site\n"
    return store.tell("commit-tree", tree, *parent, given=given, more=_IDENTITY).decode().strip()
