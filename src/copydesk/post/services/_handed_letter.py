"""What is handed over, and what a service says to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copydesk.kit import text

# taken: the service sends it. draft: it lies there, and a person sends it. refused: asking again
# changes nothing. later: it was surely not taken, and may be asked again. uncertain: it was asked,
# and nobody knows what came of it.
HandOverKind = Literal["taken", "draft", "refused", "later", "uncertain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedLetter:
    """An issue that is handed over.

    `html` and `text` have places in them where the ways out go: `%unsubscribe%` and `%choices%`.
    `page` is the issue's address on the site or "". `readers` are addresses, for the one service
    that keeps none itself (Postmark).
    """

    subject: str
    html: str
    text: str
    from_name: str
    from_address: str
    reply_to: str
    issue_name: str
    page: str = ""
    readers: tuple[str, ...] = ()

    @property
    def sender(self) -> str:
        """Return who writes as a mailbox (RFC 5322, in Unicode): `"Name" <address>`, or ""."""
        name = text.fold(self.from_name).replace("\\", "").replace('"', "'")
        if not name or not self.from_address:
            return self.from_address
        return f'"{name}" <{self.from_address}>'


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverAnswer:
    """What came of it; `reference` is the service's name for the letter, or ""."""

    kind: HandOverKind
    reference: str = ""
    words: str = ""
