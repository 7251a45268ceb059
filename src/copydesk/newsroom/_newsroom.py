"""Open a newsroom folder (all files of one site): read settings, open stores, hold locks."""

from __future__ import annotations

import contextlib
import math
import shlex
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from copydesk import config
from copydesk.archive import Archive, ArticleStore, git, read_rulings
from copydesk.errors import BusyError, ConfigError, CopydeskError, MemoryStoreError, RecordError
from copydesk.illustrate import Album
from copydesk.kit import files, locks
from copydesk.memory import Memory
from copydesk.memory import copy as copy_memory
from copydesk.news import Beat

PRIVATE = ".copydesk"
TEMPLATES = "_templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """An open newsroom folder (all files of one site): settings and stores, at the time `now`.

    `copies` is a folder with copies of its databases, for reading alone; None to use its own.
    """

    root: Path
    now: datetime
    settings: config.Settings
    archive: Archive
    articles: ArticleStore
    album: Album
    memory: Memory
    repository: git.Repository
    copies: Path | None = None

    @property
    def beat(self) -> Beat:
        """Return the site's subject, sources and rules (`Beat`) from the settings."""
        return self.settings.beat

    @property
    def private(self) -> Path:
        """Return the newsroom's `.copydesk` folder of internal files, which git ignores."""
        return self.root / PRIVATE

    @property
    def databases(self) -> Path:
        """Return the folder of the newsroom's databases, or of their copies."""
        return self.copies or self.private

    @property
    def site(self) -> Path:
        """Return the folder of the built site."""
        return self.private / "site"

    @property
    def templates(self) -> Path:
        """Return the folder of the owner's templates, style sheet and translated strings."""
        return self.root / TEMPLATES

    def mark_theme(self) -> Mark:
        """Return the file stamps (stat values) of the owner's templates, to detect changes."""
        return mark_files(files_below(self.templates))

    def git_command(self, *arguments: str) -> str:
        """Return a git command for a person to type; its `arguments` may be record paths."""
        place = () if self.root.resolve() == Path.cwd() else ("-C", str(self.root))
        return shlex.join(("git", *place, *arguments))


@contextlib.contextmanager
def open_newsroom(
    root: Path, now: datetime, environ: Mapping[str, str], *, scratch: bool = False
) -> Iterator[Newsroom]:
    """Open the newsroom folder `root` for the `with` block: read its settings, open its stores.

    With `scratch` nothing in the newsroom changes: the database is a copy, and new pictures and
    articles go to a temporary folder. Raises ConfigError, MemoryStoreError.
    """
    settings = read_settings(root, environ)
    private = root / PRIVATE
    with contextlib.ExitStack() as stack:
        kept = private
        if scratch:
            import tempfile  # hardly any command needs it

            kept = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="copydesk-")))
            _copy_memory(private, kept)
        memory = stack.enter_context(contextlib.closing(Memory(kept / "memory.sqlite")))
        yield with_stores(settings, now, memory, kept)


def with_stores(settings: config.Settings, now: datetime, memory: Memory, kept: Path) -> Newsroom:
    """Return a `Newsroom` with these settings; articles and pictures are stored below `kept`."""
    return Newsroom(
        root=settings.root,
        now=now,
        settings=settings,
        archive=Archive(settings.root),
        articles=ArticleStore(
            kept / "articles",
            settings.fetch.articles_max_bytes,
            beside=ArticleStore(kept / "backfilled", settings.fetch.backfilled_max_bytes),
        ),
        album=Album(kept / "pictures", settings.pictures.max_bytes),
        memory=memory,
        repository=git.Repository(settings.root),
    )


def read_settings(root: Path, environ: Mapping[str, str]) -> config.Settings:
    """Return the newsroom's settings, including the editors' rules; raises ConfigError.

    If the rules cannot be read, a warning is added, so that the site can still be built and viewed.
    A fetching run reads the rules again and fails.
    """
    settings = config.load(root, environ)
    try:
        rules = read_rulings(root).rules
    except RecordError as error:
        return replace(settings, warnings=(*settings.warnings, f"the rules are ignored: {error}"))
    return replace(settings, beat=replace(settings.beat, rulings=rules))


