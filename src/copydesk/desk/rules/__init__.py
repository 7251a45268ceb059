"""Rules: the page on which an editor tries other rules, and an owner writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.rules._routes import list_rule_routes as list_rule_routes
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
