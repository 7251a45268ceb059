"""Import newsletter subscribers from a CSV file. First check that unsubscribed ones are recognized.

A file whose status words are not in our table is refused, and the words are listed: a guess would
send mail to people who unsubscribed.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from copydesk.errors import UsageError
from copydesk.kit import dates, text
from copydesk.mail_store import MailStore, Subscriber
from copydesk.mail_store.returns import Suppression
from copydesk.mail_store.subscriptions import Consent, Subscription
from copydesk.newsletters import reader_lists
from copydesk.newsletters.reader_lists import (
    FileLayout,
    FileRow,
    ListedReader,
    is_formula,
    read_rows,
)
from copydesk.newsletters.readers.addresses import read_address, read_language
from copydesk.newsletters.readers.consent import write_proof
from copydesk.newsroom import Newsroom

_MOST_CELLS = 5  # cells of a column that an error names
_LONGEST_CELL = 40  # characters of it


@dataclass(slots=True)
class _Column:
    """A column while the file is checked: whether it holds statuses, and its unknown cells."""

    column: reader_lists.StateColumn
    is_state: bool
    unknown: list[str] = field(default_factory=list)


def ignore_columns(layout: FileLayout, ignored: Sequence[str]) -> FileLayout:
    """Return a CSV file's layout without the given columns. A required column raises UsageError.

    `ignored` are column names as in the file, in upper or lower case.
    """
    dropped = {name.strip().casefold() for name in ignored}
    _refuse_names(layout, dropped)
    free = layout.free_columns.items()
    return replace(
        layout,
        free_columns={place: name for place, name in free if name.casefold() not in dropped},
        states=tuple(column for column in layout.states if column.name.casefold() not in dropped),
    )


def _refuse_names(layout: FileLayout, dropped: Set[str]) -> None:
    unknown = dropped - {name.casefold() for name in layout.free_columns.values()}
    if unknown:
        names = ", ".join(layout.free_columns.values()) or "none"
        raise UsageError(
            "no such column, or its values cannot be ignored",
            subject=", ".join(sorted(unknown)),
            hint=f"columns of this file (read as {layout.name}) that can be ignored: {names}",
        )


def survey_states(layout: FileLayout, rows: Iterable[FileRow]) -> FileLayout:
    """Return a subscriber file's layout completed by all columns that hold subscription statuses.

    Raises UsageError if one of their cells is not understood.
    """
    columns = _list_columns(layout)
    for row in rows if columns else ():
        if row.fields and "@" in reader_lists.find_address(layout, row.fields):
            _note_cells(columns, row.fields)
    found = [column for column in columns if column.is_state]
    _refuse_unknown(layout, [column for column in found if column.unknown])
    return replace(layout, states=tuple(column.column for column in found))


def _list_columns(layout: FileLayout) -> list[_Column]:
    places = {column.place for column in layout.states}
    others = [
        reader_lists.StateColumn(name=name, place=place, meaning="word")
        for place, name in layout.free_columns.items()
        if place not in places
    ]
    return [
        *(_Column(column, is_state=True) for column in layout.states),
        *(_Column(column, is_state=False) for column in others),
    ]


def _note_cells(columns: Sequence[_Column], fields: tuple[str, ...]) -> None:
    for column in columns:
        cell = reader_lists.read_cell(column.column, fields)
        if not column.is_state and reader_lists.tells_state(cell):
            column.is_state = True
        if len(column.unknown) > _MOST_CELLS or reader_lists.read_state(
            column.column.meaning, cell
        ):
            continue
        if (shown := _show(cell)) not in column.unknown:
            column.unknown.append(shown)


def _show(cell: str) -> str:
    if "@" in cell:
        return "(an address)"
    return text.fold(cell)[:_LONGEST_CELL] or "(empty)"


def _refuse_unknown(layout: FileLayout, columns: Sequence[_Column]) -> None:
    if not columns:
        return
    told = "; ".join(f"{column.column.name} ({_list_cells(column)})" for column in columns)
    raise UsageError(
        "a column seems to show who unsubscribed, but has unknown values",
        subject=told,
        hint=_suggest_fixes(layout, [column.column for column in columns]),
    )


def _suggest_fixes(layout: FileLayout, columns: Sequence[reader_lists.StateColumn]) -> str:
    """Return what the owner can do about columns with unknown status words."""
    words = ", ".join(
        f"in {column.name} use the values "
        + ("subscribed or unsubscribed" if column.meaning == "word" else "yes or no")
        for column in columns
    )
    free = [column.name for column in columns if column.place in layout.free_columns]
    if not free:
        return words
    options = " ".join(f'--ignore-column "{name}"' for name in free)
    return (
        f"{words}; or remove the column and the rows of people who unsubscribed; or, if the "
        f"column is about something else, ignore it: {options}"
    )


def _list_cells(column: _Column) -> str:
    more = ", …" if len(column.unknown) > _MOST_CELLS else ""
    return ", ".join(column.unknown[:_MOST_CELLS]) + more


# Import a file of newsletter subscribers: a row adds a subscriber or suppression, or is refused.
#
# rows | read by the file's layout | decide what becomes of each | store, 200 rows at a time
#
# Nobody is mailed. Importing the same file again after a crash continues where it stopped.

ImportKind = Literal[
    "added", "already", "left-before", "suppressed", "no-address", "double", "no-consent",
    "unconfirmed", "no-letter", "formula", "bad-row",
]  # fmt: skip
_AT_ONCE = 200  # rows of one transaction: other writers wait no longer
_LONGEST_PROOF = 1_000  # characters of the proof in a file


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """The default newsletter and the default proof of consent for imported rows.

    `ignored_columns` are not read for a status, whatever they are called. A rehearsal returns what
    the import would do, and changes nothing.
    """

    letter: str = ""
    consent: str = ""
    ignored_columns: tuple[str, ...] = ()
    is_rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """The result of importing one row of a subscriber file, with the number of its first line."""

    line: int
    kind: ImportKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """How many rows of an imported subscriber file had each result.

    added: gets the newsletter from now on; already: did so before
    left-before: unsubscribed here before, and stays so
    suppressed: nothing is sent to the address, as known here or from the file
    no-address, formula, bad-row: cannot be read as an address, or as a row
    double: is further up in the file, too
    no-consent: nothing proves it; no-letter: the row names an unknown newsletter
    unconfirmed: did not confirm there, or did not agree: the owner cannot vouch for it

    `state_columns` are the columns that were read to see who unsubscribed.
    """

    layout: reader_lists.LayoutName
    is_rehearsal: bool
    rows: int
    counts: Mapping[ImportKind, int]
    state_columns: tuple[str, ...] = ()


def import_readers(
    newsroom: Newsroom,
    store: MailStore,
    source: Path,
    options: ImportOptions,
    tell: Callable[[ImportedRow], None] = lambda _: None,
) -> ImportReport:
    """Import newsletter subscribers from a file, each with proof of consent.

    Memory grows by some hundred bytes a row, to recognize duplicates. Raises UsageError,
    MailStoreError; rows imported before stay.
    """
    return _Import(newsroom=newsroom, store=store, options=options).run(source, tell)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Import:
    """An import in progress: `seen` and `blocked` hold the first bytes of addresses' digests."""

    newsroom: Newsroom
    store: MailStore
    options: ImportOptions
    seen: set[tuple[int, str]] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)

    def run(self, source: Path, tell: Callable[[ImportedRow], None]) -> ImportReport:
        """Import the rows of a file, 200 at a time."""
        layout = self._find_layout(source)
        rows = _read_entries(layout, source)
        counts: Counter[ImportKind] = Counter()
        while batch := list(itertools.islice(rows, _AT_ONCE)):
            for row in self._take(layout, batch):
                counts[row.kind] += 1
                tell(row)
        return ImportReport(
            layout=layout.name,
            is_rehearsal=self.options.is_rehearsal,
            rows=counts.total(),
            counts=dict(sorted(counts.items())),
            state_columns=tuple(column.name for column in layout.states),
        )

    def _find_layout(self, source: Path) -> FileLayout:
        with closing(read_rows(source)) as rows:
            first = next(rows, None)
        layout = (
            reader_lists.find_layout(first.fields, source.name) if first and first.fields else None
        )
        if layout is None:
            raise UsageError(
                "the file has no column of mail addresses",
                subject=str(source),
                hint="name the column in the first line: email, address or Email Address",
            )
        layout = ignore_columns(layout, self.options.ignored_columns)
        return survey_states(layout, _read_entries(layout, source))

    def _take(self, layout: FileLayout, batch: list[FileRow]) -> Iterator[ImportedRow]:
        # slow work is done outside of the transaction
        read = [(row.line, self._read(layout, row)) for row in batch]
        with nullcontext() if self.options.is_rehearsal else self.store.at_once():
            taken = [
                ImportedRow(
                    line=line,
                    kind=self._place(layout, listed)
                    if isinstance(listed, ListedReader)
                    else listed,
                )
                for line, listed in read
            ]
        yield from taken

    def _read(self, layout: FileLayout, row: FileRow) -> ListedReader | ImportKind:
        """Return the subscriber in a row, or the reason why there is none."""
        if row.fields is None or any("\0" in cell for cell in row.fields):
            return "bad-row"
        listed = reader_lists.read_entry(layout, row.fields)
        if "\n" in listed.address or "\r" in listed.address:
            return "bad-row"
        typed = read_address(listed.address, self.newsroom.settings)
        if typed.fault:
            return "formula" if is_formula(listed.address) else "no-address"
        listed = replace(listed, address=typed.address, letter=self._find_letter(listed))
        if listed.standing != "blocked" and not listed.letter:
            return "no-letter"
        return listed

    def _place(self, layout: FileLayout, listed: ListedReader) -> ImportKind:
        key = int.from_bytes(self.store.subscribers.key_of(listed.address)[:8])
        if (key, listed.letter) in self.seen:
            return "double"
        self.seen.add((key, listed.letter))
        known = self.store.subscribers.find(listed.address)
        if listed.standing == "blocked":
            self.blocked.add(key)
            return self._block(listed, known)
        if key in self.blocked or self.store.suppressions.find(listed.address):
            return "suppressed"
        if known and known.state == "left":
            return "left-before"
        if known and self._has(known, listed.letter):
            return "already"
        return self._admit(layout, listed)

    def _admit(self, layout: FileLayout, listed: ListedReader) -> ImportKind:
        if listed.standing == "unconfirmed":
            return "unconfirmed"
        consented_at = self._find_consent(listed)
        if consented_at is None:
            return "no-consent"
        if not self.options.is_rehearsal:
            self._add(layout, listed, consented_at)
        return "added"

    def _find_letter(self, listed: ListedReader) -> str:
        """Return a row's newsletter id, "" if it names an unknown one."""
        letters = [letter.id for letter in self.newsroom.settings.letters]
        wanted = listed.letter or self.options.letter
        if not wanted and len(letters) == 1:
            return letters[0]
        return wanted if wanted in letters else ""

    def _find_consent(self, listed: ListedReader) -> datetime | None:
        """Return when a subscriber consented, None without proof."""
        moment = dates.parse(listed.consented_at)
        if moment is not None and moment <= self.newsroom.now:
            return moment
        return self.newsroom.now if self.options.consent else None

    def _has(self, known: Subscriber, letter: str) -> bool:
        return known.state in {"active", "paused"} and any(
            kept.letter == letter for kept in self.store.subscriptions.of(known.id)
        )

    def _block(self, listed: ListedReader, known: Subscriber | None) -> ImportKind:
        """Suppress a subscriber who unsubscribed elsewhere, unless they subscribed here
        themselves.
        """
        if known and known.state in {"active", "paused"}:
            ways = {consent.how for consent in self.store.consents.of(known.id)}
            if ways - {"import"}:
                return "already"
        if not self.options.is_rehearsal:
            has_left = listed.block in {"", reader_lists.LEFT}
            self.store.suppressions.put(
                Suppression(
                    key=self.store.subscribers.key_of(listed.address),
                    reason=reader_lists.LEFT if has_left else "imported",
                    since=self.newsroom.now,
                    detail="" if has_left else text.fold(listed.block)[:40],
                )
            )
        return "suppressed"

    def _add(self, layout: FileLayout, listed: ListedReader, consented_at: datetime) -> None:
        store, now = self.store, self.newsroom.now
        language = read_language(listed.language)
        subscriber = store.subscribers.add(listed.address, now, language)
        topics = {topic.name for topic in self.newsroom.beat.topics}
        store.subscriptions.put(
            Subscription(
                subscriber=subscriber.id,
                letter=listed.letter,
                topics=tuple(topic for topic in listed.topics if topic in topics),
                since=consented_at,
            )
        )
        proof = write_proof(
            "import",
            file=layout.name,
            said=text.fold(listed.proof)[:_LONGEST_PROOF],
            owner=text.fold(self.options.consent)[:_LONGEST_PROOF],
            imported=dates.rfc3339(now),
        )
        store.consents.add(
            Consent(
                subscriber=subscriber.id,
                letter=listed.letter,
                at=consented_at,
                how="import",
                proof=proof,
            )
        )
        if listed.is_paused:
            store.subscribers.set_state(subscriber.id, "paused", dates.parse(listed.paused_until))
        elif subscriber.state != "paused":
            store.subscribers.set_state(subscriber.id, "active")


def _read_entries(layout: FileLayout, source: Path) -> Iterator[FileRow]:
    """Yield the rows of a file below its header."""
    rows = read_rows(source)
    if layout.has_header:
        next(rows, None)
    return rows
