"""Get the files of one commit from a stranger's git repository, without running anything of it.

The clone has no work tree, so no hook, filter, attribute or submodule takes effect. Files are
copied from its objects one by one: regular files only, within limits of number and size.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from copydesk.errors import VerifyError
from copydesk.fetch.web.addresses import is_public
from copydesk.kit import files, git
from copydesk.placement.addresses import is_segment

_LINK, _SUBMODULE, _FOLDER = b"120000", b"160000", b"40000"
_DEPTH = 20
_ENTRY = re.compile(rb"([0-7]+) ([^\0]+)\0(.{20})", re.DOTALL)  # of a tree, its id by SHA-1
# No address but the one that is asked for, no settings of this machine's users, no prompt.
_ALONE = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"), ""),
}
_CAREFUL = {
    "protocol.allow": "never",
    "http.followRedirects": "false",
    "core.hooksPath": "/dev/null",
    "core.symlinks": "false",
    "credential.helper": "",
    "transfer.fsckObjects": "true",
    "transfer.bundleURI": "false",
}
_OF_FOLDER = {"protocol.file.allow": "always"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyLimits:
    """What checking a site may cost: seconds for the clone, for the build and for reading the site;
    memory and disk of the build; number and size of the records' files.

    `allow_hosts` may have private addresses, and be asked over http.
    """

    seconds: float = 1800.0
    memory_bytes: int = 3_000_000_000
    disk_bytes: int = 8_000_000_000
    files: int = 500_000
    file_bytes: int = 100_000_000
    allow_hosts: tuple[str, ...] = ()


def clone_records(records: str, folder: Path, limits: VerifyLimits) -> None:
    """Clone a repository from an https address, or from a folder of this machine, without files.

    Raises VerifyError for an address that may not be asked, GitError if git fails.
    """
    is_address = "://" in records
    more = _pin(records, limits.allow_hosts) if is_address else _OF_FOLDER
    settings = list((_CAREFUL | more).items())
    careful = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings):
        careful |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    source = records if is_address else str(Path(records).resolve())
    how = ("clone", "--quiet", "--bare", "--no-local", "--template=", "--no-recurse-submodules")
    folder.mkdir(parents=True)
    answer = git.ask_remote(
        *(folder, *how, "--", source, "."),
        seconds=limits.seconds,
        environment={**_ALONE, **careful, "HOME": str(folder)},
        most_bytes=limits.disk_bytes,
    )
    if answer.code:
        raise VerifyError(
            "the records cannot be cloned",
            subject=git.plain(f"{records}: {answer.complaint[:300]}"),
            hint="name them with --records ADDRESS-or-DIR",
        )


def find_top(folder: Path) -> tuple[str, str]:
    """Return the folder of the repository around a newsroom, and the newsroom's place in it."""
    answer = git.ask(folder, "rev-parse", "--show-toplevel", "--show-prefix")
    lines = answer.out.decode("utf-8", "replace").split("\n")
    return (str(folder), "") if answer.code else (lines[0], lines[1].rstrip("/"))


def _pin(address: str, allow_hosts: Collection[str]) -> dict[str, str]:
    """Return git's settings that allow this address only, at the IP addresses checked now."""
    scheme, host, port = _split_address(address)
    is_free = host in allow_hosts
    if scheme != "https" and not (is_free and scheme == "http"):
        raise VerifyError("records are only cloned over https", subject=address)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise VerifyError("no such host", subject=host) from error
    places = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not is_free and not all(map(is_public, places)):
        raise VerifyError("the host of the records has no public address", subject=host)
    spelled = ",".join(f"[{place}]" if ":" in place else place for place in places)
    return {
        f"protocol.{scheme}.allow": "always",
        "http.curloptResolve": f"{host}:{port}:{spelled}",
    }


def _split_address(address: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address without user name; raises VerifyError."""
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise VerifyError("not an address of records", subject=address) from error
    if parts.username is not None or not parts.hostname:
        raise VerifyError("not an address of records", subject=address)
    return parts.scheme, parts.hostname, port


def copy_commit(
    repository: Path, commit: str, prefix: str, folder: Path, limits: VerifyLimits
) -> list[str]:
    """Write the files of a commit, below `prefix`, into a folder; return the paths left out: links,
    submodules, and names that no newsroom has.

    Raises VerifyError if the commit is missing or too large.
    """
    objects = git.Dialogue(repository, "cat-file", "--batch")
    try:
        copying = _Copying(objects, folder, limits)
        root = copying.read(f"{commit}:{prefix}", "tree", _explain_missing(commit))
        copying.copy_tree(root, "", 0)
        return copying.left_out
    finally:
        objects.close()


def _explain_missing(commit: str) -> VerifyError:
    return VerifyError(
        "the commit that the site names is not among the records",
        subject=commit,
        hint="the history was rewritten, the commit was not pushed, or these are other records",
    )


class _Copying:
    """Copies the files of one commit; `left_out` are the paths of what is no regular file."""

    def __init__(self, objects: git.Dialogue, folder: Path, limits: VerifyLimits) -> None:
        self.left_out: list[str] = []
        self._objects = objects
        self._folder = folder
        self._limits = limits
        self._files = 0
        self._bytes = 0

    def read(self, name: str, kind: str, missing: VerifyError) -> bytes:
        """Return the bytes of an object; raises VerifyError if it is missing or too large."""
        head = self._objects.ask(f"{name}\n".encode()).split()
        if len(head) != 3 or head[1] != kind.encode():
            raise missing
        size = int(head[2])
        self._bytes += size
        if size > self._limits.file_bytes or self._bytes > self._limits.disk_bytes:
            raise VerifyError("the records are too large", subject=name)
        return self._objects.read(size + 1)[:-1]

    def copy_tree(self, tree: bytes, above: str, depth: int) -> None:
        """Write the files of a folder of the commit."""
        for mode, raw_name, raw_id in _ENTRY.findall(tree):
            name, object_id = raw_name.decode("utf-8", "replace"), raw_id.hex()
            path = f"{above}{name}"
            self._files += 1
            if self._files > self._limits.files or depth > _DEPTH:
                raise VerifyError("the records have too many files", subject=path)
            if mode in {_LINK, _SUBMODULE} or path == ".copydesk" or not _is_fit(name):
                self.left_out.append(path)
            elif mode == _FOLDER:
                inner = self.read(object_id, "tree", _explain_missing(object_id))
                (self._folder / path).mkdir(parents=True)
                self.copy_tree(inner, f"{path}/", depth + 1)
            else:
                data = self.read(object_id, "blob", _explain_missing(object_id))
                files.write_atomic(self._folder / path, data, durable=False)


def _is_fit(name: str) -> bool:
    """Return whether a file of a newsroom may have this name."""
    is_git = name.lower() == ".git" or name.lower().startswith("git~")
    return is_segment(name) and "\ufffd" not in name and not is_git
