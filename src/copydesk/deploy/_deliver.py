"""Upload the changed files of a built site, and delete files at the target that the site lacks.

    plan_delivery   manifest, else the target's list  >  what to send in stages, what to delete
    deliver   stage by stage; each file is noted in the manifest as soon as the target has it

After an interruption, the next upload sends what the manifest does not have.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from copydesk.errors import DeployError
from copydesk.kit import files
from copydesk.news.edition import Manifest

_UNKNOWN = "-"  # instead of a digest: the place has a file that we may not have sent
GOES_ON = "the next deploy sends the rest"
_PAGES = (".html", ".json", ".xml", ".txt")
_STORY = re.compile(r"(news|learning|samples?|people|communities|compan(y|ies)|challenges?)/.*")
MARKER = ".copydesk-site"
MARKER_TEXT = (
    b"This place holds a site made by copydesk. What does not belong to the site is deleted here.\n"
    b"Delete this file and copydesk deletes only what it sent.\n"
)
_OURS = (MARKER, ".copydesk-unfinished")
_UNFINISHED = ".new-"  # the prefix of files that a build has not finished writing


class Carrier(Protocol):
    """The interface of deploy targets that take files one by one; methods raise DeployError."""

    def listing(self, wanted: Collection[str]) -> Mapping[str, str]:
        """Return the MD5 of every file at the deploy target by its path, "" if unknown.

        Only the MD5 of `wanted` paths is worth reading a file for.
        """
        ...

    def mark(self) -> None:
        """Write the marker file that shows that the deploy target is only for this site."""
        ...

    def send(self, parcels: Sequence[Parcel]) -> Generator[tuple[str, bool], None, None]:
        """Send files in any order; yield each path, and whether its content was new there."""
        ...

    def delete(self, paths: Sequence[str]) -> Generator[str, None, None]:
        """Delete files at the deploy target and yield each path; a missing file is no error."""
        ...


def refuse_other_bytes(found: str, sha256: str, subject: str) -> None:
    """Raise DeployError if a file that was read back from its target is not the one sent."""
    if found != sha256:
        what = "the target has other bytes than those that were sent"
        raise DeployError(what, subject=subject, hint="check the target, and do not use this file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A plan or result of an upload: the files sent and deleted, and how many are unchanged.

    Paths are in order. `size` is in bytes; `is_first` says that the target was empty.
    """

    sent: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: int = 0
    size: int = 0
    is_first: bool = False


def plan_delivery(
    site: BuiltSite, carrier: Carrier, manifest: Manifest, *, anew: bool = False
) -> Delivery:
    """Plan an upload: which files to send to a deploy target, and which to delete there.

    If the manifest is empty, or with `anew`, the target is asked for its files and the manifest is
    brought up to date. Other files at the target are deleted only if the marker file says that it
    has no other use.
    """
    is_first = False
    if anew or next(iter(manifest.paths()), None) is None:
        is_first = _take_stock(manifest, carrier.listing(site.parcels), site)
    changed = [path for path, parcel in site.parcels.items() if not _stands(parcel, manifest)]
    sent = tuple(path for stage in stages(changed) for path in stage)
    return Delivery(
        sent=sent,
        deleted=tuple(sorted(path for path in manifest.paths() if path not in site.parcels)),
        unchanged=len(site.parcels) - len(sent),
        size=sum(site.parcels[path].size for path in sent),
        is_first=is_first,
    )


def _take_stock(manifest: Manifest, there: Mapping[str, str], site: BuiltSite) -> bool:
    """Update the manifest to the deploy target's files; return whether the target is empty."""
    for path in list(manifest.paths()):
        manifest.forget(path)
    for path, digest in there.items():
        if path != MARKER and (MARKER in there or path in site.parcels):
            manifest.put(path, _row(digest, ""))
    return not there


def _row(digest: str, stamp: str) -> str:
    return f"{digest or _UNKNOWN} {stamp}"


def _stands(parcel: Parcel, manifest: Manifest) -> bool:
    """Return whether the deploy target has a file's bytes; read it only if its time differs."""
    row = manifest.get(parcel.path)
    if row is None:
        return False
    digest, _, stamp = row.partition(" ")
    if digest == _UNKNOWN or stamp == parcel.stamp:
        return digest != _UNKNOWN
    if parcel.digest() != digest:
        return False
    manifest.put(parcel.path, _row(digest, parcel.stamp))
    return True


