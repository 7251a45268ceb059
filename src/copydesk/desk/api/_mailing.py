"""API endpoints about sent newsletter issues: progress, deliveries, test mails and mail checks."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from copydesk import newsletters
from copydesk.desk._desk import Desk, now
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._previews import ComposedLetter, ImportedFile
from copydesk.desk.api._endpoint import (
    ApiProblem,
    Call,
    MailAddress,
    Nothing,
    SentAddress,
    make_answer,
)
from copydesk.desk.mailing import ReaderKeeper, change_mail, examine_mail, let_go, split_names
from copydesk.desk_store.letter_edits import IssueChange, IssueDiffers, IssueField, KeptEdits
from copydesk.errors import CopydeskError, MailStoreError, UsageError
from copydesk.kit import text
from copydesk.newsletters import checks, delivery_log, exchange, issues, sending
from copydesk.newsletters.readers import addresses, by_hand, limits, outcomes
from copydesk.newsletters.sending import begin
from copydesk.newsroom import Newsroom

_Body = TypeVar("_Body", bound=msgspec.Struct)
_UNSENT = timedelta(days=30)
_EXAMPLE = "reader@example.org"
Cursor = Annotated[str, Meta(max_length=300, description="Where the page before ended.")]


class SendingsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of sendings is wanted."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    after: Cursor = ""


class SendingsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Sendings, the newest first; `after` begins the next page, "" where there is none."""

    sendings: Sequence[delivery_log.SendingRow]
    after: str


class UnsentIssue(msgspec.Struct, frozen=True, kw_only=True):
    """An issue that is filed and not sent yet: to how many it would go, and how big it is.

    `problem` says what keeps it from being sent, "" for nothing.
    """

    issue: str
    letter: str = ""
    readers: int = 0
    bytes: int = 0
    remark: str = ""
    problem: str = ""


class UnsentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The last issue of each letter that is of the last 30 days and was not sent."""

    issues: list[UnsentIssue]


class WhoQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lines of an issue are wanted: those of a state, or all."""

    state: Annotated[str, Meta(max_length=40)] = ""
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    after: Cursor = ""


class ApiDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to a reader: how it stands since when, and the server's words.

    The address is masked unless the token is good for `manage`, and "" where it was erased; `at` is
    null as long as the letter is queued.
    """

    reader: int
    address: str
    state: str
    at: datetime | None
    attempts: int
    code: int
    words: str


class WhoAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of an issue by readers' numbers; `after` begins the next page, "" for none."""

    deliveries: list[ApiDelivery]
    after: str


