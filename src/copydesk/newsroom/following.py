"""Detect which story records changed since they were last read for the search index or a build.

take_snapshot        stat every record, open none: a few µs each
find_stale_entries   records that the catalogue has not read as they are now
find_stale_pages     records whose page on the newsroom's site is older than they are
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from copydesk.archive import Archive, Signature
from copydesk.catalogue import read_signatures, read_stamps
from copydesk.kit import text
from copydesk.newsroom._newsroom import TICK_NS, Newsroom

CATALOGUE_FILE = "catalogue.sqlite"
PAGE_INDEX_FILE = "pages.sqlite"  # apart, as a build holds its write lock for minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The signatures (stat values) of story records at one time, taken without reading them."""

    taken_ns: int
    signatures: Mapping[str, Signature]

    def find_changes(self, now: Snapshot) -> set[str]:
        """Return the paths of story records that may have changed between the two snapshots."""
        return {
            path
            for path, signature in now.signatures.items()
            if signature != self.signatures.get(path) or not self.is_settled(path)
        }

    def stamps(self) -> dict[str, int]:
        """Return each record's signature as an integer, by path; it is the same in every process.

        Names that are not UTF-8 are left out, as they cannot be stored.
        """
        return {
            path: hash(signature)
            for path, signature in self.signatures.items()
            if path.isascii() or text.is_encodable(path)
        }

    def safe_stamps(self) -> dict[str, int]:
        """Return the stamps by path, with 0 for a file that might change without a new stamp."""
        stamps = self.stamps().items()
        return {path: stamp if self.is_settled(path) else 0 for path, stamp in stamps}

    def is_settled(self, path: str) -> bool:
        """Return whether another edit of a story record is sure to change its signature.

        Two edits within a clock tick of the file system leave the same signature. So a file changed
        less than a tick before (or, with the clock set back, after) `taken_ns` is not settled.
        """
        return abs(self.taken_ns - self.signatures[path].changed_ns) > TICK_NS


def take_snapshot(records: Archive) -> Snapshot:
    """Return the stat values of all story records; RecordError if a folder cannot be listed."""
    return Snapshot(taken_ns=time.time_ns(), signatures=records.signatures(stories=True))


def take_snapshot_of(records: Archive, paths: Iterable[str]) -> Snapshot:
    """Return the current stat values of those of the story records that exist."""
    taken_ns = time.time_ns()
    found = ((path, records.signature(path)) for path in paths if text.is_encodable(path))
    there = {path: signature for path, signature in found if signature is not None}
    return Snapshot(taken_ns=taken_ns, signatures=there)


def find_stale_entries(newsroom: Newsroom, signatures: Mapping[str, Signature | None]) -> set[str]:
    """Return those of the paths whose story records changed since the search index read them.

    `signatures` has the current signature by path, None for a missing record. The catalogue is
    opened read-only, so that a server of an older version does not change it.
    """
    return _find_stale(signatures, read_signatures(newsroom.private / CATALOGUE_FILE, signatures))


def find_stale_pages(newsroom: Newsroom, signatures: Mapping[str, Signature | None]) -> set[str]:
    """Return those of the paths whose story records changed since the site was built.

    The page index is opened read-only, as in `find_stale_entries`.
    """
    file, site = newsroom.private / PAGE_INDEX_FILE, str(newsroom.site.resolve())
    stamps = read_stamps(file, site, signatures).items()
    # the rest of a stamp is about rulings, which only a round checks
    return _find_stale(signatures, {path: int(st.partition(" ")[0], 16) for path, st in stamps})


def _find_stale(signatures: Mapping[str, Signature | None], known: Mapping[str, int]) -> set[str]:
    now = {path: hash(sign) for path, sign in signatures.items() if sign is not None}
    return {path for path in signatures if now.get(path) != known.get(path)}
