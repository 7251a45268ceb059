"""Make the files of the first JSON API, everyday.cc's, below `api/` (SPEC 5).

Lists are indented by two, single records are compact, both without a final line feed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.publish.api._collections import old_pages as old_pages
    from copydesk.publish.api._first_api import OUTPUTS as OUTPUTS
    from copydesk.publish.api._first_api import prepare as prepare
    from copydesk.publish.api._first_api import sheets as sheets
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