class AgainSent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many readers are uncertain, as the owner was told: some of them get the issue twice."""

    readers: Annotated[int, Meta(ge=1)]


class TriedLetter(msgspec.Struct, frozen=True, kw_only=True):
    """What the server said to a letter that was tried out."""

    kind: str
    code: int
    words: str


class LetterFile(msgspec.Struct, frozen=True, kw_only=True):
    """An issue as a mail to nobody (`.eml`), in base64."""

    eml: str


async def list_sendings(desk: Desk, call: Call[SendingsQuery, Nothing]) -> SendingsAnswer:
    """Return what went, goes and waits."""
    asked = call.query

    def answer(opened: OpenNewsroom) -> SendingsAnswer:
        if not newsletters.has_mail(opened.newsroom.private):
            return SendingsAnswer(sendings=[], after="")
        before = _open_cursor(asked.after)
        with addresses.open_readers(opened.newsroom) as store:
            rows = delivery_log.list_sendings(store, asked.limit + 1, before)
        shown = rows[: asked.limit]
        after = _seal_cursor(shown[-1].issue) if len(rows) > asked.limit else ""
        return SendingsAnswer(sendings=shown, after=after)

    return await desk.thread.ask(answer)


async def list_unsent(desk: Desk, _call: Call[Nothing, Nothing]) -> UnsentAnswer:
    """Return the issues that are filed and not sent yet."""

    def work(newsroom: Newsroom, store: newsletters.MailStore) -> UnsentAnswer:
        if not newsroom.settings.mail.deliver:
            return UnsentAnswer(issues=[])
        names = begin.list_unsent_issues(newsroom, store, _UNSENT)
        return UnsentAnswer(issues=[_rehearse(newsroom, store, name) for name in names])

    return await change_mail(desk, work)


async def read_sending(desk: Desk, call: Call[Nothing, Nothing]) -> delivery_log.SendingRow:
    """Return how an issue stands."""
    return await _read_sending(desk, call.path["issue"])


async def send_issue(desk: Desk, call: Call[Nothing, Nothing]) -> delivery_log.SendingRow:
    """Give the word that an issue goes out, or on; `copydesk serve` sends it."""
    return await _decide(desk, call, let_go)


async def send_again(desk: Desk, call: Call[Nothing, AgainSent]) -> delivery_log.SendingRow:
    """Send an issue that is done to its uncertain readers again, once; `copydesk serve` does it.

    Nobody knows whether they have it: some get it twice.
    """
    count = call.body.readers

    def go(newsroom: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
        begin.send_again(newsroom, store, issue, by, count)

    return await _decide(desk, call, go)


async def pause_sending(desk: Desk, call: Call[Nothing, Nothing]) -> delivery_log.SendingRow:
    """Pause an issue that goes out; the letters under way are finished."""

    def pause(_: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
        delivery_log.stop_sending(store, issue, "paused", by)

    return await _decide(desk, call, pause)


async def end_sending(desk: Desk, call: Call[Nothing, Nothing]) -> delivery_log.SendingRow:
    """End an issue for good: letters that are not settled yet are never sent."""

    def end(_: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
        if (
            delivery_log.find_sending(store, issue).state != "ended"
        ):  # what is sent twice is done once
            delivery_log.stop_sending(store, issue, "ended", by)

    return await _decide(desk, call, end)


async def list_deliveries(desk: Desk, call: Call[WhoQuery, Nothing]) -> WhoAnswer:
    """Return who got an issue, page by page."""
    issue, asked, is_owner = call.path["issue"], call.query, call.token.may("manage")
    await _read_sending(desk, issue)
    after = _read_number(_open_cursor(asked.after))

    def work(_: Newsroom, store: newsletters.MailStore) -> WhoAnswer:
        page = delivery_log.page_who(store, issue, asked.state, after, asked.limit)
        return WhoAnswer(
            deliveries=[
                _make_delivery(number, line, is_owner=is_owner) for number, line in page.lines
            ],
            after=_seal_cursor(str(page.after)) if page.after else "",
        )

    return await change_mail(desk, work)


async def find_delivery(desk: Desk, call: Call[Nothing, SentAddress]) -> WhoAnswer:
    """Return what became of an issue to one address; that somebody looked is noted."""
    await _read_sending(desk, call.path["issue"])
    keeper = ReaderKeeper(desk, call.visitor)
    found = await keeper.find_line(call.path["issue"], call.body.address)
    lines = [_make_delivery(*found, is_owner=call.token.may("manage"))] if found else []
    return WhoAnswer(deliveries=lines, after="")


async def try_letter(desk: Desk, call: Call[Nothing, SentAddress]) -> TriedLetter:
    """Send an issue to one address of the newsroom's own (`mail.test_addresses`, or an account's).

    No ledger knows of it; the audit log does, and `mail.test_letters_a_day` limits it.
    """
    issue, visitor = call.path["issue"], call.visitor
    wish = checks.TrialRequest(address=call.body.address, by=visitor.name, network=visitor.address)
    answer = await change_mail(
        desk, lambda newsroom, store: sending.send_test(newsroom, store, issue, wish)
    )
    return make_answer(TriedLetter, answer)


async def read_letter_file(desk: Desk, call: Call[Nothing, Nothing]) -> LetterFile:
    """Return an issue as mail programs open it."""
    issue = call.path["issue"]
    data = await change_mail(
        desk, lambda newsroom, store: sending.make_eml(newsroom, store, issue, _EXAMPLE)
    )
    return LetterFile(eml=base64.b64encode(data).decode())


async def _read_sending(desk: Desk, issue: str) -> delivery_log.SendingRow:
    def answer(opened: OpenNewsroom) -> delivery_log.SendingRow:
        if not newsletters.has_mail(opened.newsroom.private):
            raise UsageError("no such sending", subject=issue[:80])
        with addresses.open_readers(opened.newsroom) as store:
            return delivery_log.find_sending(store, issue)

    try:
        return await desk.thread.ask(answer)
    except UsageError as error:
        raise ApiProblem(404, str(error), error.hint) from error


async def _decide(
    desk: Desk,
    call: Call[Nothing, _Body],
    do: Callable[[Newsroom, newsletters.MailStore, str, str], None],
) -> delivery_log.SendingRow:
    issue, by = call.path["issue"], call.visitor.name
    await change_mail(desk, lambda newsroom, store: do(newsroom, store, issue, by))
    return await _read_sending(desk, issue)


def _rehearse(newsroom: Newsroom, store: newsletters.MailStore, issue: str) -> UnsentIssue:
    try:
        rehearsal = delivery_log.rehearse_sending(newsroom, store, issue)
    except MailStoreError:
        raise
    except CopydeskError as error:
        return UnsentIssue(issue=issue, problem=str(error))
    return make_answer(UnsentIssue, rehearsal)


def _make_delivery(number: int, line: delivery_log.WhoLine, *, is_owner: bool) -> ApiDelivery:
    address = line.address if is_owner else text.mask_address(line.address)
    return make_answer(ApiDelivery, line, reader=number, address=address)


def _seal_cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


def _open_cursor(sealed: str) -> str:
    """Return the position in a page cursor; raises ApiProblem for an invalid cursor."""
    try:
        return base64.urlsafe_b64decode(sealed.encode("ascii")).decode()
    except (ValueError, binascii.Error) as error:
        raise ApiProblem(400, "no cursor of ours", "take `after` as it was answered") from error


def _read_number(place: str) -> int:
    if place and not (place.isascii() and place.isdigit() and len(place) < 16):
        raise ApiProblem(400, "no cursor of ours", "take `after` as it was answered")
    return int(place or "0")


class ChecksAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was found last with the settings of now; `at` is null where nobody has looked.

    `overruled` is by kinds of checks, or "all"; `obstacles` are the kinds that letters wait for.
    `sign_up_flood` is null on a usual day.
    """

    at: str | None
    findings: Sequence[checks.KeptFinding]
    overruled: Mapping[str, checks.Overruling]
    obstacles: list[str]
    lost_letters: Sequence[by_hand.LostLetter]
    sign_up_flood: limits.SignUpFlood | None


