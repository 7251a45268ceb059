"""Readers' own pages: a reader's request goes in; a page comes out, and what they want is kept.

    /mail/subscribe        a form; sent off, a mail with a link goes to the address
    /mail/confirm/TOKEN    that link: letters begin        /mail/change/TOKEN  a new address's
    /mail/leave/TOKEN      letters end, by a button or by one click of a mail program (RFC 8058)
    /mail/choices/TOKEN    which letters, which topics, a pause
    /mail/manage/TOKEN     one's data, another address, everything deleted
    /mail/bounces          where a mail service tells what came back

Only POST changes anything: programs that look through mails open every link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.subscriptions._app import POLICY as POLICY
    from copydesk.subscriptions._app import make_app as make_app
    from copydesk.subscriptions._app import serve_subscriptions as serve_subscriptions
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
