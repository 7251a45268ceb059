"""Upload to a local folder: files are written under temporary names, then renamed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from copydesk.deploy._deliver import MARKER, MARKER_TEXT, Parcel, refuse_other_bytes
from copydesk.errors import DeployError
from copydesk.kit import files, tables


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFolder:
    """A folder on this machine as deploy target; it is created if missing."""

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
        """Write the marker file that shows that the folder is only for this site."""
        self._write(MARKER, MARKER_TEXT)

    def send(self, parcels: Sequence[Parcel]) -> Generator[tuple[str, bool], None, None]:
        """Write files to the folder; a file that already has the same bytes is left alone."""
        for parcel in parcels:
            yield parcel.path, self._write(parcel.path, parcel.read())

    def keep(self, file: Path) -> str:
        """Copy a large file into the folder, for its owner only; compare what the disk has.

        Return its SHA-256.
        """
        target, unfinished = self.path / file.name, self.path / f".{file.name}"
        sha256 = files.digest_file(file)
        try:
            unfinished.unlink(missing_ok=True)
            with file.open("rb") as source, unfinished.open("xb") as copy:
                os.fchmod(copy.fileno(), 0o600)
                shutil.copyfileobj(source, copy, _CHUNK)
                copy.flush()
                os.fsync(copy.fileno())
                # so that it is read from the disk, as far as the system can be asked to
                os.posix_fadvise(copy.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            unfinished.replace(target)
            files.sync_folder(self.path)
            found = files.digest_file(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise _refusal("written", error, target) from error
        refuse_other_bytes(found, sha256, str(target))
        return sha256

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
            files.drop_empty(target.parent, self.path)
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
                    "the deploy target has a symbolic link in place of a folder",
                    subject=str(step),
                    hint="remove the symbolic link",
                )
            self._proven.add(step)


_CHUNK = 1 << 20


def _digest(path: Path) -> str:
    """Return the MD5 of a plain file in hex, "" for any other or an unreadable one."""
    if path.is_symlink():
        return ""
    try:
        return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    except OSError:
        return ""


def _refusal(done: str, error: OSError, target: Path) -> DeployError:
    return DeployError(
        f"a file could not be {done} in the target folder ({error.strerror})",
        subject=str(target),
        hint="check the permissions and the owner of the folder, and the free disk space",
    )


def refuse_overlap(place: Path, site: Path, home: Path) -> None:
    """Raise DeployError if a target folder is inside the newsroom or its site, or contains them."""
    real = place.resolve()
    for guarded, name in ((site.resolve(), "the site"), (home.resolve(), "the newsroom")):
        if real == guarded or real.is_relative_to(guarded) or guarded.is_relative_to(real):
            how = "is inside" if real != guarded and real.is_relative_to(guarded) else "contains"
            raise DeployError(
                f"the target folder of the deploy {how} {name}",
                subject=str(place),
                hint="choose a folder outside of the newsroom folder",
            )


# Upload to a server with rsync: a list of files for each stage, then a list of deletions.

_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=30"
_STALLED_SECONDS = 60
_ALWAYS = ("--protect-args", f"--timeout={_STALLED_SECONDS}", "--compress", "--8-bit-output")
_GONE = ("--delete-missing-args", "--no-implied-dirs", "--dirs")
_PARTIAL = 23
_VANISHED = 24  # rsync's exit code if a listed file is missing here: a deletion
_NO_SUCH = re.compile(r"rsync: .*\b(change_dir|link_stat|mkdir)\b.* failed: No such file")
_LISTED = re.compile(r"-\S+ +[\d,.]+ +\S+ +\S+ (.+)")
_ESCAPED = re.compile(r"\\#(\d{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rsync:
    """A folder on a server (`host:path`, `user@host:path`, `rsync://…`) as rsync's target."""

    target: str
    site: Path
    seconds: float = 3600.0  # for one call of rsync

    @property
    def name(self) -> str:
        """Return the deploy target's name in the manifest and in messages, such as `host:path`."""
        return self.target

    @property
    def local(self) -> Path | None:
        """Return a local folder's path if the rsync target is one, else None."""
        return None if ":" in self.target.split("/")[0] else Path(self.target)

    def listing(self, _: Collection[str]) -> Mapping[str, str]:
        """Return every plain file at the rsync target by its path; the digests are unknown ("")."""
        options = ("--recursive", "--list-only", "--no-human-readable")
        answer = self._run(options, [self._there])
        if answer.returncode:
            if answer.returncode == _PARTIAL and _NO_SUCH.search(answer.stderr):
                return {}
            raise self._trouble(answer)
        lines = map(_LISTED.fullmatch, answer.stdout.splitlines())
        return {_unescape(line[1]): "" for line in lines if line}

    def mark(self) -> None:
        """Write the marker file that shows that the target folder is only for this site."""
        with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
            (Path(folder) / MARKER).write_bytes(MARKER_TEXT)
            list(self._carry(f"{folder}/", [MARKER], "--chmod=F644"))

    def send(self, parcels: Sequence[Parcel]) -> Generator[tuple[str, bool], None, None]:
        """Send files with rsync; yield each path, and whether its content was new at the target."""
        paths = [parcel.path for parcel in parcels]
        options = ("--times", "--checksum", "--chmod=D755,F644", "--out-format=%n")
        new = set(self._carry(f"{self.site}/", paths, *options))
        yield from ((path, path in new) for path in paths)

    def keep(self, file: Path) -> str:
        """Send a large file, for its owner only; let rsync compare it there. Return its SHA-256."""
        origin = f"{file.parent}/"
        self._carry(origin, [file.name], "--checksum", "--chmod=F600")
        if self._carry(origin, [file.name], "--checksum", "--dry-run", "--out-format=%n"):
            refuse_other_bytes("", "as sent", f"{self._there}{file.name}")
        return files.digest_file(file)

    def delete(self, paths: Sequence[str]) -> Generator[str, None, None]:
        """Delete files with rsync, then the folders that this leaves empty, the deepest first."""
        with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
            for gone in (list(paths), *self._empty_folders(paths)):
                list(self._carry(f"{folder}/", gone, *_GONE))
        yield from paths

    def _empty_folders(self, paths: Iterable[str]) -> list[list[str]]:
        """Return folders that the site no longer has, by depth, as rsync deletes one level each."""
        folders = {str(above) for path in paths for above in list(Path(path).parents)[:-1]}
        lost = [folder for folder in folders if not (self.site / folder).is_dir()]
        depths = sorted({folder.count("/") for folder in lost}, reverse=True)
        return [sorted(folder for folder in lost if folder.count("/") == depth) for depth in depths]

    @property
    def _there(self) -> str:
        return self.target if self.target.endswith("/") else f"{self.target}/"

    def _carry(self, origin: str, paths: Sequence[str], *options: str) -> list[str]:
        """Run rsync for a list of paths; return the lines that it printed."""
        listed = (*options, "--from0", "--files-from=-")
        answer = self._run(listed, [origin, self._there], "\0".join(paths))
        if answer.returncode not in {0, _VANISHED}:
            raise self._trouble(answer)
        return [_unescape(line) for line in answer.stdout.splitlines()]

    def _run(
        self, options: Sequence[str], places: Sequence[str], given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        binary = shutil.which("rsync")
        if binary is None:
            hint = "run `apt-get install rsync` (Debian), or choose another `to` in [deploy]"
            raise DeployError("rsync is not installed", hint=hint)
        command = [binary, *_ALWAYS, *options, "--", *places]
        environment = {"RSYNC_RSH": _SSH, **os.environ, "LC_ALL": "C"}
        try:
            return _run_to_end(command, given, environment, self.seconds)
        except (OSError, ValueError) as error:
            raise DeployError("could not run rsync", subject=str(error)) from error

    def _trouble(self, answer: subprocess.CompletedProcess[str]) -> DeployError:
        """Return the error for rsync's complaint: what it means, and what to do."""
        lines = [line.strip() for line in answer.stderr.splitlines() if line.strip()]
        subject = f"{self.target}: {' '.join(lines)[:300]}"
        troubles = tables.read_rows("copydesk.deploy", "rsync_troubles.toml", tuple[str, str, str])
        for words, what, hint in troubles.values():
            if re.search(words, answer.stderr):
                return DeployError(what, subject=subject, hint=hint)
        return DeployError(f"rsync failed with exit code {answer.returncode}", subject=subject)


def _run_to_end(
    command: Sequence[str], given: str, environment: Mapping[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, and leave no process behind when interrupted."""
    with subprocess.Popen(  # noqa: S603 -- a list of arguments, no shell; rsync by its full path
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # no terminal to ask on, and ssh ends with it
    ) as process:
        try:
            out, complaint = process.communicate(given, timeout=seconds)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise DeployError(f"rsync took longer than {seconds:g} s") from error
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, complaint)


def _unescape(name: str) -> str:
    r"""Decode a file name: rsync writes unusual characters as `\#ooo`."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)), name)
