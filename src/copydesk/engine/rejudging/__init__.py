"""Rejudging: filed stories go in; what today's rules and neighbours make of them comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.rejudging._judge_again import judge_again as judge_again
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
    from copydesk.engine.rejudging._rejudge import rejudge as rejudge
    from copydesk.engine.rejudging._surroundings import find_neighbours as find_neighbours
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
