"""Make the HTML pages of a site from its plan, with templates and pictures for link previews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.publish.site._kept_fronts import describe_origin as describe_origin
    from copydesk.publish.site._kept_fronts import find_editions as find_editions
    from copydesk.publish.site._kept_fronts import show_fronts as show_fronts
    from copydesk.publish.site._site import OUTPUTS as OUTPUTS
    from copydesk.publish.site._site import Site as Site
    from copydesk.publish.site._site import sheets as sheets
    from copydesk.publish.site._story import CHANGES_FOLDER as CHANGES_FOLDER
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
