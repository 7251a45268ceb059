"""Read one answer of a source: a Page goes in, a SourceReading with its leads comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.watch.reading._entry import Hints as Hints
    from copydesk.watch.reading._entry import Kind as Kind
    from copydesk.watch.reading._entry import SourceEntry as SourceEntry
    from copydesk.watch.reading._entry import SourceReading as SourceReading
    from copydesk.watch.reading._filter import is_wanted as is_wanted
    from copydesk.watch.reading._make_leads import longest_gap as longest_gap
    from copydesk.watch.reading._read import entries as entries
    from copydesk.watch.reading._read import read as read
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
