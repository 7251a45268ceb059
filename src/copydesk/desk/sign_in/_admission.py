"""Admission: where the desk may be reached at all. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:]*)(?::(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFrom:
    """What a request says of where it comes from, and what the server found of that to be true."""

    host: str
    is_from_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Under which origin somebody is at the desk, and by which name passkeys know it.

    `passkey_host` is "" where browsers keep none: at an address.
    """

    origin: str
    passkey_host: str

    @property
    def is_secure(self) -> bool:
        """Whether it is reached by https."""
        return self.origin.startswith("https:")


def decide_admission(asked: AskedFrom, desk_host: str, *, has_accounts: bool) -> Admission | None:
    """Decide under which origin a request may reach the desk, None where it may not.

    Beside the site for who sits at this machine. Else only at a host of its own, on which the site
    is not served, and only when somebody has an account: there is no one to sign in before.
    """
    host = asked.host.lower()
    parts = _HOST.fullmatch(host)
    if parts is None:
        return None
    if asked.is_from_here:
        name = "localhost" if parts["name"] == "localhost" else ""
        return Admission(origin=f"http://{host}", passkey_host=name)
    if desk_host and has_accounts and host in {desk_host, f"{desk_host}:443"}:
        return Admission(origin=f"https://{desk_host}", passkey_host=desk_host)
    return None
