"""Again: second looks at filed pages, an hour to a week after filing, and what they change.

Plans that are due go in; looks come out, then the corrections that they make, then new plans.
"""

from __future__ import annotations

from copydesk.engine.again._corrections import GONE, Correction, corrections
from copydesk.engine.again._look import keep as keep_looks
from copydesk.engine.again._look import look
from copydesk.engine.again._plans import (
    Look,
    is_known_gone,
    is_removed,
    make_up,
    of_filed,
    place,
)
from copydesk.engine.again._plans import keep as keep_plan

__all__ = [
    "GONE",
    "Correction",
    "Look",
    "corrections",
    "is_known_gone",
    "is_removed",
    "keep_looks",
    "keep_plan",
    "look",
    "make_up",
    "of_filed",
    "place",
]
