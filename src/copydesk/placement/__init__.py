"""The placement room: takes stories and topics, says what stands where on a site. Pure.

The front page, who leads a group and who else has its story, sections, days and their addresses:
what pages, letters and the desk share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.placement._audience import READ_WITHIN as READ_WITHIN
    from copydesk.placement._audience import read_points as read_points
    from copydesk.placement._coverage import Coverage as Coverage
    from copydesk.placement._coverage import CoverageIndex as CoverageIndex
    from copydesk.placement._coverage import Coverages as Coverages
    from copydesk.placement._coverage import Owners as Owners
    from copydesk.placement._coverage import Rerun as Rerun
    from copydesk.placement._coverage import Voice as Voice
    from copydesk.placement._days import group_by_day as group_by_day
    from copydesk.placement._days import group_by_month as group_by_month
    from copydesk.placement._days import local_time as local_time
    from copydesk.placement._front import LIMITS as LIMITS
    from copydesk.placement._front import FrontLimits as FrontLimits
    from copydesk.placement._front import FrontPage as FrontPage
    from copydesk.placement._front import FrontRules as FrontRules
    from copydesk.placement._front import choose_front as choose_front
    from copydesk.placement._front import pins_in_force as pins_in_force
    from copydesk.placement._groups import FiledStory as FiledStory
    from copydesk.placement._groups import GroupIndex as GroupIndex
    from copydesk.placement._groups import Groups as Groups
    from copydesk.placement._issue_names import IssueName as IssueName
    from copydesk.placement._issue_names import issue_stems as issue_stems
    from copydesk.placement._issue_names import name_issue as name_issue
    from copydesk.placement._issue_names import parse_issue_name as parse_issue_name
    from copydesk.placement._topics import addressable_topics as addressable_topics
    from copydesk.placement._topics import sections as sections
    from copydesk.placement._topics import topics_above as topics_above
    from copydesk.placement._topics import topics_below as topics_below
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