def _copy_memory(private: Path, kept: Path) -> None:
    path = private / "memory.sqlite"
    if path.exists():
        copy_memory(path, kept / "memory.sqlite")


@contextlib.contextmanager
def alone(root: Path, private: Path, wait_seconds: float = 0.0) -> Iterator[None]:
    """Lock the newsroom folder for one fetching run; BusyError if another run keeps it locked."""
    hint = "wait until the other run ends, or stop it"
    busy = BusyError("another run is active in this newsroom", subject=str(root), hint=hint)
    with hold_or_refuse(private / "round.lock", busy, wait_seconds):
        yield


@contextlib.contextmanager
def hold_or_refuse(path: Path, busy: BusyError, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold a lock file for the `with` block; raise `busy` if it is still taken after waiting."""
    with hold_lock(path, wait_seconds) as is_free:
        if not is_free:
            raise busy
        yield


@contextlib.contextmanager
def hold_lock(path: Path, wait_seconds: float = 0.0) -> Iterator[bool]:
    """Hold a lock file for the `with` block; yield False if it is still taken after waiting.

    Raises MemoryStoreError.
    """
    what, hint = "the newsroom's folder cannot be written", "check the permissions of the folder"
    with contextlib.ExitStack() as stack:
        with files.explain_errors(MemoryStoreError, what, path, hint):
            free = stack.enter_context(locks.hold(path, wait_seconds))
        yield free


@contextlib.contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Wait for a lock file and hold it for the `with` block; raises MemoryStoreError."""
    with hold_lock(path, math.inf):
        yield


class Troubles:
    """Collects errors of single records, pages and sources, so that a long task can continue."""

    def __init__(self) -> None:
        self.errors: list[CopydeskError] = []

    def __call__(self, error: CopydeskError) -> None:
        """Add one error to the collected ones."""
        self.errors.append(error)

    def failures(self) -> tuple[Failure, ...]:
        """Return the collected errors as a report lists them (`Failure`)."""
        return tuple(failure_of(error.subject, error) for error in self.errors)


# Failures: an error with one link, even a bug, must not stop the other links.


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A link, story record or page that failed without stopping the processing of the others."""

    url: str
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncompleteSource(Failure):
    """A feed or sitemap whose XML ends too early, and how many whole items were read from it."""

    items: int


def failure_of(url: str, error: Exception) -> Failure:
    """Return a report's `Failure` for an exception that was raised while processing a URL."""
    if isinstance(error, CopydeskError):
        return Failure(url=url, what=error.what, hint=error.hint)
    return Failure(
        url=url,
        what=f"unexpected {type(error).__name__}: {error}",
        hint="the run continues without it; please report the error",
    )


# Progress of long work, for display.


class Progress(Protocol):
    """Displays the progress of a long task; this is the interface of such displays."""

    def stage(
        self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
    ) -> None:
        """Begin a stage of the task with `total` steps; None if the number is unknown.

        `hosts` counts the steps that are requests by host, since each host makes requests wait.
        """
        ...

    def step(self, count: int = 1, host: str = "") -> None:
        """Count `count` further steps of the current stage as done, at `host` if it has hosts."""
        ...


class Silence:
    """A progress display that shows nothing."""

    def stage(
        self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
    ) -> None:
        """Do nothing, since this display shows no progress."""

    def step(self, count: int = 1, host: str = "") -> None:
        """Do nothing, since this display shows no progress."""


# Marks: the stat of files at a moment, to find out later whether any of them has changed.

TICK_NS = 50_000_000  # within one tick of a file system's clock two edits look like one


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The values that `stat` gives for a file and that change with every edit of the file.

    `changed_ns` is the ctime, which no program can set back.
    """

    inode: int
    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The stamps (stat values) of files by path, and when they were read (ns since 1970)."""

    taken_ns: int
    stamps: Mapping[str, Stamp]

    def still_holds(self, now: Mark) -> bool:
        """Return whether certainly no file changed between these stamps and the later ones.

        Two edits within one clock tick of the file system leave the same stamp. So a mark does not
        hold if a file had changed less than a tick before the mark was taken.
        """
        settled = self.taken_ns - TICK_NS
        is_settled = all(stamp.changed_ns < settled for stamp in self.stamps.values())
        return is_settled and self.stamps == now.stamps


def mark_files(paths: Iterable[Path]) -> Mark:
    """Return the stamps (stat values) of files, folders and links, to detect changes later."""
    taken_ns = time.time_ns()
    return Mark(taken_ns=taken_ns, stamps=dict(_stamps(paths)))


def _stamps(paths: Iterable[Path]) -> Iterator[tuple[str, Stamp]]:
    for path in paths:
        try:
            stat = path.lstat()
        except OSError:
            continue
        yield str(path), Stamp(inode=stat.st_ino, size=stat.st_size, changed_ns=stat.st_ctime_ns)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield a folder and everything below it; links are not followed."""
    yield folder
    if not folder.is_symlink():
        yield from folder.rglob("*")


def git_files(root: Path) -> Iterator[Path]:
    """Yield the files in `.git` that change with each commit, pull or checkout in `root`."""
    git = _follow_pointer(root / ".git", "gitdir:")
    shared = _follow_pointer(git / "commondir", "") if (git / "commondir").is_file() else git
    yield git / "HEAD"
    yield shared / "packed-refs"
    yield from files_below(shared / "refs" / "heads")


def _follow_pointer(path: Path, prefix: str) -> Path:
    """Return the git folder that a pointer file names (a work tree's `.git`), or `path` itself."""
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError:  # a folder (the usual case), or missing
        return path
    return path.parent / text.removeprefix(prefix).strip()


# ResidentNewsroom: a newsroom that stays open in a long-running process such as a server.


_NO_SETTINGS = {"fronts", "pictures"}  # what the site showed: a file more for each day


class ResidentNewsroom:
    """A newsroom folder that a server keeps open; changed settings are read again.

    `error` says what is wrong with the settings now on disk, None if they are valid. While they are
    invalid, the last valid settings stay in use. Use it from one thread at a time; the caller
    must close it.
    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        """Open the newsroom folder `root`; raises ConfigError, MemoryStoreError."""
        self.error: ConfigError | None = None
        self._root = root
        self._environ = environ
        self._settings = read_settings(root, environ)
        self._mark = Mark(taken_ns=0, stamps={})  # no mark yet: read them once more
        self._memory = Memory(root / PRIVATE / "memory.sqlite")

    def newsroom(self, now: datetime) -> Newsroom:
        """Return the newsroom at a time (UTC), with the settings on disk if they are valid."""
        mark = mark_files(self._setting_files())
        if not self._mark.still_holds(mark):
            self._mark = mark
            try:
                self._settings = read_settings(self._root, self._environ)
                self.error = None
            except ConfigError as error:
                self.error = error
        return with_stores(self._settings, now, self._memory, self._root / PRIVATE)

    def mark(self) -> Mark:
        """Return file stamps (stat values) of the settings, data, theme and git branches.

        While it holds, anything computed from them is up to date.
        """
        theme = files_below(self._root / TEMPLATES)
        return mark_files([*self._setting_files(), *theme, *git_files(self._root)])

    def close(self) -> None:
        """Close the newsroom's database."""
        self._memory.close()

    def _setting_files(self) -> Iterator[Path]:
        yield self._root / "beat.toml"
        yield self._root / PRIVATE / "key"
        yield from self._settings.secret_files
        yield self._root / "_data"
        for path in self._root.glob("_data/*"):
            if path.name not in _NO_SETTINGS:
                yield from files_below(path)
        for name in self._settings.beat.scoring.standings:
            yield self._root / name
