"""Returns: what came back goes in, a message or the box with many; closed values come out.

Nothing that a stranger sends makes more than a value of it: what cannot be read is `other`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.post.returns._bounded import MOST_BYTES as MOST_BYTES
    from copydesk.post.returns._mailbox import MailboxLook as MailboxLook
    from copydesk.post.returns._mailbox import read_mailbox as read_mailbox
    from copydesk.post.returns._read_returned import read_returned_mail as read_returned_mail
    from copydesk.post.returns._returned_mail import ReturnedMail as ReturnedMail
    from copydesk.post.returns._returned_mail import ReturnKind as ReturnKind
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
