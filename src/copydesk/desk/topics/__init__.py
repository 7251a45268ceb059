"""The pages of the beat's topics and publishers: editors try keywords, owners change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.topics._organizations import (
        list_organization_routes as list_organization_routes,
    )
    from copydesk.desk.topics._routes import list_topic_routes as list_topic_routes
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