async def read_checks(desk: Desk, _call: Call[Nothing, Nothing]) -> ChecksAnswer:
    """Return what was found last of whether letters would arrive; nobody is asked anything."""

    def answer(opened: OpenNewsroom) -> ChecksAnswer:
        newsroom = opened.newsroom
        if not newsletters.has_mail(newsroom.private):
            return _make_checks(checks.MailCheckReport())
        with addresses.open_readers(newsroom) as store:
            return _read_checks(newsroom, store)

    return await desk.thread.ask(answer)


async def make_checks(desk: Desk, _call: Call[Nothing, Nothing]) -> ChecksAnswer:
    """Look whether letters would arrive, as the page of checks does, and return what was found."""
    await examine_mail(desk)
    return await change_mail(desk, _read_checks)


def _read_checks(newsroom: Newsroom, store: newsletters.MailStore) -> ChecksAnswer:
    report = checks.read_checks(newsroom, store)
    lost = by_hand.find_lost_letters(newsroom, store)
    return _make_checks(report, lost, limits.find_sign_up_flood(newsroom, store))


def _make_checks(
    report: checks.MailCheckReport,
    lost: Sequence[by_hand.LostLetter] = (),
    flood: limits.SignUpFlood | None = None,
) -> ChecksAnswer:
    return make_answer(
        ChecksAnswer, report, at=report.at or None, lost_letters=lost, sign_up_flood=flood
    )


# API endpoints for owners about newsletter subscribers: reading, import, export, suppressions.

ShortText = Annotated[str, Meta(max_length=1_000)]


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
    consent: ShortText = ""
    ignored_columns: ShortText = ""
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
    number = _read_subscriber_number(call)
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
    ended = await ReaderKeeper(desk, call.visitor).remove(_read_subscriber_number(call))
    return LettersEnded(ended=list(ended))


