"""Editing: an editor's word goes in (a verdict, a rule, its taking back); one commit comes out.

And the other way round: a story goes in, and why it stands where it does comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.engine.editing._clear import clear_verdict
    from copydesk.engine.editing._explain import explain
    from copydesk.engine.editing._inverse import (
        Difference,
        merged_list,
        rulings_without,
        story_without,
    )
    from copydesk.engine.editing._new_rule import NewRule
    from copydesk.engine.editing._rulings import RuleReport, file_rule, list_rules, undo_rule
    from copydesk.engine.editing._undo import UndoReport, undo_action
    from copydesk.engine.editing._urgent import show_at_once
    from copydesk.engine.editing._verdicts import VerdictReport, file_verdict, speaker

__all__ = [
    "Difference",
    "NewRule",
    "RuleReport",
    "UndoReport",
    "VerdictReport",
    "clear_verdict",
    "explain",
    "file_rule",
    "file_verdict",
    "list_rules",
    "merged_list",
    "rulings_without",
    "show_at_once",
    "speaker",
    "story_without",
    "undo_action",
    "undo_rule",
]

_MADE_IN = {
    "copydesk.engine.editing._clear": "clear_verdict",
    "copydesk.engine.editing._explain": "explain",
    "copydesk.engine.editing._inverse": "Difference merged_list rulings_without story_without",
    "copydesk.engine.editing._new_rule": "NewRule",
    "copydesk.engine.editing._rulings": "RuleReport file_rule list_rules undo_rule",
    "copydesk.engine.editing._undo": "UndoReport undo_action",
    "copydesk.engine.editing._urgent": "show_at_once",
    "copydesk.engine.editing._verdicts": "VerdictReport file_verdict speaker",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
