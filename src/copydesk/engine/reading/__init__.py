"""Reading: addresses go in; pages come out, fetched politely and parsed in other processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.reading._pool import ReaderContext as ReaderContext
    from copydesk.engine.reading._pool import ReaderPool as ReaderPool
    from copydesk.engine.reading._read import NO_TRACE as NO_TRACE
    from copydesk.engine.reading._read import PageRead as PageRead
    from copydesk.engine.reading._read import PageTrace as PageTrace
    from copydesk.engine.reading._read import parse_page as parse_page
    from copydesk.engine.reading._read import read_page as read_page
    from copydesk.engine.reading._read import read_pages as read_pages
    from copydesk.engine.reading._read import trace_of as trace_of
    from copydesk.engine.reading._read import work_by_host as work_by_host
    from copydesk.engine.reading._saved import load_saved_page as load_saved_page
    from copydesk.engine.reading._saved import place_article as place_article
    from copydesk.engine.reading._sites import SiteHabits as SiteHabits
    from copydesk.engine.reading._wire import connect as connect
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
