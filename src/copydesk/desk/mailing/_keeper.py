"""Manage newsletter subscribers for an owner, note that in the audit log; read uploaded lists."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TypeVar, TypeVarTuple, cast

from copydesk import newsletters
from copydesk.desk._desk import Desk, Visit, now
from copydesk.desk._http import SentForm
from copydesk.desk._previews import IMPORTED_FILE, ImportedFile
from copydesk.desk.sign_in import Visitor, visitor_of
from copydesk.desk_store import AuditEntry, AuditKind
from copydesk.errors import UsageError
from copydesk.newsletters import checks, delivery_log, exchange, reader_lists
from copydesk.newsletters.readers import addresses, by_hand, outcomes
from copydesk.newsletters.sending.begin import begin_sending
from copydesk.newsroom import Newsroom

_Value = TypeVar("_Value")
_Given = TypeVarTuple("_Given")
MailWork = Callable[[Newsroom, newsletters.MailStore, *_Given], _Value]

MOST_BYTES = 20_000_000  # of an imported file
_SHOWN_ROWS = 50  # rows of a rehearsal


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRehearsal:
    """What importing a file of newsletter subscribers would do, with the first rows."""

    report: exchange.ImportReport
    rows: Sequence[exchange.ImportedRow]


async def change_mail(desk: Desk, make: MailWork[*_Given, _Value], *given: *_Given) -> _Value:
    """Call a function with the subscribers' database, in a thread, and return its result."""

    def work(newsroom: Newsroom) -> _Value:
        with addresses.open_readers(newsroom) as store:
            return make(newsroom, store, *given)

    return await desk.thread.change(work)


async def examine_mail(desk: Desk) -> checks.MailCheckReport:
    """Run the mail checks for newsletters and store their findings, a few checks at once."""

    async with desk.looking:
        return await change_mail(desk, checks.examine_mail, now)


