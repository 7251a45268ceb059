"""Read the rows of a CSV file in any encoding, and export newsletter subscribers as CSV or JSON.

A byte order mark or many zero bytes mean UTF-16. Otherwise each line is UTF-8 or, failing that,
Windows-1252 as spreadsheets write it: files that were concatenated hold both. The columns of other
services' files are recognized, and the words in them for a subscriber's status.
"""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal, TextIO

from copydesk.errors import UsageError
from copydesk.kit import dates, files, tables, text
from copydesk.mail_store import MailStore, Subscriber
from copydesk.mail_store.returns import SuppressionReason
from copydesk.mail_store.subscriptions import Consent

_LONGEST_LINE = 100_000  # characters; the csv module takes fields of 131,072
_HEAD_BYTES = 1024
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A row of a CSV file with the number of its first line. It has no `fields` if it is
    unreadable.
    """

    line: int
    fields: tuple[str, ...] | None


def read_rows(source: Path) -> Generator[FileRow]:
    """Yield the non-empty rows of a CSV file. Raises UsageError if the file cannot be read."""
    hint = "check the permissions of the file"
    unreadable = files.explain_errors(UsageError, "could not read the file", source, hint)
    with unreadable, source.open("rb") as opened, contextlib.closing(_Lines(opened)) as lines:
        yield from _parse(lines)


class _Lines:
    """The lines of a file as text. A line that is too long becomes empty and sets `is_cut`."""

    def __init__(self, opened: BinaryIO) -> None:
        head = opened.read(_HEAD_BYTES)
        opened.seek(0)
        self.number = 0
        self.is_cut = False
        self._is_wide = (encoding := _find_wide(head)) != ""
        self._lines = io.TextIOWrapper(
            opened, encoding=encoding or "latin-1", errors="replace", newline=""
        )

    def __iter__(self) -> Iterator[str]:
        while line := self._lines.readline(_LONGEST_LINE):
            self.number += 1
            if len(line) == _LONGEST_LINE and not line.endswith(("\n", "\r")):
                self._skip()
                self.is_cut = True
                yield "\n"
            else:
                yield self._decode(line)

    def close(self) -> None:
        """Close the file."""
        self._lines.close()

    def _skip(self) -> None:
        while (rest := self._lines.readline(_LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass

    def _decode(self, line: str) -> str:
        if self._is_wide:
            return line.removeprefix("\ufeff")
        data = line.encode("latin-1")
        try:
            return data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            return data.decode("cp1252", "replace")


def _parse(lines: _Lines) -> Iterator[FileRow]:
    texts = iter(lines)
    first = next((line for line in texts if line.strip()), "")
    start = lines.number
    delimiter = max(_DELIMITERS, key=first.count)
    rows = csv.reader(itertools.chain([first] if first else [], texts), delimiter=delimiter)
    while True:
        lines.is_cut = False
        try:
            fields = next(rows, None)
        except csv.Error:
            yield FileRow(line=start, fields=None)
        else:
            if fields is None:
                return
            if lines.is_cut:
                yield FileRow(line=start, fields=None)
            elif any(field.strip() for field in fields):
                yield FileRow(line=start, fields=tuple(fields))
        start = lines.number + 1


def _find_wide(head: bytes) -> str:
    """Return the UTF-16 encoding of a file by its beginning, "" if it is not UTF-16."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = head[0::2], head[1::2]
    if len(head) >= 8 and odd.count(0) > len(odd) * 0.8:
        return "utf-16-le"
    if len(head) >= 8 and even.count(0) > len(even) * 0.8:
        return "utf-16-be"
    return ""


