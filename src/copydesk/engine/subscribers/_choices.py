"""Choices: which letters a reader gets from now on, by the links that stand in letters."""

from __future__ import annotations

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._answers import ChooseAnswer, LeaveAnswer, ReaderChoices
from copydesk.mail_store import MailStore


def leave_letter(newsroom: Newsroom, store: MailStore, token: str) -> LeaveAnswer:
    """End the letter of a link, or all where it names none (RFC 8058); as often as it is asked.

    Such a link never expires. Raises MailStoreError.
    """
    raise NotImplementedError


def leave_all_letters(newsroom: Newsroom, store: MailStore, token: str) -> LeaveAnswer:
    """End every letter of the reader of a link; raises MailStoreError."""
    raise NotImplementedError


def choose_letters(
    newsroom: Newsroom, store: MailStore, token: str, choices: ReaderChoices
) -> ChooseAnswer:
    """Let somebody get what they chose, by a link of choices or to manage; raises MailStoreError.

    Topics that there are no more are left away.
    """
    raise NotImplementedError
