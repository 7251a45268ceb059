"""Stub."""

from copydesk.engine.newsroom import Newsroom
from copydesk.mail_store import MailStore


def find_obstacle(newsroom: Newsroom, store: MailStore) -> str | None:
    return None
