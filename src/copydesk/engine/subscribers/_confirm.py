"""Confirm: by a link that only who reads the mailbox has, somebody agrees to get letters."""

from __future__ import annotations

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._answers import ConfirmAnswer
from copydesk.mail_store import MailStore


def confirm_subscription(newsroom: Newsroom, store: MailStore, token: str) -> ConfirmAnswer:
    """Let letters begin for whom a link was mailed to (POST only); a second time changes nothing.

    Raises MailStoreError.
    """
    raise NotImplementedError
