"""Describe an SMTP server's answer to a sent message, with e-mail addresses removed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from copydesk.kit import text

AnswerKind = Literal["accepted", "later", "slow-down", "refused", "unsent", "uncertain"]
SmtpStage = Literal["", "sender", "recipient", "data", "message"]

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)", re.ASCII)  # RFC 3463
_SLOW_DOWN = frozenset({421, 454})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome of sending one message by SMTP.

    `accepted`: 2xx after its end. `later`: 4xx. `slow-down`: 421 or 454, the server wants fewer
    messages. `refused`: 5xx. `unsent`: the connection broke before the message's end was written,
    so it is surely not delivered. `uncertain`: its end was written, and no credible answer came.

    `code` is the server's, 0 if there was no answer; `status` is the enhanced code (RFC 3463) such
    as "5.1.1", or "". `words` are the server's text in one line, at most 200 characters, with
    addresses replaced by `<address>`; our own words where the server said nothing. `stage` is the
    step that was answered: a refusal of the `sender` is not the subscriber's fault.
    """

    kind: AnswerKind
    code: int = 0
    status: str = ""
    words: str = ""
    stage: SmtpStage = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An SMTP server's reply to one command: its code, and its lines joined by spaces."""

    code: int
    words: str


def judge_reply(reply: Reply, stage: SmtpStage, recipient: str) -> Answer:
    """Convert an SMTP server's reply at one stage of sending to the message's outcome."""
    status = _STATUS.match(reply.words)
    return Answer(
        kind=_classify(reply.code),
        code=reply.code,
        status=status[0] if status else "",
        words=clean_words(reply.words, (recipient,)),
        stage=stage,
    )


def _classify(code: int) -> AnswerKind:
    if code in _SLOW_DOWN:
        return "slow-down"
    if 200 <= code < 300:
        return "accepted"
    return "refused" if code >= 500 else "later"


# ---- Cleaning a server's text: one line, short, without addresses

ADDRESS_MARK = "<address>"
_MOST = 200  # characters that are kept
_LOOKED_AT = 4_000  # characters that are read: a server may send megabytes
_SHORTEST_NAME = 3  # of a mailbox: the name "a" would match in many texts
_ADDRESS = re.compile(
    r"""<?(?:"[^"\n]{1,64}"|[^\s<>"'(),;:\[\]]{1,320}?)(?:@|%40|=40)[^\s<>"'(),;:]{1,255}>?""",
    re.IGNORECASE,
)


def clean_words(said: str, addresses: Iterable[str] = ()) -> str:
    """Return an SMTP server's text as one line of at most 200 characters. E-mail addresses become
    `<address>`.

    Bare mailbox names (`550 joe: no such user`) are removed for the given `addresses`.
    """
    words = text.fold(said[:_LOOKED_AT].encode("utf-8", "replace").decode("utf-8"))
    words = _ADDRESS.sub(ADDRESS_MARK, words)
    for name in sorted({address.rpartition("@")[0] for address in addresses}, key=len)[::-1]:
        if len(name) >= _SHORTEST_NAME:
            alone = rf"(?<!\w){re.escape(name)}(?!\w)"
            words = re.sub(alone, ADDRESS_MARK, words, flags=re.IGNORECASE)
    return words if len(words) <= _MOST else words[: _MOST - 1].rstrip() + "…"
