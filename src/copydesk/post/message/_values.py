"""What a message is made of, and what is handed to a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressing:
    """Who writes, and as which list (RFC 2919): what is the same for all readers of a letter.

    `list_id` is like a host's name, `daily.letters.example.org`; `archive` is the address of the
    page with all issues. "" leaves out what is not there: the answers' address, list, feedback id.
    """

    from_name: str
    from_address: str
    reply_to: str = ""
    list_id: str = ""
    list_name: str = ""
    feedback_id: str = ""
    archive: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderPlaces:
    """What stands in one reader's message alone; `message_id` is without its angle brackets."""

    address: str = field(repr=False)
    unsubscribe: str = field(repr=False)
    choices: str = field(repr=False)
    message_id: str
    return_path: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message and where it goes, as SMTP has it: domains in ASCII, lines that end with CRLF."""

    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalMail:
    """A mail to one person; without `html` it is plain text alone."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    message_id: str
    date: datetime
    return_path: str = field(repr=False)
