"""Upload a site to a git branch: one commit for each upload, none if nothing changed.

    survey | index of its own | tree | tip of the remote | commit | push

All happens in a bare repository of copydesk's own (`.copydesk/deploy.git`, disposable): the
newsroom's work tree, index, branches and objects are not touched.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk.deploy._deliver import MARKER, MARKER_TEXT, BuiltSite, Delivery, stages
from copydesk.errors import DeployError, GitError
from copydesk.kit import files, git
from copydesk.news.options import BranchOptions

# The settings of a newsroom's .git/config for reaching a remote; CI keeps its token there.
_WAYS = r"^(credential|http|url|ssh|protocol|core\.(sshcommand|gitproxy))\b"
_TRIES = 3
_BATCH = 20_000  # files for one run of git, which has a time limit
_TIP = "refs/copydesk/tip"  # the commit at the remote
_OWN = {MARKER: MARKER_TEXT, ".nojekyll": b""}
_KEPT = "CNAME"  # GitHub writes the site's own domain into this file of the branch
_MOVED = ("stale info", "fetch first", "non-fast-forward", "cannot lock ref")
_LATER = "the remote was not changed; the next deploy tries again"
_IDENTITY = {
    **{f"GIT_{who}_NAME": "copydesk" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "copydesk@localhost" for who in ("AUTHOR", "COMMITTER")},
}
_SETTINGS = (
    *("-c", "core.autocrlf=false", "-c", "core.fileMode=false", "-c", "core.bare=false"),
    *("-c", "commit.gpgSign=false", "-c", "core.ignoreCase=false"),
)
# Keep all bytes as they are, whatever .gitattributes the site has.
_ATTRIBUTES = "* -text -filter -ident -working-tree-encoding\n"
_REMOTE_SECONDS = 3600.0  # a whole site may have some gigabytes
_LOCKS = ("index.lock", "shallow.lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch of a git remote as deploy target; `store` is a repository that only uploads use."""

    newsroom: Path
    store: Path
    options: BranchOptions

    @property
    def name(self) -> str:
        """Return the deploy target's name in messages: remote and branch."""
        return f"{self.options.remote} {self.options.branch}"

    @property
    def ref(self) -> str:
        """Return the full name of the branch at the remote: `refs/heads/…`."""
        return f"refs/heads/{self.options.branch}"

    def has_sent(self) -> bool:
        """Return whether an upload to the git branch has ever succeeded."""
        return not git.ask(self.store, "rev-parse", "-q", "--verify", _TIP).code

    def address(self) -> str:
        """Return the URL of the git remote; raises GitError if git knows no remote of this name."""
        remote = self.options.remote
        answer = git.ask(self.newsroom, "remote", "get-url", "--push", "--", remote)
        address = answer.out.decode("utf-8", "replace").strip()
        if answer.code or not address:
            hint = (
                f"run `git remote add {remote} ADDRESS`, or correct deploy.git.remote in beat.toml"
            )
            raise GitError("git has no remote with this name", subject=remote, hint=hint)
        if "://" not in address and ":" not in address.split("/")[0]:
            return str(self.newsroom / address)  # a folder, relative to the newsroom
        return address

    def ways(self) -> Mapping[str, str]:
        """Return the newsroom's git settings for reaching remotes, as environment variables."""
        answer = git.ask(self.newsroom, "config", "--local", "-z", "--get-regexp", _WAYS)
        pairs = [
            setting.partition("\n") for setting in answer.out.decode("utf-8", "replace").split("\0")
        ]
        first = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
        environment: dict[str, str] = {}
        count = first
        for key, _, value in pairs:
            if key:
                environment |= {f"GIT_CONFIG_KEY_{count}": key, f"GIT_CONFIG_VALUE_{count}": value}
                count += 1
        return {**environment, "GIT_CONFIG_COUNT": str(count)} if count > first else {}


def deliver_branch(
    site: BuiltSite, place: Branch, *, dry_run: bool = False, anew: bool = False
) -> Delivery:
    """Commit the site to the git branch and push; return what changed. A dry run changes nothing.

    If nothing changed since the last time, the remote is not asked, unless `anew`. Raises
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
    raise DeployError("others push to the branch at the same time", subject=place.name, hint=_LATER)


def _tree(site: BuiltSite, store: Store, more: Mapping[str, str]) -> str:
    """Write the site's git tree with our own files and `more` (blobs by path); return its id."""
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
    """Write our own files that the site lacks; return their git blobs and `more`, by path."""
    blobs = {path: _blob(store, data) for path, data in _OWN.items()} | dict(more)
    return {path: blob for path, blob in blobs.items() if path not in site.parcels}


def _removal_line(path: bytes) -> bytes:
    return b"0 " + b"0" * 40 + b"\t" + path + b"\0"


