"""Upload to a folder of this machine: files are written under temporary names, then renamed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from copydesk.deploy._deliver import MARKER, MARKER_TEXT, Parcel
from copydesk.errors import DeployError
from copydesk.kit import files


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFolder:
    """A folder of this machine as deploy target; it is created if missing."""

    path: Path
    _proven: set[Path] = field(default_factory=set, repr=False, compare=False)

    @property
    def name(self) -> str:
        """Return the deploy target's name in the manifest and in messages: the folder."""
        return str(self.path)

    def listing(self, wanted: Collection[str]) -> Mapping[str, str]:
        """Return every file in the folder by its path, with the MD5 of those in `wanted`."""
        digests = {}
        for where, _, names in os.walk(self.path):
            below = Path(where).relative_to(self.path).as_posix()
            for name in names:
                path = name if below == "." else f"{below}/{name}"
                digests[path] = _digest(Path(where) / name) if path in wanted else ""
        return digests

    def mark(self) -> None:
        """Write the marker file, which says that the folder has no other use."""
        self._write(MARKER, MARKER_TEXT)

    def send(self, parcels: Sequence[Parcel]) -> Generator[tuple[str, bool], None, None]:
        """Write files to the folder; a file that already has the same bytes is left alone."""
        for parcel in parcels:
            yield parcel.path, self._write(parcel.path, parcel.read())

    def delete(self, paths: Sequence[str]) -> Generator[str, None, None]:
        """Delete files in the folder, and subfolders that this leaves empty; yield each path."""
        for path in paths:
            target = self.path / path
            try:
                self._prove(target.parent)
                target.unlink(missing_ok=True)
            except NotADirectoryError:
                pass
            except OSError as error:
                raise _refusal("deleted", error, target) from error
            _drop_empty(target.parent, self.path)
            yield path

    def _write(self, path: str, data: bytes) -> bool:
        target = self.path / path
        try:
            self._prove(target.parent)
            if target.is_symlink():
                target.unlink()
            return files.write_if_changed(target, data)
        except OSError as error:
            raise _refusal("written", error, target) from error

    def _prove(self, folder: Path) -> None:
        """Refuse a path through a symbolic link, which would lead out of the deploy target."""
        for step in (*reversed(folder.parents), folder):
            if step in self._proven or step == self.path or not step.is_relative_to(self.path):
                continue
            if step.is_symlink():
                raise DeployError(
                    "a link stands where the site needs a folder",
                    subject=str(step),
                    hint="remove it there",
                )
            self._proven.add(step)


def _digest(path: Path) -> str:
    """Return the MD5 of a plain file in hex, "" for any other or an unreadable one."""
    if path.is_symlink():
        return ""
    try:
        return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    except OSError:
        return ""


def _drop_empty(folder: Path, top: Path) -> None:
    while folder != top and folder.is_relative_to(top):
        try:
            folder.rmdir()
        except OSError:  # not empty, or already deleted
            return
        folder = folder.parent


def _refusal(done: str, error: OSError, target: Path) -> DeployError:
    return DeployError(
        f"a file cannot be {done} there ({error.strerror})",
        subject=str(target),
        hint="look at the folder's rights, its owner and the free space",
    )


def refuse_overlap(place: Path, site: Path, home: Path) -> None:
    """Raise DeployError if a target folder lies in the newsroom or its site, or contains them."""
    real = place.resolve()
    for guarded, name in ((site.resolve(), "the site"), (home.resolve(), "the newsroom")):
        if real == guarded or real.is_relative_to(guarded) or guarded.is_relative_to(real):
            how = "lies in" if real != guarded and real.is_relative_to(guarded) else "holds"
            raise DeployError(
                f"the folder to send to {how} {name}",
                subject=str(place),
                hint="name a folder outside of the newsroom",
            )
