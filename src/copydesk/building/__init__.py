"""Build the web site from the stored stories, upload it, notify others of changes, check a site."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.building._build import BuildOptions as BuildOptions
    from copydesk.building._build import build as build
    from copydesk.building._build import find_own_scripts as find_own_scripts
    from copydesk.building._build import is_gone as is_gone
    from copydesk.building._build import make_public_pictures as make_public_pictures
    from copydesk.building._build import open_site_plan as open_site_plan
    from copydesk.building._build import own_script_digests as own_script_digests
    from copydesk.building._compare_site import RightSite as RightSite
    from copydesk.building._deploy import DEPLOY_CHECK as DEPLOY_CHECK
    from copydesk.building._deploy import DeployOptions as DeployOptions
    from copydesk.building._deploy import deploy as deploy
    from copydesk.building._explain_front import FrontExplanation as FrontExplanation
    from copydesk.building._explain_front import FrontExplanations as FrontExplanations
    from copydesk.building._explain_front import FrontStory as FrontStory
    from copydesk.building._explain_front import explain_front as explain_front
    from copydesk.building._note_shown import read_counts as read_counts
    from copydesk.building._verify import VerifyLimits as VerifyLimits
    from copydesk.building._verify import VerifyOptions as VerifyOptions
    from copydesk.building._verify import VerifyReport as VerifyReport
    from copydesk.building._verify import compare_folder as compare_folder
    from copydesk.building._verify import verify as verify
    from copydesk.building.channels import OwedPing as OwedPing
    from copydesk.building.channels import list_owed_pings as list_owed_pings
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
