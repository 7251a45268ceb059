"""Decrypt the private part of a story record, and encrypt that of all records with a new key.

    rotate_key    .copydesk/key: NEW OLD … ──> all records, 5,000 in each commit

The old keys stay in the key file, since they open the records of earlier commits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from copydesk.archive import sealing
from copydesk.errors import SealError
from copydesk.kit import text
from copydesk.news import Story
from copydesk.newsroom._newsroom import (
    PRIVATE,
    Failure,
    Newsroom,
    Progress,
    Troubles,
    alone,
)
from copydesk.newsroom.filing import (
    PATIENCE_SECONDS,
    FilingOrder,
    filing_result,
    hold_write_lock,
    prepare_records,
)
from copydesk.newsroom.records import record_path

_IN_A_COMMIT = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRotation:
    """The records that a new key has sealed, those left out (a person edits them), and failures.

    `is_new` tells that the key was made now, and not by an earlier rotation that was not finished.
    """

    is_new: bool
    resealed: int = 0
    skipped: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    commits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def open_seal(newsroom: Newsroom, path: str) -> str:
    """Return the plaintext of a story record's sealed (encrypted) part, usually JSON.

    `path` names the record as in `record_path`. Raises RecordError if there is no such record, and
    SealError if it has no sealed part or the key is missing or wrong.
    """
    path = record_path(newsroom, path)
    story = newsroom.archive.read(path)
    if not story.secured:
        raise SealError("the story file has no encrypted part", subject=path)
    plaintext = sealing.unseal(story.secured, _find_keys(newsroom, path), path)
    try:
        return json.dumps(json.loads(plaintext), indent=2, ensure_ascii=False)
    except ValueError:
        return plaintext.decode("utf-8", "backslashreplace")


def rotate_key(newsroom: Newsroom, progress: Progress) -> KeyRotation:
    """Make a new key, and seal all records with it. A rotation that was stopped goes on instead.

    Raises SealError without a key, or if the key is in the environment and no other one before it
    is new; BusyError while a round is at work.
    """
    keys = _find_keys(newsroom, str(newsroom.root))
    with alone(newsroom.root, newsroom.private):
        with hold_write_lock(newsroom):  # finishes what a killed process left
            pass
        if len(keys) > 1:
            begun = _reseal(newsroom, keys, progress, is_new=False)
            if begun.resealed or begun.skipped:
                return begun
        if newsroom.settings.origins.get("key") != f"{PRIVATE}/key":
            raise SealError(
                "the first key in COPYDESK_KEY has sealed all records already",
                hint="put a new key and a space before it, and run the command again; "
                "`head -c 32 /dev/urandom | base64` makes one",
            )
        keys = sealing.replace_key(newsroom.private / "key")
        return _reseal(newsroom, keys, progress, is_new=True)


def _find_keys(newsroom: Newsroom, subject: str) -> tuple[bytes, ...]:
    if newsroom.settings.keys:
        return newsroom.settings.keys
    raise SealError(
        "the newsroom's key is missing",
        subject=subject,
        hint="set the environment variable COPYDESK_KEY, or save the key in .copydesk/key (32 "
        "bytes in base64)",
    )


def _reseal(
    newsroom: Newsroom, keys: tuple[bytes, ...], progress: Progress, *, is_new: bool
) -> KeyRotation:
    """Seal all records with the first key that it does not open, some thousand at a time."""
    troubles = Troubles()
    done = KeyRotation(is_new=is_new)
    progress.stage("seal")
    changed = _find_changes(newsroom, keys, troubles, progress)
    while batch := list(islice(changed, _IN_A_COMMIT)):
        order = FilingOrder(
            before={before.path: before for before, _ in batch},
            message=f"seal: {text.count_of(len(batch), 'record')} under a new key",
            branch=newsroom.repository.branch(),
        )
        with hold_write_lock(newsroom, wait_seconds=PATIENCE_SECONDS) as lock:
            prepared = prepare_records(newsroom, [after for _, after in batch], order)
            filed = filing_result(prepared, prepared.change.begin(lock).finish())
        done = replace(
            done,
            resealed=done.resealed + len(filed.written),
            skipped=(*done.skipped, *filed.skipped),
            failed=(*done.failed, *filed.failed),
            commits=(*done.commits, *filter(None, (filed.commit,))),
            notes=tuple(dict.fromkeys((*done.notes, *filed.notes))),
        )
    return replace(done, failed=(*troubles.failures(), *done.failed))


def _find_changes(
    newsroom: Newsroom, keys: tuple[bytes, ...], troubles: Troubles, progress: Progress
) -> Iterator[tuple[Story, Story]]:
    """Yield each story whose private part another key has sealed, as it is and as it shall be."""
    for story in newsroom.archive.stories(troubles):
        progress.step()
        if not story.secured:
            continue
        try:
            plaintext = sealing.unseal(story.secured, keys, story.path)
        except SealError as error:
            troubles(error)
            continue
        sealed = sealing.seal(plaintext, keys[0], story.path)
        if sealed != story.secured:
            yield story, replace(story, secured=sealed)
