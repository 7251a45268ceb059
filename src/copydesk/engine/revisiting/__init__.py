"""Revisiting: second looks at filed pages, an hour to a week after filing, and what they change.

Plans that are due go in; looks come out, then the corrections that they make, then new plans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.revisiting._correction import Correction as Correction
    from copydesk.engine.revisiting._corrections import find_corrections as find_corrections
    from copydesk.engine.revisiting._fetch_missing import FetchedAgain as FetchedAgain
    from copydesk.engine.revisiting._fetch_missing import count_missing as count_missing
    from copydesk.engine.revisiting._fetch_missing import fetch_missing as fetch_missing
    from copydesk.engine.revisiting._look import keep_looks as keep_looks
    from copydesk.engine.revisiting._look import look_again as look_again
    from copydesk.engine.revisiting._plan import GONE as GONE
    from copydesk.engine.revisiting._plan import find_gone_paths as find_gone_paths
    from copydesk.engine.revisiting._plan import is_known_gone as is_known_gone
    from copydesk.engine.revisiting._plans import Look as Look
    from copydesk.engine.revisiting._plans import due_looks as due_looks
    from copydesk.engine.revisiting._plans import is_removed as is_removed
    from copydesk.engine.revisiting._plans import keep_plan as keep_plan
    from copydesk.engine.revisiting._plans import make_up_plans as make_up_plans
    from copydesk.engine.revisiting._plans import place_of_look as place_of_look
    from copydesk.engine.revisiting._plans import plan_first_look as plan_first_look
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
