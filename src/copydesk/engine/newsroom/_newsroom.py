"""Newsroom: the open folder, its settings and its stores."""

from __future__ import annotations

import contextlib
import math
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from copydesk import config
from copydesk.archive import Archive, ArticleStore, read_rulings
from copydesk.engine.newsroom._failures import Failure, failure_of
from copydesk.engine.newsroom._marks import Mark, files_below, mark_files
from copydesk.errors import BusyError, CopydeskError, MemoryStoreError, RecordError
from copydesk.illustrate import Album
from copydesk.kit import locks
from copydesk.memory import Memory
from copydesk.memory import copy as copy_memory
from copydesk.news import Beat

PRIVATE = ".copydesk"
TEMPLATES = "_templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """Everything a command needs of one newsroom folder, as of the moment `now` (UTC)."""

    root: Path
    now: datetime
    settings: config.Settings
    archive: Archive
    articles: ArticleStore
    album: Album
    memory: Memory

    @property
    def beat(self) -> Beat:
        """Return the beat of the settings."""
        return self.settings.beat

    @property
    def private(self) -> Path:
        """Return the folder that git never sees."""
        return self.root / PRIVATE

    @property
    def site(self) -> Path:
        """Return the folder of the published site."""
        return self.private / "site"

    @property
    def templates(self) -> Path:
        """Return the folder of the owner's templates, style sheet and strings."""
        return self.root / TEMPLATES

    def mark_theme(self) -> Mark:
        """Return the mark of the owner's templates: while it holds, pages made of them do."""
        return mark_files(files_below(self.templates))

    def git_command(self, *arguments: str) -> str:
        """Return the git command that a person can type here; its paths are those of records."""
        place = () if self.root.resolve() == Path.cwd() else ("-C", str(self.root))
        return shlex.join(("git", *place, *arguments))


@contextlib.contextmanager
def open_newsroom(
    root: Path, now: datetime, environ: Mapping[str, str], *, scratch: bool = False
) -> Iterator[Newsroom]:
    """Open the newsroom in `root` for the block.

    With `scratch` the memory is a copy and new pictures and articles go to a folder that vanishes,
    so that nothing in the newsroom changes. Raises ConfigError, MemoryStoreError.
    """
    settings = read_settings(root, environ)
    private = root / PRIVATE
    with contextlib.ExitStack() as stack:
        kept = private
        if scratch:
            import tempfile  # what hardly any command needs

            kept = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="copydesk-")))
            _copy_memory(private, kept)
        memory = stack.enter_context(contextlib.closing(Memory(kept / "memory.sqlite")))
        yield with_stores(settings, now, memory, kept)


def with_stores(settings: config.Settings, now: datetime, memory: Memory, kept: Path) -> Newsroom:
    """Return the newsroom of some settings; articles and pictures lie below `kept`."""
    return Newsroom(
        root=settings.root,
        now=now,
        settings=settings,
        archive=Archive(settings.root),
        articles=ArticleStore(kept / "articles", settings.fetch.articles_max_bytes),
        album=Album(kept / "pictures", settings.pictures.max_bytes),
        memory=memory,
    )


def read_settings(root: Path, environ: Mapping[str, str]) -> config.Settings:
    """Read the settings, with the editors' rules in the beat; raises ConfigError.

    Where the rules cannot be read a site can still be built and looked at, with a warning; a round
    reads them again, and refuses.
    """
    settings = config.load(root, environ)
    try:
        rules = read_rulings(root).rules
    except RecordError as error:
        return replace(settings, warnings=(*settings.warnings, f"no rule of it holds: {error}"))
    return replace(settings, beat=replace(settings.beat, rulings=rules))


def _copy_memory(private: Path, kept: Path) -> None:
    path = private / "memory.sqlite"
    if path.exists():
        copy_memory(path, kept / "memory.sqlite")


@contextlib.contextmanager
def alone(root: Path, private: Path, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the newsroom for one round; raises BusyError if another round holds it so long."""
    with contextlib.ExitStack() as stack:
        if not stack.enter_context(hold_lock(private / "round.lock", wait_seconds)):
            raise BusyError(
                "another round is at work in this newsroom",
                subject=str(root),
                hint="wait until it ends, or end it",
            )
        yield


@contextlib.contextmanager
def hold_lock(path: Path, wait_seconds: float = 0.0) -> Iterator[bool]:
    """Hold a lock of the newsroom, False if another holds it so long; MemoryStoreError."""
    with contextlib.ExitStack() as stack:
        try:
            free = stack.enter_context(locks.hold(path, wait_seconds))
        except OSError as error:
            raise _unwritable(path, error) from error
        yield free


@contextlib.contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Hold a lock of the newsroom for the block, after whoever holds it; MemoryStoreError."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locks.hold(path, math.inf))
        except OSError as error:
            raise _unwritable(path, error) from error
        yield


def _unwritable(path: Path, error: OSError) -> MemoryStoreError:
    return MemoryStoreError(
        f"the newsroom cannot be written ({error.strerror})",
        subject=str(path),
        hint="look at the folder's rights",
    )


class Troubles:
    """Collect what went wrong with single records, pages and sources: the round goes on."""

    def __init__(self) -> None:
        self.errors: list[CopydeskError] = []

    def __call__(self, error: CopydeskError) -> None:
        """Note one error."""
        self.errors.append(error)

    def failures(self) -> tuple[Failure, ...]:
        """Return what went wrong as reports tell it."""
        return tuple(failure_of(error.subject, error) for error in self.errors)
