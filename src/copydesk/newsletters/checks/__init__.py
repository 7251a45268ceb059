"""Check the mail settings and DNS records, so that newsletters are not rejected as spam.

`find_mail_obstacle` says whether newsletters may be sent: docs/design/delivery.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsletters.checks._doctor import MAIL_CHECK as MAIL_CHECK
    from copydesk.newsletters.checks._doctor import KeptFinding as KeptFinding
    from copydesk.newsletters.checks._doctor import MailCheckReport as MailCheckReport
    from copydesk.newsletters.checks._doctor import Overruling as Overruling
    from copydesk.newsletters.checks._doctor import TrialRequest as TrialRequest
    from copydesk.newsletters.checks._doctor import admit_trial as admit_trial
    from copydesk.newsletters.checks._doctor import examine_mail as examine_mail
    from copydesk.newsletters.checks._doctor import find_mail_obstacle as find_mail_obstacle
    from copydesk.newsletters.checks._doctor import list_kinds as list_kinds
    from copydesk.newsletters.checks._doctor import overrule_check as overrule_check
    from copydesk.newsletters.checks._doctor import read_checks as read_checks
    from copydesk.newsletters.checks._doctor import send_test_letter as send_test_letter
    from copydesk.newsletters.checks._look import CheckRequest as CheckRequest
    from copydesk.newsletters.checks._look import WebAnswer as WebAnswer
    from copydesk.newsletters.checks._look import check_clock as check_clock
    from copydesk.newsletters.checks._look import check_links as check_links
    from copydesk.newsletters.checks._look import check_one_click as check_one_click
    from copydesk.newsletters.checks._look import look as look
    from copydesk.newsletters.checks.records import CheckKind as CheckKind
    from copydesk.newsletters.checks.records import DnsNames as DnsNames
    from copydesk.newsletters.checks.records import MailFinding as MailFinding
    from copydesk.newsletters.checks.records import MailNames as MailNames
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
