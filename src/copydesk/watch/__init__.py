"""Read a source's answer into leads and decide when to look again; no socket, no disk.

    Page ── read ──> SourceReading(leads, more) ── is_wanted ──> leads for this source
    SourceState ── is_due ──> ask ── after_page | after_unchanged | after_not_modified |
                                     after_refused | after_error ──> SourceState
    OPML bytes <── write_opml ── sources ── read_opml ──> OPML bytes
    websub: what is asked of a hub that pushes, and which of its words are believed

Feeds (RSS, Atom, RDF, JSON Feed), sitemaps and plain pages of links are told apart by their
bytes. Whatever the bytes are, `read` gives a SourceReading or raises FeedError. What time it is
comes in as an argument (`now`): nothing here looks at a clock.
"""

from __future__ import annotations

from copydesk.watch import _websub as websub
from copydesk.watch._opml import read_opml, read_sources, write_opml
from copydesk.watch.discovery import (
    FeedCandidate,
    Offer,
    candidates,
    candidates_of_address,
    guesses,
    is_enough,
    is_for_news,
    offers,
    sitemaps,
)
from copydesk.watch.reading import Hints, SourceEntry, SourceReading, entries, is_wanted, read
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
    health_word,
    is_due,
    is_resting,
    items_a_week,
    keep_address,
    may_be_asked,
    next_due,
    note_push,
    revive,
    validators,
)

__all__ = [
    "FeedCandidate",
    "Finding",
    "FindingKind",
    "Hints",
    "Offer",
    "SourceEntry",
    "SourceReading",
    "SourceState",
    "after_error",
    "after_not_modified",
    "after_page",
    "after_refused",
    "after_unchanged",
    "candidates",
    "candidates_of_address",
    "digest",
    "entries",
    "findings",
    "guesses",
    "health_word",
    "is_due",
    "is_enough",
    "is_for_news",
    "is_resting",
    "is_wanted",
    "items_a_week",
    "keep_address",
    "may_be_asked",
    "next_due",
    "note_push",
    "offers",
    "read",
    "read_opml",
    "read_sources",
    "revive",
    "sitemaps",
    "validators",
    "websub",
    "write_opml",
]
