"""Revisiting: second looks at filed pages, an hour to a week after filing, and what they change.

Plans that are due go in; looks come out, then the corrections that they make, then new plans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.engine.revisiting._corrections import GONE, Correction, find_corrections
    from copydesk.engine.revisiting._look import keep_looks, look_again
    from copydesk.engine.revisiting._plans import (
        Look,
        is_known_gone,
        is_removed,
        keep_plan,
        make_up_plans,
        place_of_look,
        plan_filed,
    )

__all__ = [
    "GONE",
    "Correction",
    "Look",
    "find_corrections",
    "is_known_gone",
    "is_removed",
    "keep_looks",
    "keep_plan",
    "look_again",
    "make_up_plans",
    "place_of_look",
    "plan_filed",
]

_MADE_IN = {
    "copydesk.engine.revisiting._corrections": "Correction GONE find_corrections",
    "copydesk.engine.revisiting._look": "keep_looks look_again",
    "copydesk.engine.revisiting._plans": (
        "Look is_known_gone is_removed keep_plan make_up_plans place_of_look plan_filed"
    ),
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
