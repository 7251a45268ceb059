"""Send stories as e-mail newsletters to subscribers, and log every message that was sent.

composing      compose and render an issue from values alone; pure
issues         gather an issue's stories, and read a filed issue back
issue_filing   commit an issue to git when it is due
readers        sign-up, consent, links, choices, a subscriber's own data
exchange       import and export lists of subscribers
sending        send an issue to its subscribers; `delivery_log` lists what was sent to whom
message, smtp  write, sign and send one message, and read the server's answer
services       give an issue to a newsletter service to send
bounces        read bounces and complaints, and stop mail to their addresses
checks         check whether mail would arrive
reader_pages   the subscribers' web pages below `/mail/`
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.mail_store import MailStore as MailStore
    from copydesk.mail_store import has_mail as has_mail
    from copydesk.mail_store.deliveries import Sending as Sending
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
