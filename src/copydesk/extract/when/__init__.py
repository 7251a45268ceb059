"""Find when an article was published and updated, with the reason for the choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.extract.when._dates import Dates as Dates
    from copydesk.extract.when._dates import decide_dates as decide_dates
    from copydesk.extract.when._moments import NO_EVIDENCE as NO_EVIDENCE
    from copydesk.extract.when._moments import Evidence as Evidence
    from copydesk.extract.when._moments import Moment as Moment
    from copydesk.extract.when._moments import day_in_address as day_in_address
    from copydesk.extract.when._moments import month_in_address as month_in_address
    from copydesk.extract.when._moments import order as order
    from copydesk.extract.when._moments import parse as parse
    from copydesk.extract.when._moments import spot as spot
    from copydesk.extract.when._moments import zone_offset as zone_offset
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
