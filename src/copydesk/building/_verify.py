"""Check a published site: build it again from its records, at its commit and time, and compare.

site's verify.json > clone > files of the commit > build, apart > compare > differences

What is read is a stranger's. The build runs in a process of its own, with limits of time, memory
and disk, without the environment of this one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

import copydesk
from copydesk.archive import shown
from copydesk.building import _build
from copydesk.building._compare_site import (
    Answer,
    RightSite,
    SiteDifference,
    compare_site,
    list_files,
)
from copydesk.building._note_shown import choose_past
from copydesk.errors import CopydeskError, VerifyError
from copydesk.kit import dates, processes, within
from copydesk.newsroom import Failure, Progress, Silence, Troubles, open_newsroom

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from copydesk.fetch.web import Web
import socket
from collections.abc import Collection

from copydesk.fetch.hosts import is_public
from copydesk.kit import files, git
from copydesk.placement.addresses import is_segment

ORIGIN = "verify.json"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_AT_ONCE = 8  # requests to the site
_ASKED = 64
_SAYS_BYTES = 100_000
_LOOK_SECONDS = 0.1


class _Says(msgspec.Struct, frozen=True, kw_only=True):
    """What a site says of its origin."""

    format: int
    copydesk: str
    commit: str
    clock: str
    records: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """The result of checking a site: which records, how many files, and each difference.

    `left_out` are paths among the records that are no regular files, `failed` records that could
    not be read.
    """

    site: str
    records: str
    commit: str
    clock: str
    version: str
    is_same: bool
    files: int
    differences: tuple[SiteDifference, ...]
    left_out: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    seconds: float = 0.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """Options of checking a site: where its records are, "" as it says itself; an earlier copy of
    its `editions.txt`; limits.
    """

    records: str = ""
    log: bytes = b""
    limits: VerifyLimits = field(default_factory=VerifyLimits)


def verify(target: str, options: VerifyOptions, progress: Progress) -> VerifyReport:
    """Check the site at an https address or in a folder; raises VerifyError, GitError.

    A folder may also be that of a newsroom; then its own records and site are meant.
    """
    began = time.monotonic()
    site, records = _find_site(target, options)
    with tempfile.TemporaryDirectory(prefix="copydesk-") as scratch:
        here, limits = Path(scratch), options.limits
        is_address = "://" in site
        read = _WebSite(site, limits) if is_address else _FolderSite(Path(site), limits)
        says = _read_origin(dict(read([ORIGIN]))[ORIGIN], site)
        named = says.records if "://" in says.records else ""  # no stranger names a folder of ours
        records = options.records or records or named
        if not records:
            raise VerifyError(
                "the site does not say where its records are",
                subject=site,
                hint="name them with --records ADDRESS-or-DIR",
            )
        progress.stage("clone")
        left_out = _get_records(records, says.commit, here, limits)
        at = dates.parse(says.clock)
        assert at is not None
        progress.stage("build")
        failed = _build_apart(here, at, says.commit, limits)
        right = _read_right_site(here, at, urlsplit(site).path.strip("/") if is_address else "")
        count = len(right.list_paths()) + len(right.pictures)
        progress.stage("compare", count)
        there = None if is_address else list_files(Path(site))
        differences = (
            *compare_site(right, read, there, progress.step),
            *_compare_log(options.log, here / "records"),
        )
    return VerifyReport(
        site=site,
        records=records,
        commit=says.commit,
        clock=says.clock,
        version=says.copydesk,
        is_same=not differences,
        files=count,
        differences=differences,
        left_out=tuple(left_out),
        failed=failed,
        seconds=round(time.monotonic() - began, 1),
    )


def compare_folder(right: RightSite, folder: Path) -> tuple[SiteDifference, ...]:
    """Return each difference of the site in a folder from what its records give."""
    read = _FolderSite(folder, VerifyLimits())
    return tuple(compare_site(right, read, list_files(folder), lambda: None))


def _find_site(target: str, options: VerifyOptions) -> tuple[str, str]:
    """Return the site's address or folder, and the newsroom's folder if it is in one."""
    if "://" in target:
        parts = urlsplit(target)
        is_free = parts.scheme == "http" and parts.hostname in options.limits.allow_hosts
        if parts.scheme != "https" and not is_free:
            raise VerifyError("sites are only read over https", subject=target)
        return target.rstrip("/"), ""
    folder = Path(target).resolve()
    if (folder / "beat.toml").is_file():
        return str(folder / ".copydesk" / "site"), str(folder)
    if folder.name == "site" and folder.parent.name == ".copydesk":
        return str(folder), str(folder.parents[1])
    return str(folder), ""


def _read_origin(data: Answer, site: str) -> _Says:
    if not isinstance(data, bytes):
        what = f"the site has no {ORIGIN}" + (f" ({data})" if data else "")
        hint = "only a site that copydesk built from records in git can be checked"
        raise VerifyError(what, subject=site, hint=hint)
    try:
        says = msgspec.json.decode(data[:_SAYS_BYTES], type=_Says)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise VerifyError(f"{ORIGIN} of the site cannot be read", subject=str(error)) from error
    if says.format != 1 or says.copydesk != copydesk.__version__:
        raise VerifyError(
            f"the site was built by copydesk {says.copydesk[:40]}, this is {copydesk.__version__}",
            subject=site,
            hint="install that version to check the site",
        )
    if not _COMMIT.fullmatch(says.commit) or dates.parse(says.clock) is None:
        raise VerifyError(f"{ORIGIN} of the site names no commit or time", subject=site)
    return says


def _get_records(records: str, commit: str, here: Path, limits: VerifyLimits) -> list[str]:
    """Copy the newsroom's files at a commit; return the paths of those left out."""
    source, prefix = (records, "") if "://" in records else find_top(Path(records))
    clone_records(source, here / "clone", limits)
    (here / "records").mkdir()
    return copy_commit(here / "clone", commit, prefix, here / "records", limits)


