"""What a check finds: closed kinds and states; the words are for people, and nobody reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CheckKind = Literal[
    "transaction",
    "tls",
    "spf",
    "dkim",
    "dmarc",
    "reverse-name",
    "from-domain",
    "return-path",
    "mta-sts",
    "one-click",
    "links",
    "clock",
    "postal-address",
    "web-server",
]
CheckState = Literal["ok", "remark", "fault", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFinding:
    """What one check found, about which name or address, and how it is mended.

    `unknown`: it could not be asked now, or nobody can know it from here. A hint that is a line of
    the DNS can be pasted as it is.
    """

    kind: CheckKind
    state: CheckState
    what: str
    hint: str = ""
