"""Rejudging: filed stories go in; what today's rules and neighbours make of them comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.rejudging._beside import find_stories_around as find_stories_around
    from copydesk.engine.rejudging._beside import is_on_its_own_now as is_on_its_own_now
    from copydesk.engine.rejudging._beside import set_beside as set_beside
    from copydesk.engine.rejudging._case import Case as Case
    from copydesk.engine.rejudging._case import JudgingRules as JudgingRules
    from copydesk.engine.rejudging._case import Rejudged as Rejudged
    from copydesk.engine.rejudging._case import is_before_period as is_before_period
    from copydesk.engine.rejudging._case import is_in_period as is_in_period
    from copydesk.engine.rejudging._case import is_removed as is_removed
    from copydesk.engine.rejudging._case import judge_case as judge_case
    from copydesk.engine.rejudging._case import order_of_arrival as order_of_arrival
    from copydesk.engine.rejudging._judge_again import judge_again as judge_again
    from copydesk.engine.rejudging._judge_again import make_case as make_case
    from copydesk.engine.rejudging._neighbours import NeighbourKind as NeighbourKind
    from copydesk.engine.rejudging._neighbours import NeighbourReport as NeighbourReport
    from copydesk.engine.rejudging._neighbours import NeighbourRow as NeighbourRow
    from copydesk.engine.rejudging._neighbours import list_neighbours as list_neighbours
    from copydesk.engine.rejudging._regroup import Regrouped as Regrouped
    from copydesk.engine.rejudging._regroup import after_others as after_others
    from copydesk.engine.rejudging._regroup import regroup as regroup
    from copydesk.engine.rejudging._rejudge import FieldChange as FieldChange
    from copydesk.engine.rejudging._rejudge import RejudgeReport as RejudgeReport
    from copydesk.engine.rejudging._rejudge import apply_rejudging as apply_rejudging
    from copydesk.engine.rejudging._rejudge import is_changed as is_changed
    from copydesk.engine.rejudging._rejudge import list_changes as list_changes
    from copydesk.engine.rejudging._rejudge import read_period as read_period
    from copydesk.engine.rejudging._rejudge import rejudge as rejudge
    from copydesk.engine.rejudging._surroundings import find_neighbours as find_neighbours
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
