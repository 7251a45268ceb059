"""Amend: the rulings and some records changed together, in one commit, by a person's word.

rulings, then records ── amend ──> files, one commit; the journal knows them beforehand
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from copydesk import archive
from copydesk.archive import Rulings
from copydesk.engine import _file
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import RecordError
from copydesk.news import Story

RULINGS = "_data/rulings.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """The files that changed, the commit, what was in the way."""

    changed: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()


def amend(
    newsroom: Newsroom, rulings: Rulings, pairs: Sequence[tuple[Story, Story]], message: str
) -> Amended:
    """Write the rulings and records, (as read, as they will be), and commit them as one.

    The first record and the rulings must be free of edits that are not committed, else
    RecordError; another one that is under somebody's pen is left to the next round.
    """
    branch = archive.Repository(newsroom.root).branch()
    left = _file.left_over(newsroom)
    stories = [after for before, after in pairs if before != after]
    paths = [RULINGS, *(before.path for before, _ in pairs[:1])]
    must_be_clean(newsroom, [path for path in paths if path not in left])
    ours = {RULINGS} if _written(newsroom, rulings) else set()
    ours |= left.keys() & {*paths}
    if not ours and not stories:
        return Amended()
    order = _file.Order(
        before={before.path: before for before, _ in pairs},
        message=message,
        branch=branch,
        left_over={**left, **dict.fromkeys(ours, "")},
    )
    filed = _file.file(newsroom, stories, order)
    if failed := [one for one in filed.failed if one.url in paths]:
        raise RecordError(failed[0].what, subject=failed[0].url, hint=failed[0].hint)
    skipped = (f"left to the next round, it is being edited: {path}" for path in filed.skipped)
    return Amended(
        changed=tuple(sorted({*ours, *filed.written})),
        commit=filed.commit,
        notes=(*filed.notes, *skipped),
    )


def must_be_clean(newsroom: Newsroom, paths: Iterable[str]) -> None:
    """Raise RecordError where somebody has changed one of the files and not committed it."""
    repository = archive.Repository(newsroom.root)
    dirty = sorted(repository.changed_by_user(paths)) if repository.usable else []
    if dirty:
        raise RecordError(
            "the file has edits that are not committed",
            subject=dirty[0],
            hint=f"commit them first: {newsroom.git_command('add', dirty[0])} && "
            + newsroom.git_command("commit", dirty[0]),
        )


def _written(newsroom: Newsroom, rulings: Rulings) -> bool:
    """Write the rulings where their bytes change, entered in the journal before."""
    data = archive.rulings_bytes(newsroom.root, rulings)
    file = newsroom.root / RULINGS
    if data == (file.read_bytes() if file.exists() else b""):
        return False
    newsroom.memory.open_journal({RULINGS: hashlib.sha256(data).hexdigest()})
    return archive.write_rulings(newsroom.root, rulings)


def known_digests(newsroom: Newsroom, story: Story) -> Mapping[str, str]:
    """Return the digests of what the line last wrote of a story, {} where nobody knows."""
    return dict(story.machine) or newsroom.memory.digests(story.path)
