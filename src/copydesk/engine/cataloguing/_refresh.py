"""Refresh: the catalogue brought up to date for its own sake, and whether that is called for."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.archive import Signature
from copydesk.catalogue import Catalogue, read_signatures
from copydesk.engine.cataloguing._follow import report_failures, sweep_records
from copydesk.engine.cataloguing._open import FILE
from copydesk.engine.newsroom import Failure, Newsroom, Progress, Troubles


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueReport:
    """What a catalogue knows now: so many `stories`, of which it had to read some anew.

    `lost` are records that are no more, `failed` those that cannot be read.
    """

    stories: int
    read: int
    lost: int
    seconds: float
    failed: tuple[Failure, ...] = ()


def refresh_catalogue(newsroom: Newsroom, progress: Progress) -> CatalogueReport:
    """Bring the catalogue's file up to date with every record.

    Raises CatalogueError where it can be neither read nor written, and RecordError where a folder
    of records cannot be listed.
    """
    began, troubles = time.monotonic(), Troubles()
    with contextlib.closing(Catalogue(newsroom.private / FILE)) as catalogue:
        before = catalogue.signatures()
        sweep_records(newsroom, catalogue, progress)
        after = catalogue.signatures()
        report_failures(catalogue, troubles)
    failed = troubles.failures()
    return CatalogueReport(
        stories=len(after) - len(failed),
        # too fresh to be told apart by its times, a record has no signature and is read each time
        read=sum(not now or before.get(path) != now for path, now in after.items()),
        lost=len(before.keys() - after.keys()),
        seconds=round(time.monotonic() - began, 3),
        failed=failed,
    )


def find_stale_entries(newsroom: Newsroom, signatures: Mapping[str, Signature | None]) -> set[str]:
    """Return those of some records that have changed since the catalogue read them.

    Records are given by path with their signatures, None for one that is not there. The catalogue
    is only read, so that a server of an older version leaves it as it is.
    """
    known = read_signatures(newsroom.private / FILE, signatures)
    now = {path: hash(sign) for path, sign in signatures.items() if sign is not None}
    return {path for path in signatures if now.get(path) != known.get(path)}
