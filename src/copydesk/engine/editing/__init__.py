"""Editing: an editor's word goes in (a verdict, a rule, its taking back); one commit comes out.

And the other way round: a story goes in, and why it stands where it does comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.editing._action import CommitWords as CommitWords
    from copydesk.engine.editing._action import is_action_id as is_action_id
    from copydesk.engine.editing._action import read_words as read_words
    from copydesk.engine.editing._clear import clear_verdict as clear_verdict
    from copydesk.engine.editing._decided_stories import DecidedStories as DecidedStories
    from copydesk.engine.editing._decided_stories import (
        read_decided_stories as read_decided_stories,
    )
    from copydesk.engine.editing._edit import Edit as Edit
    from copydesk.engine.editing._explain import explain as explain
    from copydesk.engine.editing._file_rule import RuleReport as RuleReport
    from copydesk.engine.editing._file_rule import file_rule as file_rule
    from copydesk.engine.editing._file_rule import undo_rule as undo_rule
    from copydesk.engine.editing._inverse import revert_list as revert_list
    from copydesk.engine.editing._inverse import rulings_without as rulings_without
    from copydesk.engine.editing._inverse import story_without as story_without
    from copydesk.engine.editing._list_rules import list_rules as list_rules
    from copydesk.engine.editing._list_stories import DroppedLead as DroppedLead
    from copydesk.engine.editing._list_stories import ListedStory as ListedStory
    from copydesk.engine.editing._list_stories import StoryList as StoryList
    from copydesk.engine.editing._list_stories import StoryQuestion as StoryQuestion
    from copydesk.engine.editing._list_stories import list_stories as list_stories
    from copydesk.engine.editing._new_rule import NewRule as NewRule
    from copydesk.engine.editing._new_rule import topic_names as topic_names
    from copydesk.engine.editing._new_set import note_characters as note_characters
    from copydesk.engine.editing._new_tip import new_tip as new_tip
    from copydesk.engine.editing._undo import UndoReport as UndoReport
    from copydesk.engine.editing._undo import undo_action as undo_action
    from copydesk.engine.editing._urgent import publish_at_once as publish_at_once
    from copydesk.engine.editing._urgent import show_at_once as show_at_once
    from copydesk.engine.editing._verdicts import VerdictReport as VerdictReport
    from copydesk.engine.editing._verdicts import file_verdict as file_verdict
    from copydesk.engine.editing._verdicts import speaker as speaker
    from copydesk.engine.editing.applying import MOST_IN_A_COMMIT as MOST_IN_A_COMMIT
    from copydesk.engine.editing.applying import PICTURED as PICTURED
    from copydesk.engine.editing.applying import EditedField as EditedField
    from copydesk.engine.editing.applying import FiledList as FiledList
    from copydesk.engine.editing.applying import OwnStory as OwnStory
    from copydesk.engine.editing.applying import apply_actions as apply_actions
    from copydesk.engine.editing.applying import field_digests as field_digests
    from copydesk.engine.editing.applying import find_lists as find_lists
    from copydesk.engine.editing.applying import list_edited_fields as list_edited_fields
    from copydesk.engine.editing.applying import list_key as list_key
    from copydesk.engine.editing.applying import name_list as name_list
    from copydesk.engine.editing.applying import part_into_lots as part_into_lots
    from copydesk.engine.editing.applying import read_own_list as read_own_list
    from copydesk.engine.editing.applying import read_own_story as read_own_story
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
