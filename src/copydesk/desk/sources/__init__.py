"""The pages of the site's sources (feeds, sitemaps …): editors see them, owners change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.sources._routes import SOURCE_PAGES as SOURCE_PAGES
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
