"""Decide where each story is shown: front page, groups, coverage, sections, days, URLs. No I/O.

Pages, newsletters and the desk share it.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.placement._front import LIMITS as LIMITS
    from copydesk.placement._front import READ_WITHIN as READ_WITHIN
    from copydesk.placement._front import FrontLimits as FrontLimits
    from copydesk.placement._front import FrontPage as FrontPage
    from copydesk.placement._front import FrontRules as FrontRules
    from copydesk.placement._front import PlaceReason as PlaceReason
    from copydesk.placement._front import RankPart as RankPart
    from copydesk.placement._front import choose_editions as choose_editions
    from copydesk.placement._front import choose_front as choose_front
    from copydesk.placement._front import pins_in_force as pins_in_force
    from copydesk.placement._front import read_points as read_points
    from copydesk.placement._front import thin_fronts as thin_fronts
    from copydesk.placement._groups import Coverage as Coverage
    from copydesk.placement._groups import Coverages as Coverages
    from copydesk.placement._groups import Groups as Groups
    from copydesk.placement._groups import Owners as Owners
    from copydesk.placement._groups import Voice as Voice
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
