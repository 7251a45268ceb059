"""Give newsletter issues to a newsletter service (listmonk, Ghost, Mailgun and others) to send.

listmonk, Buttondown, Ghost, and services with the APIs of Mailgun and Postmark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsletters.services._call import HandedLetter as HandedLetter
    from copydesk.newsletters.services._call import HandOverAnswer as HandOverAnswer
    from copydesk.newsletters.services._services import SERVICES as SERVICES
    from copydesk.newsletters.services._services import hand_over as hand_over
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
