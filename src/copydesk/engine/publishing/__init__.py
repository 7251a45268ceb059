"""Publishing: the filed stories go in; the built site, and what a deploy sent of it, come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.publishing._build import BuildOptions as BuildOptions
    from copydesk.engine.publishing._build import build as build
    from copydesk.engine.publishing._build import is_gone as is_gone
    from copydesk.engine.publishing._build import make_public_pictures as make_public_pictures
    from copydesk.engine.publishing._build import open_site_plan as open_site_plan
    from copydesk.engine.publishing._build import read_counts as read_counts
    from copydesk.engine.publishing._deploy import DeployOptions as DeployOptions
    from copydesk.engine.publishing._deploy import deploy as deploy
    from copydesk.engine.publishing._explain_front import FrontExplanation as FrontExplanation
    from copydesk.engine.publishing._explain_front import FrontExplanations as FrontExplanations
    from copydesk.engine.publishing._explain_front import FrontStory as FrontStory
    from copydesk.engine.publishing._explain_front import explain_front as explain_front
    from copydesk.engine.publishing._own_scripts import find_own_scripts as find_own_scripts
    from copydesk.engine.publishing._own_scripts import own_script_digests as own_script_digests
    from copydesk.engine.publishing._pending_pings import OwedPing as OwedPing
    from copydesk.engine.publishing._pending_pings import list_owed_pings as list_owed_pings
    from copydesk.engine.publishing._stale_pages import find_stale_pages as find_stale_pages
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
