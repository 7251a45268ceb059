"""Rejudging: filed stories go in; what today's rules and neighbours make of them comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.engine.rejudging._judge_again import judge_again
    from copydesk.engine.rejudging._regroup import after_others, beat_in_force, regroup
    from copydesk.engine.rejudging._rejudge import (
        FieldChange,
        RejudgeReport,
        apply_rejudged,
        rejudge,
    )

__all__ = [
    "FieldChange",
    "RejudgeReport",
    "after_others",
    "apply_rejudged",
    "beat_in_force",
    "judge_again",
    "regroup",
    "rejudge",
]

_MADE_IN = {
    "copydesk.engine.rejudging._judge_again": "judge_again",
    "copydesk.engine.rejudging._regroup": "after_others beat_in_force regroup",
    "copydesk.engine.rejudging._rejudge": "FieldChange RejudgeReport apply_rejudged rejudge",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