def _blob(store: Store, data: bytes) -> str:
    return store.tell("hash-object", "-w", "--stdin", given=data).decode().strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sending:
    """The fetching from and pushing to the git remote of one upload."""

    place: Branch
    store: Store
    address: str

    @property
    def sent(self) -> str:
        """Return the local ref of the commit that was last sent to this remote branch."""
        place = hashlib.sha256(f"{self.address} {self.place.ref}".encode()).hexdigest()
        return f"refs/copydesk/sent/{place[:16]}"

    def fetch_tip(self) -> str:
        """Fetch the branch's newest commit from the remote; return its id, "" if none."""
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
        """Push a commit; return False if somebody else moved the branch since it was fetched."""
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
                "the git remote refuses the push",
                subject=git.plain(f"{self.place.name}: {rejected[0].rpartition(chr(9))[2]}"),
                hint=f"check the remote's rules: protection, hooks, quota; {_LATER}",
            )
        raise self._trouble(answer.complaint, "push")

    def _trouble(self, complaint: str, command: str) -> GitError:
        """Return git's error with the remote's name in place of its URL."""
        remote = self.place.options.remote
        return git.trouble(complaint.replace(self.address, remote), remote, command, _LATER)


def _keep_files(site: BuiltSite, store: Store, tip: str, tree: str) -> str:
    """Add files that stay on the branch (CNAME) to the site's git tree; refuse others' branches."""
    if not tip:
        return tree
    there = store.tell("ls-tree", "-z", tip).decode("utf-8", "replace").split("\0")
    blobs = {line.partition("\t")[2]: line.split()[2] for line in there if line}
    if blobs and MARKER not in blobs:
        raise DeployError(
            "the branch has files that copydesk did not write",
            subject=", ".join(sorted(blobs)[:5]),
            hint=f"choose another branch; or add a file {MARKER} to allow overwriting this branch",
        )
    if _KEPT not in blobs or _KEPT in site.parcels:
        return tree
    return _tree(site, store, {_KEPT: blobs[_KEPT]})


def _difference(site: BuiltSite, store: Store, tip: str, tree: str) -> Delivery:
    """Return what the site's git tree changes on the branch, file by file."""
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
    """Write an empty git tree; return its id."""
    return store.tell("hash-object", "-w", "-t", "tree", "--stdin").decode().strip()


def _commit(place: Branch, store: Store, tip: str, tree: str) -> str:
    parent = ("-p", tip) if tip and place.options.history else ()
    given = b"copydesk: the site\n"
    return store.tell("commit-tree", tree, *parent, given=given, more=_IDENTITY).decode().strip()


class Store:
    """A git repository used only for uploads; its work tree is the site, which it only reads."""

    def __init__(self, place: Branch, site: Path) -> None:
        self._place = place
        self._folder = place.store.resolve()
        self._site = site.resolve()
        self._environment = {"GIT_DIR": str(self._folder), "GIT_WORK_TREE": str(self._site)}

    def open(self) -> None:
        """Create the git repository if there is none, or none that works."""
        hint = "check the permissions of the folder and the free disk space"
        with files.explain_errors(
            DeployError, "could not write to the folder for deploys", self._folder, hint
        ):
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            if not (self._folder / "HEAD").is_file():
                where = self._folder.parent
                git.tell(where, "init", "-q", "--bare", "--template=", "--", str(self._folder))
            attributes = self._folder / "info" / "attributes"
            attributes.parent.mkdir(exist_ok=True)
            attributes.write_text(_ATTRIBUTES, "utf-8")
            for lock in _LOCKS:  # left by a killed process: nobody else works here
                (self._folder / lock).unlink(missing_ok=True)

    def renew(self) -> None:
        """Replace the git repository by an empty one; site and remote have everything in it.

        Raises DeployError and GitError.
        """
        shutil.rmtree(self._folder, ignore_errors=True)
        self.open()

    def tell(
        self, *arguments: str, given: bytes = b"", more: Mapping[str, str] | None = None
    ) -> bytes:
        """Run a git command in the repository and return its output; raises GitError."""
        environment = {**self._environment, **(more or {})}
        return git.tell(self._site, *_SETTINGS, *arguments, given=given, environment=environment)

    def name(self, name: str) -> str:
        """Return the object id that a git name (such as a ref) stands for, "" if there is none."""
        answer = git.ask(
            self._site, "rev-parse", "-q", "--verify", name, environment=self._environment
        )
        return answer.out.decode().strip() if answer.code == 0 else ""

    def speak(self, *arguments: str) -> git.GitAnswer:
        """Run a git command that connects to the remote, with the newsroom's settings."""
        environment = {**self._environment, **self._place.ways()}
        where = self._place.newsroom
        return git.ask_remote(where, *arguments, environment=environment, seconds=_REMOTE_SECONDS)

    def tidy(self) -> None:
        """Let git pack the repository's loose objects, if there are many; failures are ignored."""
        tidying = ("-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")
        with contextlib.suppress(GitError):
            git.ask(self._site, *tidying, environment=self._environment, settings=git.PLAIN)
