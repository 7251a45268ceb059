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
    from copydesk.watch._entry import Hints as Hints
    from copydesk.watch._entry import Kind as Kind
    from copydesk.watch._entry import SourceEntry as SourceEntry
    from copydesk.watch._entry import SourceReading as SourceReading
    from copydesk.watch._offers import Offer as Offer
    from copydesk.watch._offers import is_enough as is_enough
    from copydesk.watch._offers import offers as offers
    from copydesk.watch._opml import read_opml as read_opml
    from copydesk.watch._opml import read_sources as read_sources
    from copydesk.watch._opml import write_opml as write_opml
    from copydesk.watch._read import entries as entries
    from copydesk.watch._read import is_wanted as is_wanted
    from copydesk.watch._read import read as read
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
