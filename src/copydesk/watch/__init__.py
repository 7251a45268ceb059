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

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.watch._opml import read_opml as read_opml
    from copydesk.watch._opml import read_sources as read_sources
    from copydesk.watch._opml import write_opml as write_opml
    from copydesk.watch.discovery import FeedCandidate as FeedCandidate
    from copydesk.watch.discovery import Offer as Offer
    from copydesk.watch.discovery import candidates as candidates
    from copydesk.watch.discovery import candidates_of_address as candidates_of_address
    from copydesk.watch.discovery import guesses as guesses
    from copydesk.watch.discovery import is_enough as is_enough
    from copydesk.watch.discovery import is_for_news as is_for_news
    from copydesk.watch.discovery import offers as offers
    from copydesk.watch.discovery import sitemaps as sitemaps
    from copydesk.watch.reading import Hints as Hints
    from copydesk.watch.reading import SourceEntry as SourceEntry
    from copydesk.watch.reading import SourceReading as SourceReading
    from copydesk.watch.reading import entries as entries
    from copydesk.watch.reading import is_wanted as is_wanted
    from copydesk.watch.reading import read as read
    from copydesk.watch.schedule import Finding as Finding
    from copydesk.watch.schedule import FindingKind as FindingKind
    from copydesk.watch.schedule import SourceState as SourceState
    from copydesk.watch.schedule import after_error as after_error
    from copydesk.watch.schedule import after_not_modified as after_not_modified
    from copydesk.watch.schedule import after_page as after_page
    from copydesk.watch.schedule import after_refused as after_refused
    from copydesk.watch.schedule import after_unchanged as after_unchanged
    from copydesk.watch.schedule import digest as digest
    from copydesk.watch.schedule import findings as findings
    from copydesk.watch.schedule import health_word as health_word
    from copydesk.watch.schedule import is_due as is_due
    from copydesk.watch.schedule import is_resting as is_resting
    from copydesk.watch.schedule import items_a_week as items_a_week
    from copydesk.watch.schedule import keep_address as keep_address
    from copydesk.watch.schedule import may_be_asked as may_be_asked
    from copydesk.watch.schedule import next_due as next_due
    from copydesk.watch.schedule import note_push as note_push
    from copydesk.watch.schedule import revive as revive
    from copydesk.watch.schedule import take_address as take_address
    from copydesk.watch.schedule import validators as validators
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