def _read_right_site(here: Path, at: datetime, base: str) -> RightSite:
    troubles = Troubles()
    fronts = choose_past(shown.read_fronts(here / "records", troubles), at)
    pictures = {
        f"pictures/{name}": (digest, picture.story)
        for picture in shown.read_pictures(here / "records", troubles).values()
        for name, digest in picture.digests.items()
    }
    return RightSite(
        folder=here / "site",
        pictures=pictures,
        places=fronts[-1].places if fronts else (),
        base=f"{base}/" if base else "",
    )


def _compare_log(log: bytes, records: Path) -> Iterator[SiteDifference]:
    """Yield the editions of a kept log that the records no longer have, or have otherwise."""
    fronts = {dates.rfc3339(front.at): front for front in shown.read_fronts(records, Troubles())}
    days = {time[:10] for time in fronts}
    for line in log.decode("utf-8", "replace").splitlines():
        moment, _, digest = line.partition(" ")
        if dates.parse(moment) is None or line.startswith("#"):
            continue
        front = fronts.get(moment)
        if front is not None and front.digest != digest.strip():
            what = f"the front page of {moment} is not the one of the log that you kept"
            yield SiteDifference(kind="log", path="editions.txt", what=what)
        elif front is None and moment[:10] not in days:
            what = f"the records have no edition of {moment[:10]}, which the log that you kept has"
            yield SiteDifference(kind="log", path="editions.txt", what=what)


