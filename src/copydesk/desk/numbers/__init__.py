"""The pages of statistics: stories of the last days, and missed ones, as plots with tables."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.numbers._routes import NUMBER_PAGES as NUMBER_PAGES
    from copydesk.desk.numbers._section import Column as Column
    from copydesk.desk.numbers._section import Part as Part
    from copydesk.desk.numbers._section import Section as Section
    from copydesk.desk.numbers._section import Shade as Shade
    from copydesk.desk.numbers._section import Wording as Wording
    from copydesk.desk.numbers._section import draw_columns as draw_columns
    from copydesk.desk.numbers._section import make_cell as make_cell
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
