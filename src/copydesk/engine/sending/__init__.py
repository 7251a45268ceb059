"""Sending: a filed issue goes out to its readers; the delivery log says who got it.

Each message is logged before it is sent and after: docs/design/delivery.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.sending._begin import IssueAudience as IssueAudience
    from copydesk.engine.sending._begin import ask_and_file as ask_and_file
    from copydesk.engine.sending._begin import begin_due_sendings as begin_due_sendings
    from copydesk.engine.sending._begin import begin_sending as begin_sending
    from copydesk.engine.sending._begin import count_uncertain as count_uncertain
    from copydesk.engine.sending._begin import find_audience as find_audience
    from copydesk.engine.sending._begin import hold_issue as hold_issue
    from copydesk.engine.sending._begin import list_held_sendings as list_held_sendings
    from copydesk.engine.sending._begin import list_unsent_issues as list_unsent_issues
    from copydesk.engine.sending._begin import send_again as send_again
    from copydesk.engine.sending._delivery_log import SendingRehearsal as SendingRehearsal
    from copydesk.engine.sending._delivery_log import SendingRow as SendingRow
    from copydesk.engine.sending._delivery_log import WhoLine as WhoLine
    from copydesk.engine.sending._delivery_log import WhoPage as WhoPage
    from copydesk.engine.sending._delivery_log import find_sending as find_sending
    from copydesk.engine.sending._delivery_log import find_who as find_who
    from copydesk.engine.sending._delivery_log import list_issues_of as list_issues_of
    from copydesk.engine.sending._delivery_log import list_sendings as list_sendings
    from copydesk.engine.sending._delivery_log import list_who as list_who
    from copydesk.engine.sending._delivery_log import page_who as page_who
    from copydesk.engine.sending._delivery_log import rehearse_sending as rehearse_sending
    from copydesk.engine.sending._delivery_log import resume_sending as resume_sending
    from copydesk.engine.sending._delivery_log import stop_sending as stop_sending
    from copydesk.engine.sending._outbox import send_outbox as send_outbox
    from copydesk.engine.sending._prepare import make_eml as make_eml
    from copydesk.engine.sending._prepare import send_test as send_test
    from copydesk.engine.sending._prepare import write_eml as write_eml
    from copydesk.engine.sending._rules import Pace as Pace
    from copydesk.engine.sending._rules import SettleRules as SettleRules
    from copydesk.engine.sending._rules import settle as settle
    from copydesk.engine.sending._send import SendReport as SendReport
    from copydesk.engine.sending._send import count_by_name as count_by_name
    from copydesk.engine.sending._send import send_issues as send_issues
    from copydesk.engine.sending._send_lines import GroupCommit as GroupCommit
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
