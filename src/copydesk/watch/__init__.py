"""Read a source's answer into leads and decide when to look again; no socket, no clock, no disk.

    Page ── read ──> Reading(leads, more) ── wanted ──> leads for this source
    SourceState ── is_due ──> ask ── after_page | after_not_modified | after_refused | after_error
                                  ──> SourceState
    OPML bytes <── opml_write ── sources ── opml_read ──> OPML bytes

Feeds (RSS, Atom, RDF, JSON Feed), sitemaps and plain pages of links are told apart by their
bytes. Whatever the bytes are, `read` gives a Reading or raises FeedError.
"""

from __future__ import annotations

from copydesk.watch._entry import Entry, Hints, Reading
from copydesk.watch._opml import opml_read, opml_write
from copydesk.watch._read import entries, read
from copydesk.watch._state import (
    SourceState,
    after_error,
    after_not_modified,
    after_page,
    after_refused,
    is_due,
    may_be_asked,
)
from copydesk.watch._wanted import wanted

__all__ = [
    "Entry",
    "Hints",
    "Reading",
    "SourceState",
    "after_error",
    "after_not_modified",
    "after_page",
    "after_refused",
    "entries",
    "is_due",
    "may_be_asked",
    "opml_read",
    "opml_write",
    "read",
    "wanted",
]
