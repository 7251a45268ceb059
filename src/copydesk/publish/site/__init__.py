"""The HTML site: takes a SitePlan, a Renderer and share pictures, gives pages and style sheet."""

from __future__ import annotations

from copydesk.publish.site._site import OUTPUTS as OUTPUTS
from copydesk.publish.site._site import Site as Site
from copydesk.publish.site._site import sheets as sheets
