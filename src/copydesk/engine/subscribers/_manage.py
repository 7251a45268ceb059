"""Manage: one's data, another address, being forgotten; by a link that is mailed for that."""

from __future__ import annotations

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._answers import (
    ChangeAnswer,
    DataAnswer,
    EraseAnswer,
    ManageAnswer,
)
from copydesk.mail_store import MailStore


def ask_for_manage_link(newsroom: Newsroom, store: MailStore, token: str) -> ManageAnswer:
    """Mail a link to manage to the reader of any link that stands in letters."""
    raise NotImplementedError


def read_reader_data(newsroom: Newsroom, store: MailStore, manage_token: str) -> DataAnswer:
    """Return everything that is kept of the reader of a link to manage."""
    raise NotImplementedError


def request_address_change(
    newsroom: Newsroom, store: MailStore, manage_token: str, new_address: str
) -> ChangeAnswer:
    """Mail a link to a new address, by which it becomes the reader's."""
    raise NotImplementedError


def confirm_address_change(newsroom: Newsroom, store: MailStore, change_token: str) -> ChangeAnswer:
    """Let the address that a link was mailed to be the reader's (POST only)."""
    raise NotImplementedError


def erase_reader(newsroom: Newsroom, store: MailStore, manage_token: str) -> EraseAnswer:
    """Forget the reader of a link to manage; a keyed digest of the address stays."""
    raise NotImplementedError
