"""Coverage: filed stories and new ones in, those that change by standing beside each other out."""

from __future__ import annotations

from copydesk.judge.coverage._everyday import RELATED_POINTS, regroup_everyday
from copydesk.judge.coverage._heat import NEWSROOM_POINTS, corroboration
from copydesk.judge.coverage._lead import LIFT, STAYS, is_pinned, is_shown
from copydesk.judge.coverage._regroup import regroup
from copydesk.judge.coverage._rulings import lead_in, name_of
from copydesk.judge.coverage._tfidf_groups import group_stories

__all__ = [
    "LIFT",
    "NEWSROOM_POINTS",
    "RELATED_POINTS",
    "STAYS",
    "corroboration",
    "group_stories",
    "is_pinned",
    "is_shown",
    "lead_in",
    "name_of",
    "regroup",
    "regroup_everyday",
]
