"""Feedback reports (RFC 5965): a provider says that somebody called a letter spam."""

from __future__ import annotations

import email
from dataclasses import dataclass
from email.message import Message

from copydesk.post.returns._bounded import list_parts, read_header, read_text

_TYPE = "message/feedback-report"
# `opt-out` is of the drafts before the RFC and still sent; a virus or a failed signature
# (`auth-failure`, RFC 6591) is no word of the reader.
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReport:
    """What a provider reports: its kind in small letters, and where it was read."""

    feedback_type: str
    agent: str
    part: Message

    @property
    def is_complaint(self) -> bool:
        """Decide whether somebody wants no more of this."""
        return self.feedback_type in _COMPLAINTS


def read_feedback(message: Message) -> FeedbackReport | None:
    """Read the feedback in a message, None where it has none."""
    for part in list_parts(message):
        if part.get_content_type() == _TYPE:
            fields = _fields(part)
            return FeedbackReport(
                feedback_type=read_header(fields, "Feedback-Type").strip().lower(),
                agent=read_header(fields, "User-Agent"),
                part=fields,
            )
    return None


def _fields(part: Message) -> Message:
    """Return the fields of a report: to the parser `message/…` is a message that is enclosed."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return payload[0]
    return email.message_from_string(read_text(part))
