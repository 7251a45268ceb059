"""The pages of the site's topics and publishers: editors test keywords, owners change topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.topics._organizations import ORGANIZATION_PAGES as ORGANIZATION_PAGES
    from copydesk.desk.topics._routes import TOPIC_PAGES as TOPIC_PAGES
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
