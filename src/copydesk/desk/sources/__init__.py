"""The pages of sources (feeds, sitemaps …), of publishers, and of settings that owners change."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.sources._routes import SOURCE_PAGES as SOURCE_PAGES
    from copydesk.desk.sources._settings_pages import ORGANIZATION_PAGES as ORGANIZATION_PAGES
    from copydesk.desk.sources._settings_pages import SETTINGS_PAGES as SETTINGS_PAGES
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
