"""Render the pages of newsletter subscribers, suppressions, imported lists and mail checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from starlette.responses import Response, StreamingResponse

from copydesk.desk._desk import Page, Visit, now
from copydesk.desk._http import NEVER_KEPT, is_multipart, read_upload, status_of
from copydesk.desk._pages import Pages
from copydesk.desk._previews import ImportedFile
from copydesk.desk._story_view import View
from copydesk.desk.mailing import _issue_pages
from copydesk.desk.mailing._keeper import MOST_BYTES, ImportRehearsal, keeper_of, read_import
from copydesk.errors import CopydeskError, UsageError
from copydesk.kit import dates, text
from copydesk.newsletters import checks, exchange, reader_lists
from copydesk.newsletters.readers import addresses, by_hand, outcomes

_SHOWN_LINE = 120  # characters of a line of a file
_SHOWN_DELIVERIES = 100
_STATES = ("active", "paused", "waiting", "left", "erased")
_REASONS = (
    "hard-bounce", "soft-bounces", "complaint", "by-hand", "erased", "left-elsewhere",
    "imported",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadersAsked:
    """The outcome of an owner's last action on the page of subscribers, such as an import.

    `token` is the key of the uploaded file at the next request.
    """

    told: str = ""
    problem: CopydeskError | None = None
    sent: ImportedFile | None = None
    token: str = ""
    rehearsal: ImportRehearsal | None = None
    report: exchange.ImportReport | None = None


def render_readers(pages: Pages, asked: ReadersAsked) -> bytes:
    """Return the page with the numbers of newsletter subscribers."""
    newsroom, titles = pages.opened.newsroom, _issue_pages.name_letters(pages.opened.newsroom)
    known = addresses.read_if_any(newsroom, by_hand.count_readers, None)
    report = asked.report or (asked.rehearsal.report if asked.rehearsal else None)
    return pages.page(
        "mailing_readers.html",
        title=pages.strings.say("readers_title"),
        assets=_issue_pages.name_assets(pages),
        letters=[{"id": key, "title": title} for key, title in titles.items()],
        known=_show_counts(pages, known, titles) if known else None,
        told=asked.told,
        problem=_issue_pages.describe_problem(asked.problem),
        report=_show_report(pages, report) if report else None,
        is_taken=asked.report is not None,
        first_rows=_show_rows(pages, asked),
        token=asked.token,
    )


def render_reader(pages: Pages, read: tuple[int, outcomes.ReaderData]) -> bytes:
    """Return the page of one newsletter subscriber: what is stored, with up to 100 deliveries."""
    number, data = read
    titles = _issue_pages.name_letters(pages.opened.newsroom)
    say, views = pages.strings.say, pages.views
    return pages.page(
        "mailing_reader.html",
        title=text.fold(data.address),
        assets=_issue_pages.name_assets(pages),
        href=f"{views.root}mailing/readers/{number}/",
        number=number,
        address=data.address,
        state=say(f"reader_{data.state}"),
        language=data.language,
        made=views.time(data.made),
        paused_until=views.time(data.paused_until),
        new_address=text.fold(data.new_address),
        address_changes=[views.time(at) for at in data.address_changes],
        suppressed=say(f"suppressed_{data.suppressed}") if data.suppressed else "",
        suppressed_since=views.time(data.suppressed_since),
        suppression_detail=text.fold(data.suppression_detail),
        subscriptions=[_show_subscription(pages, kept, titles) for kept in data.subscriptions],
        consents=[_show_consent(pages, kept, titles) for kept in data.consents],
        deliveries=[_show_delivery(pages, kept) for kept in data.deliveries[:_SHOWN_DELIVERIES]],
        more=max(0, len(data.deliveries) - _SHOWN_DELIVERIES),
        returns=[_show_return(pages, kept) for kept in data.returns],
        waiting=[say(f"outbox_{kind}") for kind in data.waiting_mails],
        letters=[{"id": key, "title": title} for key, title in titles.items()],
    )


def render_suppressions(
    pages: Pages, rows: Sequence[by_hand.SuppressionRow], following: int
) -> bytes:
    """Return a page of suppressed addresses; `following` is the next page's first row.

    It is 0 if there is no next page.
    """
    root, say = pages.views.root, pages.strings.say
    return pages.page(
        "mailing_suppressions.html",
        title=say("suppressions_title"),
        assets=_issue_pages.name_assets(pages),
        suppressions=[
            {
                "address": text.fold(row.address),
                "reason": say(f"suppressed_{row.reason}"),
                "since": pages.views.time(row.since),
                "detail": text.fold(row.detail),
            }
            for row in rows
        ],
        next=f"{root}mailing/readers/suppressions/?skip={following}" if following else "",
    )


def _show_counts(pages: Pages, known: by_hand.ReaderCounts, titles: Mapping[str, str]) -> View:
    say = pages.strings.say
    states = [
        (say(f"reader_{state}"), count)
        for state, count in sorted(known.states.items(), key=lambda row: _STATES.index(row[0]))
    ]
    if known.suppressed_readers:
        states.append((say("readers_not_sent"), known.suppressed_readers))
    return {
        "states": [{"word": word, "count": f"{count:,}"} for word, count in states],
        "letters": [
            {"title": text.fold(titles.get(letter, letter)), "count": f"{count:,}"}
            for letter, count in known.letters.items()
        ],
        "suppressed": [
            {"word": say(f"suppressed_{reason}"), "count": f"{count:,}"}
            for reason, count in sorted(
                known.suppressed.items(), key=lambda row: _REASONS.index(row[0])
            )
        ],
        "waiting_mails": f"{known.waiting_mails:,}" if known.waiting_mails else "",
    }


def _show_report(pages: Pages, report: exchange.ImportReport) -> View:
    say, added = pages.strings.say, report.counts.get("added", 0)
    return {
        "sum": say("import_would" if report.is_rehearsal else "import_did", count=added),
        "rows": say("import_rows", count=report.rows),
        "layout": ", ".join([report.layout, *report.state_columns]),
        "added": added,
        "kinds": [
            {"word": say(f"import_{kind}"), "count": f"{count:,}"}
            for kind, count in report.counts.items()
        ],
    }


def _show_rows(pages: Pages, asked: ReadersAsked) -> list[View]:
    """Return the first rows of an uploaded file, each with its line number."""
    if asked.rehearsal is None or asked.sent is None:
        return []
    is_wide = b"\0" in asked.sent.data[:1_000]  # UTF-16: no line numbers
    lines = [] if is_wide else asked.sent.data[:1_000_000].splitlines()
    return [
        {
            "line": row.line,
            "kind": row.kind,
            "word": pages.strings.say(f"import_{row.kind}"),
            "words": _read_line(lines, row.line),
        }
        for row in asked.rehearsal.rows
    ]


def _read_line(lines: Sequence[bytes], number: int) -> str:
    line = lines[number - 1] if number <= len(lines) else b""
    return text.fold(line[: 2 * _SHOWN_LINE].decode("utf-8", "replace"))[:_SHOWN_LINE]


def _show_subscription(
    pages: Pages, kept: outcomes.KeptSubscription, titles: Mapping[str, str]
) -> View:
    return {
        "letter": text.fold(titles.get(kept.letter, kept.letter)),
        "topics": text.fold(", ".join(kept.topics)),
        "since": pages.views.time(kept.since),
    }


def _show_consent(pages: Pages, kept: outcomes.KeptConsent, titles: Mapping[str, str]) -> View:
    return {
        "letter": text.fold(titles.get(kept.letter, kept.letter)),
        "time": pages.views.time(kept.at),
        "how": pages.strings.say(f"consent_{kept.how}"),
        "proof": text.fold(kept.proof),
        "words": text.fold(kept.words),
    }


def _show_delivery(pages: Pages, kept: outcomes.KeptDelivery) -> View:
    return {
        "issue": kept.issue,
        "href": _issue_pages.link_issue(pages.views.root, kept.issue),
        "state": pages.strings.say(f"delivery_{kept.state}"),
        "time": pages.views.time(kept.at),
        "words": text.fold(f"{kept.code or ''} {kept.words}".strip()),
    }


def _show_return(pages: Pages, kept: outcomes.KeptReturn) -> View:
    say = pages.strings.say
    return {
        "issue": kept.issue,
        "kind": say(f"return_{kept.kind}"),
        "doubts": ", ".join(
            say(word)
            for word, holds in (
                ("return_unproved", not kept.is_proved),
                ("return_former", kept.is_from_former_address),
            )
            if holds
        ),
        "time": pages.views.time(kept.at),
        "words": text.fold(f"{kept.status} {kept.words}".strip()),
    }


_ORDER = ("fault", "unknown", "remark", "ok")


def render_checks(pages: Pages, problem: CopydeskError | None = None) -> bytes:
    """Return the page of the mail checks' last findings, by the current settings."""
    newsroom = pages.opened.newsroom
    report = addresses.read_if_any(newsroom, checks.read_checks, checks.MailCheckReport())
    findings = [_show_finding(pages, finding, report) for finding in report.findings]
    return pages.page(
        "mailing_checks.html",
        title=pages.strings.say("checks_title"),
        assets=_issue_pages.name_assets(pages),
        is_set_up=newsroom.settings.mail.deliver == "smtp",
        at=pages.views.time(dates.parse(report.at)),
        stands=pages.strings.say(_find_standing(report)),
        is_clear=not report.obstacles and bool(report.at or report.overruled),
        findings=sorted(findings, key=lambda finding: _ORDER.index(str(finding["state"]))),
        overruled=[
            {
                "kind": kind,
                "by": text.fold(word.by),
                "time": pages.views.time(dates.parse(word.at)),
                "why": text.fold(word.why),
            }
            for kind, word in report.overruled.items()
        ],
        problem=_issue_pages.describe_problem(problem),
    )


