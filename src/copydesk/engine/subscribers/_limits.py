"""Limits: how many mails single persons cause, and who is not written to at all."""

from __future__ import annotations

from datetime import datetime, timedelta

from copydesk.engine.subscribers._addresses import name_mailbox
from copydesk.mail_store import MailStore, Suppression

FORMS_A_NETWORK = 20  # forms a day that one network may send off
MAILS_A_MAILBOX = 1  # mails a day that strangers can cause to one mailbox
MAILS_A_DAY = 500  # mails to new addresses a day in all: a flood ruins the sender's name
LINKS_A_READER = 3  # links to manage a day, and changes of address


def admit_form(store: MailStore, client: str, now: datetime) -> timedelta | None:
    """Count a form of a network; return how long to wait where it is one too many.

    The network is counted by a keyed digest, which is forgotten after a day.
    """
    key = store.subscribers.key_of(f"network {client}").hex()
    return store.limits.admit({f"form {key}": FORMS_A_NETWORK}, now)


def admit_mail(store: MailStore, address: str, now: datetime) -> bool:
    """Count a mail to an address of which nobody knows whose it is; False for one too many.

    All addresses of one mailbox are counted as one: somebody has any number of them.
    """
    key = store.subscribers.key_of(name_mailbox(address)).hex()
    return store.limits.admit({f"mail {key}": MAILS_A_MAILBOX}, now) is None


def admit_any(store: MailStore, now: datetime) -> timedelta | None:
    """Count a mail to anybody new; return how long to wait where it is one too many."""
    return store.limits.admit({"mails": MAILS_A_DAY}, now)


def take_back_any(store: MailStore) -> None:
    """Count the last mail to anybody new no longer: none is sent."""
    store.limits.take_back("mails")


def admit_link(store: MailStore, subscriber: int, now: datetime) -> timedelta | None:
    """Count a link that a reader has mailed; return how long to wait for another one."""
    return store.limits.admit({f"links {subscriber}": LINKS_A_READER}, now)


def may_write(store: MailStore, address: str) -> bool:
    """Decide whether a mail that was asked for may go to an address."""
    suppression = store.suppressions.find(address)
    return suppression is None or is_lifted_by_reader(suppression)


def is_lifted_by_reader(suppression: Suppression) -> bool:
    """Decide whether somebody's own confirmation ends a suppression.

    That of who was erased or left elsewhere does; a mailbox that is none, a complaint and an
    owner's word stand.
    """
    return suppression.reason in {"erased", "left-elsewhere"}
