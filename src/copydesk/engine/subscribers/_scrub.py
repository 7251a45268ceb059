"""Scrub: of an address that is forgotten no byte is left in the file, at once or soon."""

from __future__ import annotations

from copydesk.mail_store import MailStore

_OWED = "scrub owed"  # the fact that bytes of somebody who was erased may be left


def scrub_address(store: MailStore, address: str) -> None:
    """Leave no byte of an address that was forgotten; where somebody at work hinders that, later.

    Raises MailStoreError.
    """
    if not store.scrub(address):
        store.facts.put(_OWED, "1")


def scrub_rest(store: MailStore) -> None:
    """Leave no byte of what could not be overwritten when it was forgotten."""
    if store.facts.get(_OWED) and store.scrub():
        store.facts.forget(_OWED)