def _find_standing(report: checks.MailCheckReport) -> str:
    """Return the key of the text that says what the mail checks mean for sending."""
    if report.obstacles:
        return "checks_hold"
    if report.at or report.overruled:
        return "checks_clear"
    return "checks_changed" if report.outdated else "checks_never"


def _show_finding(
    pages: Pages, finding: checks.KeptFinding, report: checks.MailCheckReport
) -> View:
    return {
        "kind": finding.kind,
        "state": finding.state,
        "state_word": pages.strings.say(f"check_{finding.state}"),
        "what": text.fold(finding.what),
        "hint": text.fold(finding.hint),
        "is_obstacle": finding.kind in report.obstacles and finding.state == "fault",
    }


# Serve the pages of newsletter subscribers: editors see numbers, owners manage subscribers.

_FORM_BYTES = 100_000  # of a form besides its file
_PIECE = 64_000
_DIGITS = 16
_SUPPRESSIONS = 100  # suppressions of a page
_TOLD = frozenset({"reader_is_erased", "address_is_suppressed", "address_is_lifted"})


async def show_all(visit: Visit) -> Response:
    """Answer with the page of newsletter subscribers: numbers, import and export."""
    told = visit.request.query_params.get("told", "")
    return await _show(visit, ReadersAsked(told=told if told in _TOLD else ""))


