"""Apply editors' actions from the web interface as git commits; return each action's outcome."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.editing.applying._apply_actions import MOST_IN_A_COMMIT as MOST_IN_A_COMMIT
    from copydesk.editing.applying._apply_actions import WorkedOff as WorkedOff
    from copydesk.editing.applying._apply_actions import apply_actions as apply_actions
    from copydesk.editing.applying._apply_actions import decide_on_some as decide_on_some
    from copydesk.editing.applying._apply_actions import file_actions as file_actions
    from copydesk.editing.applying._apply_actions import let_stories_wait as let_stories_wait
    from copydesk.editing.applying._apply_actions import work_off as work_off
    from copydesk.editing.applying._field_digests import field_digests as field_digests
    from copydesk.editing.applying._field_digests import find_former_title as find_former_title
    from copydesk.editing.applying._field_digests import list_edited_fields as list_edited_fields
    from copydesk.editing.applying._steps import PICTURED as PICTURED
    from copydesk.editing.applying._steps import FiledList as FiledList
    from copydesk.editing.applying._steps import find_lists as find_lists
    from copydesk.editing.applying._steps import list_key as list_key
    from copydesk.editing.applying._steps import name_list as name_list
    from copydesk.editing.applying._steps import new_tip as new_tip
    from copydesk.editing.applying._steps import read_own_list as read_own_list
    from copydesk.editing.applying._steps import read_own_story as read_own_story
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
