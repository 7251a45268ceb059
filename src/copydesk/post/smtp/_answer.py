"""What a server says of a letter, as a value; its words are cleaned and name no reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from copydesk.post.server_words import clean_words

AnswerKind = Literal["accepted", "later", "slow-down", "refused", "unsent", "uncertain"]
SmtpStage = Literal["", "sender", "recipient", "data", "message"]

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)", re.ASCII)  # RFC 3463
_SLOW_DOWN = frozenset({421, 454})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one letter.

    `accepted`: 2xx after its end. `later`: 4xx. `slow-down`: 421 and 454, the server wants fewer.
    `refused`: 5xx. `unsent`: the line broke before the letter's end was written, so it is surely
    not delivered. `uncertain`: its end was written, and no answer that can be believed came.

    `code` is the server's, 0 where it said none; `status` its enhanced one (RFC 3463), "5.1.1" or
    "". `words` are the server's in one line, at most 200 characters, addresses replaced by
    `<address>`; ours where the server said nothing. `stage` says after what it answered: a refusal
    of the `sender` is nothing that a reader can help.
    """

    kind: AnswerKind
    code: int = 0
    status: str = ""
    words: str = ""
    stage: SmtpStage = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer of a server to one command, its lines joined by blanks."""

    code: int
    words: str


def judge_reply(reply: Reply, stage: SmtpStage, recipient: str) -> Answer:
    """Return what a server's answer, that was to be expected at this stage, makes of a letter."""
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
