"""Find when an article was published and updated, and where on the page this was found."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.extract.when._dates import decide_dates as decide_dates
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
