"""Normalize and check e-mail addresses, and wipe deleted ones from the subscribers' database.

email-validator decides: RFC 5321, 5322 and 6531, with quoted local parts and international names.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from copydesk.config import Settings
from copydesk.kit import text
from copydesk.mail_store import MailStore, fold_address, has_mail, open_mail
from copydesk.newsroom import Newsroom

_Read = TypeVar("_Read")
_Otherwise = TypeVar("_Otherwise")

AddressFault = Literal["", "empty", "too-long", "no-at", "special-domain", "bad-domain", "bad-name"]
_LONGEST_LANGUAGE = 35  # characters of a tag (RFC 5646 4.4.1)
_GMAIL = ("gmail.com", "googlemail.com")  # https://support.google.com/mail/answer/7436150
_LONGEST = 254  # octets of an address (RFC 5321 4.5.3.1.3, errata 1690)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedAddress:
    """The result of checking an e-mail address that somebody typed: normalized, or its fault."""

    address: str = field(default="", repr=False)
    fault: AddressFault = ""


def read_address(typed: str, settings: Settings) -> TypedAddress:
    """Normalize an e-mail address that somebody typed, or return what is wrong with it.

    Undeliverable domains (`.test`, `localhost`) are refused, except in a newsroom whose mail server
    is on this machine, for trials.
    """
    typed = typed.strip(" \t")
    if not typed:
        return TypedAddress(fault="empty")
    if len(typed.encode("utf-8", "replace")) > _LONGEST:
        return TypedAddress(fault="too-long")
    if "@" not in typed:
        return TypedAddress(fault="no-at")
    if _has_special_domain(typed):
        if not is_trial(settings):
            return TypedAddress(fault="special-domain")
        return _read_trial(typed)
    return _validate(typed)


def name_mailbox(address: str) -> str:
    """Return the mailbox that an e-mail address belongs to, without tags such as `+news`.

    Text after a plus is the owner's mark (RFC 5233); Gmail also ignores dots, and has two domains.
    Other servers may differ: this is for limits only, and two addresses are two subscribers.
    """
    name, _, domain = fold_address(address).rpartition("@")
    mailbox = name.partition("+")[0] or name
    if domain in _GMAIL:
        mailbox, domain = mailbox.replace(".", ""), _GMAIL[0]
    return f"{mailbox}@{domain}"


def read_language(tag: str) -> str:
    """Return a valid language tag from a browser or a file, "" if it is invalid."""
    folded = text.fold(tag)
    is_tag = len(folded) <= _LONGEST_LANGUAGE and folded.replace("-", "").isalnum()
    return folded if is_tag and folded.isascii() else ""


def is_trial(settings: Settings) -> bool:
    """Return whether the site's mail server is on this machine, as when trying out newsletters."""
    host = settings.mail.smtp.host
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _has_special_domain(typed: str) -> bool:
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    top = typed.rpartition(".")[2] if "." in typed.rpartition("@")[2] else typed.rpartition("@")[2]
    return top.lower().rstrip(".") in SPECIAL_USE_DOMAIN_NAMES


def _read_trial(typed: str) -> TypedAddress:
    """Normalize an address at a special domain, by checking it with `.org` behind."""
    name, _, domain = typed.rpartition("@")
    read = _validate(f"{name}@{domain}.org")
    return TypedAddress(address=read.address.removesuffix(".org"), fault=read.fault)


def _validate(typed: str) -> TypedAddress:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            typed,
            allow_smtputf8=True,
            allow_quoted_local=True,
            check_deliverability=False,
            strict=True,
        )
    except EmailNotValidError:
        return TypedAddress(fault=_find_fault(typed))
    return TypedAddress(address=found.normalized)


def _find_fault(typed: str) -> AddressFault:
    """Return which half of an e-mail address is invalid."""
    from email_validator import EmailNotValidError, validate_email

    domain = typed.rpartition("@")[2]
    try:
        validate_email(f"a@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return "bad-domain"
    return "bad-name"


# ---- Wiping erased addresses from the file, at once or soon

_OWED = "scrub owed"  # the fact that bytes of an erased address may be left in the file


def scrub_address(store: MailStore, address: str) -> None:
    """Overwrite an erased e-mail address in the database file, or note it to be done later.

    Raises MailStoreError.
    """
    if not store.scrub(address):
        owe_scrub(store)


def owe_scrub(store: MailStore) -> None:
    """Note that erased addresses may be left in the database file, for `scrub_rest`."""
    store.facts.put(_OWED, "1")


def scrub_rest(store: MailStore) -> None:
    """Overwrite erased e-mail addresses that could not be overwritten in the database
    file before.
    """
    if store.facts.get(_OWED) and store.scrub():
        store.facts.forget(_OWED)


@contextlib.contextmanager
def open_readers(newsroom: Newsroom) -> Iterator[MailStore]:
    """Open the site's subscriber database for a `with` block. It is created if missing.

    Raises MailStoreError. For one thread at a time.
    """
    with contextlib.closing(open_mail(newsroom.databases)) as store:
        yield store


def read_if_any(
    newsroom: Newsroom, read: Callable[[Newsroom, MailStore], _Read], otherwise: _Otherwise
) -> _Read | _Otherwise:
    """Return what `read` finds in the subscriber database, `otherwise` if there is none yet."""
    if not has_mail(newsroom.databases):
        return otherwise
    with open_readers(newsroom) as store:
        return read(newsroom, store)
