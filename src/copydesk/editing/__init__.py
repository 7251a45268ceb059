"""File editors' decisions (a verdict, a rule, an undo), each in one commit, and explain stories.

`explain` takes a story and returns why it has its status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.editing._edit import CommitWords as CommitWords
    from copydesk.editing._edit import Edit as Edit
    from copydesk.editing._edit import is_action_id as is_action_id
    from copydesk.editing._edit import read_words as read_words
    from copydesk.editing._explain import explain as explain
    from copydesk.editing._explain import list_rules as list_rules
    from copydesk.editing._pictures_apart import make_pictures_apart as make_pictures_apart
    from copydesk.editing._rules import NewRule as NewRule
    from copydesk.editing._rules import RuleReport as RuleReport
    from copydesk.editing._rules import file_rule as file_rule
    from copydesk.editing._rules import note_characters as note_characters
    from copydesk.editing._rules import topic_names as topic_names
    from copydesk.editing._rules import undo_rule as undo_rule
    from copydesk.editing._stories import DecidedStories as DecidedStories
    from copydesk.editing._stories import DroppedLead as DroppedLead
    from copydesk.editing._stories import ListedStory as ListedStory
    from copydesk.editing._stories import StoryList as StoryList
    from copydesk.editing._stories import StoryQuestion as StoryQuestion
    from copydesk.editing._stories import list_stories as list_stories
    from copydesk.editing._stories import read_decided_stories as read_decided_stories
    from copydesk.editing._undo import UndoReport as UndoReport
    from copydesk.editing._undo import revert_list as revert_list
    from copydesk.editing._undo import rulings_without as rulings_without
    from copydesk.editing._undo import story_without as story_without
    from copydesk.editing._undo import undo_action as undo_action
    from copydesk.editing._verdicts import VerdictReport as VerdictReport
    from copydesk.editing._verdicts import clear_verdict as clear_verdict
    from copydesk.editing._verdicts import file_verdict as file_verdict
    from copydesk.editing._verdicts import publish_at_once as publish_at_once
    from copydesk.editing._verdicts import show_at_once as show_at_once
    from copydesk.editing._verdicts import speaker as speaker
    from copydesk.editing._work_off import WorkedOff as WorkedOff
    from copydesk.editing._work_off import file_actions as file_actions
    from copydesk.editing._work_off import let_stories_wait as let_stories_wait
    from copydesk.editing._work_off import work_off as work_off
    from copydesk.editing.applying import MOST_IN_A_COMMIT as MOST_IN_A_COMMIT
    from copydesk.editing.applying import PICTURED as PICTURED
    from copydesk.editing.applying import EditedField as EditedField
    from copydesk.editing.applying import FiledList as FiledList
    from copydesk.editing.applying import OwnStory as OwnStory
    from copydesk.editing.applying import apply_actions as apply_actions
    from copydesk.editing.applying import field_digests as field_digests
    from copydesk.editing.applying import find_lists as find_lists
    from copydesk.editing.applying import list_edited_fields as list_edited_fields
    from copydesk.editing.applying import list_key as list_key
    from copydesk.editing.applying import name_list as name_list
    from copydesk.editing.applying import new_tip as new_tip
    from copydesk.editing.applying import part_into_lots as part_into_lots
    from copydesk.editing.applying import read_own_list as read_own_list
    from copydesk.editing.applying import read_own_story as read_own_story
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
