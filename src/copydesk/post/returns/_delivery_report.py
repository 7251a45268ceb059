"""Delivery reports (RFC 3464): a block for each recipient, with what became of the letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message

from copydesk.post.returns._bounded import list_parts, read_header
from copydesk.post.returns._returned_mail import ReturnKind
from copydesk.post.returns._status import find_status, judge_status

_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_MOST_RECIPIENTS = 100
_FAILED = ("fail", "error")  # opensmtpd writes `error`; some put a comment behind the word
_KIND_OF_TEXT = re.compile(r"^\s*[\w-]{1,40}\s*;\s*")  # `smtp;`, `rfc822;`


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientReport:
    """What became of a letter for one recipient; `recipient` is whoever the server names."""

    recipient: str
    action: str
    status: str
    diagnostic: str


def read_reports(message: Message) -> tuple[RecipientReport, ...]:
    """Read the blocks of a delivery report; none for a message that is no such report."""
    blocks = [
        block
        for part in list_parts(message)
        if part.get_content_type() in _TYPES
        for block in _blocks(part)
    ]
    return tuple(_report(block) for block in blocks if block["Action"])[:_MOST_RECIPIENTS]


def judge_reports(reports: Sequence[RecipientReport]) -> tuple[ReturnKind, RecipientReport]:
    """Decide what a report of one letter says, and by which of its blocks.

    A letter goes to one reader. Where that address stands for several and one of them got it, it
    works; where they failed in several ways, the mildest counts. A delay is not the end.
    """
    judged = [(_kind(report), report) for report in reports]
    for kind in ("other", "policy", "soft"):
        for found, report in judged:
            if found == kind:
                return found, report
    return judged[0]


def _kind(report: RecipientReport) -> ReturnKind:
    if not report.action.startswith(_FAILED):
        return "other"
    return judge_status(report.status)


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    if not isinstance(payload, list):
        return []
    return [block for block in payload if isinstance(block, Message)]


def _report(block: Message) -> RecipientReport:
    diagnostic = _KIND_OF_TEXT.sub("", read_header(block, "Diagnostic-Code"))
    names = (read_header(block, name) for name in ("Original-Recipient", "Final-Recipient"))
    return RecipientReport(
        recipient=next((_KIND_OF_TEXT.sub("", name).strip() for name in names if name), ""),
        action=read_header(block, "Action").strip().lower(),
        status=find_status(read_header(block, "Status"), diagnostic),
        diagnostic=diagnostic,
    )
