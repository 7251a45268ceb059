"""What came back, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# hard: the address takes no letters. soft: it took none for now. policy: the server wants none of
# ours, whoever reads there. complaint: somebody called a letter spam. reply: a person wrote.
# other: all else, also what machines say on their own.
ReturnKind = Literal["hard", "soft", "policy", "complaint", "reply", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedMail:
    """What a message that came back says of a letter.

    `tokens` are the words by which a letter comes back (VERP), in order of how much they are worth:
    where the message was sent to first, what it encloses last. `leave_tokens` are those of links to
    leave by, in a letter that was complained about. Nobody has verified either. `status` is an
    enhanced status code (RFC 3463) or "", `words` the server's, without addresses.
    """

    kind: ReturnKind
    tokens: tuple[str, ...] = ()
    leave_tokens: tuple[str, ...] = ()
    status: str = ""
    words: str = ""
