"""Asker: whether a request comes from this machine, and whether it brings a token."""

from __future__ import annotations

import hmac
import ipaddress
import re

from starlette.datastructures import Headers
from starlette.types import Scope

from copydesk.kit import urls

_HERE = re.compile(r"(?i)(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
_PASSED_ON = re.compile(r"forwarded|x-forwarded-.*")
_BEARER = re.compile(r"(?i)bearer +(\S+)")


def is_from_here(scope: Scope, public_url: str) -> bool:
    """Decide whether whoever asks sits at this machine.

    A web server in front of this one asks from the loopback, too. So what is asked for must be this
    machine's own name, nothing may say that it was passed on, and this server must not be public:
    its `public_url` is "", or this machine's own name, by which nobody else can ask.
    """
    headers = Headers(scope=scope)
    hosts = headers.getlist("Host")
    return (
        not urls.is_for_others(public_url)
        and _is_loopback(scope)
        and len(hosts) == 1
        and _HERE.fullmatch(hosts[0]) is not None
        and not any(_PASSED_ON.fullmatch(name) for name in headers)
    )


def has_token(scope: Scope, token: str) -> bool:
    """Decide whether a request brings this token as a bearer; an empty one opens nothing."""
    found = _BEARER.fullmatch(Headers(scope=scope).get("Authorization", ""))
    brought = found[1].encode() if found else b""
    return bool(token) and hmac.compare_digest(token.encode(), brought)


def _is_loopback(scope: Scope) -> bool:
    try:
        address = ipaddress.ip_address(scope["client"][0])
    except (TypeError, ValueError):
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