def let_go(newsroom: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
    """Allow a newsletter issue to be sent, or a paused one to be continued.

    Raises UsageError if it was sent or ended, or a mail check failed.
    """
    sending = store.ledger.find(issue)
    if sending is not None and sending.state in {"ready", "sending"}:
        return
    if sending is not None:
        delivery_log.resume_sending(newsroom, store, issue, by)
    elif begin_sending(newsroom, store, issue, by).state == "awaits-word":
        hint = "run `copydesk mail doctor` to see the errors and how to override them"
        obstacle = checks.find_mail_obstacle(newsroom, store)
        raise UsageError(obstacle or "the mail checks found errors", subject=issue, hint=hint)


class ReaderKeeper:
    """Manages newsletter subscribers for an owner, and notes each access in the audit log.

    The audit log names subscribers by number. Methods raise UsageError, MailStoreError and
    DeskStoreError.
    """

    def __init__(self, desk: Desk, visitor: Visitor) -> None:
        self._desk = desk
        self._visitor = visitor

    async def find(self, typed: str) -> int:
        """Return the number of the subscriber with a mail address; UsageError if unknown."""
        return await self._change(by_hand.find_number, typed)

    async def find_line(self, issue: str, typed: str) -> tuple[int, delivery_log.WhoLine] | None:
        """Return the delivery of a newsletter issue to a mail address, None if there is none."""
        found = await self._change(lambda _, store: delivery_log.find_who(store, issue, typed))
        await self._note("reader-looked-at", str(found[0]) if found else "")
        return found

    async def look_at(self, number: int) -> outcomes.ReaderData:
        """Return everything that is stored about a subscriber; the audit log notes the access."""
        data = await self._change(lambda _, store: by_hand.read_reader(store, number))
        await self._note("reader-looked-at", str(number))
        return data

    async def add(self, typed: str, letter: str, consent: str) -> int:
        """Subscribe a mail address to a newsletter, and return the subscriber's number."""

        def work(newsroom: Newsroom, store: newsletters.MailStore) -> int:
            by_hand.add_reader(newsroom, store, typed, letter, consent)
            return by_hand.find_number(newsroom, store, typed)

        number = await self._change(work)
        await self._note("reader-added", str(number))
        return number

    async def remove(self, number: int) -> tuple[str, ...]:
        """End all subscriptions of a subscriber; return the newsletters' ids."""

        def work(newsroom: Newsroom, store: newsletters.MailStore) -> tuple[str, ...]:
            return by_hand.remove_reader(
                newsroom, store, by_hand.read_reader(store, number).address
            )

        ended = await self._change(work)
        await self._note("reader-removed", str(number))
        return ended

    async def erase(self, number: int) -> None:
        """Delete a subscriber's data, except for a keyed digest of the mail address."""

        def work(newsroom: Newsroom, store: newsletters.MailStore) -> None:
            address = by_hand.read_reader(store, number).address
            by_hand.erase_by_address(newsroom, store, address)

        await self._change(work)
        await self._note("reader-erased", str(number))

    async def suppress(self, typed: str, why: str) -> int:
        """Suppress a mail address; return its subscriber's number, 0 if there is none."""

        def work(newsroom: Newsroom, store: newsletters.MailStore) -> int:
            by_hand.suppress_address(newsroom, store, typed, why)
            return _find_number(newsroom, store, typed)

        number = await self._change(work)
        await self._note("address-suppressed", str(number or ""))
        return number

    async def lift(self, typed: str) -> int:
        """Lift the suppression of a mail address; return its subscriber's number or 0."""

        def work(newsroom: Newsroom, store: newsletters.MailStore) -> int:
            by_hand.lift_suppression(newsroom, store, typed)
            return _find_number(newsroom, store, typed)

        number = await self._change(work)
        await self._note("suppression-lifted", str(number or ""))
        return number

    async def list_suppressions(self, skip: int, most: int) -> Sequence[by_hand.SuppressionRow]:
        """Return a page of the suppressed mail addresses, the newest first."""
        rows = await self._change(lambda _, store: by_hand.list_suppressions(store))
        await self._note("suppressions-looked-at")
        return rows[skip : skip + most]

    async def rehearse_import(self, sent: ImportedFile) -> ImportRehearsal:
        """Return what importing an uploaded file of subscribers would do, row by row."""
        rows: list[exchange.ImportedRow] = []

        def keep(row: exchange.ImportedRow) -> None:
            if len(rows) < _SHOWN_ROWS:
                rows.append(row)

        def work(newsroom: Newsroom, store: newsletters.MailStore) -> exchange.ImportReport:
            with _put_down(newsroom, sent) as path:
                options = replace(sent.options, is_rehearsal=True)
                return exchange.import_readers(newsroom, store, path, options, keep)

        return ImportRehearsal(report=await self._change(work), rows=rows)

    async def take_import(self, sent: ImportedFile) -> exchange.ImportReport:
        """Import the newsletter subscribers in an uploaded file, and return the counts."""

        def work(newsroom: Newsroom, store: newsletters.MailStore) -> exchange.ImportReport:
            with _put_down(newsroom, sent) as path:
                return exchange.import_readers(newsroom, store, path, sent.options)

        report = await self._change(work)
        added = report.counts.get("added", 0)
        await self._note("readers-imported", f"{added} / {report.rows}")
        return report

    async def export(self, form: reader_lists.ExportFormat) -> BinaryIO:
        """Return all newsletter subscribers as a temporary file (CSV or JSON).

        The file is deleted once it is closed.
        """
        await self._note("readers-exported", form)

        def work(_: Newsroom, store: newsletters.MailStore) -> BinaryIO:
            kept = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 # who reads it closes it
            words = io.TextIOWrapper(kept, encoding="utf-8", newline="", write_through=True)
            reader_lists.export_readers(store, words, form)
            words.detach()  # otherwise it would close the file when it is deleted
            kept.seek(0)
            return kept

        return await self._change(work)

    async def _change(self, make: MailWork[*_Given, _Value], *given: *_Given) -> _Value:
        return await change_mail(self._desk, make, *given)

    async def _note(self, what: AuditKind, about: str = "") -> None:
        visitor = self._visitor
        entry = AuditEntry(
            at=now(), who=visitor.name, what=what, about=about, address=visitor.address
        )
        await asyncio.to_thread(self._desk.store.audit.add, entry)


def _find_number(newsroom: Newsroom, store: newsletters.MailStore, typed: str) -> int:
    """Return the number of the subscriber with a mail address, 0 if nobody has it."""
    with contextlib.suppress(UsageError):
        return by_hand.find_number(newsroom, store, typed)
    return 0


@contextlib.contextmanager
def _put_down(newsroom: Newsroom, sent: ImportedFile) -> Iterator[Path]:
    """Write an uploaded file to a private folder for the block; errors name no path."""
    plain = "".join(itertools.islice(filter(_is_plain, sent.name), 80))
    with tempfile.TemporaryDirectory(prefix="import-", dir=newsroom.private) as folder:
        path = Path(folder) / (plain.lstrip(".") or IMPORTED_FILE)
        path.write_bytes(sent.data)
        try:
            yield path
        except UsageError as error:
            subject = "" if error.subject == str(path) else error.subject
            raise UsageError(error.what, subject=subject, hint=error.hint) from error


def _is_plain(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "._-")


def read_import(form: SentForm) -> ImportedFile:
    """Return the uploaded file and options of a form; UsageError without a file."""
    if not form.file:
        raise UsageError("the form contains no file", hint="choose a CSV file of at most 20 MB")
    fields = {name: value[:10_000] for name, value in form.fields}
    options = exchange.ImportOptions(
        letter=fields.get("letter", ""),
        consent=fields.get("consent", ""),
        ignored_columns=split_names(fields.get("ignored", "")),
    )
    return ImportedFile(data=form.file, options=options, name=form.file_name)


def split_names(typed: str) -> tuple[str, ...]:
    """Split a text at commas into names, and skip empty ones."""
    return tuple(name for part in typed.split(",") if (name := part.strip()))


def keeper_of(visit: Visit) -> ReaderKeeper:
    """Return the manager of subscribers for the person who sent a request."""
    return ReaderKeeper(visit.desk, visitor_of(visit.request))