def deliver(site: BuiltSite, plan: Delivery, carrier: Carrier, manifest: Manifest) -> Delivery:
    """Carry out a planned upload; return what was new at the deploy target.

    Raises DeployError, whose hint says how many files were sent; the manifest has these.
    """
    new: list[str] = []
    done = 0
    try:
        if plan.is_first:
            carrier.mark()
        for stage in stages(plan.sent):
            parcels = [site.parcels[path] for path in stage]
            # computed before sending: a file that is written meanwhile is then sent again next time
            rows = {parcel.path: _row(parcel.digest(), parcel.stamp) for parcel in parcels}
            with closing(carrier.send(parcels)) as sent:
                for path, is_new in sent:
                    manifest.put(path, rows[path])
                    done += 1
                    new += [path] * is_new
        deleted = _delete(plan.deleted, carrier, manifest) if plan.deleted else ()
    except DeployError as error:
        so_far = f"{done} of {len(plan.sent)} files were uploaded; {GOES_ON}"
        hint = f"{error.hint}; {so_far}" if error.hint else so_far
        raise DeployError(error.what, subject=error.subject, hint=hint) from error
    return Delivery(
        sent=tuple(new),
        deleted=deleted,
        unchanged=len(site.parcels) - len(new),
        size=sum(site.parcels[path].size for path in new),
        is_first=plan.is_first,
    )


def _delete(paths: Sequence[str], carrier: Carrier, manifest: Manifest) -> tuple[str, ...]:
    gone = []
    with closing(carrier.delete(paths)) as deleted:
        for path in deleted:
            manifest.forget(path)
            gone.append(path)
    return tuple(gone)


def stages(paths: Iterable[str]) -> list[list[str]]:
    """Split paths into stages of an upload, so that files link only to files that were sent before.

    First pictures and other parts of pages, then the pages of stories, then lists and the API, then
    feeds and sitemaps at the root, and the front page last. No stage is empty.
    """
    sorted_out: dict[int, list[str]] = {}
    for path in paths:
        sorted_out.setdefault(_stage(path), []).append(path)
    return [sorted(sorted_out[stage]) for stage in sorted(sorted_out)]


def _stage(path: str) -> int:
    if path == "index.html":
        return 4
    if not path.endswith(_PAGES) or path.startswith("assets/"):
        return 0
    if _STORY.fullmatch(path):
        return 1
    return 2 if "/" in path else 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One file of the site: its path on the site, its path on disk, its size and time."""

    path: str
    origin: Path
    size: int
    changed_ns: int

    @property
    def stamp(self) -> str:
        """Return a text (size and time) that changes when the file is written again."""
        return f"{self.size}:{self.changed_ns}"

    def read(self) -> bytes:
        """Return the bytes of the site's file; raises DeployError."""
        hint = "build the site again with `copydesk build`"
        with files.explain_errors(
            DeployError, "could not read a file of the built site", self.path, hint
        ):
            return self.origin.read_bytes()

    def digest(self) -> str:
        """Return the MD5 of the site's file in hex, as S3 uses it for the ETag."""
        return hashlib.md5(self.read(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltSite:
    """A built site: its folder, its files by path, and the paths that are not uploaded."""

    folder: Path
    parcels: Mapping[str, Parcel]
    skipped: tuple[str, ...] = ()


def survey(site: Path) -> BuiltSite:
    """List the files of a built site, without links, unfinished files and files with unsafe names.

    Raises DeployError if there is no site: to send an empty one would empty the deploy target.
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
                path=path, origin=Path(entry.path), size=stat.st_size, changed_ns=stat.st_mtime_ns
            )
    except OSError as error:
        raise _no_site(site, f" ({error.strerror})") from error
    if "index.html" not in parcels:
        raise _no_site(site, "")
    return BuiltSite(folder=site, parcels=parcels, skipped=tuple(sorted(skipped)))


def _no_site(site: Path, why: str) -> DeployError:
    return DeployError(
        f"no built site to deploy{why}", subject=str(site), hint="run `copydesk build`"
    )


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
    """Return whether a file name is plain text on one line, and not one of git's own."""
    if not path.isprintable() or "\\" in path:
        return False
    return not any(part.lower() == ".git" for part in path.split("/"))
