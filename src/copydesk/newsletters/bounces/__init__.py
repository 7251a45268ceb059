"""Process bounced newsletter messages and spam complaints, and stop mail to the addresses
concerned.

A message that matches no newsletter issue sent from here changes nothing:
docs/design/delivery.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsletters.bounces._mailbox import MailboxLook as MailboxLook
    from copydesk.newsletters.bounces._mailbox import read_mailbox as read_mailbox
    from copydesk.newsletters.bounces._reading import MOST_BYTES as MOST_BYTES
    from copydesk.newsletters.bounces._reading import ReturnKind as ReturnKind
    from copydesk.newsletters.bounces._reading import read_returned_mail as read_returned_mail
    from copydesk.newsletters.bounces._taking_in import ReturnEffect as ReturnEffect
    from copydesk.newsletters.bounces._taking_in import list_returns as list_returns
    from copydesk.newsletters.bounces._taking_in import look_into_mailbox as look_into_mailbox
    from copydesk.newsletters.bounces._taking_in import take_in_message as take_in_message
    from copydesk.newsletters.bounces._taking_in import take_in_return as take_in_return
    from copydesk.newsletters.bounces._taking_in import take_in_webhook as take_in_webhook
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
