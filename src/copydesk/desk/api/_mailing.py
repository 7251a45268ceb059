"""API endpoints for sending newsletter issues: progress, deliveries, test mails, mail checks."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, TypeVar, TypeVarTuple

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
from copydesk.kit.options import fill
from copydesk.newsletters import checks, delivery_log, exchange, issues, sending
from copydesk.newsletters.readers import addresses, by_hand, limits, outcomes
from copydesk.newsletters.sending import begin
from copydesk.newsroom import Newsroom

_Given = TypeVarTuple("_Given")
_Body = TypeVar("_Body", bound=msgspec.Struct)
_UNSENT = timedelta(days=30)
_EXAMPLE = "reader@example.org"
Cursor = Annotated[str, Meta(max_length=300, description="The value `after` of the last page.")]


class SendingsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of the list of sent newsletter issues is requested."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    after: Cursor = ""


class SendingsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Newsletter issues that were or are being sent, the newest first.

    `after` requests the next page, "" on the last.
    """

    sendings: Sequence[delivery_log.SendingRow]
    after: str


class UnsentIssue(msgspec.Struct, frozen=True, kw_only=True):
    """A newsletter issue that is ready and not sent yet: its number of subscribers, and its size.

    `problem` says why it cannot be sent, "" if it can.
    """

    issue: str
    letter: str = ""
    readers: int = 0
    bytes: int = 0
    remark: str = ""
    problem: str = ""


class UnsentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The last issue of each newsletter, if it is of the last 30 days and was not sent."""

    issues: list[UnsentIssue]


class WhoQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which deliveries of a newsletter issue are requested: those of one state, or all."""

    state: Annotated[str, Meta(max_length=40)] = ""
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    after: Cursor = ""


class ApiDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """The delivery of a newsletter issue to one subscriber, with the mail server's reply.

    The address is masked unless the token has the scope `manage`, and "" if it was erased. `at` is
    null while the mail is queued.
    """

    reader: int
    address: str
    state: str
    at: datetime | None
    attempts: int
    code: int
    words: str


class WhoAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of an issue's deliveries, by subscriber number; `after` is "" on the last page."""

    deliveries: list[ApiDelivery]
    after: str


class AgainSent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The number of subscribers with uncertain delivery; some will get the issue twice."""

    readers: Annotated[int, Meta(ge=1)]


class TriedLetter(msgspec.Struct, frozen=True, kw_only=True):
    """The mail server's reply to a test mail."""

    kind: str
    code: int
    words: str


class LetterFile(msgspec.Struct, frozen=True, kw_only=True):
    """A newsletter issue as a mail file (`.eml`) to an example address, in base64."""

    eml: str


async def list_sendings(desk: Desk, call: Call[SendingsQuery, Nothing]) -> SendingsAnswer:
    """Return the newsletter issues that were sent, are being sent, or wait for delivery."""
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
    """Return the newsletter issues that are ready and not sent yet."""

    def work(newsroom: Newsroom, store: newsletters.MailStore) -> UnsentAnswer:
        if not newsroom.settings.mail.deliver:
            return UnsentAnswer(issues=[])
        names = begin.list_unsent_issues(newsroom, store, _UNSENT)
        return UnsentAnswer(issues=[_rehearse(newsroom, store, name) for name in names])

    return await change_mail(desk, work)


async def read_sending(desk: Desk, call: Call[Nothing, Nothing]) -> delivery_log.SendingRow:
    """Return the delivery progress of a newsletter issue."""
    return await _read_sending(desk, call.path["issue"])


async def send_issue(desk: Desk, call: Call[Nothing, Nothing]) -> delivery_log.SendingRow:
    """Allow a newsletter issue to be sent, or continue it; `copydesk serve` sends it."""
    return await _decide(desk, call, let_go)


async def send_again(desk: Desk, call: Call[Nothing, AgainSent]) -> delivery_log.SendingRow:
    """Send an issue again to subscribers with uncertain delivery.

    Some of them get it twice. `copydesk serve` sends it.
    """
    return await _decide(desk, call, begin.send_again, call.body.readers)


