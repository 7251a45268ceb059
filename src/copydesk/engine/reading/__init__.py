"""Reading: addresses go in; pages come out, fetched politely and parsed in other processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.engine.reading._pool import ReaderPool
    from copydesk.engine.reading._read import (
        NO_TRACE,
        PageRead,
        PageTrace,
        parse_page,
        read_page,
        read_pages,
        trace_of,
        work_by_host,
    )
    from copydesk.engine.reading._saved import load_saved_page, place_article
    from copydesk.engine.reading._sites import SiteHabits
    from copydesk.engine.reading._wire import connect

__all__ = [
    "NO_TRACE",
    "PageRead",
    "PageTrace",
    "ReaderPool",
    "SiteHabits",
    "connect",
    "load_saved_page",
    "parse_page",
    "place_article",
    "read_page",
    "read_pages",
    "trace_of",
    "work_by_host",
]

_MADE_IN = {
    "copydesk.engine.reading._pool": "ReaderPool",
    "copydesk.engine.reading._read": (
        "NO_TRACE PageRead PageTrace parse_page read_page read_pages trace_of work_by_host"
    ),
    "copydesk.engine.reading._saved": "load_saved_page place_article",
    "copydesk.engine.reading._sites": "SiteHabits",
    "copydesk.engine.reading._wire": "connect",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