# ---- Formulas: a spreadsheet would run such cells, so they are escaped on the way out

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guard_formula(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run as a formula.

    As OWASP's page on CSV injection advises; `free_formula` undoes it.
    """
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def free_formula(cell: str) -> str:
    """Remove the apostrophe that `guard_formula` put before a cell."""
    is_guarded = cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA)
    return cell[1:] if is_guarded else cell


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet would run a cell as a formula."""
    return cell.startswith(_FORMULA)


# ---- Export, one row for each newsletter that a reader gets

ExportFormat = Literal["csv", "json"]
_COLUMNS = (
    *("address", "state", "paused_until", "letter", "topics", "language"),
    *("consented_at", "how", "proof", "suppressed"),
)


def export_readers(store: MailStore, out: TextIO, form: ExportFormat = "csv") -> int:
    """Write all subscribers to a CSV or JSON file. Return the number of rows. Raises
    MailStoreError.

    `import_readers` accepts each CSV row. JSON is a list of objects with the same names. A
    subscriber without newsletters has one row without one.
    """
    rows = (row for subscriber in store.subscribers.walk() for row in _rows_of(store, subscriber))
    return _write_csv(rows, out) if form == "csv" else _write_json(rows, out)


def _write_csv(rows: Iterator[dict[str, str]], out: TextIO) -> int:
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(_COLUMNS)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 # the last one is the answer
        writer.writerow([guard_formula(row[name]) for name in _COLUMNS])
    return count


def _write_json(rows: Iterator[dict[str, str]], out: TextIO) -> int:
    out.write("[")
    count = 0
    for count, row in enumerate(rows, 1):
        content = {**row, "topics": [topic for topic in row["topics"].split(";") if topic]}
        out.write(",\n" if count > 1 else "\n")
        out.write(json.dumps(content, ensure_ascii=False))
    out.write("\n]\n")
    return count


def _rows_of(store: MailStore, subscriber: Subscriber) -> Iterator[dict[str, str]]:
    if not subscriber.address:
        return
    suppression = store.suppressions.find(subscriber.address)
    until = subscriber.paused_until
    common = dict.fromkeys(_COLUMNS, "") | {
        "address": subscriber.address,
        "state": subscriber.state,
        "paused_until": dates.rfc3339(until) if until else "",
        "language": subscriber.language,
        "suppressed": suppression.reason if suppression else "",
    }
    consents = {consent.letter: consent for consent in store.consents.of(subscriber.id)}
    subscriptions = store.subscriptions.of(subscriber.id)
    for kept in subscriptions:
        consent = _consent_cells(consents.get(kept.letter))
        yield common | consent | {"letter": kept.letter, "topics": ";".join(kept.topics)}
    if not subscriptions:
        yield common


def _consent_cells(consent: Consent | None) -> dict[str, str]:
    if consent is None:
        return {}
    return {"consented_at": dates.rfc3339(consent.at), "how": consent.how, "proof": consent.proof}


Standing = Literal["reads", "unconfirmed", "blocked"]
ColumnMeaning = Literal["word", "reads", "agreed", "left", "bounced", "complained", "blocked"]
LEFT: SuppressionReason = "left-elsewhere"  # a suppression that the reader's own confirmation lifts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderState:
    """A subscriber's status in an imported file. `block` says why nothing may be sent to them."""

    standing: Standing = "reads"
    block: str = ""
    is_paused: bool = False


NEVER_AGREED = ReaderState(standing="unconfirmed")
_BY_NAME = {
    "reads": ReaderState(),
    "paused": ReaderState(is_paused=True),
    "unconfirmed": NEVER_AGREED,
    "left": ReaderState(standing="blocked", block=LEFT),
    "bounced": ReaderState(standing="blocked", block="bounced"),
    "complained": ReaderState(standing="blocked", block="complained"),
    "blocked": ReaderState(standing="blocked", block="blocked"),
}
_STATUSES = tables.read_rows(__package__, "statuses.toml", tuple[str, ...])
_STATES = {word: _BY_NAME[name] for name, words in _STATUSES.items() for word in words}
_WORDS = tables.read_rows(__package__, "import_words.toml", frozenset[str])
_LONGEST_WORD = 40  # characters, with white space around it
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\.?([ T].*)?")
_NAMES: tuple[tuple[str, ColumnMeaning], ...] = (
    (r"status\b|\bstate\b|\bstatut\b|\bzustand\b", "word"),
    (r"bounc|\bcleaned|undeliver|unzustellbar", "bounced"),
    (r"complain|\bspam\b|beschwerde", "complained"),
    (r"blocked|blocklist|blacklist|suppress|\bbanned|gesperrt|bloqué", "blocked"),
    (r"unsub|disabled|\bopt(ed)? ?out|deleted|\bdelete\b|\bremoved|\bcancel|\bleft\b", "left"),
    (r"\bdo not\b|abgemeldet|abmeld|abbestell|deaktiv|gelöscht|désabonn|désinscr|supprimé", "left"),
    (r"\bun(confirm|verif)|\bpending\b|inactive\b|inaktiv|\bnot\b", "word"),
    (r"\bopt(ed)? ?in\b|confirm|\bverified|\bconsent|\baccepts\b|bestätigt", "agreed"),
    (
        r"subscribed?\b|subscription|\bactive\b|enabled\b|\baktiv\b|angemeldet|abonné|inscrit",
        "reads",
    ),
)


def find_meaning(column: str) -> ColumnMeaning | None:
    """Return which subscription status a column is about, by its name, None if about none."""
    parted = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", column)
    words = " ".join(re.split(r"[\W_]+", parted.lower()))
    if re.search(r"\bip\b", words):  # the IP address of a confirmation
        return None
    return next((meaning for pattern, meaning in _NAMES if re.search(pattern, words)), None)


def tells_state(cell: str) -> bool:
    """Return whether a cell is surely a subscription status, whatever its column is called."""
    return len(cell) <= _LONGEST_WORD and _fold(cell) in _WORDS["unmistakable"]


def read_state(meaning: ColumnMeaning, cell: str) -> ReaderState | None:
    """Return the subscription status that a cell of a status column means, None if unknown.

    A time means yes. An empty cell means no, except in a column of words, where it means nothing.
    """
    word = _fold(cell)
    known = _STATES.get(word)
    if meaning == "word":
        return known
    if word in _WORDS["yes"] or _is_time(cell):
        return _BY_NAME["reads" if meaning == "agreed" else meaning]
    if word in _WORDS["no"] | _WORDS["nothing"]:
        return _read_no(meaning, is_empty=word in _WORDS["nothing"])
    if known and (known.standing == "blocked" or meaning in {"reads", "agreed"}):
        return known
    return None


def _read_no(meaning: ColumnMeaning, *, is_empty: bool) -> ReaderState:
    if meaning == "agreed" or (meaning == "reads" and is_empty):
        return NEVER_AGREED
    return _BY_NAME["left" if meaning == "reads" else "reads"]


def _is_time(cell: str) -> bool:
    is_none = _fold(cell).startswith("0000")
    return not is_none and (bool(_DATE.fullmatch(cell.strip())) or dates.parse(cell) is not None)


def _fold(cell: str) -> str:
    word = " ".join(cell.casefold().replace("_", " ").replace("-", " ").split())
    return "0000 00 00" if word.startswith("0000 00 00") else word


# Recognize which program wrote a subscriber file by its header, and read the reader in each row.
#
# As seen in exports of November 2026: Mailchimp (Email Address, OPTIN_TIME, CONFIRM_TIME, LEID,
# EUID; UNSUB_TIME or CLEAN_TIME in those of who left or bounced), listmonk (uuid, email, name,
# attributes, status), Buttondown (email, type or subscriber_type, creation_date), Ghost (email,
# subscribed_to_emails, deleted_at, complimentary_plan, labels, tiers), Substack (email,
# active_subscription, which is about money, email_disabled, first_payment_at). Readers who
# unsubscribed, bounced, complained or were blocked there are sent nothing. Network addresses in a
# file are not imported.
#
# In any other file, a column about a reader's status is read by a fixed table.

LayoutName = Literal[
    "copydesk", "mailchimp", "listmonk", "buttondown", "ghost", "substack", "plain", "addresses"
]
_LONGEST_NAME = 80  # characters of a column's
_ADDRESS = ("address", "email", "email_address", "e-mail", "e-mail_address", "mail")
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
_STATE_COLUMNS: dict[LayoutName, dict[str, ColumnMeaning]] = {
    "ghost": {"subscribed_to_emails": "reads", "deleted_at": "left"},
    "substack": {"email_disabled": "left"},
}
_MIXED = frozenset({"mailchimp", "plain", "addresses"})  # these may have columns of the owner's own
_OWN_BEGINNINGS = ("unsub_", "clean_")  # of Mailchimp's


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedReader:
    """A subscriber read from a file's row: address, status there, and proof of consent.

    `block` says why a `blocked` subscriber may get nothing: LEFT, or a word of the file. Times are
    as the file writes them.
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
class StateColumn:
    """A column of a subscriber file that holds subscription statuses, by its name in the file."""

    name: str
    place: int
    meaning: ColumnMeaning


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLayout:
    """Which program exported a subscriber file, and which columns the file has.

    `has_header` is False if the first row is a subscriber. `free_columns` are those that the
    program does not define, by position; `states` are the columns of statuses.
    """

    name: LayoutName
    columns: Mapping[str, int]
    file: str = ""
    has_header: bool = True
    free_columns: Mapping[int, str] = field(default_factory=dict)
    states: tuple[StateColumn, ...] = ()

    def pick(self, fields: tuple[str, ...], *names: str) -> str:
        """Return a row's first non-empty value in the columns with the given names, "" if none."""
        for name in names:
            place = self.columns.get(name)
            if place is not None and place < len(fields) and fields[place].strip():
                return fields[place].strip()
        return ""


def find_layout(header: tuple[str, ...], file: str) -> FileLayout | None:
    """Recognize a subscriber file's layout by its header, None if no column holds addresses."""
    names = ["_".join(name.lower().replace("\ufeff", "").split()) for name in header]
    columns = {name: place for place, name in reversed(list(enumerate(names)))}
    if not columns.keys() & set(_ADDRESS):
        if "@" not in header[0]:
            return None
        free = {place: f"column {place + 1}" for place in range(1, len(header))}
        return FileLayout(
            name="addresses", columns={"address": 0}, has_header=False, free_columns=free
        )
    layout = _name_layout(columns)
    free = _list_free(header, names) if layout in _MIXED else {}
    own = _STATE_COLUMNS.get(layout, {})
    states = [
        StateColumn(name=name, place=columns[name], meaning=own[name])
        for name in own.keys() & columns.keys()
    ]
    states += [
        StateColumn(name=name, place=place, meaning=meaning)
        for place, name in free.items()
        if (meaning := find_meaning(name))
    ]
    return FileLayout(
        name=layout,
        columns=columns,
        file=file.lower(),
        free_columns=free,
        states=tuple(sorted(states, key=lambda column: column.place)),
    )


def read_entry(layout: FileLayout, fields: tuple[str, ...]) -> ListedReader:
    """Return the subscriber in a row of a subscriber file. The worst of several statuses counts."""
    reader = _read_by_layout(layout, fields)
    states = [
        read_state(column.meaning, read_cell(column, fields)) or NEVER_AGREED
        for column in layout.states
    ]
    return _apply_states(reader, states) if states else reader


def read_cell(column: StateColumn, fields: tuple[str, ...]) -> str:
    """Return a row's value in a status column, "" if the row is too short."""
    return fields[column.place] if column.place < len(fields) else ""


def find_address(layout: FileLayout, fields: tuple[str, ...]) -> str:
    """Return the e-mail address in a row of a subscriber file, "" if it has none."""
    return layout.pick(fields, *_ADDRESS)


def split_topics(words: str) -> tuple[str, ...]:
    """Return the topic names in a cell, which are separated by semicolons."""
    return tuple(name for part in words.split(";") if (name := part.strip()))


def _read_by_layout(layout: FileLayout, fields: tuple[str, ...]) -> ListedReader:
    match layout.name:
        case "copydesk":
            return _read_copydesk(layout, fields)
        case "mailchimp":
            return _read_mailchimp(layout, fields)
        case "listmonk":
            return _read_listmonk(layout, fields)
        case "buttondown":
            return _read_buttondown(layout, fields)
        case "ghost" | "substack":
            return ListedReader(address=layout.pick(fields, "email"))
        case "plain" | "addresses":
            return _read_plain(layout, fields)


def _apply_states(reader: ListedReader, states: Sequence[ReaderState]) -> ListedReader:
    blocks = [state.block for state in states if state.standing == "blocked"]
    if reader.standing == "blocked" or blocks:
        return replace(reader, standing="blocked", block=reader.block or blocks[0])
    if any(state.standing == "unconfirmed" for state in states):
        return replace(reader, standing="unconfirmed")
    return replace(reader, is_paused=any(state.is_paused for state in states))


def _list_free(header: Sequence[str], names: Sequence[str]) -> dict[int, str]:
    """Return the columns that the program does not define; one without a name by its number."""
    return {
        place: text.fold(header[place].replace("\ufeff", ""))[:_LONGEST_NAME]
        or f"column {place + 1}"
        for place, name in enumerate(names)
        if name not in _WORDS["columns"].union(_ADDRESS) and not name.startswith(_OWN_BEGINNINGS)
    }


def _name_layout(columns: Mapping[str, int]) -> LayoutName:
    names = columns.keys()
    marks: dict[LayoutName, bool] = {
        "copydesk": {"address", "state", "consented_at", "how"} <= names,
        "mailchimp": bool(names & {"leid", "euid", "optin_time", "member_rating"}),
        "listmonk": {"email", "attributes", "status"} <= names,
        "buttondown": "subscriber_type" in names or {"type", "creation_date"} <= names,
        "ghost": {"email", "subscribed_to_emails"} <= names
        and bool(names & {"complimentary_plan", "tiers", "deleted_at"}),
        "substack": {"email", "active_subscription", "email_disabled"} <= names,
    }
    return next((layout for layout, is_it in marks.items() if is_it), "plain")


def _read_plain(layout: FileLayout, fields: tuple[str, ...]) -> ListedReader:
    return ListedReader(
        address=find_address(layout, fields),
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
    return replace(
        reader,
        standing="blocked" if block or suppressed else standing,
        block=suppressed or block,
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
        address=find_address(layout, fields),
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
        address=find_address(layout, fields),
        standing="blocked"
        if block
        else "reads"
        if kind in _WORDS["buttondown_reads"]
        else "unconfirmed",
        block=block,
    )
