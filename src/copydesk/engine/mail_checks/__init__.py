"""Mail checks: settings go in; what is well and what is not comes out, and is stored.

Callers that send ask `find_mail_obstacle` first: docs/design/delivery.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.mail_checks._doctor import KeptFinding as KeptFinding
    from copydesk.engine.mail_checks._doctor import MailCheckReport as MailCheckReport
    from copydesk.engine.mail_checks._doctor import Overruling as Overruling
    from copydesk.engine.mail_checks._doctor import examine_mail as examine_mail
    from copydesk.engine.mail_checks._doctor import find_mail_obstacle as find_mail_obstacle
    from copydesk.engine.mail_checks._doctor import list_kinds as list_kinds
    from copydesk.engine.mail_checks._doctor import overrule_check as overrule_check
    from copydesk.engine.mail_checks._doctor import read_checks as read_checks
    from copydesk.engine.mail_checks._test_letter import TrialRequest as TrialRequest
    from copydesk.engine.mail_checks._test_letter import admit_trial as admit_trial
    from copydesk.engine.mail_checks._test_letter import send_test_letter as send_test_letter
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
