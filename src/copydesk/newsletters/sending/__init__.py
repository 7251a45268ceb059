"""Send newsletters: a filed issue goes out to its readers; the delivery log says who got it.

Each message is logged before it is sent and after: docs/design/delivery.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsletters.sending._begin import IssueAudience as IssueAudience
    from copydesk.newsletters.sending._begin import ask_and_file as ask_and_file
    from copydesk.newsletters.sending._begin import begin_due_sendings as begin_due_sendings
    from copydesk.newsletters.sending._begin import begin_sending as begin_sending
    from copydesk.newsletters.sending._begin import count_uncertain as count_uncertain
    from copydesk.newsletters.sending._begin import find_audience as find_audience
    from copydesk.newsletters.sending._begin import find_missing_word as find_missing_word
    from copydesk.newsletters.sending._begin import hold_issue as hold_issue
    from copydesk.newsletters.sending._begin import list_held_sendings as list_held_sendings
    from copydesk.newsletters.sending._begin import list_unsent_issues as list_unsent_issues
    from copydesk.newsletters.sending._begin import send_again as send_again
    from copydesk.newsletters.sending._outbox import send_outbox as send_outbox
    from copydesk.newsletters.sending._prepare import make_eml as make_eml
    from copydesk.newsletters.sending._prepare import send_test as send_test
    from copydesk.newsletters.sending._prepare import write_eml as write_eml
    from copydesk.newsletters.sending._send import SendReport as SendReport
    from copydesk.newsletters.sending._send import count_by_name as count_by_name
    from copydesk.newsletters.sending._send import name_state as name_state
    from copydesk.newsletters.sending._send import send_issues as send_issues
    from copydesk.newsletters.sending._send_lines import GroupCommit as GroupCommit
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
