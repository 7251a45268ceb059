"""The attic: once a month old stories move to `_archive/_news/`, in one commit of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from copydesk import archive
from copydesk.engine._mishap import failure_of
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.report import Failure
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import dates

_RULINGS = "_data/rulings.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """The records that moved, by their old paths; what went wrong; the commit."""

    paths: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    commit: str | None = None


@dataclass(slots=True)
class _Work:
    moved: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


def shelve_old(newsroom: Newsroom) -> Shelved:
    """Move the stories older than `records.archive_after_days` and commit that.

    Age is counted from the first of the month, so that one round a month finds something to move
    whatever the memory remembers. A record under somebody's pen stays until the next round, and
    where nothing can be committed none moves.
    """
    days = newsroom.settings.records.archive_after_days
    before = _start_of_month(newsroom.now) - timedelta(days=days) if days else None
    old = [] if before is None else _old(newsroom, before)
    if not old:
        return Shelved()
    repository = archive.Repository(newsroom.root)
    if repository.usable and (obstacle := repository.obstacle()):
        return Shelved(notes=(f"{len(old)} old stories are not archived yet ({obstacle})",))
    try:
        free = _not_under_the_pen(repository, old)
        work = _moved(newsroom, free)
        commit = _committed(newsroom, repository, work.moved)
    except GitError as error:
        return Shelved(notes=(f"old stories are not archived yet ({error})",))
    return Shelved(paths=tuple(work.moved), failed=tuple(work.failed), commit=commit)


def _start_of_month(moment: datetime) -> datetime:
    return dates.utc(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _old(newsroom: Newsroom, before: datetime) -> list[str]:
    """Give the paths of live stories from before a time; the build reports those it cannot read.

    A record's name begins with its day, so that only old ones are read.
    """
    names = (path for path in newsroom.archive.paths() if path[len("_news/") :] < f"{before:%F}")
    return [path for path in names if _is_older(newsroom, path, before)]


def _is_older(newsroom: Newsroom, path: str, before: datetime) -> bool:
    try:
        published_at = newsroom.archive.read(path).published_at
    except RecordError:
        return False
    return published_at is not None and published_at < before


def _not_under_the_pen(repository: archive.Repository, paths: Sequence[str]) -> list[str]:
    touched = repository.changed_by_user(paths) if repository.usable else set()
    return [path for path in paths if path not in touched]


def _moved(newsroom: Newsroom, paths: Sequence[str]) -> _Work:
    """Move the files. The journal says so beforehand: a round cut short is finished by the next."""
    work = _Work()
    with newsroom.memory.together():
        newsroom.memory.open_journal(_journal(newsroom, paths))
    for path in paths:
        try:
            newsroom.archive.shelve(path)
        except CopydeskError as error:
            work.failed.append(failure_of(path, error))
        else:
            work.moved.append(path)
    with newsroom.memory.together():
        for path in work.moved:
            newsroom.memory.move(path, _place(path))
    return work


def _journal(newsroom: Newsroom, paths: Sequence[str]) -> Mapping[str, str]:
    """Give what will stand where: nothing (an empty digest) at the old places."""
    journal = {}
    for path in paths:
        journal[path] = ""
        digest = hashlib.sha256(newsroom.archive.file_bytes(path)).hexdigest()
        journal[_place(path)] = digest
    return journal


def _place(path: str) -> str:
    return f"_archive/{path}"


def _committed(
    newsroom: Newsroom, repository: archive.Repository, moved: Sequence[str]
) -> str | None:
    changed = [*moved, *map(_place, moved), *_rulings_along(newsroom, moved)]
    if not repository.usable or not moved:
        newsroom.memory.close_journal()
        return None
    days = newsroom.settings.records.archive_after_days
    message = f"archive: {len(moved)} stories older than {days} days, {newsroom.now:%B %Y}"
    commit = repository.commit(changed, message, when=newsroom.now)
    newsroom.memory.close_journal()
    return commit


def _rulings_along(newsroom: Newsroom, moved: Sequence[str]) -> list[str]:
    """Let verdicts that stand among the rulings name the new places."""
    rulings = archive.read_rulings(newsroom.root)
    places = {path: _place(path) for path in moved}
    verdicts = {places.get(path, path): verdict for path, verdict in rulings.verdicts.items()}
    changed = archive.write_rulings(newsroom.root, replace(rulings, verdicts=verdicts))
    return [_RULINGS] if changed else []
