"""Subscribe: a filled form goes in; a mail that asks is put into the outbox."""

from __future__ import annotations

from datetime import datetime

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._answers import SubscribeAnswer, SubscribeRequest
from copydesk.mail_store import MailStore


def request_subscription(
    newsroom: Newsroom, store: MailStore, request: SubscribeRequest
) -> SubscribeAnswer:
    """Let a mail ask whether somebody wants letters; answer alike whether they read already or not.

    Raises MailStoreError, PublishError.
    """
    raise NotImplementedError


def forget_unconfirmed(store: MailStore, now: datetime) -> int:
    """Forget who confirmed nothing within a week; return how many those were."""
    raise NotImplementedError
