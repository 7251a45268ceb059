"""Score stored stories again by the current settings and rules: stories go in, their changes come
out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.rounds.rejudging._regroup import Regrouped as Regrouped
    from copydesk.rounds.rejudging._regroup import after_others as after_others
    from copydesk.rounds.rejudging._regroup import find_neighbours as find_neighbours
    from copydesk.rounds.rejudging._regroup import regroup as regroup
    from copydesk.rounds.rejudging._rejudge import Case as Case
    from copydesk.rounds.rejudging._rejudge import FieldChange as FieldChange
    from copydesk.rounds.rejudging._rejudge import Rejudged as Rejudged
    from copydesk.rounds.rejudging._rejudge import RejudgeReport as RejudgeReport
    from copydesk.rounds.rejudging._rejudge import apply_rejudging as apply_rejudging
    from copydesk.rounds.rejudging._rejudge import find_stories_around as find_stories_around
    from copydesk.rounds.rejudging._rejudge import is_before_period as is_before_period
    from copydesk.rounds.rejudging._rejudge import is_changed as is_changed
    from copydesk.rounds.rejudging._rejudge import is_in_period as is_in_period
    from copydesk.rounds.rejudging._rejudge import is_on_its_own_now as is_on_its_own_now
    from copydesk.rounds.rejudging._rejudge import is_removed as is_removed
    from copydesk.rounds.rejudging._rejudge import judge_again as judge_again
    from copydesk.rounds.rejudging._rejudge import judge_case as judge_case
    from copydesk.rounds.rejudging._rejudge import list_changes as list_changes
    from copydesk.rounds.rejudging._rejudge import make_case as make_case
    from copydesk.rounds.rejudging._rejudge import order_of_arrival as order_of_arrival
    from copydesk.rounds.rejudging._rejudge import read_period as read_period
    from copydesk.rounds.rejudging._rejudge import rejudge as rejudge
    from copydesk.rounds.rejudging._rejudge import set_beside as set_beside
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
