"""Numbers: what a newsroom's last days brought, and what it missed, as plots with tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.numbers._routes import list_number_routes as list_number_routes
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
