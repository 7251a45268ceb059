"""Returns: what came back of letters goes in; who gets no more letters by it comes out.

A message that no letter of ours is known by changes nothing: docs/design/delivery.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.returns._list_returns import ReturnList as ReturnList
    from copydesk.engine.returns._list_returns import ReturnRow as ReturnRow
    from copydesk.engine.returns._list_returns import list_returns as list_returns
    from copydesk.engine.returns._take_in import ReturnEffect as ReturnEffect
    from copydesk.engine.returns._take_in import TakenReturn as TakenReturn
    from copydesk.engine.returns._take_in import take_in_return as take_in_return
    from copydesk.engine.returns._ways_in import MailboxReport as MailboxReport
    from copydesk.engine.returns._ways_in import look_into_mailbox as look_into_mailbox
    from copydesk.engine.returns._ways_in import take_in_message as take_in_message
    from copydesk.engine.returns._ways_in import take_in_webhook as take_in_webhook
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