# The build in a process of its own.


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the process sends: records that could not be read, or what, subject, hint of an error.

    As JSON, since what a stranger's templates may have got into their power is not trusted.
    """

    failed: tuple[Failure, ...] = ()
    error: tuple[str, str, str] | None = None


def _build_apart(
    here: Path, at: datetime, commit: str, limits: VerifyLimits
) -> tuple[Failure, ...]:
    """Build the site of the copied records, within limits; raises VerifyError."""
    import multiprocessing

    fork = multiprocessing.get_context("fork")
    source, sink = fork.Pipe(duplex=False)
    process = fork.Process(target=_build_here, args=(here, at, commit, limits, sink))
    with warnings.catch_warnings():  # about the thread that shows the progress
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    sink.close()
    assert process.pid is not None
    ended = _wait(source, process.pid, here, limits)
    process.join()
    if isinstance(ended, CopydeskError):
        raise VerifyError(
            f"the site cannot be built from its records: {ended.what}",
            subject=ended.subject,
            hint=ended.hint,
        ) from ended
    return ended


def _wait(
    source: Connection, pid: int, here: Path, limits: VerifyLimits
) -> tuple[Failure, ...] | CopydeskError:
    """Return what the build sends; end it when it takes too long or fills the disk."""
    until = time.monotonic() + limits.seconds
    least = shutil.disk_usage(here).free - limits.disk_bytes
    what = ""
    try:
        while not source.poll(_LOOK_SECONDS):
            if time.monotonic() > until:
                what = f"it took longer than {limits.seconds:g} seconds"
            elif shutil.disk_usage(here).free < least:
                what = "it wrote too much"
            if what:
                return VerifyError(what, hint="a template may never end")
        told = msgspec.json.decode(source.recv_bytes(), type=_Told)
        if told.error is None:
            return told.failed
        what, subject, hint = told.error
        return VerifyError(what, subject=subject, hint=hint)
    except (EOFError, OSError, msgspec.DecodeError):
        return VerifyError("it needed too much memory, or was killed")
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        source.close()


def _build_here(
    here: Path, at: datetime, commit: str, limits: VerifyLimits, sink: Connection
) -> None:
    os.setsid()
    processes.end_with_parent()
    silent = os.open(os.devnull, os.O_RDONLY)
    for stream in (0, 1, 2):  # what a library says when memory ends is nobody's news
        os.dup2(silent, stream)
    os.environ.clear()
    os.environ.update(PATH=os.defpath, LC_ALL="C.UTF-8", HOME=str(here), TMPDIR=str(here))
    tempfile.tempdir = None
    _limit_process(limits)
    try:
        with open_newsroom(here / "records", at, {}) as newsroom:
            options = _build.BuildOptions(
                out=here / "site", full=True, as_noted=True, commit=commit
            )
            told = _Told(failed=_build.build(newsroom, Silence(), options).failed)
    except CopydeskError as error:
        told = _Told(error=(error.what, error.subject, error.hint))
    except MemoryError:
        told = _Told(error=("it needed too much memory", "", ""))
    sink.send_bytes(msgspec.json.encode(told))


def _limit_process(limits: VerifyLimits) -> None:
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123
        in_use = int(file.read().split()[0]) * resource.getpagesize()
    seconds, size = int(limits.seconds) + 1, limits.disk_bytes
    for limit, most in (
        (resource.RLIMIT_AS, in_use + limits.memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, size),
    ):
        resource.setrlimit(limit, (most, most))


# Reading the site that is checked: a folder, or an address.


@dataclass(frozen=True, slots=True)
class _FolderSite:
    """Reads the files of a site in a folder, without following links."""

    folder: Path
    limits: VerifyLimits

    def __call__(self, paths: Iterable[str]) -> Iterator[tuple[str, Answer]]:
        """Yield each path with its file, the reason why it cannot be read, or None for no file."""
        for path in sorted(paths):
            try:
                yield path, within.read(self.folder, path, self.limits.file_bytes)
            except (FileNotFoundError, NotADirectoryError):
                yield path, None
            except OSError as error:
                yield path, str(error.strerror)


@dataclass(frozen=True, slots=True)
class _WebSite:
    """Reads the files of a site at an address, from public IP addresses only, without redirects."""

    address: str
    limits: VerifyLimits

    def __call__(self, paths: Iterable[str]) -> Iterator[tuple[str, Answer]]:
        """Yield each path with its file, the reason why it cannot be read, or None for no file."""
        left = sorted(paths)
        until = time.monotonic() + self.limits.seconds
        for start in range(0, len(left), _ASKED):
            yield from asyncio.run(self._ask(left[start : start + _ASKED], until))

    async def _ask(self, paths: list[str], until: float) -> list[tuple[str, Answer]]:
        from copydesk.fetch import WallClock
        from copydesk.fetch.web import Web
        from copydesk.news.options import FetchOptions

        options = replace(
            FetchOptions(allow_hosts=self.limits.allow_hosts), max_bytes=self.limits.file_bytes
        )
        turns = asyncio.Semaphore(_AT_ONCE)
        async with Web(options, WallClock()) as web:
            try:
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    answers = (self._fetch(web, turns, path) for path in paths)
                    return list(zip(paths, await asyncio.gather(*answers), strict=True))
            except TimeoutError as error:
                what = f"the site could not be read within {self.limits.seconds:g} seconds"
                raise VerifyError(what, subject=self.address) from error

    async def _fetch(self, web: Web, turns: asyncio.Semaphore, path: str) -> Answer:
        from copydesk.news import Page, Request
        from copydesk.placement.addresses import quote_path

        place = path.removesuffix("index.html") if f"/{path}".endswith("/index.html") else path
        async with turns:
            answer = await web.fetch(Request(url=f"{self.address}/{quote_path(place)}"))
        if not isinstance(answer, Page):
            return getattr(answer, "detail", "") or "no answer"
        if answer.status in {404, 410}:
            return None
        return answer.body if answer.status == 200 else f"the server answers {answer.status}"


# The files of a commit in a stranger's repository.

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
    return {f"protocol.{scheme}.allow": "always", "http.curloptResolve": f"{host}:{port}:{spelled}"}


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
