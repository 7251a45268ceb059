"""Layouts: the header of a file goes in; what its columns mean comes out, and so each row's reader.

As seen in exports of November 2026: Mailchimp (Email Address, OPTIN_TIME, CONFIRM_TIME, LEID,
EUID; UNSUB_TIME or CLEAN_TIME in those of who left or bounced), listmonk (uuid, email, name,
attributes, status), Buttondown (email, type or subscriber_type, creation_date). Who left, bounced,
complained or was blocked there is written to nowhere. Network addresses in a file are not taken
along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from copydesk.engine.subscribers.exchange._formulas import free_formula
from copydesk.mail_store import SuppressionReason

LayoutName = Literal["copydesk", "mailchimp", "listmonk", "buttondown", "plain", "addresses"]
Standing = Literal["reads", "unconfirmed", "blocked"]
LEFT: SuppressionReason = "left-elsewhere"  # what may be lifted by whom it is about
_ADDRESS = ("address", "email", "email_address", "e-mail", "e-mail_address", "mail")
_BUTTONDOWN_READS = frozenset(
    {
        *("regular", "premium", "gifted", "trialed", "churning", "churned", "past_due", "paused"),
        *("unpaid", "paid"),
    }
)
_BUTTONDOWN_BLOCKED = {
    "unsubscribed": LEFT,
    "removed": LEFT,
    "undeliverable": "cleaned",
    "complained": "complained",
    "blocked": "blocked",
    "spammy": "blocked",
    "malicious": "blocked",
}
_MAILCHIMP_FILES = {"unsubscribed": LEFT, "cleaned": "cleaned"}  # beginnings of names


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedReader:
    """A reader as a row lists them: how they stand there, and what proves their consent.

    `block` says why nothing may be sent to one who is `blocked`: LEFT, or a word of the
    file. Times are as the file writes them.
    """

    address: str = field(repr=False)
    standing: Standing = "reads"
    block: str = ""
    letter: str = ""
    topics: tuple[str, ...] = ()
    language: str = ""
    consented_at: str = ""
    proof: str = ""
    is_paused: bool = False
    paused_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLayout:
    """Which program wrote a file, and where its columns are by their names in small letters.

    `has_header` is False where the first row is a reader already.
    """

    name: LayoutName
    columns: Mapping[str, int]
    file: str = ""
    has_header: bool = True

    def pick(self, fields: tuple[str, ...], *names: str) -> str:
        """Return the first of some columns that a row has words in, "" for none."""
        for name in names:
            place = self.columns.get(name)
            if place is not None and place < len(fields) and fields[place].strip():
                return fields[place].strip()
        return ""


def find_layout(header: tuple[str, ...], file: str) -> FileLayout | None:
    """Return what the columns of a file mean, None where none of them has addresses."""
    columns = {
        "_".join(name.lower().replace("\ufeff", "").split()): place
        for place, name in reversed(list(enumerate(header)))
    }
    if not columns.keys() & set(_ADDRESS):
        if "@" in header[0]:
            return FileLayout(name="addresses", columns={"address": 0}, has_header=False)
        return None
    return FileLayout(name=_name_layout(columns), columns=columns, file=file.lower())


def read_entry(layout: FileLayout, fields: tuple[str, ...]) -> ListedReader:
    """Return the reader of a row."""
    match layout.name:
        case "copydesk":
            return _read_copydesk(layout, fields)
        case "mailchimp":
            return _read_mailchimp(layout, fields)
        case "listmonk":
            return _read_listmonk(layout, fields)
        case "buttondown":
            return _read_buttondown(layout, fields)
        case "plain" | "addresses":
            return _read_plain(layout, fields)


def split_topics(words: str) -> tuple[str, ...]:
    """Return the topics that a cell names, with semicolons between."""
    return tuple(name for part in words.split(";") if (name := part.strip()))


def _name_layout(columns: Mapping[str, int]) -> LayoutName:
    names = columns.keys()
    if {"address", "state", "consented_at", "how"} <= names:
        return "copydesk"
    if names & {"leid", "euid", "optin_time", "member_rating"}:
        return "mailchimp"
    if {"email", "attributes", "status"} <= names:
        return "listmonk"
    if "subscriber_type" in names or {"type", "creation_date"} <= names:
        return "buttondown"
    return "plain"


def _read_plain(layout: FileLayout, fields: tuple[str, ...]) -> ListedReader:
    return ListedReader(
        address=layout.pick(fields, *_ADDRESS),
        letter=layout.pick(fields, "letter"),
        topics=split_topics(layout.pick(fields, "topics")),
        language=layout.pick(fields, "language"),
        consented_at=layout.pick(fields, "consented_at"),
        proof=layout.pick(fields, "proof"),
    )


def _read_copydesk(layout: FileLayout, fields: tuple[str, ...]) -> ListedReader:
    cells = tuple(free_formula(cell) for cell in fields)
    reader = _read_plain(layout, cells)
    state = layout.pick(cells, "state")
    standing: Standing = "reads" if state in {"active", "paused"} else "unconfirmed"
    block = LEFT if state == "left" else ""
    suppressed = layout.pick(cells, "suppressed")
    return ListedReader(
        address=reader.address,
        standing="blocked" if block or suppressed else standing,
        block=suppressed or block,
        letter=reader.letter,
        topics=reader.topics,
        language=reader.language,
        consented_at=reader.consented_at,
        proof=reader.proof,
        is_paused=state == "paused",
        paused_until=layout.pick(cells, "paused_until"),
    )


def _read_mailchimp(layout: FileLayout, fields: tuple[str, ...]) -> ListedReader:
    asked, confirmed = (layout.pick(fields, name) for name in ("optin_time", "confirm_time"))
    facts = {"OPTIN_TIME": asked, "CONFIRM_TIME": confirmed}
    block = next(
        (why for start, why in _MAILCHIMP_FILES.items() if layout.file.startswith(start)), ""
    )
    if "unsub_time" in layout.columns:
        block = LEFT
    if "clean_time" in layout.columns:
        block = "cleaned"
    standing: Standing = "unconfirmed" if layout.file.startswith("nonsubscribed") else "reads"
    return ListedReader(
        address=layout.pick(fields, *_ADDRESS),
        standing="blocked" if block else standing,
        block=block,
        consented_at=confirmed or asked,
        proof=", ".join(f"{name} {fact}" for name, fact in facts.items() if fact),
    )


def _read_listmonk(layout: FileLayout, fields: tuple[str, ...]) -> ListedReader:
    status = layout.pick(fields, "status").lower()
    is_blocked = status in {"blocklisted", "disabled"}
    return ListedReader(
        address=layout.pick(fields, "email"),
        standing="blocked" if is_blocked else "reads" if status == "enabled" else "unconfirmed",
        block=status if is_blocked else "",
    )


def _read_buttondown(layout: FileLayout, fields: tuple[str, ...]) -> ListedReader:
    kind = layout.pick(fields, "subscriber_type", "type").lower().replace(" ", "_")
    block = _BUTTONDOWN_BLOCKED.get(kind, "")
    if layout.pick(fields, "unsubscription_date"):
        block = block or LEFT
    return ListedReader(
        address=layout.pick(fields, *_ADDRESS),
        standing="blocked" if block else "reads" if kind in _BUTTONDOWN_READS else "unconfirmed",
        block=block,
    )
