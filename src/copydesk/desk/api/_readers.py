"""API endpoints for owners about newsletter subscribers: reading, import, export, suppressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Annotated

import msgspec
from msgspec import Meta

from copydesk.desk._desk import Desk
from copydesk.desk._previews import ImportedFile
from copydesk.desk.api._endpoint import (
    ApiProblem,
    Call,
    MailAddress,
    Nothing,
    SentAddress,
    make_answer,
)
from copydesk.desk.mailing import ReaderKeeper, change_mail, split_names
from copydesk.errors import UsageError
from copydesk.newsletters import exchange
from copydesk.newsletters.readers import by_hand, outcomes

Words = Annotated[str, Meta(max_length=1_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderAnswer(outcomes.ReaderData):
    """Everything that is stored about the reader with a number."""

    number: int


class ReaderNumber(msgspec.Struct, frozen=True, kw_only=True):
    """The number by which a reader is asked for; 0 where nobody has the address."""

    number: int


class NewReader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is to get a letter, and what proves that they want it."""

    address: MailAddress
    letter: Annotated[str, Meta(min_length=1, max_length=200)]
    consent: Annotated[str, Meta(min_length=1, max_length=1_000)]


class LettersEnded(msgspec.Struct, frozen=True, kw_only=True):
    """The letters that a reader got and gets no more."""

    ended: list[str]


class SuppressionsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of the suppression list is wanted."""

    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    after: Annotated[int, Meta(ge=0, le=100_000_000)] = 0


class SuppressionsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The suppression list, the newest first; `after` begins the next page, null for none."""

    suppressions: Sequence[by_hand.SuppressionRow]
    after: int | None


class NewSuppression(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To which address nothing is to be sent, and why."""

    address: MailAddress
    why: Annotated[str, Meta(max_length=200)] = ""


class ImportQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for rows of a file that say nothing of it; `file` is the file's name.

    `ignored_columns` names columns, with commas between, that say nothing of who left.
    Without `for_real` it is a rehearsal, and nothing changes.
    """

    letter: Annotated[str, Meta(max_length=200)] = ""
    consent: Words = ""
    ignored_columns: Words = ""
    file: Annotated[str, Meta(max_length=200)] = "readers.csv"
    for_real: bool = False


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows of a file became or would become; `rows_shown` are the first of a rehearsal.

    `state_columns` are those by which who left was told from who reads.
    """

    layout: str
    is_rehearsal: bool
    rows: int
    counts: dict[str, int]
    state_columns: list[str] = []
    rows_shown: Sequence[exchange.ImportedRow] = ()


class ExportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All readers, as the CSV that an import takes."""

    csv: str


async def count_readers(desk: Desk, _call: Call[Nothing, Nothing]) -> by_hand.ReaderCounts:
    """Return how many readers there are."""
    return await change_mail(desk, by_hand.count_readers)


async def find_reader(desk: Desk, call: Call[Nothing, SentAddress]) -> ReaderNumber:
    """Return the number of who has an address."""
    try:
        number = await ReaderKeeper(desk, call.visitor).find(call.body.address)
    except UsageError as error:
        raise ApiProblem(404, str(error), error.hint) from error
    return ReaderNumber(number=number)


async def read_reader(desk: Desk, call: Call[Nothing, Nothing]) -> ReaderAnswer:
    """Return everything that is kept of a reader; that somebody looked is noted."""
    number = _read_number(call)
    try:
        data = await ReaderKeeper(desk, call.visitor).look_at(number)
    except UsageError as error:
        raise ApiProblem(404, str(error), error.hint) from error
    kept = {field.name: getattr(data, field.name) for field in fields(data)}
    return ReaderAnswer(number=number, **kept)


async def add_reader(desk: Desk, call: Call[Nothing, NewReader]) -> ReaderNumber:
    """Let somebody get a letter, with what proves that they want it."""
    asked, keeper = call.body, ReaderKeeper(desk, call.visitor)
    return ReaderNumber(number=await keeper.add(asked.address, asked.letter, asked.consent))


async def remove_reader(desk: Desk, call: Call[Nothing, Nothing]) -> LettersEnded:
    """End every letter of a reader; what is kept of them stays."""
    ended = await ReaderKeeper(desk, call.visitor).remove(_read_number(call))
    return LettersEnded(ended=list(ended))


async def erase_reader(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Forget a reader: a keyed digest stays, by which nothing is sent there again."""
    await ReaderKeeper(desk, call.visitor).erase(_read_number(call))
    return Nothing()


async def list_suppressions(
    desk: Desk, call: Call[SuppressionsQuery, Nothing]
) -> SuppressionsAnswer:
    """Return to whom nothing is sent; that somebody looked is noted."""
    skip, most = call.query.after, call.query.limit
    rows = await ReaderKeeper(desk, call.visitor).list_suppressions(skip, most + 1)
    after = skip + most if len(rows) > most else None
    return SuppressionsAnswer(suppressions=rows[:most], after=after)


async def put_suppression(desk: Desk, call: Call[Nothing, NewSuppression]) -> ReaderNumber:
    """Send nothing to an address from now on."""
    keeper = ReaderKeeper(desk, call.visitor)
    return ReaderNumber(number=await keeper.suppress(call.body.address, call.body.why))


async def lift_suppression(desk: Desk, call: Call[Nothing, SentAddress]) -> ReaderNumber:
    """Send to an address again."""
    return ReaderNumber(number=await ReaderKeeper(desk, call.visitor).lift(call.body.address))


async def import_readers(desk: Desk, call: Call[ImportQuery, bytes]) -> ImportAnswer:
    """Rehearse what the rows of a file of readers would become, or take them over."""
    asked, keeper = call.query, ReaderKeeper(desk, call.visitor)
    options = exchange.ImportOptions(
        letter=asked.letter,
        consent=asked.consent,
        ignored_columns=split_names(asked.ignored_columns),
    )
    sent = ImportedFile(data=call.body, options=options, name=asked.file)
    if asked.for_real:
        return make_answer(ImportAnswer, await keeper.take_import(sent))
    rehearsal = await keeper.rehearse_import(sent)
    return make_answer(ImportAnswer, rehearsal.report, rows_shown=rehearsal.rows)


async def export_readers(desk: Desk, call: Call[Nothing, Nothing]) -> ExportAnswer:
    """Return all readers, with their addresses; that somebody did so is noted."""
    with await ReaderKeeper(desk, call.visitor).export("csv") as file:
        return ExportAnswer(csv=file.read().decode())


def _read_number(call: Call[Nothing, Nothing]) -> int:
    typed = call.path["number"]
    if not (typed.isascii() and typed.isdigit() and len(typed) < 16):
        raise ApiProblem(404, "no such reader", "readers/find tells a reader's number")
    return int(typed)
