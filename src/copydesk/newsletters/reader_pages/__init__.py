"""The web pages where people sign up for newsletters, change their choices, and unsubscribe.

    /mail/subscribe        the form; it sends a mail with a confirmation link
    /mail/confirm/TOKEN    confirm the subscription        /mail/change/TOKEN  confirm a new address
    /mail/leave/TOKEN      unsubscribe, by a button or one click in a mail program (RFC 8058)
    /mail/choices/TOKEN    choose newsletters and topics, or pause
    /mail/manage/TOKEN     see one's data, change the address, delete everything
    /mail/bounces          mail services post bounces here

Only POST changes anything, since mail scanners open every link.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsletters.reader_pages._app import POLICY as POLICY
    from copydesk.newsletters.reader_pages._app import serve_subscriptions as serve_subscriptions
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
