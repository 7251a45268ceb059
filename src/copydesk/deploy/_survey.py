"""What a built site holds: every file of it that is sent, and what is not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk.errors import DeployError

MARKER = ".copydesk-site"
MARKER_TEXT = (
    b"This place holds a site made by copydesk. What does not belong to the site is deleted here.\n"
    b"Delete this file and copydesk deletes only what it sent.\n"
)
_OURS = (MARKER, ".copydesk-unfinished")
_UNFINISHED = ".new-"  # what a build that is under way, or was killed, has not put in its place


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One file of the site: its path below the web root, where it lies, its size and time."""

    path: str
    origin: Path
    size: int
    changed_ns: int

    @property
    def stamp(self) -> str:
        """Return what stays the same as long as nobody writes the file."""
        return f"{self.size}:{self.changed_ns}"

    def read(self) -> bytes:
        """Read the file's bytes; raises DeployError."""
        try:
            return self.origin.read_bytes()
        except OSError as error:
            raise DeployError(
                f"a file of the site cannot be read ({error.strerror})",
                subject=self.path,
                hint="build again",
            ) from error

    def digest(self) -> str:
        """Compute the MD5 of the bytes in hex, which is what S3 calls an ETag."""
        return hashlib.md5(self.read(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltSite:
    """A built site: its folder, its files by path, and the paths that are not sent."""

    folder: Path
    parcels: Mapping[str, Parcel]
    skipped: tuple[str, ...] = ()


def survey(site: Path) -> BuiltSite:
    """Look over a built site; links, unfinished files and unspeakable names are skipped.

    Raises DeployError where there is no site: an empty one would empty the place it is sent to.
    """
    parcels = {}
    skipped = []
    try:
        for path, entry in _below(site, ""):
            if not _is_sound(path) or entry.is_symlink() or not entry.is_file():
                skipped.append(path.encode("utf-8", "replace").decode())
                continue
            stat = entry.stat(follow_symlinks=False)
            parcels[path] = Parcel(
                path=path,
                origin=Path(entry.path),
                size=stat.st_size,
                changed_ns=stat.st_mtime_ns,
            )
    except OSError as error:
        raise _no_site(site, f" ({error.strerror})") from error
    if "index.html" not in parcels:
        raise _no_site(site, "")
    return BuiltSite(folder=site, parcels=parcels, skipped=tuple(sorted(skipped)))


def _no_site(site: Path, why: str) -> DeployError:
    return DeployError(f"there is no site to send{why}", subject=str(site), hint="copydesk build")


def _below(folder: Path, above: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in _OURS or entry.name.startswith(_UNFINISHED):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _below(Path(entry.path), f"{above}{entry.name}/")
            else:
                yield f"{above}{entry.name}", entry


def _is_sound(path: str) -> bool:
    """Decide whether a name is plain text on one line, and none of git's own."""
    if not path.isprintable() or "\\" in path:
        return False
    return not any(part.lower() == ".git" for part in path.split("/"))
