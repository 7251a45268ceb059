"""Decide which story is shown where: front page, groups, coverage, sections, days, URLs. Pure.

Pages, newsletters and the desk share it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.placement._front import LIMITS as LIMITS
    from copydesk.placement._front import READ_WITHIN as READ_WITHIN
    from copydesk.placement._front import FrontLimits as FrontLimits
    from copydesk.placement._front import FrontPage as FrontPage
    from copydesk.placement._front import FrontRules as FrontRules
    from copydesk.placement._front import choose_front as choose_front
    from copydesk.placement._front import pins_in_force as pins_in_force
    from copydesk.placement._front import read_points as read_points
    from copydesk.placement._groups import Coverage as Coverage
    from copydesk.placement._groups import Coverages as Coverages
    from copydesk.placement._groups import Groups as Groups
    from copydesk.placement._groups import Owners as Owners
    from copydesk.placement._groups import Voice as Voice
    from copydesk.placement.addresses import IssueName as IssueName
    from copydesk.placement.addresses import addressable_topics as addressable_topics
    from copydesk.placement.addresses import group_by_day as group_by_day
    from copydesk.placement.addresses import group_by_month as group_by_month
    from copydesk.placement.addresses import issue_stems as issue_stems
    from copydesk.placement.addresses import local_time as local_time
    from copydesk.placement.addresses import name_issue as name_issue
    from copydesk.placement.addresses import parse_issue_name as parse_issue_name
    from copydesk.placement.addresses import sections as sections
    from copydesk.placement.addresses import topics_above as topics_above
    from copydesk.placement.addresses import topics_below as topics_below
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