async def pause_sending(desk: Desk, call: Call[Nothing, Nothing]) -> delivery_log.SendingRow:
    """Pause the delivery of a newsletter issue; emails being sent are finished."""

    def pause(_: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
        delivery_log.stop_sending(store, issue, "paused", by)

    return await _decide(desk, call, pause)


async def end_sending(desk: Desk, call: Call[Nothing, Nothing]) -> delivery_log.SendingRow:
    """Stop the delivery of a newsletter issue for good; queued emails are never sent."""

    def end(_: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
        if (
            delivery_log.find_sending(store, issue).state != "ended"
        ):  # what is sent twice is done once
            delivery_log.stop_sending(store, issue, "ended", by)

    return await _decide(desk, call, end)


async def list_deliveries(desk: Desk, call: Call[WhoQuery, Nothing]) -> WhoAnswer:
    """Return the deliveries of a newsletter issue, page by page."""
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
    """Return the delivery of an issue to one address; the audit log notes the search."""
    await _read_sending(desk, call.path["issue"])
    keeper = ReaderKeeper(desk, call.visitor)
    found = await keeper.find_line(call.path["issue"], call.body.address)
    lines = [_make_delivery(*found, is_owner=call.token.may("manage"))] if found else []
    return WhoAnswer(deliveries=lines, after="")


async def try_letter(desk: Desk, call: Call[Nothing, SentAddress]) -> TriedLetter:
    """Send a newsletter issue as a test mail to one of the site's own addresses.

    Allowed are `mail.test_addresses` and the addresses of accounts. The delivery log omits it; the
    audit log notes it, and `mail.test_letters_a_day` limits it.
    """
    issue, visitor = call.path["issue"], call.visitor
    wish = checks.TrialRequest(address=call.body.address, by=visitor.name, network=visitor.address)
    answer = await change_mail(desk, sending.send_test, issue, wish)
    return make_answer(TriedLetter, answer)


async def read_letter_file(desk: Desk, call: Call[Nothing, Nothing]) -> LetterFile:
    """Return a newsletter issue as a mail file that mail programs open."""
    issue = call.path["issue"]
    data = await change_mail(desk, sending.make_eml, issue, _EXAMPLE)
    return LetterFile(eml=base64.b64encode(data).decode())


@contextlib.contextmanager
def _missing() -> Iterator[None]:
    """Answer a UsageError of the `with` block with 404."""
    try:
        yield
    except UsageError as error:
        raise ApiProblem(404, str(error), error.hint) from error


async def _read_sending(desk: Desk, issue: str) -> delivery_log.SendingRow:
    def answer(opened: OpenNewsroom) -> delivery_log.SendingRow:
        if not newsletters.has_mail(opened.newsroom.private):
            raise UsageError("no delivery of this issue was found", subject=issue[:80])
        with addresses.open_readers(opened.newsroom) as store:
            return delivery_log.find_sending(store, issue)

    with _missing():
        return await desk.thread.ask(answer)


async def _decide(
    desk: Desk,
    call: Call[Nothing, _Body],
    do: Callable[[Newsroom, newsletters.MailStore, str, str, *_Given], object],
    *given: *_Given,
) -> delivery_log.SendingRow:
    issue, by = call.path["issue"], call.visitor.name
    await change_mail(desk, do, issue, by, *given)
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
        raise ApiProblem(400, "invalid cursor", "send `after` from the last answer") from error


def _read_number(place: str) -> int:
    if place and not (place.isascii() and place.isdigit() and len(place) < 16):
        raise ApiProblem(400, "invalid cursor", "send `after` from the last answer")
    return int(place or "0")


class ChecksAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The last findings of the mail checks for the current settings; `at` is null before any check.

    The keys of `overruled` are kinds of checks, or "all". `obstacles` are the kinds of checks that
    stop newsletters. `sign_up_flood` is null on a usual day.
    """

    at: str | None
    findings: Sequence[checks.KeptFinding]
    overruled: Mapping[str, checks.Overruling]
    obstacles: list[str]
    lost_letters: Sequence[by_hand.LostLetter]
    sign_up_flood: limits.SignUpFlood | None


async def read_checks(desk: Desk, _call: Call[Nothing, Nothing]) -> ChecksAnswer:
    """Return the last findings of the mail checks, without running them."""

    none = _make_checks(checks.MailCheckReport())
    return await desk.thread.ask(
        lambda opened: addresses.read_if_any(opened.newsroom, _read_checks, none)
    )


async def make_checks(desk: Desk, _call: Call[Nothing, Nothing]) -> ChecksAnswer:
    """Run the mail checks (DNS, mail server, links), and return the findings."""
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
    """Everything that is stored about a newsletter subscriber."""

    number: int


class ReaderNumber(msgspec.Struct, frozen=True, kw_only=True):
    """The number of a newsletter subscriber; 0 if nobody has the address."""

    number: int


class NewReader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mail address to subscribe to a newsletter, and the proof of its consent."""

    address: MailAddress
    letter: Annotated[str, Meta(min_length=1, max_length=200)]
    consent: Annotated[str, Meta(min_length=1, max_length=1_000)]


class LettersEnded(msgspec.Struct, frozen=True, kw_only=True):
    """The newsletters from which the subscriber was unsubscribed."""

    ended: list[str]


class SuppressionsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of the suppression list is requested."""

    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    after: Annotated[int, Meta(ge=0, le=100_000_000)] = 0


class SuppressionsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the suppression list, the newest first. `after` is null on the last page."""

    suppressions: Sequence[by_hand.SuppressionRow]
    after: int | None


class NewSuppression(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mail address to add to the suppression list, and the reason."""

    address: MailAddress
    why: Annotated[str, Meta(max_length=200)] = ""


class ImportQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to import a file of subscribers: the newsletter and consent for rows without their own.

    `file` is the file's name. `ignored_columns` names columns, separated by commas, that do not
    say who unsubscribed. Without `for_real` nothing changes (a dry run).
    """

    letter: Annotated[str, Meta(max_length=200)] = ""
    consent: ShortText = ""
    ignored_columns: ShortText = ""
    file: Annotated[str, Meta(max_length=200)] = "readers.csv"
    for_real: bool = False


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The result of importing subscribers, or of a dry run with its first rows in `rows_shown`.

    `state_columns` are the columns that say who unsubscribed.
    """

    layout: str
    is_rehearsal: bool
    rows: int
    counts: dict[str, int]
    state_columns: list[str] = []
    rows_shown: Sequence[exchange.ImportedRow] = ()


class ExportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All newsletter subscribers as CSV, in the form that an import reads."""

    csv: str


async def count_readers(desk: Desk, _call: Call[Nothing, Nothing]) -> by_hand.ReaderCounts:
    """Return the number of newsletter subscribers."""
    return await change_mail(desk, by_hand.count_readers)


async def find_reader(desk: Desk, call: Call[Nothing, SentAddress]) -> ReaderNumber:
    """Return the number of the newsletter subscriber with a mail address."""
    with _missing():
        return ReaderNumber(number=await ReaderKeeper(desk, call.visitor).find(call.body.address))


async def read_reader(desk: Desk, call: Call[Nothing, Nothing]) -> ReaderAnswer:
    """Return everything stored about a subscriber; the audit log notes the access."""
    number = _read_subscriber_number(call)
    with _missing():
        data = await ReaderKeeper(desk, call.visitor).look_at(number)
    return fill(ReaderAnswer, data, number=number)


async def add_reader(desk: Desk, call: Call[Nothing, NewReader]) -> ReaderNumber:
    """Subscribe a mail address to a newsletter, with the proof of its consent."""
    asked, keeper = call.body, ReaderKeeper(desk, call.visitor)
    return ReaderNumber(number=await keeper.add(asked.address, asked.letter, asked.consent))


async def remove_reader(desk: Desk, call: Call[Nothing, Nothing]) -> LettersEnded:
    """Unsubscribe a subscriber from all newsletters; the stored data stays."""
    ended = await ReaderKeeper(desk, call.visitor).remove(_read_subscriber_number(call))
    return LettersEnded(ended=list(ended))


async def erase_reader(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Delete a subscriber's data; a keyed hash of the address stays on the suppression list."""
    await ReaderKeeper(desk, call.visitor).erase(_read_subscriber_number(call))
    return Nothing()


async def list_suppressions(
    desk: Desk, call: Call[SuppressionsQuery, Nothing]
) -> SuppressionsAnswer:
    """Return the addresses on the suppression list; the audit log notes the access."""
    skip, most = call.query.after, call.query.limit
    rows = await ReaderKeeper(desk, call.visitor).list_suppressions(skip, most + 1)
    after = skip + most if len(rows) > most else None
    return SuppressionsAnswer(suppressions=rows[:most], after=after)


async def put_suppression(desk: Desk, call: Call[Nothing, NewSuppression]) -> ReaderNumber:
    """Add a mail address to the suppression list, so that nothing is sent to it."""
    keeper = ReaderKeeper(desk, call.visitor)
    return ReaderNumber(number=await keeper.suppress(call.body.address, call.body.why))


async def lift_suppression(desk: Desk, call: Call[Nothing, SentAddress]) -> ReaderNumber:
    """Remove a mail address from the suppression list."""
    return ReaderNumber(number=await ReaderKeeper(desk, call.visitor).lift(call.body.address))


async def import_readers(desk: Desk, call: Call[ImportQuery, bytes]) -> ImportAnswer:
    """Import a file of newsletter subscribers, or show what an import would do."""
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
    """Return all newsletter subscribers as CSV; the audit log notes the export."""
    with await ReaderKeeper(desk, call.visitor).export("csv") as file:
        return ExportAnswer(csv=file.read().decode())


def _read_subscriber_number(call: Call[Nothing, Nothing]) -> int:
    typed = call.path["number"]
    if not (typed.isascii() and typed.isdigit() and len(typed) < 16):
        raise ApiProblem(404, "no subscriber has this number", "use readers/find to get the number")
    return int(typed)


# API endpoints about newsletters: the next issue as it would be now, and changes to it.

Name = Annotated[str, Meta(max_length=300)]
LongText = Annotated[str, Meta(max_length=10_000)]


class ApiLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A newsletter, and when its next issue is due. `due_at` is null if it has no schedule."""

    id: str
    title: str
    approval: str
    due_at: datetime | None


class LettersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All newsletters of the site."""

    letters: list[ApiLetter]


class ApiIssueStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story as it appears in a newsletter issue."""

    name: str
    title: str
    url: str
    excerpt: str
    source: str


class ApiIssueSection(msgspec.Struct, frozen=True, kw_only=True):
    """A section of a newsletter issue with its stories."""

    title: str
    kind: str
    stories: list[ApiIssueStory]


class ApiIssueEdit(msgspec.Struct, frozen=True, kw_only=True):
    """A field of an issue that an editor set; `digest` must be sent back with a change."""

    field: IssueField
    value: list[str]
    digest: str
    by: str
    at: datetime
    story: str = ""


class IssueAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The next issue of a newsletter, as it would be sent now, with editors' changes to it."""

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
    """The new value of a field of a newsletter issue: story names, a text, or `["yes"]`.

    A title and an excerpt are two values. Without a value the field is filled automatically. `seen`
    is the digest of the field's present value, "" for none.
    """

    field: IssueField
    story: Name = ""
    value: Annotated[list[LongText], Meta(max_length=1_000)] = []
    seen: Annotated[str, Meta(max_length=64)] = ""


class SentIssueChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes to the next newsletter issue. Either all are made or none."""

    changes: Annotated[list[SentIssueChange], Meta(max_length=100)]


async def read_letters(desk: Desk, _call: Call[Nothing, Nothing]) -> LettersAnswer:
    """Return the newsletters of the site, each with the time of its next issue."""
    return await desk.thread.ask(
        lambda opened: LettersAnswer(
            letters=[
                make_answer(ApiLetter, row.options, due_at=row.due_at)
                for row in issues.list_letters(opened.newsroom)
            ]
        )
    )


async def read_issue(desk: Desk, call: Call[Nothing, Nothing]) -> IssueAnswer:
    """Return the next issue of a newsletter, as it would be sent now."""
    return _make_issue(await _compose(desk, call.path["id"]))


async def change_issue(desk: Desk, call: Call[Nothing, SentIssueChanges]) -> IssueAnswer:
    """Edit a newsletter's next issue; 409 if somebody has changed a field meanwhile."""
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
    with _missing():
        return await desk.issues.compose(letter_id)


def _refuse(done: KeptEdits | IssueDiffers) -> None:
    if isinstance(done, IssueDiffers):
        by = f"changed by {done.now.by}" if done.now else "the issue is published"
        detail = f"{done.wanted.field} {done.wanted.story}".strip()
        raise ApiProblem(409, f"{detail}: {by}", "read the issue again, then send your change")


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
