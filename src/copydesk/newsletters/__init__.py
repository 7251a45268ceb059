"""E-mail newsletters: filed stories and subscribers go in; sent issues and a delivery log come out.

composing      compose and render an issue from values alone; pure
issues         gather an issue's stories from the records, file it, read it back
readers        sign-up, consent, links, choices, a reader's own data
exchange       import and export lists of readers
sending        send an issue to its readers; `delivery_log` lists what was sent to whom
message, dkim, smtp, answers    write, sign and send one message, and read the server's answer
services       hand an issue over to a newsletter service
bounces        read what came back, and end the subscriptions that it ends
checks         check whether mail would arrive
reader_pages   the pages below `/mail/`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.mail_store import MailStore as MailStore
    from copydesk.mail_store import has_mail as has_mail
    from copydesk.mail_store.deliveries import Sending as Sending
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
