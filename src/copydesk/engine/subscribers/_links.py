"""Links: what a reader's link opens, looked at without changing anything."""

from __future__ import annotations

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._answers import LinkView
from copydesk.mail_store import LinkPurpose, MailStore


def look_at_link(
    newsroom: Newsroom, store: MailStore, token: str, purpose: LinkPurpose
) -> LinkView:
    """Return what the page of a link may show (GET and HEAD); one of another purpose is forged.

    Where `choices` is asked for, links to leave and to manage are good as well; where `unsubscribe`
    is, those of choices and to manage. Raises MailStoreError.
    """
    raise NotImplementedError
