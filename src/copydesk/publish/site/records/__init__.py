"""The pages of records: takes a Frame, gives shelves, single pages, letters and sponsors.

All of them ask the catalog, which holds the records that are listed and how each is shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.publish.site.records import _letters, _record_pages, _shelves, _sponsors
from copydesk.publish.site.records._catalog import Catalog
from copydesk.publish.site.records._catalog import catalog as catalog
from copydesk.publish.site.records._shelves import topic_shelves as topic_shelves
from copydesk.publish.writing import Sheet


def letters(catalog: Catalog) -> Iterator[Sheet]:
    """Yield the pages of the issues of a newsletter and their lists."""
    yield from _letters.sheets(catalog)


def sheets(catalog: Catalog) -> Iterator[Sheet]:
    """Yield the pages of all other records, their shelves and the sponsors."""
    yield from _record_pages.sheets(catalog)
    yield from _shelves.sheets(catalog)
    yield from _sponsors.sheets(catalog.frame)
