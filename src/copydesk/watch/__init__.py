"""Read a source's answer into leads and decide when to look again; no socket, no clock, no disk.

    Page ── read ──> Reading(leads, more) ── wanted ──> leads for this source
    SourceState ── is_due ──> ask ── after_page | after_unchanged | after_not_modified |
                                     after_refused | after_error ──> SourceState
    OPML bytes <── opml_write ── sources ── opml_read ──> OPML bytes
    websub: what is asked of a hub that pushes, and which of its words are believed

Feeds (RSS, Atom, RDF, JSON Feed), sitemaps and plain pages of links are told apart by their
bytes. Whatever the bytes are, `read` gives a Reading or raises FeedError.
"""

from __future__ import annotations

from copydesk.watch import _websub as websub
from copydesk.watch._opml import opml_read, opml_write, sources_read
from copydesk.watch.discovery import (
    Candidate,
    Offer,
    candidates,
    guesses,
    is_for_news,
    offers,
    settles,
    sitemaps,
    told_by,
)
from copydesk.watch.reading import Hints, Reading, SourceEntry, entries, read, wanted
from copydesk.watch.schedule import (
    Finding,
    FindingKind,
    SourceState,
    after_error,
    after_not_modified,
    after_page,
    after_refused,
    after_unchanged,
    digest,
    findings,
    is_due,
    is_resting,
    items_a_week,
    keep_address,
    may_be_asked,
    next_due,
    pushed,
    revive,
    standing,
    validators,
)

__all__ = [
    "Candidate",
    "Finding",
    "FindingKind",
    "Hints",
    "Offer",
    "Reading",
    "SourceEntry",
    "SourceState",
    "after_error",
    "after_not_modified",
    "after_page",
    "after_refused",
    "after_unchanged",
    "candidates",
    "digest",
    "entries",
    "findings",
    "guesses",
    "is_due",
    "is_for_news",
    "is_resting",
    "items_a_week",
    "keep_address",
    "may_be_asked",
    "next_due",
    "offers",
    "opml_read",
    "opml_write",
    "pushed",
    "read",
    "revive",
    "settles",
    "sitemaps",
    "sources_read",
    "standing",
    "told_by",
    "validators",
    "wanted",
    "websub",
]
