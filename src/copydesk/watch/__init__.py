"""Read feeds, sitemaps and pages of links, return the links to articles, and schedule each source.

    Page ── read ──> SourceReading(leads, more) ── is_wanted ──> leads for this source
    SourceState ── is_due ──> request ── after_page | after_unchanged | after_not_modified |
                                         after_refused | after_error ──> SourceState
    OPML bytes <── write_opml ── sources ── read_opml ──> OPML bytes

Feeds (RSS, Atom, RDF, JSON Feed), sitemaps and plain pages of links are told apart by their bytes:
`read` returns a SourceReading or raises FeedError. `watch.schedule` keeps the state of a source,
`watch.discovery` finds the feeds of a site, `watch.websub` subscribes to hubs that push. Nothing
here opens a socket or a file or reads a clock: the time is the argument `now`.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.watch._opml import list_unusable_addresses as list_unusable_addresses
    from copydesk.watch._opml import read_opml as read_opml
    from copydesk.watch._opml import read_sources as read_sources
    from copydesk.watch._opml import write_opml as write_opml
    from copydesk.watch._read import entries as entries
    from copydesk.watch._read import is_wanted as is_wanted
    from copydesk.watch._read import read as read
    from copydesk.watch.discovery import Offer as Offer
    from copydesk.watch.discovery import is_enough as is_enough
    from copydesk.watch.discovery import offers as offers
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