async def show_reader(visit: Visit) -> Response:
    """Answer with all that is stored about a subscriber; the audit log notes the access."""
    keeper, number = keeper_of(visit), _read_number(visit)
    data = await keeper.look_at(number)
    return await visit.draw(render_reader, (number, data))


async def show_suppressions(visit: Visit) -> Response:
    """Answer with a page of suppressed addresses; the audit log notes the access."""
    asked = visit.request.query_params.get("skip", "")
    skip = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    rows = await keeper_of(visit).list_suppressions(skip, _SUPPRESSIONS + 1)
    following = skip + _SUPPRESSIONS if len(rows) > _SUPPRESSIONS else 0
    return await visit.draw(render_suppressions, rows[:_SUPPRESSIONS], following)


async def decide_on_address(visit: Visit) -> Response:
    """Find, subscribe, suppress or release a mail address; redirect to its subscriber."""
    keeper, form = keeper_of(visit), await visit.read_form()
    address, do = form.get("address", "")[:400], form.get("do", "")
    try:
        if do == "find":
            return _lead(visit, await keeper.find(address))
        if do == "add":
            letter, consent = form.get("letter", ""), form.get("consent", "")
            return _lead(visit, await keeper.add(address, letter, consent))
        if do == "suppress":
            number = await keeper.suppress(address, form.get("why", ""))
            return _lead(visit, number, "address_is_suppressed")
        if do == "lift":
            return _lead(visit, await keeper.lift(address), "address_is_lifted")
        raise UsageError("unknown action in the form", subject=do[:80])
    except CopydeskError as error:
        return await _tell(visit, error)