async def erase_reader(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Forget a reader: a keyed digest stays, by which nothing is sent there again."""
    await ReaderKeeper(desk, call.visitor).erase(_read_subscriber_number(call))
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


def _read_subscriber_number(call: Call[Nothing, Nothing]) -> int:
    typed = call.path["number"]
    if not (typed.isascii() and typed.isdigit() and len(typed) < 16):
        raise ApiProblem(404, "no such reader", "readers/find tells a reader's number")
    return int(typed)


# API endpoints about newsletters: the next issue as it would be now, and changes to it.

Name = Annotated[str, Meta(max_length=300)]
LongText = Annotated[str, Meta(max_length=10_000)]


class ApiLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter of beat.toml, and when it is due; `due_at` is null where that is by no clock."""

    id: str
    title: str
    approval: str
    due_at: datetime | None


class LettersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The beat's letters."""

    letters: list[ApiLetter]


class ApiIssueStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story as the issue would tell it."""

    name: str
    title: str
    url: str
    excerpt: str
    source: str


class ApiIssueSection(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an issue with its stories."""

    title: str
    kind: str
    stories: list[ApiIssueStory]


class ApiIssueEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What editors made a field say; `digest` is what a change of it has to have `seen`."""

    field: IssueField
    value: list[str]
    digest: str
    by: str
    at: datetime
    story: str = ""


class IssueAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A letter's issue to come as it would be now, and what editors changed in it."""

    letter: str
    subject: str
    preheader: str
    note: str
    since: datetime
    sections: list[ApiIssueSection]
    is_held: bool
    approved_by: str
    edits: list[ApiIssueEdit]


class SentIssueChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a field is to say: names of stories, a text, a title and an excerpt, or `["yes"]`.

    No value means: by rule. `seen` is the digest of what it said, "" for nothing.
    """

    field: IssueField
    story: Name = ""
    value: Annotated[list[LongText], Meta(max_length=1_000)] = []
    seen: Annotated[str, Meta(max_length=64)] = ""


class SentIssueChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes of an issue to come: all are made, or none."""

    changes: Annotated[list[SentIssueChange], Meta(max_length=100)]


async def read_letters(desk: Desk, _call: Call[Nothing, Nothing]) -> LettersAnswer:
    """Return the letters, each with when it is due."""
    return await desk.thread.ask(
        lambda opened: LettersAnswer(
            letters=[
                make_answer(ApiLetter, row.options, due_at=row.due_at)
                for row in issues.list_letters(opened.newsroom)
            ]
        )
    )


async def read_issue(desk: Desk, call: Call[Nothing, Nothing]) -> IssueAnswer:
    """Return a letter's issue to come as it would be now."""
    return _make_issue(await _compose(desk, call.path["id"]))


async def change_issue(desk: Desk, call: Call[Nothing, SentIssueChanges]) -> IssueAnswer:
    """Change a letter's issue to come; 409 where a field says something else than was seen."""
    letter_id, editor = call.path["id"], call.visitor.name
    await _compose(desk, letter_id)

    def change() -> None:
        with desk.store.at_once():
            for sent in call.body.changes:
                wanted = msgspec.convert(sent, IssueChange, from_attributes=True)
                _refuse(desk.store.letters.change(letter_id, wanted, editor, now()))

    await asyncio.to_thread(change)
    desk.broadcast.tell("letter", {"id": letter_id})
    return _make_issue(await _compose(desk, letter_id))


async def _compose(desk: Desk, letter_id: str) -> ComposedLetter:
    try:
        return await desk.issues.compose(letter_id)
    except UsageError as error:
        raise ApiProblem(404, str(error), error.hint) from error


def _refuse(done: KeptEdits | IssueDiffers) -> None:
    if isinstance(done, IssueDiffers):
        by = f"{done.now.by} changed it" if done.now else "the issue is filed"
        detail = f"{done.wanted.field} {done.wanted.story}".strip()
        raise ApiProblem(409, f"{detail}: {by}", "read the issue, and send what you want then")


def _make_issue(composed: ComposedLetter) -> IssueAnswer:
    issue, kept = composed.issue, composed.kept
    return make_answer(
        IssueAnswer,
        issue,
        kept.edits,
        edits=[
            make_answer(
                ApiIssueEdit, change, field=field, story=story, digest=kept.digest(field, story)
            )
            for (field, story), change in kept.last.items()
            if change.value
        ],
    )
