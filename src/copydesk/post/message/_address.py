"""Addresses as a server gets them: the domain in ASCII, the local part as its owner writes it.

RFC 5321, section 4.1.2, with RFC 6531 for local parts that are not ASCII.
"""

from __future__ import annotations

import re
from functools import lru_cache

from copydesk.errors import MailError
from copydesk.kit import urls

MOST_OCTETS = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
_MOST_LOCAL_OCTETS = 64
# RFC 5322's atext, and what RFC 6532 adds, without blanks, controls and marks of direction
_ATEXT = r"[\w!#$%&'*+/=?^`{|}~-]"
_DOT_ATOM = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~]|[^\W\x00-\x7f])*"')
_LITERAL = re.compile(r"\[(?:IPv6:)?[0-9A-Fa-f.:]{2,60}\]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)


def spell_address(address: str) -> str:
    """Return an address as SMTP has it; it is ASCII unless its local part is not.

    Raises MailError, which does not name it, for what is no address.
    """
    local, _, domain = address.rpartition("@")
    domain = _spell_domain(domain)
    spelled = f"{local}@{domain}"
    is_written_well = _DOT_ATOM.fullmatch(local) or _QUOTED.fullmatch(local)
    if not is_written_well or not domain or not _fits(local, spelled):
        raise MailError(
            "no address that mail can go to", hint="it is NAME@DOMAIN, of 254 octets at most"
        )
    return spelled


def _fits(local: str, spelled: str) -> bool:
    try:
        return len(local.encode()) <= _MOST_LOCAL_OCTETS and len(spelled.encode()) <= MOST_OCTETS
    except UnicodeEncodeError:  # half a character
        return False


@lru_cache(4096)
def _spell_domain(domain: str) -> str:
    """Return a domain in ASCII (RFC 5891), "" for what is none."""
    if _LITERAL.fullmatch(domain):
        return domain
    if not domain.isascii():
        domain = urls.host(f"https://{domain}/") if re.fullmatch(r"[\w.-]+", domain) else ""
    return domain if _DOMAIN.fullmatch(domain) else ""
