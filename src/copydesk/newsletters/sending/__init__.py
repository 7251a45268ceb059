"""Send newsletter issues to their subscribers, and record each message in the delivery log.

Each message is logged before it is sent and after: docs/design/delivery.md.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsletters.sending._prepare import make_eml as make_eml
    from copydesk.newsletters.sending._prepare import send_test as send_test
    from copydesk.newsletters.sending._prepare import send_test_letter as send_test_letter
    from copydesk.newsletters.sending._prepare import write_eml as write_eml
    from copydesk.newsletters.sending._send import SendReport as SendReport
    from copydesk.newsletters.sending._send import count_by_name as count_by_name
    from copydesk.newsletters.sending._send import name_state as name_state
    from copydesk.newsletters.sending._send import send_issues as send_issues
    from copydesk.newsletters.sending._send import send_outbox as send_outbox
    from copydesk.newsletters.sending.send_lines import GroupCommit as GroupCommit
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
