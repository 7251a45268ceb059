"""An opened page in, when it was published and updated out, with the reason for the choice."""

from __future__ import annotations

from copydesk.extract.when._dates import Dates, decide_dates
from copydesk.extract.when._in_address import day as day_in_address
from copydesk.extract.when._in_address import month as month_in_address
from copydesk.extract.when._moments import NO_EVIDENCE, Evidence, Moment, order, parse, spot
from copydesk.extract.when._months import offset as zone_offset

__all__ = [
    "NO_EVIDENCE",
    "Dates",
    "Evidence",
    "Moment",
    "day_in_address",
    "decide_dates",
    "month_in_address",
    "order",
    "parse",
    "spot",
    "zone_offset",
]
