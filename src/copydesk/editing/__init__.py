"""Store editors' decisions and rules on stories, or undo them, in git commits; explain stories.

`explain` takes a story and returns why it has its status.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
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
    from copydesk.editing._rules import undo_rule as undo_rule
    from copydesk.editing._verdicts import VerdictReport as VerdictReport
    from copydesk.editing._verdicts import clear_verdict as clear_verdict
    from copydesk.editing._verdicts import file_verdict as file_verdict
    from copydesk.editing._verdicts import show_at_once as show_at_once
    from copydesk.editing._verdicts import speaker as speaker
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
