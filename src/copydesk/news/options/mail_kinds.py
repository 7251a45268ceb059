"""Kinds of values that mailing needs: an own mailbox, a server's name, how much goes where."""

from __future__ import annotations

import re
from collections.abc import Mapping

from copydesk.kit.kinds import HOST, TEXT, WORDS
from copydesk.kit.options import Unfit, ValueKind

# RFC 5322's dot-atom, the only form that every mail server takes, at a host with a dot or localhost
_MAILBOX = r"[A-Za-z0-9!#$%&'*/=?^_`{|}~.-]{1,40}@(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+"


def _mailbox(value: object) -> str:
    address = TEXT.read(value)
    if address and (not re.fullmatch(_MAILBOX, address) or len(address) > 200):
        raise Unfit("a mail address such as letters@example.org", "without a name and without <>")
    return address


def _rates(value: object) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise Unfit('a table such as { "gmail.com" = 100 }')
    for number in value.values():
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 1_000_000:
            raise Unfit("a whole number from 1 to 1000000 for each domain")
    return {HOST.read(name): number for name, number in value.items()}


def _mailboxes(value: object) -> tuple[str, ...]:
    return tuple(address for address in map(_mailbox, WORDS.read(value)) if address)


MAILBOX = ValueKind(name="mail address or nothing", read=_mailbox)
MAILBOXES = ValueKind(name="list of mail addresses", read=_mailboxes)
HOST_OR_NONE = ValueKind(
    name="host name or nothing", read=lambda value: "" if value == "" else HOST.read(value)
)
RATES = ValueKind(name="table: domain = letters a minute", read=_rates)
