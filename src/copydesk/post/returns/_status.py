"""Status codes: what the three numbers of RFC 3463 say of an address.

The table and its reasons stand in docs/design/delivery.md. What is not named here is soft: a
reader is not lost by a code that nobody knows.
"""

from __future__ import annotations

import re
from typing import Literal

StatusKind = Literal["hard", "soft", "policy"]

# No such mailbox, or its domain takes no mail (RFC 3463, sections 3.2 and 3.3; RFC 7505).
_HARD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.9", "5.1.10", "5.2.1"})
# Our address, our letter's size or form, our manners: whoever reads there has no part in it.
_POLICY = frozenset({"5.1.7", "5.1.8", "5.2.3", "5.3.4"})
_POLICY_SUBJECTS = (["5"], ["6"], ["7"])  # protocol, content, security: 4.7.x and 5.7.x alike

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_NOTHING = ".0.0"  # X.0.0: other, undefined


def judge_status(status: str) -> StatusKind:
    """Decide what a status code says: of the address, of now, or of us."""
    if status in _HARD:
        return "hard"
    is_about_us = status in _POLICY or status.split(".")[1:2] in _POLICY_SUBJECTS
    return "policy" if is_about_us else "soft"


def find_status(*places: str) -> str:
    """Find the status code that says most: the first that is not X.0.0, else the first; or ""."""
    codes = [
        ".".join(str(int(number)) for number in match.groups())
        for place in places
        for match in _CODE.finditer(place)
    ]
    telling = (code for code in codes if not code.endswith(_NOTHING))
    return next(telling, codes[0] if codes else "")
