"""An opened page in, when it was published and updated out, with the reason for the choice."""

from __future__ import annotations

from copydesk.extract.when._dates import Dates, decide_dates

__all__ = ["Dates", "decide_dates"]