async def change_reader(visit: Visit) -> Response:
    """End a subscriber's subscriptions, or delete the subscriber's data, and redirect."""
    keeper, form = keeper_of(visit), await visit.read_form()
    number, do = _read_number(visit), form.get("do", "")
    if do == "remove":
        await keeper.remove(number)
        return _lead(visit, number)
    if do != "erase" or "sure" not in form:
        raise UsageError("select the checkbox to confirm that you want to delete the subscriber")
    await keeper.erase(number)
    return _lead(visit, 0, "reader_is_erased")


async def take_file(visit: Visit) -> Response:
    """Show what importing a file of newsletter subscribers would do, or import it."""
    keeper, by = keeper_of(visit), visit.editor.name
    try:
        if not is_multipart(visit.request):
            form = await visit.read_form()
            sent = visit.desk.uploads.take(form.get("token", ""), by)
            report = await keeper.take_import(sent)
            return await _show(visit, ReadersAsked(report=report))
        sent = read_import(await read_upload(visit.request, MOST_BYTES + _FORM_BYTES))
        rehearsal = await keeper.rehearse_import(sent)
    except CopydeskError as error:
        return await _tell(visit, error)
    token = visit.desk.uploads.put(sent, by, now())
    asked = ReadersAsked(sent=sent, token=token, rehearsal=rehearsal)
    return await _show(visit, asked)


async def export(visit: Visit) -> Response:
    """Answer with all newsletter subscribers as a file (CSV or JSON)."""
    keeper, form = keeper_of(visit), await visit.read_form()
    chosen: reader_lists.ExportFormat = "json" if form.get("form") == "json" else "csv"
    file = await keeper.export(chosen)
    kind = "application/json" if chosen == "json" else "text/csv; charset=utf-8"
    told = {"Content-Disposition": f'attachment; filename="readers.{chosen}"'}
    return StreamingResponse(_read_pieces(file), media_type=kind, headers={**NEVER_KEPT, **told})


async def _tell(visit: Visit, problem: CopydeskError) -> Response:
    if "text/html" not in visit.request.headers.get("Accept", "text/html"):
        raise problem
    answer = await _show(visit, ReadersAsked(problem=problem))
    answer.status_code = status_of(problem)
    return answer


async def _show(visit: Visit, asked: ReadersAsked) -> Response:
    told = await visit.desk.say(asked.told) if asked.told else ""
    asked = replace(asked, told=told)
    return await visit.draw(render_readers, asked)


def _lead(visit: Visit, number: int, told: str = "") -> Response:
    """Redirect to the page of a subscriber, or of all subscribers if `number` is 0."""
    page = f"mailing/readers/{number}/" if number else f"mailing/readers/?told={told}"
    return visit.redirect(page)


def _read_number(visit: Visit) -> int:
    """Return the subscriber's number in a URL; raises UsageError for an invalid one."""
    typed = str(visit.request.path_params["number"])
    if not (typed.isascii() and typed.isdigit() and len(typed) < _DIGITS):
        raise UsageError("unknown subscriber", subject=typed[:40], hint="search for the address")
    return int(typed)


def _read_pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


READER_PAGES: tuple[Page, ...] = (
    Page("GET", "/mailing/readers/", show_all, "editor"),
    Page("GET", "/mailing/readers/suppressions/", show_suppressions, "owner"),
    Page("GET", "/mailing/readers/{number}/", show_reader, "owner"),
    Page("POST", "/mailing/readers/", decide_on_address, "owner"),
    Page("POST", "/mailing/readers/import", take_file, "owner"),
    Page("POST", "/mailing/readers/export", export, "owner"),
    Page("POST", "/mailing/readers/{number}/", change_reader, "owner"),
)
