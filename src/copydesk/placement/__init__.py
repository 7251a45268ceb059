"""The placement room: takes stories and topics, says what stands where on a site. Pure.

The front page, who leads a group and who else has its story, sections, days and their addresses:
what pages, letters and the desk share.
"""

from __future__ import annotations

from copydesk.placement._audience import READ_WITHIN, read_points
from copydesk.placement._coverage import Coverage, CoverageIndex, Coverages, Owners, Rerun, Voice
from copydesk.placement._days import group_by_day, group_by_month, local_time
from copydesk.placement._front import (
    HALF_LIFE_HOURS,
    LIMITS,
    FrontLimits,
    FrontPage,
    FrontRules,
    choose_front,
    pins_in_force,
)
from copydesk.placement._groups import FiledStory, GroupIndex, Groups
from copydesk.placement._topics import addressable_topics, sections, topics_above, topics_below

__all__ = [
    "HALF_LIFE_HOURS",
    "LIMITS",
    "READ_WITHIN",
    "Coverage",
    "CoverageIndex",
    "Coverages",
    "FiledStory",
    "FrontLimits",
    "FrontPage",
    "FrontRules",
    "GroupIndex",
    "Groups",
    "Owners",
    "Rerun",
    "Voice",
    "addressable_topics",
    "choose_front",
    "group_by_day",
    "group_by_month",
    "local_time",
    "pins_in_force",
    "read_points",
    "sections",
    "topics_above",
    "topics_below",
]
